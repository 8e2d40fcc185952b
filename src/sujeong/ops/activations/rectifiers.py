"""Activations made of two pieces: what is above 0 passes, what is below is cut or weakened.

    step        y = 1 if x > 0 else 0            the perceptron's; no slope, so nothing to learn from
    relu        y = x if x > 0 else 0            dx = g where x > 0
    leaky_relu  y = x if x > 0 else slope x      dx = g, or slope g
    prelu       the same, the slope is learned   dslope = sum of g x where x <= 0

At the kink, x = 0, each takes the slope of the left piece: 0 for relu, `slope` for the two leaky ones.
"""

from __future__ import annotations

from typing import Any

from ...core.dispatch import apply
from ...core.op import Op, same
from ...core.tensor import Tensor
from ...errors import ShapeError, message
from .._build import broadcast_shapes, cast, pair
from .._real import real_floating
from ..comparison import greater, where


def step(x: Any, /) -> Tensor:
    """The perceptron's activation: 1 if x > 0, else 0.

    Its slope is 0 wherever it has one, so no gradient flows through it.

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        Zeros and ones, like `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.step(sj.asarray([-1.0, 0.0, 2.0])))
        [0. 0. 1.]
    """
    x = real_floating("step", x)
    return cast(greater(x, 0), x.dtype)


def _relu_readable(x: Tensor) -> Tensor:
    return where(x <= 0, 0, x)  # this way round, so that NaN stays NaN


RELU = Op("relu", same, readable=_relu_readable, keeps_inputs=False, keeps_output=True)


def relu(x: Any, /) -> Tensor:
    """The rectified linear unit: x if x > 0, else 0.

    `maximum(x, 0)` has the same values, but there two equal numbers share the gradient, so that it
    would be half of g at 0; here it is 0.

    Args:
        x: tensor of any shape; float, integers become float32.

    Returns:
        The values, like `x`. The gradient is g where x > 0 and 0 elsewhere, also at 0.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.relu(sj.asarray([-1.0, 0.0, 2.0])))
        [0. 0. 2.]
        >>> print(sj.grad(lambda x: sj.sum(sj.relu(x)))(sj.asarray([-1.0, 0.0, 2.0])))
        [0. 0. 1.]
    """
    y: Tensor = apply(RELU, real_floating("relu", x))
    return y


def _relu_gradient_readable(g: Tensor, y: Tensor) -> Tensor:
    return where(y <= 0, 0, g)


RELU_GRADIENT = Op("relu_gradient", same, readable=_relu_gradient_readable, keeps_inputs=(1,))


@RELU.gradient
def _relu_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (apply(RELU_GRADIENT, g, y),)


@RELU_GRADIENT.gradient
def _relu_gradient_gradient(gg: Tensor, _: Any, g: Any, y: Tensor) -> tuple[Any, ...]:
    return lambda: apply(RELU_GRADIENT, gg, y), None


def _leaky_readable(x: Tensor, negative_slope: float) -> Tensor:
    return where(x > 0, x, x * negative_slope)


LEAKY_RELU = Op("leaky_relu", same, readable=_leaky_readable)


def leaky_relu(x: Any, /, slope: float = 0.01) -> Tensor:
    """Lets a little through below 0: x if x > 0, else slope * x.

    Args:
        x: tensor of any shape; float, integers become float32.
        slope: the slope below 0.

    Returns:
        The values, like `x`. At 0 the gradient is slope * g.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.leaky_relu(sj.asarray([-100.0, 0.0, 2.0])))
        [-1.  0.  2.]
    """
    y: Tensor = apply(LEAKY_RELU, real_floating("leaky_relu", x), negative_slope=float(slope))
    return y


def _leaky_gradient_readable(g: Tensor, x: Tensor, negative_slope: float) -> Tensor:
    return where(x > 0, g, g * negative_slope)


LEAKY_RELU_GRADIENT = Op("leaky_relu_gradient", same, readable=_leaky_gradient_readable, keeps_inputs=(1,))


@LEAKY_RELU.gradient
def _leaky_gradient(g: Tensor, y: Any, x: Tensor, negative_slope: float) -> tuple[Any, ...]:
    return (apply(LEAKY_RELU_GRADIENT, g, x, negative_slope=negative_slope),)


@LEAKY_RELU_GRADIENT.gradient
def _leaky_gradient_gradient(gg: Tensor, _: Any, g: Any, x: Tensor, negative_slope: float) -> tuple[Any, ...]:
    return lambda: apply(LEAKY_RELU_GRADIENT, gg, x, negative_slope=negative_slope), None


def prelu(x: Any, slope: Any, /) -> Tensor:
    """The leaky rectifier whose slope below 0 is learned: x if x > 0, else slope * x.

    Args:
        x: tensor of any shape; float, integers become float32.
        slope: tensor or number that stretches to the shape of `x`, such as one slope a channel (channels,).

    Returns:
        The values, like `x`. At 0 the gradient of `x` is slope * g.

    Raises:
        ShapeError: the slope does not stretch to the shape of `x`.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.prelu(sj.asarray([[-2.0, -2.0], [3.0, 3.0]]), sj.asarray([0.5, 0.25])))
        [[-1.  -0.5]
         [ 3.   3. ]]

    K. He and others: Delving Deep into Rectifiers. ICCV 2015.
    """
    x, slope = pair("prelu", real_floating("prelu", x), slope)
    if broadcast_shapes("prelu", x.shape, slope.shape) != x.shape:
        what = "the slope does not stretch to the values."
        received = f"slope {slope.shape} for x {x.shape}"
        raise ShapeError(message("prelu", what, received=received, fix="one slope, or one a channel."))
    return where(x > 0, x, x * slope)
