"""Exponential, logarithm and roots, element by element.

    y = e^x, ln x, sqrt x          dy/dx = y, 1/x, 1/(2y)
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor
from ._build import floating
from .arithmetic import divide, multiply

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
        [1.        2.7182817]
    """
    return apply(EXP, floating("exp", x))


@EXP.gradient
def _exp_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, y),)


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
        [0.        0.6931472]
    """
    return apply(LOG, floating("log", x))


@LOG.gradient
def _log_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (divide(g, x),)


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
    return (divide(g, multiply(y, 2)),)


TANH = Op("tanh", same, keeps_inputs=False, keeps_output=True)


def tanh(x: Any, /) -> Tensor:
    """The hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x), between -1 and 1.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.tanh(sj.asarray([0.0, 1.0])))
        [0.        0.7615942]
    """
    return apply(TANH, floating("tanh", x))


@TANH.gradient
def _tanh_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, 1 - multiply(y, y)),)
