"""The matrix product, heart of Dense, attention and (through im2col) convolution.

C[..., i, j] = sum_k A[..., i, k] B[..., k, j]      (..., n, k) @ (..., k, m) -> (..., n, m)

dA = G B^H          dB = A^H G          summed back over batch axes that were stretched;
                                        B^H is the transpose, conjugated where it is complex
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.dtypes import bool_
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ._build import NUMERIC, broadcast_shapes, conjugate, need, pair, same_dtypes, unbroadcast
from .shaping import matrix_transpose, reshape


def _infer(a: Spec, b: Spec) -> Spec:
    dtype = same_dtypes("matmul", a, b)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            message(
                "matmul",
                "the inner sizes differ.",
                received=f"{a.shape} @ {b.shape}",
                expected="(..., n, k) @ (..., k, m)",
                fix="transpose one of them (x.mT), or check the size of the features.",
            )
        )
    batch = broadcast_shapes("matmul", a.shape[:-2], b.shape[:-2])
    return Spec((*batch, a.shape[-2], b.shape[-1]), dtype)


def _flops(a: Spec, b: Spec) -> int:
    return 2 * _infer(a, b).size * a.shape[-1]


MATMUL = Op("matmul", _infer, flops=_flops)


def matmul(x1: Any, x2: Any, /) -> Tensor:
    """The matrix product over the last two axes; leading axes broadcast.

    Args:
        x1: tensor (..., n, k), or a vector (k,).
        x2: tensor (..., k, m), or a vector (k,).

    Returns:
        Tensor (..., n, m); a vector drops its axis.

    Raises:
        ShapeError: the inner sizes differ, or an operand has no axis.
        DTypeError: both hold truth values.

    Example:
        >>> import sujeong as sj
        >>> print(sj.matmul(sj.asarray([[1.0, 2.0], [3.0, 4.0]]), sj.asarray([1.0, 1.0])))
        [3. 7.]
    """
    a, b = pair("matmul", x1, x2)
    if a.dtype is bool_:
        need("matmul", a, NUMERIC)
    left, right = len(a._array.shape), len(b._array.shape)
    if left >= 2 and right >= 2:
        return apply(MATMUL, a, b)
    if not left or not right:
        fix = "use a * b for numbers."
        raise ShapeError(
            message("matmul", "a number has no rows.", received=f"{a.shape} @ {b.shape}", fix=fix)
        )
    if left == 1:
        a = reshape(a, (1, *a.shape))
    if right == 1:
        b = reshape(b, (*b.shape, 1))
    y = apply(MATMUL, a, b)
    shape = y.shape
    if right == 1:
        shape = shape[:-1]
    if left == 1:
        shape = shape[:-1] if right == 1 else (*shape[:-2], shape[-1])
    return reshape(y, shape)


def adjoint(x: Tensor) -> Tensor:
    """The transpose of matrices, conjugated where they are complex: x^H."""
    return conjugate(matrix_transpose(x))


@MATMUL.gradient
def _gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return (
        lambda: unbroadcast(apply(MATMUL, g, adjoint(b)), a),
        lambda: _of_right(g, a, b),
    )


def _of_right(g: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A^H G. One matrix B under many A is one product over all their rows, not a sum of many products."""
    if b.ndim == 2 and a.ndim > 2 and g.ndim == a.ndim:
        rows = prod(a.shape[:-1])
        a, g = reshape(a, (rows, a.shape[-1])), reshape(g, (rows, g.shape[-1]))
    return unbroadcast(apply(MATMUL, adjoint(a), g), b)
