"""Layer normalisation: the features of each example brought to one scale, whatever the batch.

    layer_norm   n = (x - mean) r      r = 1 / sqrt(variance + epsilon)      y = scale n + offset
    rms_norm     n = x r               r = 1 / sqrt(mean of x^2 + epsilon)   y = scale n

with mean and variance over the features of one example. Gradient, with h = g scale and the means over
the features:

    layer_norm   dx = r (h - mean(h) - n mean(h n))      rms_norm   dx = r (h - n mean(h n))
    dscale = sum over the examples of g n                doffset = sum over the examples of g

Statistics of 16-bit values are kept in float32, and so are `scale` and `offset` then.

J. L. Ba, J. R. Kiros, G. E. Hinton: Layer Normalization. 2016.
B. Zhang, R. Sennrich: Root Mean Square Layer Normalization. NeurIPS 2019.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape, cast, filled_like, normalize_axes
from ._real import real_floating
from .batch_norm import Axes, parameter, wide
from .exponential import sqrt
from .reduction import sum
from .shaping import permute_dims


class _Layout:
    """Shapes of a value whose last `rank` axes are the features of an example."""

    def __init__(self, shape: Shape, rank: int) -> None:
        first = len(shape) - rank
        self.examples, self.features = shape[:first], shape[first:]
        self.kept = self.examples + (1,) * rank
        self.axes = tuple(range(first, len(shape)))
        self.batch = tuple(range(first))
        self.count = prod(self.features)

    def mean(self, x: Tensor) -> Tensor:
        """The mean over the features, with axes of size 1 in their place."""
        return sum(x, axis=self.axes, keepdims=True) / self.count


def _checked(op: str, x: Spec, rank: int, **parts: Spec) -> tuple[Spec, Spec]:
    """Specs of the result and of one statistic; refuses parameters that do not fit."""
    layout = _Layout(x.shape, rank)
    expected = Spec(layout.features, wide(x.dtype))
    for name, part in parts.items():
        if part != expected:
            raise ShapeError(message(op, f"{name} does not fit.", received=part, expected=expected))
    return x, Spec(layout.kept, wide(x.dtype))


def _infer(x: Spec, scale: Spec, offset: Spec, rank: int, epsilon: float) -> tuple[Spec, Spec, Spec]:
    y, statistic = _checked("layer_norm", x, rank, scale=scale, offset=offset)
    return y, statistic, statistic


def _readable(
    x: Tensor, scale: Tensor, offset: Tensor, rank: int, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    layout = _Layout(x.shape, rank)
    values = cast(x, scale.dtype)
    mean = layout.mean(values)
    centred = values - mean
    inverse = 1 / sqrt(layout.mean(centred * centred) + epsilon)
    y = centred * inverse * scale + offset
    return cast(y, x.dtype), mean, inverse


LAYER_NORM = Op(
    "layer_norm", _infer, readable=_readable, keeps_inputs=(0, 1), keeps_output=(1, 2), partial=True
)


def _last(op: str, x: Tensor, axis: Axes) -> tuple[Tensor, Shape, Shape]:
    """The value with the features last, the order that brings it back, and the features' sizes."""
    shape = x.shape
    if not shape:
        raise ArgumentError(message(op, "a single number has no features.", received=x.spec))
    axes = normalize_axes(op, axis, len(shape))
    order = (*[i for i in range(len(shape)) if i not in axes], *axes)
    features = tuple(shape[a] for a in axes)
    if order == tuple(range(len(shape))):
        return x, (), features
    return permute_dims(x, order), tuple(order.index(i) for i in range(len(shape))), features


def layer_norm(
    x: Any, scale: Any = None, offset: Any = None, *, axis: Axes = -1, epsilon: float = 1e-3
) -> Tensor:
    """Normalises the features of each example by their own mean and variance.

    y = scale (x - mean) / sqrt(variance + epsilon) + offset, the variance with divisor n.

    Args:
        x: tensor, such as (batch, features) or (batch, steps, features); float.
        scale: factor of each feature, sizes of the axes normalised over; default 1.
        offset: summand of each feature, the same sizes; default 0.
        axis: the axis of the features, or several.
        epsilon: added to the variance, so that equal features give 0 and not a division by 0.

    Returns:
        The normalised values, like `x`.

    Raises:
        ShapeError: scale or offset does not fit.
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.layer_norm(sj.asarray([[1.0, 3.0], [10.0, 30.0]]), epsilon=0.0))
        [[-1.  1.]
         [-1.  1.]]
    """
    if x.__class__ is not Tensor or x.dtype.kind != "float":
        x = real_floating("layer_norm", x)
    back: Shape = ()
    features = x._array.shape[-1:]
    if axis != -1 or not features:
        x, back, features = _last("layer_norm", x, axis)
    scale = parameter("layer_norm", "scale", scale, features, x, 1)
    offset = parameter("layer_norm", "offset", offset, features, x, 0)
    y: Tensor = apply(LAYER_NORM, x, scale, offset, rank=len(features), epsilon=float(epsilon))[0]
    return permute_dims(y, back) if back else y


