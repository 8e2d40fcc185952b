"""Compiled updates of variables called on torch's tensors.

From step to step variables and what an optimiser keeps are the same tensors in the same places, so their
addresses stay in the table of a call; only gradients are asked for theirs. All arrays of a variable must lie
in one order: they take that of the gradient, once, as `optimizer.py` explains; where it is a sum of picked
rows, which the call makes itself, C order.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from operator import is_
from typing import Any

from ...core.native import UPDATE_PLACES, UpdatesCall, UpdatesMember
from .optimizer import _aligned, _laid


class _Member:
    """One variable's arrays in a call.

    Attributes:
        first, gradient, end, behind: positions among the inputs: the first array's, the gradient's, behind
            the last array, behind all that is the variable's.
        row: of the table.

    Args:
        member: what the call says of it.
        first: as above.
        row: as above.
        copied: positions of inputs that must not be overwritten.
    """

    def __init__(self, member: UpdatesMember, first: int, row: int, copied: frozenset[int]) -> None:
        self.first, self.gradient = first, first + member.states
        self.end = self.gradient + 1 + member.low
        self.behind = self.end + member.further
        self.row, self.free = row, row + member.states + 2
        self.copied = [n in copied for n in self._own(range(self.end))]
        self.seen: tuple[Any, ...] = (None,) * len(self.copied)
        self.strides: tuple[int, ...] = ()
        self.sizes = (ctypes.c_int64 * (len(member.sizes) + 2))(*member.sizes) if member.sizes else None

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
        if self.sizes is not None:
            self._say_where(table, gradient, inputs[self.end : self.behind], held)
        return own

    def _say_where(self, table: Any, rows: Any, further: tuple[Any, ...], held: list[Any]) -> None:
        """Writes the addresses of ids, offsets and sizes into the table."""
        many = rows.ndim > 2
        self.sizes[-2:] = (rows.stride(0), rows.stride(1) if many else 0)  # type: ignore[index]
        for n, array in enumerate(further):
            array = array.contiguous()
            table[self.free + n] = array.data_ptr()
            held.append(array)
        table[self.free + 2] = ctypes.addressof(self.sizes)  # type: ignore[arg-type]

    def _laid(self, own: tuple[Any, ...], gradient: Any) -> tuple[tuple[Any, ...], Any]:
        """The arrays in one order, those copied that must not be overwritten."""
        own = tuple([a.clone() if copied else a for a, copied in zip(own, self.copied, strict=True)])
        if self.sizes is not None:
            return tuple([a.contiguous() for a in own]), _within_reach(gradient)
        weights, *slots = own[: self.gradient - self.first]
        weights, *slots, gradient = _aligned(weights, tuple(slots), gradient)
        strides = weights.stride()
        low = [a if a.stride() == strides else _laid(a, strides) for a in own[self.gradient - self.first :]]
        return (weights, *slots, *low), gradient


def _within_reach(rows: Any) -> Any:
    """Rows whose numbers follow each other, no further apart than 32 bits can say."""
    last = sum((n - 1) * step for n, step in zip(rows.shape, rows.stride(), strict=True))
    return rows if rows.stride(-1) == 1 and last < 1 << 31 else rows.contiguous()


def updating(call: UpdatesCall) -> Callable[..., tuple[Any, ...]]:
    """A kernel that updates variables on the CPU.

    Args:
        call: the function, and what it reads and writes.

    Returns:
        Function from tensors to a tuple of tensors: those it has written over.
    """
    behind = sum(m.states + 1 + m.low + m.further for m in call.members)
    members: list[_Member] = []
    table: Any = None
    pieces, numbers = ctypes.addressof(call.pieces), ctypes.addressof(call.numbers)
    count = len(call.pieces) // 4

    def kernel(*arrays: Any) -> tuple[Any, ...]:
        nonlocal table
        shared = arrays[behind:]
        if table is None:
            at, row = 0, len(shared)
            for m in call.members:
                members.append(_Member(m, at, row, call.copied))
                at, row = members[-1].behind, row + m.states + UPDATE_PLACES
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
