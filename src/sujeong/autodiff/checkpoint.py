"""Computing again instead of keeping: less memory in the forward pass, one more forward in the backward pass.

forward:    y = f(x),  keep x only
backward:   compute f(x) again, this time noting each operation, and pull dy through it
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from ..core import modes, tree
from ..core.dispatch import apply
from ..core.node import Leaf
from ..core.op import Op, same
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from .custom import noted
from .reverse import frontier, walk

RECOMPUTE = Op("recompute", same, readable=lambda x: x, keeps_inputs=False, may_alias=True)
"""Marks, in a program, that what follows is computed a second time on purpose."""


@RECOMPUTE.gradient
def _recompute_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (g,)


class _Journal:
    """Stands in for all variables: hands reads and writes on, and keeps the value that each had at first."""

    def __init__(self) -> None:
        self.around = modes.substitutes.get()
        self.first: dict[Variable, Tensor] = {}

    def __contains__(self, variable: Variable) -> bool:
        return True

    def __getitem__(self, variable: Variable) -> Tensor:
        with modes._set(modes.substitutes, self.around):
            value = variable.value
        self.first.setdefault(variable, value)
        return value

    def __setitem__(self, variable: Variable, value: Tensor) -> None:
        self[variable]
        with modes._set(modes.substitutes, self.around):
            variable.assign(value)


class _Replay:
    """Stands in for all variables: each has its first value again, and what is written stays here."""

    def __init__(self, journal: _Journal) -> None:
        self.journal = journal
        self.now: dict[Variable, Tensor] = {}

    def __contains__(self, variable: Variable) -> bool:
        return True

    def __getitem__(self, variable: Variable) -> Tensor:
        if variable not in self.now:
            first = self.journal.first
            self.now[variable] = again(first[variable] if variable in first else self.journal[variable])
        return self.now[variable]

    def __setitem__(self, variable: Variable, value: Tensor) -> None:
        self.now[variable] = value


def again(x: Tensor) -> Tensor:
    """The same value; in a program, marked as the beginning of a second computation."""
    return apply(RECOMPUTE, x)  # type: ignore[no-any-return]


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that keeps only its inputs for the backward pass, and computes the rest again there.

    Gradients flow to the arguments, to variables and to whatever else it reads. Variables have the same
    values the second time, also counters of random numbers, so masks repeat; what it writes is written once.
    Inside `sj.jit` the second computation stands in the program, behind a mark that keeps it apart.

    Args:
        function: from trees of tensors to a tree of tensors.

    Returns:
        A function with the same values and gradients.

    Example:
        >>> import sujeong as sj
        >>> f = sj.checkpoint(lambda x: sj.tanh(x) * x)
        >>> float(f(2.0)) == float(sj.tanh(sj.asarray(2.0)) * 2), float(sj.grad(f)(0.0))
        (True, 0.0)
    """
    name = getattr(function, "__name__", "function")

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not modes.grad_enabled.get():
            return function(*args, **kwargs)
        start, journal, context = Leaf().serial, _Journal(), copy_context()
        with modes._set(modes.substitutes, journal):
            leaves, structure = tree.flatten(function(*args, **kwargs))
        places = [i for i, v in enumerate(leaves) if isinstance(v, Operand)]
        ys = [as_tensor(leaves[i]) for i in places]
        parents = frontier(ys, start)
        if not parents:
            return tree.unflatten(structure, leaves)

        def second() -> list[Tensor]:
            inputs = tree.map(lambda v: again(v) if v.__class__ is Tensor else v, (args, kwargs))
            with modes._set(modes.substitutes, _Replay(journal)), modes.enable_grad():
                found = tree.leaves(function(*inputs[0], **inputs[1]))
            return [as_tensor(found[i]) for i in places]

        def rule(g: Any, y: Any) -> tuple[Any, ...]:
            graph = modes.grad_enabled.get()
            outputs = context.copy().run(second)
            live = [(o, part) for o, part in zip(outputs, g, strict=True) if part is not None]
            found, _ = walk([o for o, _ in live], [part for _, part in live], parents, graph, beyond=False)
            return tuple(found)

        ys = noted(f"checkpoint of {name}", ys, parents, rule)
        for i, y in zip(places, ys, strict=True):
            leaves[i] = y
        return tree.unflatten(structure, leaves)

    return wrapped
