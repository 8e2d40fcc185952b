"""Padding: a border of a constant around a tensor.

    (n,) with widths (a, b) -> (a + n + b,):   y = value, ..., value, x[0], ..., x[n-1], value, ..., value

The gradient is cut out again: the border is constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, message
from ._build import cast, filled_like
from ._spatial import Pairs, planned
from .comparison import where
from .filling import fitting
from .slicing import cut

Widths = int | Sequence[int | Sequence[int]]


@planned
def _pairs(widths: Any, ndim: int) -> Pairs:
    """One (before, after) an axis, of a number, of one pair for all axes, or of a pair an axis."""
    received = widths
    if isinstance(widths, (int, np.integer)):
        pairs = [(int(widths), int(widths))] * ndim
    else:
        items = list(widths)
        if len(items) == 2 and all(isinstance(i, (int, np.integer)) for i in items):
            pairs = [(int(items[0]), int(items[1]))] * ndim
        else:
            both = [(i, i) if isinstance(i, (int, np.integer)) else tuple(i) for i in items]
            if any(len(p) != 2 for p in both):
                text = message("pad", "a width is (before, after).", received=received)
                raise ArgumentError(text)
            pairs = [(int(a), int(b)) for a, b in both]
    if len(pairs) != ndim:
        expected = f"a number, one pair, or {ndim} pairs"
        raise ArgumentError(message("pad", "one width an axis.", received=received, expected=expected))
    if any(w < 0 for p in pairs for w in p):
        fix = "cut with x[a:b]."
        raise ArgumentError(message("pad", "a width cannot be negative.", received=received, fix=fix))
    return tuple(pairs)


def _pad_infer(x: Spec, widths: Pairs, value: complex) -> Spec:
    return x.like(shape=tuple([a + s + b for s, (a, b) in zip(x.shape, widths, strict=True)]))


PAD = Op("pad", _pad_infer, keeps_inputs=False)


def pad(x: Any, /, widths: Widths, value: Any = 0.0) -> Tensor:
    """Puts a border of a constant around a tensor.

    Args:
        x: tensor of any shape.
        widths: a number for every side, one pair (before, after) for every axis, or a pair an axis; a
            number stands for a pair of equals.
        value: the constant, any number that the element type holds (also infinity and NaN); a tensor of
            one number gets a gradient too.

    Returns:
        The padded tensor.

    Raises:
        ArgumentError: the widths do not fit the axes, or are negative.
        DTypeError: the element type cannot hold the constant.

    Example:
        >>> import sujeong as sj
        >>> print(sj.pad(sj.asarray([1, 2]), (1, 2), -1))
        [-1  1  2 -1 -1]
    """
    x = as_tensor(x, "pad")
    pairs = _pairs(widths, x.ndim)
    if value.__class__ is float and x.dtype.kind == "float":
        return bordered(x, pairs, value)
    if not isinstance(value, Operand):
        return bordered(x, pairs, fitting("pad", value, x.dtype))
    border = as_tensor(value, "pad")
    if border.shape or dtypes.result_type(border.dtype, x.dtype) is not x.dtype:
        what = "the constant is one number that the element type holds."
        raise DTypeError(message("pad", what, received=f"{border.spec} around {x.spec}"))
    inside = bordered(filled_like(x, x.shape, True, dtypes.bool_), pairs, False)
    return where(inside, bordered(x, pairs, 0), cast(border, x.dtype))


def bordered(x: Tensor, widths: Pairs, value: complex) -> Tensor:
    """A tensor with a border of a number that its element type holds, (before, after) along each axis."""
    return apply(PAD, x, widths=widths, value=value) if any(map(any, widths)) else x


@PAD.gradient
def _pad_gradient(g: Tensor, y: Any, x: Any, widths: Pairs, value: complex) -> tuple[Any, ...]:
    return (cut(g, tuple([a for a, _ in widths]), (1,) * len(widths), x.shape),)
