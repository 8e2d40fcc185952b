"""Products of vectors and tensors, all made of `matmul`, products of elements and sums.

vecdot     y = sum_i conj(a[i]) b[i]            outer   y[i, j] = a[i] b[j]
tensordot  y[i, j] = sum_k a[i, k] b[k, j]      over any axes k
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import NUMERIC, RESHAPE, SUM, conjugate, need, normalize_axis, pair
from .arithmetic import multiply
from .matmul import MATMUL
from .shaping import PERMUTE


def numbers(op: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Two operands of one element type, refused if they are truth values."""
    a, b = pair(op, x1, x2)
    need(op, a, NUMERIC)
    return a, b


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The dot product along an axis: y = sum_i conj(x1[i]) x2[i].

    Args:
        x1: tensor with at least one axis; conjugated where it is complex.
        x2: tensor with the same size along `axis`; the other sizes broadcast.
        axis: the axis to sum over, counted from the end where the tensors differ in axes.

    Returns:
        The products, without the axis.

    Raises:
        ShapeError: the sizes along the axis differ, or the others do not broadcast.
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.vecdot(sj.asarray([1.0, 2.0]), sj.asarray([3.0, 4.0])))
        11.0
    """
    a, b = numbers("vecdot", x1, x2)
    place = normalize_axis("vecdot", axis, max(a.ndim, b.ndim)) - max(a.ndim, b.ndim)
    sizes = [x.shape[normalize_axis("vecdot", place, x.ndim)] for x in (a, b)]
    if sizes[0] != sizes[1]:
        received = f"{a.shape} and {b.shape}, axis {axis}"
        raise ShapeError(message("vecdot", "the sizes along the axis differ.", received=received))
    y = multiply(conjugate(a), b)
    return apply(SUM, y, axis=(normalize_axis("vecdot", place, y.ndim),), keepdims=False)


def outer(x1: Any, x2: Any, /) -> Tensor:
    """The outer product of two vectors: y[i, j] = x1[i] x2[j].

    Args:
        x1: vector (n,).
        x2: vector (m,).

    Returns:
        Matrix (n, m).

    Raises:
        ShapeError: one of them is no vector.

    Example:
        >>> import sujeong as sj
        >>> print(sj.outer(sj.asarray([1.0, 2.0]), sj.asarray([1.0, 10.0])))
        [[ 1. 10.]
         [ 2. 20.]]
    """
    a, b = numbers("outer", x1, x2)
    if a.ndim != 1 or b.ndim != 1:
        fix = "sj.einsum or a[..., None] * b for other shapes."
        received = f"{a.shape} and {b.shape}"
        raise ShapeError(message("outer", "takes two vectors.", received=received, fix=fix))
    return multiply(apply(RESHAPE, a, shape=(a.size, 1)), apply(RESHAPE, b, shape=(1, b.size)))


def _contracted(axes: Any, a: Tensor, b: Tensor) -> tuple[list[int], list[int]]:
    """The axes of each operand that are summed over, in pairs."""
    if isinstance(axes, int):
        if not 0 <= axes <= min(a.ndim, b.ndim):
            expected = f"0 to {min(a.ndim, b.ndim)} axes"
            raise ArgumentError(
                message("tensordot", "so many axes are not there.", received=axes, expected=expected)
            )
        return list(range(a.ndim - axes, a.ndim)), list(range(axes))
    both = [[one] if isinstance(one, int) else list(one) for one in axes]
    left, right = (
        [normalize_axis("tensordot", i, x.ndim) for i in one] for one, x in zip(both, (a, b), strict=True)
    )
    if len(left) != len(right) or len(set(left)) != len(left) or len(set(right)) != len(right):
        raise ArgumentError(message("tensordot", "axes come in pairs, each once.", received=axes))
    return left, right


def tensordot(x1: Any, x2: Any, /, *, axes: int | Sequence[Sequence[int]] = 2) -> Tensor:
    """Sums products over pairs of axes: y[i, j] = sum_k x1[i, k] x2[k, j], for any number of i, j, k.

    Args:
        x1: tensor.
        x2: tensor.
        axes: how many axes at the end of `x1` and the front of `x2` are summed over, or two lists that
            name them.

    Returns:
        Tensor with the remaining axes of `x1`, then those of `x2`.

    Raises:
        ShapeError: sizes of a pair differ.
        ArgumentError: there are no such axes.

    Example:
        >>> import sujeong as sj
        >>> sj.tensordot(sj.ones((2, 3, 4)), sj.ones((4, 3, 5)), axes=((2, 1), (0, 1))).shape
        (2, 5)
    """
    a, b = numbers("tensordot", x1, x2)
    left, right = _contracted(axes, a, b)
    for i, j in zip(left, right, strict=True):
        if a.shape[i] != b.shape[j]:
            received = f"axis {i} of {a.shape} with axis {j} of {b.shape}"
            raise ShapeError(message("tensordot", "the sizes of a pair differ.", received=received))
    rows = [i for i in range(a.ndim) if i not in left]
    columns = [j for j in range(b.ndim) if j not in right]
    shape = tuple(a.shape[i] for i in rows) + tuple(b.shape[j] for j in columns)
    n = prod(a.shape[i] for i in rows)
    m = prod(b.shape[j] for j in columns)
    k = prod(a.shape[i] for i in left)
    a = apply(RESHAPE, apply(PERMUTE, a, axes=(*rows, *left)), shape=(n, k))
    b = apply(RESHAPE, apply(PERMUTE, b, axes=(*right, *columns)), shape=(k, m))
    return apply(RESHAPE, apply(MATMUL, a, b), shape=shape)
