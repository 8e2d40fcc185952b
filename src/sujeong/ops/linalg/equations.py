"""Linear equations, inverses and determinants.

    inv       Y = A^-1            dA = -Y^H G Y^H
    solve     A X = B             dB = A^-H G,   dA = -dB X^H
    det       y = det A           dA = g conj(y) A^-H
    slogdet   s, l with det A = s e^l
                                  dA = (g_l + i Im(g_s conj(s))) A^-H
    pinv      Y = A^+             dA = -Y^H G Y^H + (1 - A Y) G^H Y Y^H + Y^H Y G^H (1 - Y A)

A^H is the transpose, conjugated where it is complex. Pseudo-inverse: Golub and Pereyra, "The
Differentiation of Pseudo-Inverses and Nonlinear Least Squares Problems", 1973.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Operand, Tensor
from ...errors import ArgumentError, ShapeError, message
from .._build import (
    RESHAPE,
    Shape,
    broadcast_shapes,
    cast,
    conjugate,
    floating,
    pair,
    same_dtypes,
    unbroadcast,
)
from ..arithmetic import add, multiply, negative, subtract
from ..complexes import imag
from ..matmul import adjoint
from ._build import matrix_operand, need_matrix, product, real_type, square_infer

INV = Op("inv", square_infer("inv"), keeps_inputs=False, keeps_output=True)


def inv(x: Any, /) -> Tensor:
    """The inverse y of square matrices: x y = 1.

    Args:
        x: tensor (..., n, n); integers become float32.

    Returns:
        Tensor (..., n, n).

    Raises:
        ShapeError: the matrices are not square.
        ArgumentError: a matrix is singular (on a GPU it gives NaN instead).

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.inv(sj.asarray([[2.0, 0.0], [0.0, 4.0]])))
        [[0.5  0.  ]
         [0.   0.25]]
    """
    return apply(INV, matrix_operand("inv", x))


@INV.gradient
def _inv_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    turned = adjoint(y)
    return (negative(product(turned, g, turned)),)


def _solve_infer(a: Spec, b: Spec) -> Spec:
    need_matrix("solve", a, square=True)
    need_matrix("solve", b)
    dtype = same_dtypes("solve", a, b)
    if a.shape[-1] != b.shape[-2]:
        received = f"{a.shape} and {b.shape}"
        raise ShapeError(
            message("solve", "not as many equations as numbers on the right.", received=received)
        )
    return Spec((*broadcast_shapes("solve", a.shape[:-2], b.shape[:-2]), *b.shape[-2:]), dtype)


SOLVE = Op("solve", _solve_infer, keeps_inputs=(0, 1), keeps_output=True)


def solve(x1: Any, x2: Any, /) -> Tensor:
    """Solves linear equations: gives X with x1 X = x2.

    Args:
        x1: tensor (..., n, n), the coefficients.
        x2: vector (n,), or tensor (..., n, k): k right-hand sides.

    Returns:
        The solutions, (..., n) for a vector, else (..., n, k).

    Raises:
        ShapeError: the matrices are not square, or the sizes do not fit.
        ArgumentError: a matrix is singular (on a GPU it gives NaN instead).

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.solve(sj.asarray([[2.0, 0.0], [0.0, 4.0]]), sj.asarray([2.0, 8.0])))
        [1. 2.]
    """
    a, b = pair("solve", x1, x2)
    a, b = floating("solve", a), floating("solve", b)
    if b.ndim == 1:
        y = _stacked_solve(a, apply(RESHAPE, b, shape=(b.size, 1)))
        return apply(RESHAPE, y, shape=y.shape[:-1])
    return _stacked_solve(a, b)


def _stacked_solve(a: Tensor, b: Tensor) -> Tensor:
    """With as many axes on both sides, so that a matrix is never taken for a stack of vectors."""
    need_matrix("solve", a.spec, square=True)
    need_matrix("solve", b.spec)
    ndim = max(a.ndim, b.ndim)
    if b.ndim < ndim:
        b = apply(RESHAPE, b, shape=(*(1,) * (ndim - b.ndim), *b.shape))
    return apply(SOLVE, a, b)


@SOLVE.gradient
def _solve_gradient(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    right = apply(SOLVE, adjoint(a), g)
    return lambda: unbroadcast(negative(product(right, adjoint(y))), a), lambda: unbroadcast(right, b)


def _det_infer(x: Spec) -> Spec:
    need_matrix("det", x, square=True)
    return x.like(shape=x.shape[:-2])


DET = Op("det", _det_infer, keeps_output=True)


def det(x: Any, /) -> Tensor:
    """The determinant of square matrices.

    Args:
        x: tensor (..., n, n); integers become float32. Its gradient needs matrices with an inverse.

    Returns:
        Tensor (...).

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.det(sj.asarray([[2.0, 0.0], [0.0, 4.0]])))
        8.0
    """
    return apply(DET, matrix_operand("det", x))


def _spread(g: Tensor) -> Tensor:
    """One number for each matrix, ready to meet its elements."""
    return apply(RESHAPE, g, shape=(*g.shape, 1, 1))


@DET.gradient
def _det_gradient(g: Tensor, y: Tensor, x: Tensor) -> tuple[Any, ...]:
    return (multiply(_spread(multiply(g, conjugate(y))), adjoint(inv(x))),)


def _slogdet_infer(x: Spec) -> tuple[Spec, Spec]:
    need_matrix("slogdet", x, square=True)
    shape = x.shape[:-2]
    return Spec(shape, x.dtype), Spec(shape, real_type(x.dtype))


SLOGDET = Op("slogdet", _slogdet_infer, keeps_output=(0,), partial=True)


class SlogdetResult(NamedTuple):
    """Sign and logarithm of the absolute value of determinants."""

    sign: Tensor
    logabsdet: Tensor


def slogdet(x: Any, /) -> SlogdetResult:
    """Sign and logarithm of the determinant, where the determinant itself might overflow.

    Args:
        x: tensor (..., n, n); integers become float32.

    Returns:
        `sign` and `logabsdet`, each (...): det = sign * exp(logabsdet); 0 and -inf for singular matrices.

    Raises:
        ShapeError: the matrices are not square.

    Example:
        >>> import sujeong as sj
        >>> sign, log = sj.linalg.slogdet(sj.asarray([[1.0, 0.0], [0.0, -1.0]]))
        >>> print(sign, log)
        -1.0 0.0
    """
    return SlogdetResult(*apply(SLOGDET, matrix_operand("slogdet", x)))


@SLOGDET.gradient
def _slogdet_gradient(g: tuple[Any, Any], y: tuple[Tensor, Any], x: Tensor) -> tuple[Any, ...]:
    of_sign, of_log = g
    total: Any = None
    if of_log is not None:
        total = cast(of_log, x.dtype)
    if of_sign is not None and x.dtype.kind == "complex":
        turn = multiply(cast(imag(multiply(of_sign, conjugate(y[0]))), x.dtype), 1j)
        total = turn if total is None else add(total, turn)
    # the sign of a real determinant is constant, except where it jumps
    return (None if total is None else multiply(_spread(total), adjoint(inv(x))),)


def _pinv_infer(x: Spec, rtol: float | None) -> Spec:
    need_matrix("pinv", x)
    return x.like(shape=(*x.shape[:-2], x.shape[-1], x.shape[-2]))


PINV = Op("pinv", _pinv_infer, keeps_output=True)


def pinv(x: Any, /, *, rtol: Any = None) -> Tensor:
    """The pseudo-inverse: of all Y with the least |x Y - 1| the smallest (Moore and Penrose).

    Args:
        x: tensor (..., n, m); integers become float32.
        rtol: singular values up to `rtol` times the largest count as zero: a number, or a tensor with
            one for each matrix; default max(n, m) times the spacing of numbers at 1.

    Returns:
        Tensor (..., m, n).

    Raises:
        ShapeError: there are fewer than two axes.
        ArgumentError: `rtol` is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linalg.pinv(sj.asarray([[2.0, 0.0], [0.0, 0.0]])))
        [[0.5 0. ]
         [0.  0. ]]
    """
    x = matrix_operand("pinv", x)
    if isinstance(rtol, Operand):
        return _of_values(x, rtol)
    if rtol is not None and not rtol >= 0:
        raise ArgumentError(message("pinv", "a tolerance is not negative.", received=rtol))
    return apply(PINV, x, rtol=None if rtol is None else float(rtol))


def _of_values(x: Tensor, rtol: Any) -> Tensor:
    """The pseudo-inverse by its singular values, for a tolerance that is a tensor."""
    from .matrices import kept_values
    from .spectra import svd

    u, s, vh = svd(x, full_matrices=False)
    return product(multiply(adjoint(vh), _columns(kept_values(s, x, rtol), x)), adjoint(u))


def _columns(values: Tensor, x: Tensor) -> Tensor:
    shape: Shape = (*values.shape[:-1], 1, values.shape[-1])
    return cast(apply(RESHAPE, values, shape=shape), x.dtype)


@PINV.gradient
def _pinv_gradient(g: Tensor, y: Tensor, x: Tensor, rtol: float | None) -> tuple[Any, ...]:
    turned, back = adjoint(y), adjoint(g)
    first = product(turned, g, turned)
    left = product(back, y, turned)
    right = product(turned, y, back)
    return (
        add(
            subtract(subtract(left, product(x, y, left)), first),
            subtract(right, product(right, y, x)),
        ),
    )
