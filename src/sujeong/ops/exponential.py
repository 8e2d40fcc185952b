"""Exponentials, logarithms and square roots, element by element.

y = e^x           dy/dx = y              y = ln x         dy/dx = 1 / x
y = e^x - 1       dy/dx = y + 1          y = ln(1 + x)    dy/dx = 1 / (1 + x)
y = sqrt x        dy/dx = 1 / (2y)       y = 1 / sqrt x   dy/dx = -y^3 / 2

y = ln(e^a + e^b)     dy/da = e^(a - y),  dy/db = e^(b - y)
"""

from __future__ import annotations

from math import log as _log
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor
from ._build import REAL, binary_infer, conjugate, floating, floating_pair, unbroadcast
from .arithmetic import add, divide, multiply, subtract
from .comparison import equal, where

EXP = Op("exp", same, keeps_inputs=False, keeps_output=True)


def exp(x: Any, /) -> Tensor:
    """The exponential: y = e^x.

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The exponentials, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.exp(sj.asarray([0.0, 1.0])))
        [1.        2.7182...]
    """
    return apply(EXP, floating("exp", x))


@EXP.gradient
def _exp_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, conjugate(y)),)


EXPM1 = Op("expm1", same, keeps_inputs=False, keeps_output=True)


def expm1(x: Any, /) -> Tensor:
    """The exponential less one: y = e^x - 1, exact also for small x.

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.expm1(sj.asarray([0.0, 1e-8])))
        [0.e+00 1.e-08]
    """
    return apply(EXPM1, floating("expm1", x))


@EXPM1.gradient
def _expm1_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, conjugate(add(y, 1))),)


LOG = Op("log", same)


def log(x: Any, /) -> Tensor:
    """The natural logarithm: y = ln x.

    Args:
        x: tensor, array or number of any shape; 0 gives -inf, negative numbers NaN.

    Returns:
        The logarithms, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log(sj.asarray([1.0, 2.0])))
        [0.        0.6931...]
    """
    return apply(LOG, floating("log", x))


@LOG.gradient
def _log_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(x)),)


LOG1P = Op("log1p", same)


def log1p(x: Any, /) -> Tensor:
    """The logarithm of one more: y = ln(1 + x), exact also for small x.

    Args:
        x: tensor, array or number of any shape; -1 gives -inf, less gives NaN.

    Returns:
        The logarithms, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log1p(sj.asarray([0.0, 1e-8])))
        [0.e+00 1.e-08]
    """
    return apply(LOG1P, floating("log1p", x))


@LOG1P.gradient
def _log1p_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(add(x, 1))),)


LOG2 = Op("log2", same)


def log2(x: Any, /) -> Tensor:
    """The logarithm to base 2: y = ln x / ln 2, exact for powers of two.

    Args:
        x: tensor, array or number of any shape; 0 gives -inf, negative numbers NaN.

    Returns:
        The logarithms, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log2(sj.asarray([1.0, 8.0])))
        [0. 3.]
    """
    return apply(LOG2, floating("log2", x))


@LOG2.gradient
def _log2_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, multiply(conjugate(x), _log(2))),)


LOG10 = Op("log10", same)


def log10(x: Any, /) -> Tensor:
    """The logarithm to base 10: y = ln x / ln 10.

    Args:
        x: tensor, array or number of any shape; 0 gives -inf, negative numbers NaN.

    Returns:
        The logarithms, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log10(sj.asarray([1.0, 100.0])))
        [0. 2.]
    """
    return apply(LOG10, floating("log10", x))


@LOG10.gradient
def _log10_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, multiply(conjugate(x), _log(10))),)


LOGADDEXP = Op("logaddexp", binary_infer("logaddexp", kinds=REAL), keeps_output=True)


def logaddexp(x1: Any, x2: Any, /) -> Tensor:
    """The logarithm of a sum of exponentials: y = ln(e^x1 + e^x2), without overflow.

    Args:
        x1: tensor, array or number of any shape, real; integers become float32.
        x2: the same; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logaddexp(sj.asarray([0.0, 1000.0]), sj.asarray([0.0, 1000.0])))
        [6.9314...e-01 1.0006...e+03]
    """
    return apply(LOGADDEXP, *floating_pair("logaddexp", x1, x2))


@LOGADDEXP.gradient
def _logaddexp_gradient(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    def share(x: Tensor) -> Tensor:
        # where x is y, infinite ones included, the share is 1: inf - inf must not make a NaN of it
        return multiply(g, exp(where(equal(x, y), 0, subtract(x, y))))

    return lambda: unbroadcast(share(a), a), lambda: unbroadcast(share(b), b)


SQRT = Op("sqrt", same, keeps_inputs=False, keeps_output=True)


def sqrt(x: Any, /) -> Tensor:
    """The square root: y = x^(1/2).

    Args:
        x: tensor, array or number of any shape; negative numbers give NaN.

    Returns:
        The roots, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sqrt(sj.asarray([4.0, 9.0])))
        [2. 3.]
    """
    return apply(SQRT, floating("sqrt", x))


@SQRT.gradient
def _sqrt_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (divide(g, multiply(conjugate(y), 2)),)


RSQRT = Op("rsqrt", same, keeps_inputs=False, keeps_output=True)


def rsqrt(x: Any, /) -> Tensor:
    """One divided by the square root: y = x^(-1/2).

    Args:
        x: tensor, array or number of any shape; 0 gives infinity, negative numbers NaN.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.rsqrt(sj.asarray([4.0, 16.0])))
        [0.5  0.25]
    """
    return apply(RSQRT, floating("rsqrt", x))


@RSQRT.gradient
def _rsqrt_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    y = conjugate(y)
    return (multiply(multiply(g, -0.5), multiply(y, multiply(y, y))),)
