"""Compiled updates of variables called on torch's tensors.

From step to step variables and what an optimiser keeps are the same tensors in the same places, so their
addresses stay in the table of a call; only gradients are asked for theirs. All arrays of a variable must lie
in one order: they take that of the gradient, once, as `optimizer.py` explains.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from operator import is_
from typing import Any

from ...core.native import UpdatesCall
from .optimizer import _aligned, _laid


class _Member:
    """One variable's arrays in a call.

    Attributes:
        first, gradient, end: positions among the inputs: the first array's, the gradient's, behind the last.
        row: of the table.

    Args:
        first: as above.
        states: how many arrays of 32 bits are overwritten.
        low: whether one of 16 bits is.
        row: as above.
        copied: positions of inputs that must not be overwritten.
    """

    def __init__(self, first: int, states: int, low: bool, row: int, copied: frozenset[int]) -> None:
        self.first, self.gradient, self.end = first, first + states, first + states + 1 + low
        self.low, self.row = low, row
        self.copied = [n in copied for n in self._own(range(self.end))]
        self.seen: tuple[Any, ...] = (None,) * len(self.copied)
        self.strides: tuple[int, ...] = ()

    def _own(self, inputs: Any) -> tuple[Any, ...]:
        """What is overwritten, of all inputs."""
        return (*inputs[self.first : self.gradient], *inputs[self.gradient + 1 : self.end])

    def enter(self, table: Any, inputs: tuple[Any, ...], held: list[Any]) -> tuple[Any, ...]:
        """Writes the addresses into the table; gives what is overwritten.

        Args:
            table: of addresses.
            inputs: of the call.
            held: takes what must stay alive until the function has run.
        """
        own, gradient = self._own(inputs), inputs[self.gradient]
        if not all(map(is_, own, self.seen)) or gradient.stride() != self.strides:
            laid, gradient = self._laid(own, gradient)
            for n, array in enumerate(laid):
                table[self.row + n + (n >= self.gradient - self.first)] = array.data_ptr()
            unmoved = all(map(is_, own, laid))
            self.seen = own if unmoved else (None,) * len(own)  # what was made anew belongs to the variable
            self.strides = gradient.stride()
            own = laid
            held.append(gradient)
        table[self.row + self.gradient - self.first] = gradient.data_ptr()
        return own

    def _laid(self, own: tuple[Any, ...], gradient: Any) -> tuple[tuple[Any, ...], Any]:
        """The arrays in one order, those copied that must not be overwritten."""
        own = tuple([a.clone() if copied else a for a, copied in zip(own, self.copied, strict=True)])
        weights, *slots = own[: self.gradient - self.first]
        weights, *slots, gradient = _aligned(weights, tuple(slots), gradient)
        strides = weights.stride()
        low = [a if a.stride() == strides else _laid(a, strides) for a in own[self.gradient - self.first :]]
        return (weights, *slots, *low), gradient


def updating(call: UpdatesCall) -> Callable[..., tuple[Any, ...]]:
    """A kernel that updates variables on the CPU.

    Args:
        call: the function, and what it reads and writes.

    Returns:
        Function from tensors to a tuple of tensors: those it has written over.
    """
    states = call.members[0][0]
    behind = sum(states + 1 + low for states, low in call.members)
    members: list[_Member] = []
    table: Any = None
    pieces, numbers = ctypes.addressof(call.pieces), ctypes.addressof(call.numbers)
    count = len(call.pieces) // 4

    def kernel(*arrays: Any) -> tuple[Any, ...]:
        nonlocal table
        shared = arrays[behind:]
        if table is None:
            at, row = 0, len(shared)
            for _, low in call.members:
                members.append(_Member(at, states, low, row, call.copied))
                at, row = members[-1].end, row + states + 2
            table = (ctypes.c_void_p * row)()
        for n, array in enumerate(shared):
            table[n] = array.data_ptr()
        held: list[Any] = []
        results: list[Any] = []
        for member in members:
            results += member.enter(table, arrays, held)
        call.function(count, pieces, numbers, ctypes.addressof(table))
        return tuple(results)

    return kernel
