"""Triangular factors of matrices.

    cholesky  A = L L^H            dA = 1/2 L^-H (P + P^H) L^-1,   P = half-lower(L^H G)
    qr        A = Q R              dA = (G_Q + Q (T + T^H)) R^-H,  T = half-upper(G_R R^H - Q^H G_Q)

half-lower takes the lower triangle with half of the diagonal. Walter and Lehmann, "Algorithmic
differentiation of linear algebra functions with application in optimum experimental design", 2010.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import ArgumentError, GradientError, message
from ..arithmetic import add, multiply, subtract
from ..joining import CONCAT
from ..matmul import adjoint
from ..slicing import narrow
from ..triangles import tril, triu
from ._build import matrix_operand, need_matrix, product, square_infer
from .equations import SOLVE

CHOLESKY = Op("cholesky", square_infer("cholesky"), keeps_inputs=False, keeps_output=True)


def cholesky(x: Any, /, *, upper: bool = False) -> Tensor:
    """The triangular factor L of positive definite matrices: x = L L^H.

    Args:
        x: tensor (..., n, n), symmetric (Hermitian where complex) and positive definite; only the lower
            triangle is read. The gradient is symmetric too.
        upper: give L^H instead.

    Returns:
        Tensor (..., n, n), lower triangular with a positive diagonal.

    Raises:
        ShapeError: the matrices are not square.
        ArgumentError: a matrix is not positive definite (on a GPU it gives NaN instead).

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.cholesky(sj.asarray([[4.0, 2.0], [2.0, 5.0]])))
        [[2. 0.]
         [1. 2.]]
    """
    y = apply(CHOLESKY, matrix_operand("cholesky", x))
    return adjoint(y) if upper else y


@CHOLESKY.gradient
def _cholesky_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    inner = product(adjoint(y), g)
    half = multiply(add(tril(inner), tril(inner, k=-1)), 0.5)
    left = apply(SOLVE, adjoint(y), add(half, adjoint(half)))  # L^-H (P + P^H)
    return (multiply(adjoint(apply(SOLVE, adjoint(y), adjoint(left))), 0.5),)


def _qr_infer(x: Spec, mode: str) -> tuple[Spec, Spec]:
    need_matrix("qr", x)
    *batch, n, m = x.shape
    k = min(n, m) if mode == "reduced" else n
    return x.like(shape=(*batch, n, k)), x.like(shape=(*batch, k, m))


QR = Op("qr", _qr_infer, keeps_inputs=False, keeps_output=True, partial=True)


class QRResult(NamedTuple):
    """The factors of a QR decomposition."""

    Q: Tensor
    R: Tensor


def qr(x: Any, /, *, mode: str = "reduced") -> QRResult:
    """Orthonormal columns and an upper triangle: x = Q R.

    Args:
        x: tensor (..., n, m) of full rank; integers become float32.
        mode: `"reduced"` gives min(n, m) columns, `"complete"` n, of which the further ones are arbitrary
            and have no gradient.

    Returns:
        `Q` (..., n, k) with Q^H Q = 1, and `R` (..., k, m), zero below the diagonal.

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: there is no such mode.

    Example:
        >>> import sujeong as sj
        >>> q, r = sj.linalg.qr(sj.asarray([[3.0, 1.0], [4.0, 2.0]]))
        >>> print(sj.round(q @ r))
        [[3. 1.]
         [4. 2.]]
    """
    if mode not in ("reduced", "complete"):
        raise ArgumentError(
            message("qr", "there is no such mode.", received=mode, expected="reduced or complete")
        )
    x = matrix_operand("qr", x)
    need_matrix("qr", x.spec)
    n, m = x.shape[-2:]
    if n >= m:
        return QRResult(*apply(QR, x, mode=mode))
    # a wide matrix: its first columns give Q, the others only follow
    q, r = apply(QR, narrow(x, x.ndim - 1, 0, n), mode="reduced")
    rest = product(adjoint(q), narrow(x, x.ndim - 1, n, m - n))
    return QRResult(q, apply(CONCAT, r, rest, axis=x.ndim - 1))


@QR.gradient
def _qr_gradient(g: tuple[Any, Any], y: tuple[Tensor, Tensor], x: Any, mode: str) -> tuple[Any, ...]:
    (of_q, of_r), (q, r) = g, y
    if r.shape[-1] != r.shape[-2]:
        fix = 'use mode="reduced".'
        what = "the further columns of a complete decomposition are arbitrary."
        raise GradientError(message("qr", what, received=f"{x.shape}, mode='complete'", fix=fix))
    inner: Any = None
    if of_r is not None:
        inner = product(of_r, adjoint(r))
    if of_q is not None:
        turned = product(adjoint(q), of_q)
        inner = multiply(turned, -1) if inner is None else subtract(inner, turned)
    half = multiply(add(triu(inner), triu(inner, k=1)), 0.5)
    total = product(q, add(half, adjoint(half)))
    if of_q is not None:
        total = add(of_q, total)
    return (adjoint(apply(SOLVE, r, adjoint(total))),)
