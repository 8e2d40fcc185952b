"""Hyperbolic functions and their inverses, element by element.

sinh x = (e^x - e^-x) / 2     d = cosh x          asinh x     d = 1 / sqrt(x^2 + 1)
cosh x = (e^x + e^-x) / 2     d = sinh x          acosh x     d = 1 / (sqrt(x - 1) sqrt(x + 1))
tanh x = sinh x / cosh x      d = 1 - y^2         atanh x     d = 1 / ((1 - x)(1 + x))
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor
from ._build import conjugate, floating
from .arithmetic import add, divide, multiply, subtract
from .exponential import sqrt

SINH = Op("sinh", same)


def sinh(x: Any, /) -> Tensor:
    """The hyperbolic sine: y = (e^x - e^-x) / 2.

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sinh(sj.asarray([0.0, 1.0])))
        [0.        1.1752...]
    """
    return apply(SINH, floating("sinh", x))


@SINH.gradient
def _sinh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, conjugate(cosh(x))),)


COSH = Op("cosh", same)


def cosh(x: Any, /) -> Tensor:
    """The hyperbolic cosine: y = (e^x + e^-x) / 2.

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.cosh(sj.asarray([0.0, 1.0])))
        [1.        1.5430...]
    """
    return apply(COSH, floating("cosh", x))


@COSH.gradient
def _cosh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, conjugate(sinh(x))),)


TANH = Op("tanh", same, keeps_inputs=False, keeps_output=True)


def tanh(x: Any, /) -> Tensor:
    """The hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x), between -1 and 1.

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.tanh(sj.asarray([0.0, 1.0])))
        [0.        0.7615...]
    """
    return apply(TANH, floating("tanh", x))


@TANH.gradient
def _tanh_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, conjugate(subtract(1, multiply(y, y)))),)


ASINH = Op("asinh", same)


def asinh(x: Any, /) -> Tensor:
    """The inverse of the hyperbolic sine: y = ln(x + sqrt(x^2 + 1)).

    Args:
        x: tensor, array or number of any shape; integers become float32.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.asinh(sj.asarray([0.0, 1.0])))
        [0.        0.8813...]
    """
    return apply(ASINH, floating("asinh", x))


@ASINH.gradient
def _asinh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(sqrt(add(multiply(x, x), 1)))),)


ACOSH = Op("acosh", same)


def acosh(x: Any, /) -> Tensor:
    """The inverse of the hyperbolic cosine: y = ln(x + sqrt(x^2 - 1)).

    Args:
        x: tensor, array or number of any shape; less than 1 gives NaN.

    Returns:
        The values, at least 0, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.acosh(sj.asarray([1.0, 2.0])))
        [0.        1.3169...]
    """
    return apply(ACOSH, floating("acosh", x))


@ACOSH.gradient
def _acosh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    # two roots, not the root of the product: for complex numbers they lie on different branches
    return (divide(g, conjugate(multiply(sqrt(subtract(x, 1)), sqrt(add(x, 1))))),)


ATANH = Op("atanh", same)


def atanh(x: Any, /) -> Tensor:
    """The inverse of the hyperbolic tangent: y = ln((1 + x) / (1 - x)) / 2.

    Args:
        x: tensor, array or number of any shape; -1 and 1 give infinities, beyond them NaN.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.atanh(sj.asarray([0.0, 0.5])))
        [0.        0.5493...]
    """
    return apply(ATANH, floating("atanh", x))


@ATANH.gradient
def _atanh_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(multiply(subtract(1, x), add(1, x)))),)
