"""Eigenvalues of symmetric matrices, and singular values.

    eigh   A = V diag(w) V^H       dA = V (diag(g_w) + F * V^H G_V) V^H,    F_ij = 1 / (w_j - w_i)
    svd    A = U diag(s) V^H       dA = U (diag(g_s) + F * skew(U^H G_U) S + S F * skew(V^H G_V)) V^H
                                        + the parts outside of U and V,     F_ij = 1 / (s_j^2 - s_i^2)

* is a product of elements, F is 0 on the diagonal. Where two values are equal, the vectors belonging to
them are arbitrary: a gradient through the vectors is infinite or NaN there, that of the values alone is not.
Giles, "Collected Matrix Derivative Results for Forward and Reverse Mode Algorithmic Differentiation",
2008; complex phases as in Wan and Zhang, "Automatic Differentiation for Complex Valued SVD", 2019.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import GradientError, message
from .._build import cast
from ..arithmetic import add, divide, multiply, square, subtract
from ..comparison import where
from ..matmul import adjoint
from ..slicing import diagonals
from ._build import (
    as_columns,
    as_rows,
    hermitian,
    matrix_operand,
    need_matrix,
    on_diagonal,
    product,
    real_type,
    unit,
)


def _eigvalsh_infer(x: Spec) -> Spec:
    need_matrix("eigvalsh", x, square=True)
    return Spec(x.shape[:-1], real_type(x.dtype))


def _eigh_infer(x: Spec) -> tuple[Spec, Spec]:
    need_matrix("eigh", x, square=True)
    return _eigvalsh_infer(x), x


EIGH = Op("eigh", _eigh_infer, keeps_inputs=False, keeps_output=True, partial=True)
EIGVALSH = Op("eigvalsh", _eigvalsh_infer)


class EighResult(NamedTuple):
    """Eigenvalues in rising order, and the eigenvectors as columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


