"""The Gaussian error linear unit, and the two plainest activations.

gelu  y = x P(x)        P(x) = (1 + erf(x / sqrt 2)) / 2, the chance that a normal number is below x
      dx = g (P(x) + x p(x))                          p(x) = e^(-x^2 / 2) / sqrt(2 pi)
with tanh instead of erf:   P(x) = (1 + tanh u) / 2,  u = sqrt(2 / pi) (x + 0.044715 x^3)
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

from ...core.dispatch import apply
from ...core.op import Op, same
from ...core.tensor import Tensor, as_tensor
from ...errors import unknown_name
from .._real import real_floating
from ..exponential import exp
from ..hyperbolic import tanh
from ..special import erf
from ..trigonometry import sin

CUBIC = 0.044715
_FORMS = ("none", "tanh")


def _share(x: Tensor, approximate: str) -> Tensor:
    """P(x), between 0 and 1."""
    if approximate == "tanh":
        return 0.5 * (1 + tanh(sqrt(2 / pi) * (x + CUBIC * (x * x * x))))
    return 0.5 * (1 + erf(x * sqrt(0.5)))


def _density(x: Tensor, approximate: str) -> Tensor:
    """The slope of P(x)."""
    if approximate == "tanh":
        t = tanh(sqrt(2 / pi) * (x + CUBIC * (x * x * x)))
        return sqrt(0.5 / pi) * ((1 - t * t) * (1 + 3 * CUBIC * (x * x)))
    return sqrt(0.5 / pi) * exp(-0.5 * (x * x))


def _gelu_readable(x: Tensor, approximate: str) -> Tensor:
    return x * _share(x, approximate)


GELU = Op("gelu", same, readable=_gelu_readable)


def gelu(x: Any, /, *, approximate: str = "none") -> Tensor:
    """The Gaussian error linear unit: x times the chance that a standard normal number is below x.

    Args:
        x: tensor of any shape; float, integers become float32.
        approximate: `"none"` for the exact form, `"tanh"` for the older one without the error function.

    Returns:
        The values, shape of `x`.

    Raises:
        NameUnknownError: there is no such form.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.gelu(sj.asarray([-100.0, 0.0, 100.0])))
        [ -0.   0. 100.]

    D. Hendrycks, K. Gimpel: Gaussian Error Linear Units. 2016.
    """
    if approximate not in _FORMS:
        raise unknown_name("form of gelu", approximate, _FORMS)
    y: Tensor = apply(GELU, real_floating("gelu", x), approximate=approximate)
    return y


def _gelu_gradient_readable(g: Tensor, x: Tensor, approximate: str) -> Tensor:
    return g * (_share(x, approximate) + x * _density(x, approximate))


GELU_GRADIENT = Op("gelu_gradient", same, readable=_gelu_gradient_readable)


@GELU.gradient
def _gelu_gradient(g: Tensor, y: Any, x: Tensor, approximate: str) -> tuple[Any, ...]:
    return (apply(GELU_GRADIENT, g, x, approximate=approximate),)


def identity(x: Any, /) -> Tensor:
    """Nothing at all: y = x; the activation of a regression's last layer.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The same values.

    Example:
        >>> import sujeong as sj
        >>> print(sj.identity(sj.asarray([1.0, 2.0])))
        [1. 2.]
    """
    return as_tensor(x, "identity")


def sine(x: Any, /) -> Tensor:
    """The sine as activation: y = sin x, for networks that represent a signal or solve an equation.

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        Numbers between -1 and 1, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sine(sj.asarray([0.0])))
        [0.]

    V. Sitzmann and others: Implicit Neural Representations with Periodic Activation Functions. NeurIPS 2020.
    """
    return sin(real_floating("sine", x))
