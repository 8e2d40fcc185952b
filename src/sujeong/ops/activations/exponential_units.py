"""Activations that bend: exponential below 0, straight above.

    elu    y = x if x > 0 else alpha (e^x - 1)        dx = g, or g alpha e^x
    selu   scale * elu, with the two numbers that keep mean 0 and variance 1

At x = 0 the gradient is that of the left piece: alpha g, times scale.
"""

from __future__ import annotations

from typing import Any

from ...core.dispatch import apply
from ...core.op import Op, same
from ...core.tensor import Tensor
from .._real import real_floating
from ..comparison import where
from ..exponential import exp, expm1

# Where mean 0 and variance 1 reproduce themselves (see the paper).
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _elu_readable(x: Tensor, alpha: float, scale: float) -> Tensor:
    positive = x > 0
    below = expm1(where(positive, 0, x))  # e^x of the piece that is not taken must not overflow
    return where(positive, x, below * alpha) * scale


ELU = Op("elu", same, readable=_elu_readable)


def elu(x: Any, /, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit: x if x > 0, else alpha (e^x - 1).

    Args:
        x: tensor of any shape; float, integers become float32.
        alpha: the value that it approaches far below 0, with the sign changed.

    Returns:
        The values, like `x`. At 0 the gradient is alpha * g.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.elu(sj.asarray([-100.0, 0.0, 2.0])))
        [-1.  0.  2.]

    D.-A. Clevert and others: Fast and Accurate Deep Network Learning by Exponential Linear Units. ICLR 2016.
    """
    y: Tensor = apply(ELU, real_floating("elu", x), alpha=float(alpha), scale=1.0)
    return y


def selu(x: Any, /) -> Tensor:
    """The self-normalising unit: 1.0507 x if x > 0, else 1.0507 * 1.6733 (e^x - 1).

    With initial weights of variance 1/n it keeps mean 0 and variance 1 from layer to layer.

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        The values, like `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.selu(sj.asarray([-100.0, 0.0, 2.0])))
        [-1.7580993  0.         2.101402 ]

    G. Klambauer and others: Self-Normalizing Neural Networks. NeurIPS 2017.
    """
    y: Tensor = apply(ELU, real_floating("selu", x), alpha=SELU_ALPHA, scale=SELU_SCALE)
    return y


def _elu_gradient_readable(g: Tensor, x: Tensor, alpha: float, scale: float) -> Tensor:
    positive = x > 0
    return g * where(positive, 1, exp(where(positive, 0, x)) * alpha) * scale


ELU_GRADIENT = Op("elu_gradient", same, readable=_elu_gradient_readable)


@ELU.gradient
def _elu_gradient(g: Tensor, y: Any, x: Tensor, alpha: float, scale: float) -> tuple[Any, ...]:
    return (apply(ELU_GRADIENT, g, x, alpha=alpha, scale=scale),)
