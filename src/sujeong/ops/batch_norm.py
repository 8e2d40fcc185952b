"""Batch normalisation: each channel of a batch brought to mean 0 and variance 1, then scaled and moved.

    mean = (1/m) sum x        variance = (1/m) sum (x - mean)^2        over the m values of a channel
    n    = (x - mean) / sqrt(variance + epsilon)
    y    = scale n + offset                                           (gamma and beta in the paper)

Gradient: with g = dL/dy, both sums over the m values of a channel,

    doffset = sum g        dscale = sum g n        dx = scale / sqrt(variance + epsilon)
                                                        (g - doffset/m - n dscale/m)

Statistics of 16-bit values are kept in float32, and so are `scale` and `offset` then.

S. Ioffe, C. Szegedy: Batch Normalization: Accelerating Deep Network Training by Reducing Internal
Covariate Shift. ICML 2015.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape, cast, filled_like, floating, normalize_axes
from ._real import real_floating
from .exponential import sqrt
from .reduction import sum
from .shaping import reshape

Axes = int | tuple[int, ...] | None


def wide(dtype: dtypes.DType) -> dtypes.DType:
    """The element type of statistics: float32 for 16-bit values, else their own."""
    return dtypes.float32 if dtype.bits == 16 else dtype


def _kept(shape: Shape, axes: Shape) -> Shape:
    return tuple(s for i, s in enumerate(shape) if i not in axes)


def _ones(shape: Shape, axes: Shape) -> Shape:
    """The shape with the reduced axes as 1, so that statistics broadcast."""
    return tuple(1 if i in axes else s for i, s in enumerate(shape))


def parameter(op: str, name: str, value: Any, shape: Shape, x: Tensor, default: float) -> Tensor:
    """Scale or offset as a tensor of the statistics' element type; its default where it is `None`."""
    if value.__class__ is Tensor:
        array = value._array
        if array.shape == shape and array.dtype == x._array.dtype and array.dtype.itemsize > 2:
            return value  # type: ignore[no-any-return]
    dtype, shape = wide(x.dtype), tuple(shape)
    if value is None:
        return filled_like(x, shape, default, dtype)
    tensor = cast(floating(op, value), dtype)
    if tensor.shape != shape:
        fix = "it has the sizes of the axes that are not averaged over; check the axes."
        what = f"{name} does not fit."
        raise ShapeError(
            message(op, what, received=f"{tensor.shape} for x {x.shape}", expected=shape, fix=fix)
        )
    return tensor


def _infer(x: Spec, scale: Spec, offset: Spec, axes: Shape, epsilon: float) -> tuple[Spec, Spec, Spec]:
    statistics = Spec(_kept(x.shape, axes), wide(x.dtype))
    for name, part in (("scale", scale), ("offset", offset)):
        if part != statistics:
            raise ShapeError(
                message("batch_norm", f"{name} does not fit.", received=part, expected=statistics)
            )
    return x, statistics, statistics