def _gradient_readable(
    g: Tensor, x: Tensor, scale: Tensor, mean: Tensor, inverse: Tensor, rank: int
) -> tuple[Tensor, Tensor, Tensor]:
    layout = _Layout(x.shape, rank)
    g = cast(g, scale.dtype)
    n = (cast(x, scale.dtype) - mean) * inverse
    h = g * scale
    d_x = inverse * (h - layout.mean(h) - n * layout.mean(h * n))
    return cast(d_x, x.dtype), sum(g * n, axis=layout.batch), sum(g, axis=layout.batch)


LAYER_NORM_GRADIENT = Op(
    "layer_norm_gradient",
    lambda g, x, scale, mean, inverse, rank: (x, scale, scale),
    readable=_gradient_readable,
)


@LAYER_NORM.gradient
def _gradient(
    g: tuple[Any, Any, Any], y: Any, x: Tensor, scale: Tensor, offset: Any, rank: int, epsilon: float
) -> tuple[Any, ...]:
    g_y, g_mean, g_inverse = g
    _, mean, inverse = y
    d_x = d_scale = d_offset = None
    if g_y is not None:
        d_x, d_scale, d_offset = apply(LAYER_NORM_GRADIENT, g_y, x, scale, mean, inverse, rank=rank)

    def with_statistics() -> Any:
        """Adds what flows through the statistics, which only a second derivative reads."""
        layout = _Layout(x.shape, rank)
        total = d_x
        if g_inverse is not None:
            slope = g_inverse * inverse * inverse * inverse / -layout.count
            total = _plus(total, cast(slope * (cast(x, scale.dtype) - mean), x.dtype))
        if g_mean is not None:
            share = g_mean / layout.count
            total = _plus(total, cast(share + filled_like(x, x.shape, 0, scale.dtype), x.dtype))
        return total

    return with_statistics, d_scale, d_offset


def _plus(total: Any, part: Tensor) -> Tensor:
    return part if total is None else total + part


def _rms_infer(x: Spec, scale: Spec, rank: int, epsilon: float) -> tuple[Spec, Spec]:
    return _checked("rms_norm", x, rank, scale=scale)


def _rms_readable(x: Tensor, scale: Tensor, rank: int, epsilon: float) -> tuple[Tensor, Tensor]:
    layout = _Layout(x.shape, rank)
    values = cast(x, scale.dtype)
    inverse = 1 / sqrt(layout.mean(values * values) + epsilon)
    return cast(values * inverse * scale, x.dtype), inverse


RMS_NORM = Op("rms_norm", _rms_infer, readable=_rms_readable, keeps_output=(1,), partial=True)


def rms_norm(x: Any, scale: Any = None, *, axis: Axes = -1, epsilon: float = 1e-6) -> Tensor:
    """Normalises the features of each example by their root mean square.

    y = scale x / sqrt(mean of x^2 + epsilon): layer normalisation without its mean and its offset.

    Args:
        x: tensor, such as (batch, steps, features); float.
        scale: factor of each feature, sizes of the axes normalised over; default 1.
        axis: the axis of the features, or several.
        epsilon: added to the mean of the squares.

    Returns:
        The normalised values, like `x`.

    Raises:
        ShapeError: scale does not fit.
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.rms_norm(sj.asarray([[3.0, 3.0], [-5.0, 5.0]]), epsilon=0.0))
        [[ 1.  1.]
         [-1.  1.]]
    """
    x = real_floating("rms_norm", x)
    x, back, features = _last("rms_norm", x, axis)
    scale = parameter("rms_norm", "scale", scale, features, x, 1)
    y: Tensor = apply(RMS_NORM, x, scale, rank=len(features), epsilon=float(epsilon))[0]
    return permute_dims(y, back) if back else y


def _rms_gradient_readable(
    g: Tensor, x: Tensor, scale: Tensor, inverse: Tensor, rank: int
) -> tuple[Tensor, Tensor]:
    layout = _Layout(x.shape, rank)
    g = cast(g, scale.dtype)
    n = cast(x, scale.dtype) * inverse
    h = g * scale
    d_x = inverse * (h - n * layout.mean(h * n))
    return cast(d_x, x.dtype), sum(g * n, axis=layout.batch)


RMS_NORM_GRADIENT = Op(
    "rms_norm_gradient", lambda g, x, scale, inverse, rank: (x, scale), readable=_rms_gradient_readable
)


@RMS_NORM.gradient
def _rms_gradient(
    g: tuple[Any, Any], y: Any, x: Tensor, scale: Tensor, rank: int, epsilon: float
) -> tuple[Any, ...]:
    g_y, g_inverse = g
    inverse = y[1]
    d_x = d_scale = None
    if g_y is not None:
        d_x, d_scale = apply(RMS_NORM_GRADIENT, g_y, x, scale, inverse, rank=rank)

    def with_statistics() -> Any:
        layout = _Layout(x.shape, rank)
        if g_inverse is None:
            return d_x
        slope = g_inverse * inverse * inverse * inverse / -layout.count
        return _plus(d_x, cast(slope * cast(x, scale.dtype), x.dtype))

    return with_statistics, d_scale