def eigh(x: Any, /) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric matrices: x V = V diag(w).

    Args:
        x: tensor (..., n, n), symmetric (Hermitian where complex); only the lower triangle is read. The
            gradient is symmetric too.

    Returns:
        `eigenvalues` (..., n), real, in rising order, and `eigenvectors` (..., n, n), one in each column,
        of length 1, their signs arbitrary.

    Raises:
        ShapeError: the matrices are not square.
        ArgumentError: a matrix is not finite.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.eigh(sj.asarray([[3.0, 0.0], [0.0, 1.0]])).eigenvalues)
        [1. 3.]
    """
    return EighResult(*apply(EIGH, matrix_operand("eigh", x)))


def _gaps(values: Tensor) -> Tensor:
    """1 / (v_j - v_i), and 0 on the diagonal."""
    same = unit(values, values.shape[-1])
    return where(same, 0, divide(1, where(same, 1, subtract(as_columns(values), as_rows(values)))))


@EIGH.gradient
def _eigh_gradient(g: tuple[Any, Any], y: tuple[Tensor, Tensor], x: Any) -> tuple[Any, ...]:
    (of_values, of_vectors), (w, v) = g, y
    inner: Any = None
    if of_values is not None:
        inner = cast(on_diagonal(of_values), v.dtype)
    if of_vectors is not None:
        turned = multiply(cast(_gaps(w), v.dtype), product(adjoint(v), of_vectors))
        inner = turned if inner is None else add(inner, turned)
    return (hermitian(product(v, inner, adjoint(v))),)


def eigvalsh(x: Any, /) -> Tensor:
    """Eigenvalues of symmetric matrices.

    Args:
        x: tensor (..., n, n), symmetric (Hermitian where complex); only the lower triangle is read.

    Returns:
        Tensor (..., n), real, in rising order.

    Raises:
        ShapeError: the matrices are not square.
        ArgumentError: a matrix is not finite.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.eigvalsh(sj.asarray([[3.0, 0.0], [0.0, 1.0]])))
        [1. 3.]
    """
    return apply(EIGVALSH, matrix_operand("eigvalsh", x))


@EIGVALSH.gradient
def _eigvalsh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    v = eigh(x).eigenvectors
    return (product(multiply(v, cast(as_columns(g), v.dtype)), adjoint(v)),)


def _svdvals_infer(x: Spec) -> Spec:
    need_matrix("svdvals", x)
    return Spec((*x.shape[:-2], min(x.shape[-2:])), real_type(x.dtype))


def _svd_infer(x: Spec, full: bool) -> tuple[Spec, Spec, Spec]:
    need_matrix("svd", x)
    *batch, n, m = x.shape
    k = min(n, m)
    rows, columns = (n, m) if full else (k, k)
    return x.like(shape=(*batch, n, rows)), _svdvals_infer(x), x.like(shape=(*batch, columns, m))


SVD = Op("svd", _svd_infer, keeps_output=True, partial=True)
SVDVALS = Op("svdvals", _svdvals_infer)


class SVDResult(NamedTuple):
    """The factors of a singular value decomposition."""

    U: Tensor
    S: Tensor
    Vh: Tensor


def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """The singular value decomposition: x = U diag(S) Vh.

    Args:
        x: tensor (..., n, m); integers become float32.
        full_matrices: give all n columns of `U` and m rows of `Vh`; those beyond min(n, m) are arbitrary
            and have no gradient. `False` gives min(n, m) of each.

    Returns:
        `U` (..., n, n) and `Vh` (..., m, m) with orthonormal columns and rows, and between them `S`
        (..., min(n, m)), the singular values in falling order.

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: a matrix is not finite.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.svd(sj.asarray([[0.0, 2.0], [3.0, 0.0]])).S)
        [3. 2.]
    """
    x = matrix_operand("svd", x)
    return SVDResult(*apply(SVD, x, full=bool(full_matrices) and x.ndim > 1 and x.shape[-1] != x.shape[-2]))


@SVD.gradient
def _svd_gradient(
    g: tuple[Any, Any, Any], y: tuple[Tensor, Tensor, Tensor], x: Any, full: bool
) -> tuple[Any, ...]:
    (of_u, of_s, of_vh), (u, s, vh) = g, y
    if full:
        if of_u is not None or of_vh is not None:
            fix = "use full_matrices=False."
            what = "the further vectors of a full decomposition are arbitrary."
            raise GradientError(message("svd", what, received=f"{x.shape}, full_matrices=True", fix=fix))
        u, s, vh = svd(x, full_matrices=False)
    complex_ = u.dtype.kind == "complex"
    gaps = cast(_gaps(square(s)), u.dtype)
    wide, inverse = cast(s, u.dtype), cast(divide(1, s), u.dtype)
    inner: Any = None if of_s is None else cast(on_diagonal(of_s), u.dtype)
    outside: list[Tensor] = []
    if of_u is not None:
        turned = product(adjoint(u), of_u)
        skew = subtract(turned, adjoint(turned))
        part = multiply(multiply(gaps, skew), as_columns(wide))
        if complex_:  # the phase, which is all put into U
            part = add(part, on_diagonal(multiply(multiply(diagonals(skew), inverse), 0.5)))
        inner = part if inner is None else add(inner, part)
        beyond = subtract(of_u, product(u, turned))
        outside.append(product(multiply(beyond, as_columns(inverse)), vh))
    if of_vh is not None:
        turned = product(vh, adjoint(of_vh))
        skew = subtract(turned, adjoint(turned))
        part = multiply(as_rows(wide), multiply(gaps, skew))
        inner = part if inner is None else add(inner, part)
        beyond = subtract(of_vh, product(adjoint(turned), vh))
        outside.append(product(multiply(u, as_columns(inverse)), beyond))
    total = product(u, inner, vh)
    for part in outside:
        total = add(total, part)
    return (total,)


def svdvals(x: Any, /) -> Tensor:
    """The singular values.

    Args:
        x: tensor (..., n, m); integers become float32.

    Returns:
        Tensor (..., min(n, m)), real, in falling order.

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: a matrix is not finite.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.svdvals(sj.asarray([[0.0, 2.0], [3.0, 0.0]])))
        [3. 2.]
    """
    return apply(SVDVALS, matrix_operand("svdvals", x))


@SVDVALS.gradient
def _svdvals_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    u, _, vh = svd(x, full_matrices=False)
    return (product(multiply(u, cast(as_columns(g), u.dtype)), vh),)