def _readable(
    x: Tensor, scale: Tensor, offset: Tensor, axes: Shape, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    shape = _ones(x.shape, axes)
    m = prod(x.shape[a] for a in axes)
    values = cast(x, scale.dtype)
    mean = sum(values, axis=axes, keepdims=True) / m
    centred = values - mean
    variance = sum(centred * centred, axis=axes, keepdims=True) / m
    y = centred / sqrt(variance + epsilon) * reshape(scale, shape) + reshape(offset, shape)
    return cast(y, x.dtype), reshape(mean, scale.shape), reshape(variance, scale.shape)


BATCH_NORM = Op(
    "batch_norm", _infer, readable=_readable, keeps_inputs=(0, 1), keeps_output=(1, 2), partial=True
)


def batch_norm(
    x: Any, scale: Any = None, offset: Any = None, *, axes: Axes = None, epsilon: float = 1e-3
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalises each channel by the mean and the variance of the batch: the training form.

    y = scale (x - mean) / sqrt(variance + epsilon) + offset, with the variance's divisor m, not m - 1.

    Args:
        x: tensor, such as (batch, features) or (batch, height, width, channels); float.
        scale: factor of each channel, sizes of the axes that stay; default 1.
        offset: summand of each channel, the same sizes; default 0.
        axes: the axes to average over; default all but the last.
        epsilon: added to the variance, so that a constant channel gives 0 and not a division by 0.

    Returns:
        `(y, mean, variance)`: y like `x`; the statistics with the sizes of the axes that stay, float32
        if `x` has 16 bits.

    Raises:
        ShapeError: scale or offset does not fit.
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> y, mean, variance = sj.batch_norm(sj.asarray([[1.0, 5.0], [3.0, 5.0]]), epsilon=0.0001)
        >>> print(mean, variance)
        [2. 5.] [1. 0.]
        >>> y.shape
        (2, 2)
    """
    x = real_floating("batch_norm", x)
    if axes is None and x.ndim == 0:
        raise ArgumentError(message("batch_norm", "a single number has no channels.", received=x.spec))
    over = tuple(range(x.ndim - 1)) if axes is None else normalize_axes("batch_norm", axes, x.ndim)
    kept = _kept(x.shape, over)
    scale = parameter("batch_norm", "scale", scale, kept, x, 1)
    offset = parameter("batch_norm", "offset", offset, kept, x, 0)
    result: tuple[Tensor, Tensor, Tensor] = apply(
        BATCH_NORM, x, scale, offset, axes=over, epsilon=float(epsilon)
    )
    return result


def _gradient_infer(
    g: Spec, x: Spec, scale: Spec, mean: Spec, variance: Spec, axes: Shape, epsilon: float
) -> tuple[Spec, Spec, Spec]:
    return x, scale, scale


def _gradient_readable(
    g: Tensor, x: Tensor, scale: Tensor, mean: Tensor, variance: Tensor, axes: Shape, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    shape = _ones(x.shape, axes)
    m = prod(x.shape[a] for a in axes)
    g = cast(g, scale.dtype)
    inverse = 1 / sqrt(reshape(variance, shape) + epsilon)
    normal = (cast(x, scale.dtype) - reshape(mean, shape)) * inverse
    d_offset = sum(g, axis=axes, keepdims=True)
    d_scale = sum(g * normal, axis=axes, keepdims=True)
    d_x = reshape(scale, shape) * inverse * (g - d_offset / m - normal * (d_scale / m))
    return cast(d_x, x.dtype), reshape(d_scale, scale.shape), reshape(d_offset, scale.shape)


# (g, x, scale, mean, variance) -> (dx, dscale, doffset). Mean and variance are inputs of their own: what
# a second derivative owes to them flows back through BATCH_NORM's results.
BATCH_NORM_GRADIENT = Op("batch_norm_gradient", _gradient_infer, readable=_gradient_readable)


@BATCH_NORM.gradient
def _gradient(
    g: tuple[Any, Any, Any], y: Any, x: Tensor, scale: Tensor, offset: Any, axes: Shape, epsilon: float
) -> tuple[Any, ...]:
    g_y, g_mean, g_variance = g
    _, mean, variance = y
    d_x = d_scale = d_offset = None
    if g_y is not None:
        d_x, d_scale, d_offset = apply(
            BATCH_NORM_GRADIENT, g_y, x, scale, mean, variance, axes=axes, epsilon=epsilon
        )
    return lambda: _with_statistics(d_x, g_mean, g_variance, x, mean, axes), d_scale, d_offset


def _with_statistics(d_x: Any, g_mean: Any, g_variance: Any, x: Tensor, mean: Tensor, axes: Shape) -> Any:
    """Adds what flows through the returned statistics: g_mean/m and g_variance 2 (x - mean)/m."""
    shape = _ones(x.shape, axes)
    m = prod(x.shape[a] for a in axes)
    parts = [] if d_x is None else [d_x]
    if g_variance is not None:
        centred = cast(x, mean.dtype) - reshape(mean, shape)
        parts.append(cast(centred * (reshape(g_variance, shape) * (2 / m)), x.dtype))
    if g_mean is not None:
        parts.append(cast(reshape(g_mean, shape) / m + filled_like(x, x.shape, 0, mean.dtype), x.dtype))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _inference_infer(
    x: Spec, mean: Spec, variance: Spec, scale: Spec, offset: Spec, axes: Shape, epsilon: float
) -> Spec:
    statistics = Spec(_kept(x.shape, axes), wide(x.dtype))
    for name, part in (("mean", mean), ("variance", variance), ("scale", scale), ("offset", offset)):
        if part != statistics:
            what = f"{name} does not fit."
            raise ShapeError(message("batch_norm_inference", what, received=part, expected=statistics))
    return x


def _inference_readable(
    x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor, offset: Tensor, axes: Shape, epsilon: float
) -> Tensor:
    shape = _ones(x.shape, axes)
    factor = scale / sqrt(variance + epsilon)
    y = cast(x, scale.dtype) * reshape(factor, shape) + reshape(offset - mean * factor, shape)
    return cast(y, x.dtype)


BATCH_NORM_INFERENCE = Op("batch_norm_inference", _inference_infer, readable=_inference_readable)


def batch_norm_inference(
    x: Any,
    mean: Any,
    variance: Any,
    scale: Any = None,
    offset: Any = None,
    *,
    axes: Axes = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """Normalises each channel by statistics that are known already: the form for prediction.

    y = scale (x - mean) / sqrt(variance + epsilon) + offset

    Args:
        x: tensor, such as (batch, features) or (batch, height, width, channels); float.
        mean: running mean of each channel, sizes of the axes that stay.
        variance: running variance of each channel, the same sizes.
        scale: factor of each channel, the same sizes; default 1.
        offset: summand of each channel, the same sizes; default 0.
        axes: the axes that training averaged over; default all but the last.
        epsilon: added to the variance.

    Returns:
        The normalised values, like `x`.

    Raises:
        ShapeError: a statistic, scale or offset does not fit.
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> mean, variance = sj.asarray([2.0]), sj.asarray([4.0])
        >>> print(sj.batch_norm_inference(sj.asarray([[2.0], [6.0]]), mean, variance, epsilon=0.0))
        [[0.]
         [2.]]
    """
    op = "batch_norm_inference"
    x = real_floating(op, x)
    if axes is None and x.ndim == 0:
        raise ArgumentError(message(op, "a single number has no channels.", received=x.spec))
    over = tuple(range(x.ndim - 1)) if axes is None else normalize_axes(op, axes, x.ndim)
    kept = _kept(x.shape, over)
    given = (("mean", mean, 0), ("variance", variance, 1), ("scale", scale, 1), ("offset", offset, 0))
    parts = [parameter(op, name, value, kept, x, default) for name, value, default in given]
    y: Tensor = apply(BATCH_NORM_INFERENCE, x, *parts, axes=over, epsilon=float(epsilon))
    return y
