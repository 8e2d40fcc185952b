"""Windows laid out as a matrix: im2col, and its transpose col2im.

    im2col    (N, spatial..., C) -> (N * positions, k * C)     row (n, o), column (j, c):  x[n, o s + j d, c]
    col2im    the other way, values that met at one element of x are added

o runs over the positions of the window (row by row), j over its k = prod(window) elements, s is the
stride, d the dilation. A convolution is then one matrix product: the columns times the weights, whose
axes (kernel..., C, O) are read as a matrix (k * C, O). See `conv_primitives`.

Each is the gradient of the other: both are linear, and <im2col(x), c> = <x, col2im(c)>.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape, cast
from ._spatial import AXES, Padding, PerAxis, extent, output_size, padding_pairs, per_axis, spatial_axes
from .padding import pad
from .slicing import cut


def _positions(op: str, size: Shape, window: Shape, strides: Shape, dilation: Shape) -> Shape:
    return output_size(op, size, window, strides, ((0, 0),) * len(size), dilation)


def _im2col_infer(x: Spec, window: Shape, strides: Shape, dilation: Shape) -> Spec:
    n, *size, c = x.shape
    positions = _positions("im2col", tuple(size), window, strides, dilation)
    return x.like(shape=(n * prod(positions), prod(window) * c))


def _col2im_infer(columns: Spec, shape: Shape, window: Shape, strides: Shape, dilation: Shape) -> Spec:
    n, *size, c = shape
    positions = _positions("col2im", tuple(size), window, strides, dilation)
    expected = (n * prod(positions), prod(window) * c)
    if columns.shape != expected:
        why = f"{expected}: (N * positions, k * C), windows {window} at {positions} positions"
        fix = "window, strides, padding and dilation must be those of im2col."
        what = f"the columns do not fit an input {shape}."
        raise ShapeError(message("col2im", what, received=columns.shape, expected=why, fix=fix))
    return columns.like(shape=shape)


IM2COL = Op("im2col", _im2col_infer, keeps_inputs=False, may_alias=True, flops=lambda *_, **__: 0)
COL2IM = Op("col2im", _col2im_infer, keeps_inputs=False, flops=lambda columns, **_: columns.size)


@IM2COL.gradient
def _im2col_gradient(
    g: Tensor, y: Any, x: Any, window: Shape, strides: Shape, dilation: Shape
) -> tuple[Any, ...]:
    return (apply(COL2IM, g, shape=x.shape, window=window, strides=strides, dilation=dilation),)


@COL2IM.gradient
def _col2im_gradient(g: Tensor, y: Any, x: Any, shape: Shape, **windows: Any) -> tuple[Any, ...]:
    return (apply(IM2COL, g, **windows),)


def im2col(
    x: Any, /, window: PerAxis, *, strides: PerAxis = 1, padding: Padding = "valid", dilation: PerAxis = 1
) -> Tensor:
    """Lays every window of a batch out as one row of a matrix.

    row (n, o), column (j, c):   y = x[n, o * stride + j * dilation, c],   zero in the padding.

    Args:
        x: tensor (N, spatial..., C) with one to three spatial axes, any element type.
        window: sizes along the spatial axes, or one for all.
        strides: steps of the window.
        padding: "valid" (none), "same", a number, or (low, high) for each axis; filled with zeros.
        dilation: distance of neighbours in the window.

    Returns:
        Tensor (N * positions, prod(window) * C); columns run over the window row by row, channels last,
        as the weights (kernel..., C, O) of a convolution do.

    Raises:
        ShapeError: the window is larger than the padded input, or the input has no spatial axis.
        ArgumentError: a size, stride or padding is out of range.

    Example:
        >>> import sujeong as sj
        >>> image = sj.reshape(sj.arange(9), (1, 3, 3, 1))
        >>> print(sj.im2col(image, 2))
        [[0 1 3 4]
         [1 2 4 5]
         [3 4 6 7]
         [4 5 7 8]]
    """
    x = as_tensor(x, "im2col")
    axes = spatial_axes("im2col", x)
    sizes, steps, spread = _numbers("im2col", axes, window, strides, dilation)
    pairs = padding_pairs("im2col", padding, x.shape[1:-1], extent(sizes, spread), steps)
    output_size("im2col", x.shape[1:-1], sizes, steps, pairs, spread)
    return apply(IM2COL, pad(x, ((0, 0), *pairs, (0, 0))), window=sizes, strides=steps, dilation=spread)


def col2im(
    columns: Any,
    /,
    shape: Shape,
    window: PerAxis,
    *,
    strides: PerAxis = 1,
    padding: Padding = "valid",
    dilation: PerAxis = 1,
) -> Tensor:
    """Adds the rows of windows back to a batch: the transpose of `im2col`.

    x[n, i, c] = sum of columns over all (o, j) with o * stride + j * dilation = i.

    Args:
        columns: tensor (N * positions, prod(window) * C), numbers.
        shape: of the result, (N, spatial..., C).
        window: as for `im2col`.
        strides: as for `im2col`.
        padding: as for `im2col`; what falls into it is dropped.
        dilation: as for `im2col`.

    Returns:
        Tensor of `shape`. An element under several windows holds the sum of their values.

    Raises:
        ShapeError: the columns do not fit the shape.
        ArgumentError: a size, stride or padding is out of range.

    Example:
        >>> import sujeong as sj
        >>> counts = sj.col2im(sj.ones((4, 4)), (1, 3, 3, 1), 2)   # how many windows see each element
        >>> print(sj.reshape(counts, (3, 3)))
        [[1. 2. 1.]
         [2. 4. 2.]
         [1. 2. 1.]]
    """
    columns = as_tensor(columns, "col2im")
    if columns.dtype.kind == "bool":
        columns = cast(columns, dtypes.int64)
    shape = tuple(int(s) for s in shape)
    axes = len(shape) - 2
    if axes not in AXES or any(s < 0 for s in shape):
        expected = "(N, spatial..., C) with one to three spatial axes: " + ", ".join(AXES.values())
        raise ArgumentError(message("col2im", "not the shape of a batch.", received=shape, expected=expected))
    sizes, steps, spread = _numbers("col2im", axes, window, strides, dilation)
    pairs = padding_pairs("col2im", padding, shape[1:-1], extent(sizes, spread), steps)
    padded = (
        shape[0],
        *(low + s + high for s, (low, high) in zip(shape[1:-1], pairs, strict=True)),
        shape[-1],
    )
    _col2im_infer(columns.spec, padded, sizes, steps, spread)
    y = apply(COL2IM, columns, shape=padded, window=sizes, strides=steps, dilation=spread)
    return cut(y, (0, *(low for low, _ in pairs), 0), (1,) * len(shape), shape)


def _numbers(op: str, axes: int, window: Any, strides: Any, dilation: Any) -> tuple[Shape, Shape, Shape]:
    """Window, strides and dilation, one number for each axis."""
    return (
        per_axis(op, "window sizes", window, axes),
        per_axis(op, "strides", strides, axes),
        per_axis(op, "dilations", dilation, axes),
    )
