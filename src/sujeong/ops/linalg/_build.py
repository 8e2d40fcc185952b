"""What the rooms of linear algebra share: checks of shapes and types, and small matrices."""

from __future__ import annotations

from typing import Any

from ...core import dtypes
from ...core.dispatch import apply
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import DTypeError, ShapeError, message
from .._build import RESHAPE, cast, counted_like, floating
from ..arithmetic import add, divide, multiply
from ..comparison import equal, where
from ..matmul import MATMUL, adjoint

REAL_PART = {dtypes.complex64: dtypes.float32, dtypes.complex128: dtypes.float64}


def matrix_operand(op: str, x: Any) -> Tensor:
    """An operand as floating-point tensor; integers become float32."""
    return floating(op, x)


def need_matrix(op: str, x: Spec, *, square: bool = False) -> None:
    """Refuses what is no stack of matrices of 32- or 64-bit floating numbers."""
    if not x.dtype.is_differentiable or x.dtype in (dtypes.float16, dtypes.bfloat16):
        expected = "float32, float64, complex64 or complex128"
        raise DTypeError(
            message(op, "takes floating numbers of 32 or 64 bits.", received=x, expected=expected)
        )
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        what = "takes square matrices." if square else "takes matrices."
        expected = "(..., n, n)" if square else "(..., n, m)"
        raise ShapeError(message(op, what, received=x.shape, expected=expected))


def square_infer(op: str) -> Any:
    """Inference rule of an operation that gives a matrix for each square matrix."""

    def infer(x: Spec) -> Spec:
        need_matrix(op, x, square=True)
        return x

    return infer


def real_type(dtype: dtypes.DType) -> dtypes.DType:
    """The element type of absolute values."""
    return REAL_PART.get(dtype, dtype)


def product(*factors: Tensor) -> Tensor:
    """The matrix product of all factors, from the left."""
    y = factors[0]
    for x in factors[1:]:
        y = apply(MATMUL, y, x)
    return y


def unit(like: Tensor, n: int) -> Tensor:
    """Truth values (n, n): where the diagonal is."""
    row = counted_like(like, n)
    return equal(apply(RESHAPE, row, shape=(n, 1)), apply(RESHAPE, row, shape=(1, n)))


def on_diagonal(values: Tensor) -> Tensor:
    """Matrices with the given numbers on the diagonal, zeros elsewhere: (..., n) -> (..., n, n)."""
    n = values.shape[-1]
    return multiply(as_columns(values), cast(unit(values, n), values.dtype))


def as_columns(values: Tensor) -> Tensor:
    """(..., n) -> (..., 1, n): one number for each column."""
    return apply(RESHAPE, values, shape=(*values.shape[:-1], 1, values.shape[-1]))


def as_rows(values: Tensor) -> Tensor:
    """(..., n) -> (..., n, 1): one number for each row."""
    return apply(RESHAPE, values, shape=(*values.shape, 1))


def safe_inverse(x: Tensor) -> Tensor:
    """1 / x, but 0 where x is 0: also for its own gradients."""
    zero = equal(x, 0)
    return where(zero, 0, divide(1, where(zero, 1, x)))


def hermitian(x: Tensor) -> Tensor:
    """(x + x^H) / 2."""
    return multiply(add(x, adjoint(x)), 0.5)
