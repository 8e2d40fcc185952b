"""Smooth activations around the sigmoid.

    sigmoid      s(x) = 1 / (1 + e^-x)                 ds = s (1 - s)          between 0 and 1
    softplus     ln(1 + e^x)                           its slope is the sigmoid; a relu without kink
    log_sigmoid  ln s(x) = -softplus(-x)
    silu         x s(x)                                s + x s (1 - s)         also called swish

All are computed from z = e^-|x|, which lies between 0 and 1: e^x itself would overflow from 89 on in
float32, and infinity over infinity is NaN.
"""

from __future__ import annotations

from typing import Any

from ...core.dispatch import apply
from ...core.op import Op, same
from ...core.tensor import Tensor
from .._real import real_floating
from ..arithmetic import multiply, negative
from ..comparison import where
from ..exponential import exp, log1p


def tail(x: Tensor) -> tuple[Tensor, Tensor]:
    """Where x is positive, and z = e^-|x|.

    Not through `abs`: its gradient is 0 at 0, but here the pieces must join smoothly.
    """
    positive = x > 0
    return positive, exp(where(positive, negative(x), x))


def _sigmoid_readable(x: Tensor) -> Tensor:
    positive, z = tail(x)
    return where(positive, 1, z) / (1 + z)


SIGMOID = Op("sigmoid", same, readable=_sigmoid_readable, keeps_inputs=False, keeps_output=True)


def sigmoid(x: Any, /) -> Tensor:
    """The sigmoid, which turns a score into a probability: y = 1 / (1 + e^-x).

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        Numbers between 0 and 1, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sigmoid(sj.asarray([-1000.0, 0.0, 1000.0])))
        [0.  0.5 1. ]
    """
    y: Tensor = apply(SIGMOID, real_floating("sigmoid", x))
    return y


def _sigmoid_gradient_readable(g: Tensor, y: Tensor) -> Tensor:
    return g * (y * (1 - y))


SIGMOID_GRADIENT = Op("sigmoid_gradient", same, readable=_sigmoid_gradient_readable)


@SIGMOID.gradient
def _sigmoid_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (apply(SIGMOID_GRADIENT, g, y),)


def _softplus_readable(x: Tensor) -> Tensor:
    positive, z = tail(x)
    return where(positive, x, 0) + log1p(z)


SOFTPLUS = Op("softplus", same, readable=_softplus_readable)


def softplus(x: Any, /) -> Tensor:
    """The softplus, a rectifier without kink: y = ln(1 + e^x).

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        Numbers above 0, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.softplus(sj.asarray([-1000.0, 1000.0])))
        [   0. 1000.]
    """
    y: Tensor = apply(SOFTPLUS, real_floating("softplus", x))
    return y


@SOFTPLUS.gradient
def _softplus_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, sigmoid(x)),)


def log_sigmoid(x: Any, /) -> Tensor:
    """The logarithm of the sigmoid: y = ln(1 / (1 + e^-x)) = -softplus(-x).

    Better than `log(sigmoid(x))`, which is minus infinity where the sigmoid rounds to 0.

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        Numbers below 0, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log_sigmoid(sj.asarray([-1000.0, 1000.0])))
        [-1000.    -0.]
    """
    return negative(softplus(negative(real_floating("log_sigmoid", x))))


def _silu_readable(x: Tensor) -> Tensor:
    return x * sigmoid(x)


SILU = Op("silu", same, readable=_silu_readable)


def silu(x: Any, /) -> Tensor:
    """The sigmoid-weighted linear unit: y = x / (1 + e^-x).

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        The values, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.silu(sj.asarray([-1000.0, 0.0, 1000.0])))
        [  -0.    0. 1000.]

    S. Elfwing and others: Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning. Neural Networks 2018.
    """
    y: Tensor = apply(SILU, real_floating("silu", x))
    return y


def _silu_gradient_readable(g: Tensor, x: Tensor) -> Tensor:
    s = sigmoid(x)
    return g * (s * (1 + x * (1 - s)))


SILU_GRADIENT = Op("silu_gradient", same, readable=_silu_gradient_readable)


@SILU.gradient
def _silu_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (apply(SILU_GRADIENT, g, x),)
