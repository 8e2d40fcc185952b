"""Small things about matrices: diagonals, traces, powers, ranks; and the cross product of vectors.

diagonal  y[i] = x[i, i + offset]        trace  y = sum_i x[i, i + offset]
cross     y = (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.dispatch import apply
from ...core.spec import Spec
from ...core.tensor import Operand, Tensor, as_tensor
from ...errors import ArgumentError, ShapeError, message
from .._build import RESHAPE, cast, normalize_axis
from ..arithmetic import multiply, subtract
from ..comparison import greater, where
from ..joining import CONCAT
from ..products import numbers
from ..reduction import max as largest
from ..reduction import sum as total
from ..shaping import broadcast_to
from ..slicing import diagonals, narrow
from ._build import matrix_operand, need_matrix, product, safe_inverse, unit
from .equations import inv
from .spectra import svdvals


def _matrices(op: str, x: Any) -> Tensor:
    x = as_tensor(x, op)
    if x.ndim < 2:
        raise ShapeError(message(op, "takes matrices.", received=x.shape, expected="(..., n, m)"))
    return x


def diagonal(x: Any, /, *, offset: int = 0) -> Tensor:
    """The diagonals of matrices: y[..., i] = x[..., i, i + offset].

    Args:
        x: tensor (..., n, m).
        offset: which diagonal: 0 the main one, positive above, negative below.

    Returns:
        Tensor (..., k), empty where there is no such diagonal.

    Raises:
        ShapeError: there are fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.diagonal(sj.asarray([[1, 2], [3, 4]])))
        [1 4]
    """
    return diagonals(_matrices("diagonal", x), int(offset))


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    """The sum of a diagonal of matrices.

    Args:
        x: tensor (..., n, m).
        offset: which diagonal: 0 the main one, positive above, negative below.
        dtype: element type of the sum; default that of `sj.sum`.

    Returns:
        Tensor (...).

    Raises:
        ShapeError: there are fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.trace(sj.asarray([[1, 2], [3, 4]])))
        5
    """
    return total(diagonals(_matrices("trace", x), int(offset)), axis=-1, dtype=dtype)


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The cross product of vectors of three numbers.

    Args:
        x1: tensor with size 3 along `axis`.
        x2: the same; the other sizes broadcast.
        axis: where the three numbers stand, counted from the end where the tensors differ in axes.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        ShapeError: the size along `axis` is not 3, or the others do not broadcast.
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.cross(sj.asarray([1, 0, 0]), sj.asarray([0, 1, 0])))
        [0 0 1]
    """
    a, b = numbers("cross", x1, x2)
    place = normalize_axis("cross", axis, max(a.ndim, b.ndim)) - max(a.ndim, b.ndim)
    ends = [normalize_axis("cross", place, x.ndim) for x in (a, b)]
    if a.shape[ends[0]] != 3 or b.shape[ends[1]] != 3:
        received = f"{a.shape} and {b.shape}, axis {axis}"
        raise ShapeError(message("cross", "takes vectors of three numbers.", received=received))
    (a0, a1, a2), (b0, b1, b2) = (
        [narrow(x, e, i, 1) for i in range(3)] for x, e in zip((a, b), ends, strict=True)
    )
    parts = [
        subtract(multiply(p, q), multiply(r, s))
        for p, q, r, s in ((a1, b2, a2, b1), (a2, b0, a0, b2), (a0, b1, a1, b0))
    ]
    return apply(CONCAT, *parts, axis=normalize_axis("cross", place, parts[0].ndim))


def matrix_power(x: Any, n: int, /) -> Tensor:
    """A whole power of square matrices, by repeated squaring.

    Args:
        x: tensor (..., k, k); integers become float32.
        n: the power; negative ones are powers of the inverse, 0 gives the unit matrix.

    Returns:
        Tensor (..., k, k).

    Raises:
        ShapeError: the matrices are not square.
        ArgumentError: the power is not whole, or it is negative and a matrix is singular.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.matrix_power(sj.asarray([[1.0, 1.0], [0.0, 1.0]]), 5))
        [[1. 5.]
         [0. 1.]]
    """
    x = matrix_operand("matrix_power", x)
    need_matrix("matrix_power", x.spec, square=True)
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool):
        raise ArgumentError(message("matrix_power", "the power is a whole number.", received=repr(n)))
    n = int(n)
    if n < 0:
        x, n = inv(x), -n
    power: Tensor | None = None
    while n:  # bit by bit: x, x^2, x^4, ... where the bit is set
        if n & 1:
            power = x if power is None else product(power, x)
        n >>= 1
        if n:
            x = product(x, x)
    return broadcast_to(cast(unit(x, x.shape[-1]), x.dtype), x.shape) if power is None else power


_SPACING = {dtypes.float32: 2.0**-23, dtypes.float64: 2.0**-52}


def _threshold(op: str, s: Tensor, x: Tensor | Spec, rtol: Any) -> Tensor:
    """The size below which singular values count as zero, one for each matrix: (..., 1)."""
    if rtol is None:
        rtol = max(x.shape[-2:]) * _SPACING[s.dtype]
    elif isinstance(rtol, Operand):
        rtol = as_tensor(rtol)
        rtol = apply(RESHAPE, rtol, shape=(*rtol.shape, 1))
    elif not rtol >= 0:
        raise ArgumentError(message(op, "a tolerance is not negative.", received=rtol))
    return multiply(largest(s, axis=-1, keepdims=True), rtol)


def kept_values(s: Tensor, x: Tensor, rtol: Any) -> Tensor:
    """1 / s, and 0 for singular values that count as zero."""
    return where(greater(s, _threshold("pinv", s, x, rtol)), safe_inverse(s), 0)


def matrix_rank(x: Any, /, *, rtol: Any = None) -> Tensor:
    """How many singular values are not zero.

    Args:
        x: tensor (..., n, m); integers become float32.
        rtol: singular values up to `rtol` times the largest count as zero: a number, or a tensor with
            one for each matrix; default max(n, m) times the spacing of numbers at 1.

    Returns:
        Tensor (...) of int64.

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: `rtol` is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.matrix_rank(sj.asarray([[1.0, 2.0], [2.0, 4.0]])))
        1
    """
    x = matrix_operand("matrix_rank", x)
    s = svdvals(x)
    if not s.shape[-1]:
        return total(cast(s, dtypes.int64), axis=-1)
    return total(cast(greater(s, _threshold("matrix_rank", s, x, rtol)), dtypes.int64), axis=-1)
