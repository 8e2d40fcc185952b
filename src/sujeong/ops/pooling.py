"""Pooling: each channel of an image made smaller, window by window, without any weights.

    max        y[n, o, c] = max over j of x[n, o s + j - low, c]
    average    y[n, o, c] = (1/count) sum over j of x[n, o s + j - low, c]

n example, o position of the window, j its element, c channel, low padding, s stride: by default that of
the window, so that every value is looked at once. Channels stay apart and keep their number, and a shift
of the image by less than a window changes little. Along each axis there are

    floor((n + low + high - k) / s) + 1          positions of a window of k elements.

Padding is never chosen and never counted: a window at the border averages the elements that are real.
Gradients: the maximum hands g to the first of its greatest elements, the average spreads it evenly; see
`pooling_primitives`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape
from ._spatial import (
    DataFormat,
    Padding,
    Pairs,
    PerAxis,
    as_format,
    output_size,
    padding_pairs,
    per_axis,
    planned,
    real_batch,
)
from .arithmetic import multiply
from .padding import bordered
from .pooling_primitives import AVERAGE_POOL, MAX_POOL, MAX_POOL_VALUES
from .shaping import reshape
from .statistics import mean


def max_pool(
    x: Any,
    /,
    window: PerAxis,
    *,
    strides: PerAxis | None = None,
    padding: Padding = "valid",
    data_format: DataFormat = "channels_last",
) -> Tensor:
    """The greatest value of each window, channel by channel.

    y[n, o, c] = max over window elements j of x[n, o * stride + j - low, c]

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes; integers become float32.
        window: sizes along the spatial axes, or one for all.
        strides: steps of the window; default the window itself.
        padding: "valid" (none), "same", a number, or (low, high) for each axis, smaller than the window;
            padding is never chosen.
        data_format: "channels_first" for x and y as (N, C, spatial...).

    Returns:
        Tensor (N, positions..., C); floor((n + low + high - window) / stride) + 1 positions along each
        axis. The first of equal maxima gets the gradient.

    Raises:
        ShapeError: the window is larger than the padded input, or the input has no spatial axis.
        ArgumentError: window, strides or padding are out of range.

    Example:
        >>> import sujeong as sj
        >>> image = sj.reshape(sj.arange(16), (1, 4, 4, 1))
        >>> print(sj.max_pool(image, 2)[0, :, :, 0])
        [[ 5.  7.]
         [13. 15.]]
    """
    x = real_batch("max_pool", x, data_format)
    sizes, steps, _, border = _plan("max_pool", x.shape, window, strides, padding)
    if border is not None:
        x = bordered(x, border, -float("inf"))
    if x._node is None:
        y = apply(MAX_POOL_VALUES, x, window=sizes, strides=steps)
    else:
        y, _ = apply(MAX_POOL, x, window=sizes, strides=steps)
    return y if data_format == "channels_last" else as_format(y, data_format)


def average_pool(
    x: Any,
    /,
    window: PerAxis,
    *,
    strides: PerAxis | None = None,
    padding: Padding = "valid",
    data_format: DataFormat = "channels_last",
) -> Tensor:
    """The mean of each window, channel by channel; only elements of the input count, padding does not.

    y[n, o, c] = (1 / count) * sum over window elements j of x[n, o * stride + j - low, c]

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes; integers become float32.
        window: sizes along the spatial axes, or one for all.
        strides: steps of the window; default the window itself.
        padding: "valid" (none), "same", a number, or (low, high) for each axis, smaller than the window.
        data_format: "channels_first" for x and y as (N, C, spatial...).

    Returns:
        Tensor (N, positions..., C); floor((n + low + high - window) / stride) + 1 positions along each
        axis.

    Raises:
        ShapeError: the window is larger than the padded input, or the input has no spatial axis.
        ArgumentError: window, strides or padding are out of range.

    Example:
        >>> import sujeong as sj
        >>> image = sj.reshape(sj.arange(9), (1, 3, 3, 1))
        >>> print(sj.average_pool(image, 2, padding="same")[0, :, :, 0])
        [[2.  3.5]
         [6.5 8. ]]
    """
    x = real_batch("average_pool", x, data_format)
    sizes, steps, pairs, border = _plan("average_pool", x.shape, window, strides, padding)
    if border is None:
        y = apply(AVERAGE_POOL, x, window=sizes, strides=steps)
    else:
        y = apply(AVERAGE_POOL, bordered(x, border, 0), window=sizes, strides=steps)
        y = multiply(y, _correction(y, x.shape[1:-1], sizes, steps, pairs))
    return y if data_format == "channels_last" else as_format(y, data_format)


def _correction(y: Tensor, size: Shape, window: Shape, strides: Shape, padding: Pairs) -> Tensor:
    """K / (number of real elements) for each position: (positions..., 1)."""
    factor = np.ones(1)
    for n, k, s, (low, _), positions in zip(size, window, strides, padding, y.shape[1:-1], strict=True):
        first = np.arange(positions) * s - low
        real = np.minimum(first + k, n) - np.maximum(first, 0)
        factor = factor[..., None, :] * (k / real)[:, None]
    return Tensor(y._engine.from_host(factor, y.dtype, y.device), y._engine)


def global_max_pool(
    x: Any, /, *, keepdims: bool = False, data_format: DataFormat = "channels_last"
) -> Tensor:
    """The greatest value of each channel in the whole image.

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes; integers become float32.
        keepdims: keep the spatial axes with size 1.
        data_format: "channels_first" for x as (N, C, spatial...).

    Returns:
        Tensor (N, C). The first of equal maxima gets the gradient.

    Raises:
        ShapeError: the image is empty, or the input has no spatial axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.global_max_pool(sj.reshape(sj.arange(8), (1, 2, 2, 2))))
        [[6. 7.]]
    """
    x = real_batch("global_max_pool", x, data_format)
    size = _not_empty("global_max_pool", x)
    y, _ = apply(MAX_POOL, x, window=size, strides=size)
    return as_format(y, data_format) if keepdims else reshape(y, (y.shape[0], y.shape[-1]))


def global_average_pool(
    x: Any, /, *, keepdims: bool = False, data_format: DataFormat = "channels_last"
) -> Tensor:
    """The mean of each channel over the whole image.

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes; integers become float32.
        keepdims: keep the spatial axes with size 1.
        data_format: "channels_first" for x as (N, C, spatial...).

    Returns:
        Tensor (N, C).

    Raises:
        ShapeError: the image is empty, or the input has no spatial axis.

    References:
        M. Lin, Q. Chen, S. Yan: Network In Network. ICLR 2014.

    Example:
        >>> import sujeong as sj
        >>> print(sj.global_average_pool(sj.reshape(sj.arange(8), (1, 2, 2, 2))))
        [[3. 4.]]
    """
    x = real_batch("global_average_pool", x, data_format)
    _not_empty("global_average_pool", x)
    y = mean(x, axis=tuple(range(1, x.ndim - 1)), keepdims=keepdims)
    return as_format(y, data_format) if keepdims else y


def _not_empty(op: str, x: Tensor) -> Shape:
    size = x.shape[1:-1]
    if 0 in size:
        raise ShapeError(
            message(op, "there is nothing to pool.", received=x.spec, expected="spatial sizes of 1 or more")
        )
    return size


@planned
def _plan(
    op: str, shape: Shape, window: Any, strides: Any, padding: Any
) -> tuple[Shape, Shape, Pairs, Pairs | None]:
    """Window, strides and padding along each spatial axis, once all is found to fit, and the padding along
    all axes, if there is any.
    """
    size = shape[1:-1]
    sizes = per_axis(op, "window sizes", window, len(size))
    steps = sizes if strides is None else per_axis(op, "strides", strides, len(size))
    pairs = padding_pairs(op, padding, size, sizes, steps)
    if any(w >= k for p, k in zip(pairs, sizes, strict=True) for w in p):
        what = "the padding must be smaller than the window, or a window would hold nothing real."
        raise ArgumentError(message(op, what, received=f"padding {pairs}, window {sizes}"))
    output_size(op, size, sizes, steps, pairs, (1,) * len(size))
    return sizes, steps, pairs, ((0, 0), *pairs, (0, 0)) if any(map(any, pairs)) else None
