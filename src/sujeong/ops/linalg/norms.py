"""Norms of vectors and matrices.

    vector_norm   y = (sum_i |x_i|^p)^(1/p)     p = 2: the length;  inf: the greatest;  0: how many are not 0
    matrix_norm   "fro": the length of all elements;  "nuc": the sum of the singular values;
                  1, inf: the greatest column or row sum;  2: the greatest singular value

Where the norm is 0 its slope jumps; the gradient is 0 there, the middle of all slopes.
"""

from __future__ import annotations

from math import inf
from typing import Any

from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import ArgumentError, message
from .._build import RESHAPE, Shape, _sum_infer, apply, cast, floating, normalize_axes
from ..arithmetic import square
from ..comparison import equal, not_equal, where
from ..complexes import imag, part_infer, real
from ..exponential import sqrt
from ..magnitude import abs as size
from ..powers import pow as power
from ..reduction import Axis, kept
from ..reduction import max as largest
from ..reduction import min as smallest
from ..reduction import sum as total
from ._build import matrix_operand, need_matrix
from .spectra import svdvals


def _length_infer(x: Spec, axis: Shape, keepdims: bool) -> Spec:
    return _sum_infer(part_infer(x) if x.dtype.kind == "complex" else x, axis, keepdims)


def _length_readable(x: Tensor, axis: Shape, keepdims: bool) -> Tensor:
    return _root(total(add_squares(x), axis=axis, keepdims=keepdims), 2)


LENGTH = Op("vector_norm", _length_infer, readable=_length_readable)  # the square root of a sum of squares


def vector_norm(x: Any, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Tensor:
    """The norm of vectors: y = (sum_i |x_i|^ord)^(1/ord).

    Args:
        x: tensor of any shape; integers become float32.
        axis: one axis, several, or `None` for all; their elements form one vector.
        keepdims: keep the reduced axes with size 1.
        ord: the power; infinity gives the greatest |x_i|, minus infinity the smallest, 0 the number of
            elements that are not zero.

    Returns:
        The norms, real.

    Raises:
        ArgumentError: there is no such axis, or the power is no number.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.vector_norm(sj.asarray([3.0, 4.0])))
        5.0
        >>> print(sj.linalg.vector_norm(sj.asarray([3.0, 4.0]), ord=1))
        7.0
    """
    x = floating("vector_norm", x)
    if isinstance(ord, bool) or not isinstance(ord, (int, float)) or ord != ord:
        raise ArgumentError(message("vector_norm", "the power is a number.", received=repr(ord)))
    axes = normalize_axes("vector_norm", axis, x.ndim)
    if ord == 2:
        return apply(LENGTH, x, axis=axes, keepdims=keepdims)
    if ord == inf:
        return largest(size(x), axis=axes, keepdims=keepdims)
    if ord == -inf:
        return smallest(size(x), axis=axes, keepdims=keepdims)
    if ord == 0:
        marks = cast(not_equal(x, 0), size(x).dtype)
        return total(marks, axis=axes, keepdims=keepdims)
    if ord == 1:
        return total(size(x), axis=axes, keepdims=keepdims)
    return _root(total(power(size(x), ord), axis=axes, keepdims=keepdims), ord)


def add_squares(x: Tensor) -> Tensor:
    """|x|^2, without the kink of |x|."""
    return square(x) if x.dtype.kind != "complex" else square(real(x)) + square(imag(x))


def _root(s: Tensor, p: float) -> Tensor:
    """s^(1/p); its gradient is 0 where s is 0, also the gradient's own."""
    root = sqrt if p == 2 else lambda v: power(v, 1 / p)
    if p < 0:
        return root(s)
    zero = equal(s, 0)
    return where(zero, 0, root(where(zero, 1, s)))


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: float | str | None = "fro") -> Tensor:
    """The norm of matrices.

    Args:
        x: tensor (..., n, m); integers become float32.
        keepdims: keep the last two axes with size 1.
        ord: `"fro"` (Frobenius: the root of the sum of squares), `"nuc"` (the sum of the singular
            values), 1 or -1 (greatest or smallest column sum of |x|), infinity or minus infinity (row
            sum), 2 or -2 (greatest or smallest singular value).

    Returns:
        The norms, real, (...).

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: there is no such norm.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.matrix_norm(sj.asarray([[3.0, 0.0], [0.0, 4.0]])))
        5.0
    """
    x = matrix_operand("matrix_norm", x)
    need_matrix("matrix_norm", x.spec)
    y = _of_kind(x, ord)
    return apply(RESHAPE, y, shape=kept(x.shape, (x.ndim - 2, x.ndim - 1))) if keepdims else y


def _of_kind(x: Tensor, kind: Any) -> Tensor:
    if kind is None or kind == "fro":
        return vector_norm(x, axis=(-2, -1))
    if kind == "nuc":
        return total(svdvals(x), axis=-1)
    if kind in (1, -1, inf, -inf):
        sums = total(size(x), axis=-2 if kind in (1, -1) else -1)
        return (largest if kind > 0 else smallest)(sums, axis=-1)
    if kind in (2, -2):
        return (largest if kind > 0 else smallest)(svdvals(x), axis=-1)
    expected = "'fro', 'nuc', 1, -1, 2, -2, inf or -inf"
    raise ArgumentError(
        message("matrix_norm", "there is no such norm.", received=repr(kind), expected=expected)
    )
