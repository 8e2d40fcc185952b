"""The arguments that a gradient is asked for: their floating-point leaves become new points of the graph.

Other leaves (whole numbers, texts, truth values) are handed on as they are and have no gradient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..core import dtypes, modes, tree
from ..core.node import Leaf, Node
from ..core.tensor import Operand, Tensor, as_tensor, leaf
from ..errors import ArgumentError, DTypeError, GradientError, message
from .reverse import _reachable, alias, filled

_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def differentiating() -> Iterator[None]:
    """Inside this context a function runs whose gradient will be asked for."""
    token = _depth.set(_depth.get() + 1)
    try:
        with modes.enable_grad():
            yield
    finally:
        _depth.reset(token)


def nested() -> bool:
    """Whether a gradient is asked for inside a function whose gradient will be asked for."""
    return _depth.get() > 0


def is_differentiable(value: Any) -> bool:
    """Whether a leaf is a floating-point value."""
    if isinstance(value, Operand):
        return value.dtype.is_differentiable  # type: ignore[attr-defined, no-any-return]
    if isinstance(value, (np.ndarray, np.generic)):
        return bool(value.dtype.kind in "fc")
    return isinstance(value, (float, complex))


def fresh(value: Any, op: str) -> Tensor:
    """A new leaf or, where an outer gradient is under way, a new point that is linked to the old one."""
    x = as_tensor(value, op)
    return alias(x) if x._node is not None and modes.grad_enabled.get() else leaf(x)


class Opened:
    """One argument with new leaves.

    Attributes:
        tree: what the function gets.
        xs: the new leaves.
    """

    def __init__(self, value: Any, op: str) -> None:
        leaves, self._structure = tree.flatten(value)
        self._places = [i for i, v in enumerate(leaves) if is_differentiable(v)]
        for i in self._places:
            leaves[i] = fresh(leaves[i], op)
        self.xs: list[Tensor] = [leaves[i] for i in self._places]
        self.tree = tree.unflatten(self._structure, leaves)

    def close(self, gradients: Iterable[Any]) -> Any:
        """A tree like the argument, of its gradients; `None` at leaves that have none."""
        leaves: list[Any] = [None] * self._structure.count
        for i, g in zip(self._places, gradients, strict=True):
            leaves[i] = g
        return tree.unflatten(self._structure, leaves)

    def like(self, value: Any, op: str, what: str) -> list[Any]:
        """The leaves of a tree like the argument that stand at its floating-point leaves.

        Args:
            value: the tree; where the argument has other leaves, it may hold anything or `None`.
            op: for the error.
            what: what the tree is, for the error.

        Returns:
            One value for each of `xs`.
        """
        leaves, structure = tree.flatten(value)
        if structure == self._structure:
            found = [leaves[i] for i in self._places]
        elif structure == tree.flatten(self.close([0] * len(self._places)))[1]:
            found = leaves
        else:
            text = message(op, f"{what} must look like it.", received=structure, expected=self._structure)
            raise GradientError(text)
        for v, x in zip(found, self.xs, strict=True):
            shape = as_tensor(v, op).shape
            if shape != x.shape:
                raise GradientError(
                    message(op, f"{what} has another shape.", received=shape, expected=x.shape)
                )
        return found


def open_chosen(args: Sequence[Any], argnums: int | Sequence[int], op: str) -> tuple[list[Any], list[Opened]]:
    """The arguments of a function with new leaves in those to differentiate by.

    Args:
        args: all positional arguments.
        argnums: which of them.
        op: for errors.

    Returns:
        The arguments for the call, and one entry for each of `argnums`.
    """
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    n = len(args)
    if any(not isinstance(i, int) or isinstance(i, bool) or not -n <= i < n for i in chosen):
        received = f"argnums={argnums!r}, {n} positional arguments"
        expected = f"whole numbers from {-n} to {n - 1}" if n else "at least one positional argument"
        raise ArgumentError(message(op, "there is no such argument.", received=received, expected=expected))
    opened: dict[int, Opened] = {}
    for i in chosen:
        at = i % n
        if at not in opened:
            opened[at] = Opened(args[at], op)
            if not opened[at].xs and tree.leaves(args[at]):
                raise _refusal(op, at, tree.leaves(args[at])[0])
    filled_in = [opened[i].tree if i in opened else a for i, a in enumerate(args)]
    return filled_in, [opened[i % n] for i in chosen]


def _refusal(op: str, at: int, value: Any) -> DTypeError:
    received = value.spec if isinstance(value, Operand) else f"{type(value).__name__}: {value!r:.60}"  # type: ignore[attr-defined]
    what = f"argument {at} holds no floating-point value, so there is nothing to differentiate by."
    fix = "make it floating-point: 3.0 instead of 3, sj.asarray(x, dtype=sj.float32)."
    return DTypeError(message(op, what, received=received, fix=fix))


def zeros_if_none(gradients: Iterable[Any], xs: Iterable[Tensor]) -> list[Tensor]:
    """Gradients, with zeros where the result does not depend on an argument."""
    return [filled(x.spec, x, 0) if g is None else g for g, x in zip(gradients, xs, strict=True)]


def bare(x: Tensor) -> Tensor:
    """The same value without its graph; no mark is left in a recording, since nothing is cut in meaning."""
    return Tensor(x._array, x._engine)


def close(value: Any, own: Iterable[Node]) -> Any:
    """Drops the graph of the tensors of a tree, unless an outer gradient still needs it.

    Args:
        value: a tree; what is no tensor stays.
        own: the nodes that were differentiated by.

    Returns:
        The tree.
    """
    tensors = [t for t in tree.leaves(value) if t.__class__ is Tensor and t._node is not None]
    ends = {id(n) for n in own}

    def outer(roots: list[Tensor]) -> bool:
        found = _reachable([t._node for t in roots])
        return any(isinstance(n, Leaf) and id(n) not in ends for n in found)

    if not tensors:
        return value
    some = outer(tensors)
    cut = {id(t) for t in tensors if not some or not outer([t])}
    return tree.map(lambda t: bare(t) if id(t) in cut else t, value)


def as_number(out: Any, op: str) -> Tensor:
    """What a function gave, if it is one floating-point number."""
    if not isinstance(out, Operand):
        fix = "return the tensor itself, without float(), .item() or NumPy."
        what = "the function must return one number, as a tensor through which gradients flow."
        raise GradientError(message(op, what, received=type(out).__name__, fix=fix))
    value = as_tensor(out, op)
    if value.size != 1:
        fix = "reduce it (sj.sum, sj.mean), or use sj.jacobian."
        raise GradientError(message(op, "the function must return one number.", received=value.spec, fix=fix))
    if value.dtype is dtypes.bool_ or not value.dtype.is_differentiable:
        what = "the function must return a floating-point number."
        raise GradientError(message(op, what, received=value.spec))
    return value
