"""Convolution: the same small set of weights at every position of an image.

    y[n, o, q] = sum over window elements j and channels c of   x[n, o s + j d - low, c]  w[j, c, q]

Strictly a cross-correlation (the window is not flipped), as deep learning has it. The number of
positions along each spatial axis, with stride s, dilation d, kernel k and padding (low, high):

    floor((n + low + high - d (k - 1) - 1) / s) + 1

`conv_transpose` is the gradient of `conv` with respect to its input, used as a layer of its own: it
spreads every value over a window, and so makes images larger. Gradients: see `conv_primitives`.
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape, floating_pair
from ._spatial import (
    DataFormat,
    Padding,
    Pairs,
    PerAxis,
    as_format,
    extent,
    output_size,
    padding_pairs,
    per_axis,
    planned,
    real_batch,
)
from .conv_primitives import CONVOLUTION, CONVOLUTION_INPUT, check_weights
from .padding import pad


def conv(
    x: Any,
    w: Any,
    /,
    *,
    strides: PerAxis = 1,
    padding: Padding = "valid",
    padding_value: float = 0.0,
    dilation: PerAxis = 1,
    groups: int = 1,
    data_format: DataFormat = "channels_last",
) -> Tensor:
    """Convolves a batch over one, two or three spatial axes.

    y[n, o, q] = sum over j, c of x[n, o * stride + j * dilation - low, c] * w[j, c, q]

    Args:
        x: tensor (N, L, C), (N, H, W, C) or (N, D, H, W, C); integers become float32.
        w: weights (kernel..., C / groups, O), the same in both data formats.
        strides: steps of the window, a number or one for each spatial axis.
        padding: "valid" (none), "same" (ceil(n / stride) positions), a number for every side, or for each
            spatial axis a number or (low, high).
        padding_value: the constant in the padding.
        dilation: distance between neighbouring elements of the window.
        groups: number of groups of channels that do not see each other; C groups filter each channel by
            itself.
        data_format: "channels_first" for x and y as (N, C, spatial...).

    Returns:
        Tensor (N, positions..., O); floor((n + low + high - dilation (k - 1) - 1) / stride) + 1 positions
        along each axis.

    Raises:
        ShapeError: the channels differ, the ranks differ, or the window is larger than the padded input.
        ArgumentError: a stride, a dilation, the padding or the groups are out of range.

    Example:
        >>> import sujeong as sj
        >>> image = sj.reshape(sj.arange(16), (1, 4, 4, 1))
        >>> edges = sj.reshape(sj.asarray([[1.0, -1.0]]), (1, 2, 1, 1))   # value - right neighbour
        >>> y = sj.conv(image, edges)
        >>> y.shape
        (1, 4, 3, 1)
        >>> print(y[0, :, :, 0])
        [[-1. -1. -1.]
         [-1. -1. -1.]
         [-1. -1. -1.]
         [-1. -1. -1.]]
    """
    x, w = _operands("conv", x, w, data_format)
    steps, pairs, spread = _plan(x.shape, w.shape, strides, padding, dilation, groups)
    if padding_value != 0 and any(map(any, pairs)):
        x = pad(x, ((0, 0), *pairs, (0, 0)), padding_value)
        pairs = ((0, 0),) * len(pairs)
    y = apply(CONVOLUTION, x, w, strides=steps, padding=pairs, dilation=spread, groups=groups)
    return y if data_format == "channels_last" else as_format(y, data_format)


@planned
def _plan(x: Shape, w: Shape, strides: Any, padding: Any, dilation: Any, groups: Any) -> tuple[Any, ...]:
    """Strides, padding and dilation along each spatial axis, once all is found to fit."""
    size, kernel = x[1:-1], w[:-2]
    strides, spread = _steps("conv", x, w, strides, dilation, groups)
    pairs = padding_pairs("conv", padding, size, extent(kernel, spread), strides)
    output_size("conv", size, kernel, strides, pairs, spread)
    return strides, pairs, spread


def conv_transpose(
    x: Any,
    w: Any,
    /,
    *,
    strides: PerAxis = 1,
    padding: Padding = "valid",
    output_padding: PerAxis | None = None,
    dilation: PerAxis = 1,
    groups: int = 1,
    data_format: DataFormat = "channels_last",
) -> Tensor:
    """The transpose of a convolution: every value is spread over a window, and what meets is added.

    y[n, i, c] = sum of x[n, o, q] * w[j, c, q]  over all o, j with  o * stride + j * dilation - low = i

    It is the gradient with respect to its input of the `conv` that has the same weights: a convolution
    from O to C channels and this one from C to O share them.

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes.
        w: weights (kernel..., O / groups, C), as of the convolution that takes the result to x.
        strides: how far apart neighbouring values are laid.
        padding: that of the convolution: it is cut off the result. "same" gives n * stride.
        output_padding: elements added at the high end, at most stride - 1 along each axis; several sizes
            are taken to the same size by a strided convolution, and this tells them apart. By default 0;
            with "valid" and a kernel shorter than the stride as many as give n * stride, as in Keras.
        dilation: distance between neighbouring elements of the window.
        groups: number of groups of channels that do not see each other.
        data_format: "channels_first" for x and y as (N, C, spatial...).

    Returns:
        Tensor (N, sizes..., O); (n - 1) * stride + dilation (k - 1) + 1 - low - high + output_padding along
        each axis.

    Raises:
        ShapeError: the channels or the ranks differ, or padding leaves nothing of the result.
        ArgumentError: a stride, dilation, padding or output padding is out of range.

    References:
        V. Dumoulin, F. Visin: A guide to convolution arithmetic for deep learning. arXiv:1603.07285, 2016.

    Example:
        >>> import sujeong as sj
        >>> x = sj.reshape(sj.asarray([1.0, 2.0]), (1, 2, 1))
        >>> w = sj.reshape(sj.asarray([1.0, 10.0, 100.0]), (3, 1, 1))
        >>> print(sj.conv_transpose(x, w, strides=2)[0, :, 0])
        [  1.  10. 102.  20. 200.]
    """
    x, w = _operands("conv_transpose", x, w, data_format)
    steps, pairs, spread, whole = _transposed_plan(
        x.shape, w.shape, strides, padding, output_padding, dilation, groups
    )
    settings = {"strides": steps, "padding": pairs, "dilation": spread, "groups": groups}
    return as_format(apply(CONVOLUTION_INPUT, x, w, input_size=whole, **settings), data_format)


@planned
def _transposed_plan(
    x: Shape, w: Shape, strides: Any, padding: Any, output_padding: Any, dilation: Any, groups: Any
) -> tuple[Any, ...]:
    """Strides, padding, dilation, and the spatial sizes of the result."""
    strides, spread = _steps("conv_transpose", x, w, strides, dilation, groups, transposed=True)
    size, covered = x[1:-1], extent(w[:-2], spread)
    if padding == "same" and output_padding is not None:
        fix = "leave it out, or give the padding in numbers."
        what = 'with "same" the result has n * stride elements, there is nothing to add.'
        raise ArgumentError(
            message("conv_transpose", what, received=f"output_padding={output_padding}", fix=fix)
        )
    extra = _output_padding(output_padding, strides, covered, padding)
    if padding == "same":
        whole = tuple(n * s for n, s in zip(size, strides, strict=True))
        pairs = padding_pairs("conv_transpose", padding, whole, covered, strides)
    else:
        pairs = padding_pairs("conv_transpose", padding, size, covered, strides)
        whole = tuple(
            (n - 1) * s + e - low - high + more
            for n, s, e, (low, high), more in zip(size, strides, covered, pairs, extra, strict=True)
        )
    _check_whole(size, whole, pairs)
    return strides, pairs, spread, whole


def _operands(op: str, x: Any, w: Any, data_format: str) -> tuple[Tensor, Tensor]:
    """Batch and weights as floating-point tensors of one element type, channels last."""
    x, w = floating_pair(op, x, w)
    return real_batch(op, x, data_format), w


def _steps(
    op: str, x: Shape, w: Shape, strides: Any, dilation: Any, groups: Any, transposed: bool = False
) -> tuple[Shape, Shape]:
    """Strides and dilation, after weights and groups were found to fit."""
    (groups,) = per_axis(op, "groups", groups, 1)
    axes = len(x) - 2
    if 0 in w:
        raise ShapeError(message(op, "the weights are empty.", received=w, expected="sizes of 1 or more"))
    if len(w) != len(x) or not transposed:
        check_weights(op, x, w, groups)
    elif w[-1] != x[-1] or x[-1] % groups:
        raise ShapeError(
            message(
                op,
                f"input has {x[-1]} channels, weights take {w[-1]}.",
                received=f"input {x}, weights {w}, groups={groups}",
                expected=f"weights (kernel..., outputs / groups, {x[-1]}), groups that divide them",
                fix="take the weights of the convolution that goes the other way: its outputs come last.",
            )
        )
    return per_axis(op, "strides", strides, axes), per_axis(op, "dilations", dilation, axes)


def _output_padding(given: Any, strides: Shape, covered: Shape, padding: Any) -> Shape:
    if given is None:
        short = padding == "valid"
        return tuple(max(s - e, 0) if short else 0 for s, e in zip(strides, covered, strict=True))
    extra = per_axis("conv_transpose", "output paddings", given, len(strides), least=0)
    if any(e >= s for e, s in zip(extra, strides, strict=True)):
        received = f"output_padding={given}, strides={strides}"
        what = "output_padding must be smaller than the stride."
        raise ArgumentError(message("conv_transpose", what, received=received, expected="0 to stride - 1"))
    return extra


def _check_whole(size: Shape, whole: Shape, padding: Pairs) -> None:
    if any(n < 1 for n in whole):
        formula = "(n - 1) stride + dilation (k - 1) + 1 - low - high + output_padding >= 1"
        received = f"spatial sizes {size}, padding {padding}: the result would have sizes {whole}"
        what = "the padding cuts off the whole result."
        raise ShapeError(message("conv_transpose", what, received=received, expected=formula))
