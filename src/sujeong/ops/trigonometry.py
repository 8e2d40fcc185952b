"""Trigonometric functions and their inverses, element by element; angles in radians.

sin x     d = cos x             asin x     d = 1 / sqrt((1 - x)(1 + x))
cos x     d = -sin x            acos x     d = -1 / sqrt((1 - x)(1 + x))
tan x     d = 1 + y^2           atan x     d = 1 / (1 + x^2)

atan2(a, b), the angle of the point (b, a):    da = b / (a^2 + b^2),  db = -a / (a^2 + b^2)
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor
from ._build import REAL, binary_infer, conjugate, floating, floating_pair, unbroadcast
from .arithmetic import add, divide, multiply, negative, subtract
from .exponential import sqrt
from .magnitude import direction

SIN = Op("sin", same)


def sin(x: Any, /) -> Tensor:
    """The sine: y = sin x.

    Args:
        x: tensor, array or number of any shape, in radians; infinities give NaN.

    Returns:
        The sines, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sin(sj.asarray([0.0, 1.0])))
        [0.        0.8414...]
    """
    return apply(SIN, floating("sin", x))


@SIN.gradient
def _sin_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, conjugate(cos(x))),)


COS = Op("cos", same)


def cos(x: Any, /) -> Tensor:
    """The cosine: y = cos x.

    Args:
        x: tensor, array or number of any shape, in radians; infinities give NaN.

    Returns:
        The cosines, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.cos(sj.asarray([0.0, 1.0])))
        [1.        0.5403...]
    """
    return apply(COS, floating("cos", x))


@COS.gradient
def _cos_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, conjugate(negative(sin(x)))),)


TAN = Op("tan", same, keeps_inputs=False, keeps_output=True)


def tan(x: Any, /) -> Tensor:
    """The tangent: y = sin x / cos x.

    Args:
        x: tensor, array or number of any shape, in radians; infinities give NaN.

    Returns:
        The tangents, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.tan(sj.asarray([0.0, 1.0])))
        [0.        1.5574...]
    """
    return apply(TAN, floating("tan", x))


@TAN.gradient
def _tan_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, conjugate(add(1, multiply(y, y)))),)


ASIN = Op("asin", same)


def asin(x: Any, /) -> Tensor:
    """The inverse of the sine, from -pi/2 to pi/2.

    Args:
        x: tensor, array or number of any shape; beyond -1 and 1 gives NaN.

    Returns:
        The angles in radians, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.asin(sj.asarray([0.0, 0.5])))
        [0.        0.5235...]
    """
    return apply(ASIN, floating("asin", x))


@ASIN.gradient
def _asin_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(_height(x))),)


ACOS = Op("acos", same)


def acos(x: Any, /) -> Tensor:
    """The inverse of the cosine, from 0 to pi.

    Args:
        x: tensor, array or number of any shape; beyond -1 and 1 gives NaN.

    Returns:
        The angles in radians, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.acos(sj.asarray([1.0, 0.5])))
        [0.        1.0471...]
    """
    return apply(ACOS, floating("acos", x))


@ACOS.gradient
def _acos_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (negative(divide(g, conjugate(_height(x)))),)


def _height(x: Tensor) -> Tensor:
    """The root of 1 - x^2 as two roots: exact near -1 and 1, on the right branch for complex numbers."""
    return multiply(sqrt(subtract(1, x)), sqrt(add(1, x)))


ATAN = Op("atan", same)


def atan(x: Any, /) -> Tensor:
    """The inverse of the tangent, from -pi/2 to pi/2.

    Args:
        x: tensor, array or number of any shape; infinities give -pi/2 and pi/2.

    Returns:
        The angles in radians, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.atan(sj.asarray([0.0, 1.0])))
        [0.        0.7853...]
    """
    return apply(ATAN, floating("atan", x))


@ATAN.gradient
def _atan_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, conjugate(add(1, multiply(x, x)))),)


ATAN2 = Op("atan2", binary_infer("atan2", kinds=REAL))


def atan2(x1: Any, x2: Any, /) -> Tensor:
    """The angle of the point (x2, x1), from -pi to pi, measured from the positive first axis.

    Args:
        x1: the second coordinate (opposite side); tensor, array or number of any shape, real.
        x2: the first coordinate (adjacent side); shapes must broadcast.

    Returns:
        The angles in radians, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.atan2(sj.asarray([0.0, 1.0]), sj.asarray([1.0, -1.0])))
        [0.        2.3561...]
    """
    return apply(ATAN2, *floating_pair("atan2", x1, x2))


@ATAN2.gradient
def _atan2_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    def part(x: Tensor) -> Tensor:
        """The quotient x / (a^2 + b^2); the squares themselves could overflow."""
        share, length = direction(x, a, b)
        return divide(share, length)

    return (
        lambda: unbroadcast(multiply(g, part(b)), a),
        lambda: unbroadcast(negative(multiply(g, part(a))), b),
    )
