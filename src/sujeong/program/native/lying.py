"""Views that only say how numbers lie: the same memory under another shape, or with two axes turned.

A chain follows them without a call. A value is then a *root*, which lies in C order, and whether its last two
axes are taken the other way round, as a product may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from ..ir import Equation, Symbol


class Lie(NamedTuple):
    """Where the numbers of a value are."""

    root: Symbol
    turned: bool


_SAME = frozenset({"reshape", "identity", "stop_gradient", "recompute", "copy"})
"""Also a copy: within a chain nobody can tell, and one that is read outside is made behind it."""
_EVERYTHING = slice(None)


def lying(e: Equation, known: Mapping[Symbol, Lie]) -> Lie | None:
    """Where the numbers of a view are.

    Args:
        e: an equation.
        known: what is known of its inputs; one that is not there is a root itself.

    Returns:
        The place; `None` where the equation is no such view.
    """
    if not e.inputs or len(e.outputs) != 1:
        return None
    (out,), source = e.outputs, known.get(e.inputs[0], Lie(e.inputs[0], False))
    if e.op.name in _SAME or (e.op.name == "index" and _all(e)):
        same = prod(out.shape) == prod(e.inputs[0].shape) and out.dtype is e.inputs[0].dtype
        return source if same and (not source.turned or out.shape == e.inputs[0].shape) else None
    if e.op.name != "permute_dims":
        return None
    axes, shape = e.attributes["axes"], e.inputs[0].shape
    if not source.turned and [a for a in axes if shape[a] > 1] == [a for a in sorted(axes) if shape[a] > 1]:
        return source
    n = len(axes)
    turns = n >= 2 and tuple(axes) == (*range(n - 2), n - 1, n - 2)
    return Lie(source.root, not source.turned) if turns else None


def _all(e: Equation) -> bool:
    """Whether an index takes whole axes, adds new ones, or takes the only element of one."""
    key, shape = e.attributes["key"], e.inputs[0].shape
    at = 0
    for k in key if isinstance(key, tuple) else (key,):
        if k is None:
            continue
        if at >= len(shape):
            return False
        whole = isinstance(k, slice) and k == _EVERYTHING
        only = isinstance(k, int) and not isinstance(k, bool) and shape[at] == 1
        if not (whole or only):
            return False
        at += 1
    return True
