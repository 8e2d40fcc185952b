"""Pooling as operations: the maximum and the average of windows, and their transposes.

    max        y[n, o, c] = max over j of x[n, o s + j, c]
               dx = scatter(g, i)      i = which element each window chose, as flat position in the image
               dg = gather(h, i)       h gradient of dx; the two are each other's transposes
    average    y[n, o, c] = (1/k) sum over j of x[n, o s + j, c]
               dx = spread of g / k over each window, whose transpose is the average again

n example, o position of the window, j its element (k of them), c channel, s stride. No padding here: the
public functions of `pooling` lay it around x. Shapes: x (N, spatial..., C), y and i (N, positions..., C).
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ._build import Shape
from ._spatial import output_size
from .arithmetic import divide
from .shaping import broadcast_to, reshape
from .statistics import mean
from .windows import COL2IM, IM2COL


def _positions(op: str, size: Shape, window: Shape, strides: Shape) -> Shape:
    plain = ((0, 0),) * len(size)
    return output_size(op, tuple(size), window, strides, plain, (1,) * len(size))


# --- the maximum, and where it was found ---------------------------------------------------------------
def _max_infer(x: Spec, window: Shape, strides: Shape) -> tuple[Spec, Spec]:
    n, *size, c = x.shape
    y = x.like(shape=(n, *_positions("max_pool", tuple(size), window, strides), c))
    return y, y.like(dtype=dtypes.int64)


def _scatter_infer(g: Spec, indices: Spec, size: Shape, window: Shape, strides: Shape) -> Spec:
    n, *positions, c = g.shape
    if indices.shape != g.shape or tuple(positions) != _positions("max_pool_scatter", size, window, strides):
        raise ShapeError(
            message("max_pool_scatter", "gradient and indices differ.", received=f"{g}, {indices}")
        )
    return g.like(shape=(n, *size, c))


def _gather_infer(x: Spec, indices: Spec, window: Shape, strides: Shape) -> Spec:
    return x.like(shape=indices.shape)


MAX_POOL = Op(
    "max_pool",
    _max_infer,
    keeps_inputs=False,
    keeps_output=(1,),
    partial=True,
    flops=lambda x, window, strides: _max_infer(x, window, strides)[0].size * (prod(window) - 1),
)
SCATTER = Op("max_pool_scatter", _scatter_infer, keeps_inputs=(1,), flops=lambda *_, **__: 0)
GATHER = Op("max_pool_gather", _gather_infer, keeps_inputs=(1,), flops=lambda *_, **__: 0)


def _max_readable(x: Tensor, window: Shape, strides: Shape) -> Tensor:
    values: Tensor = apply(MAX_POOL, x, window=window, strides=strides)[0]
    return values


# The values alone, which is quicker where no gradient has to find the way back.
MAX_POOL_VALUES = Op(
    "max_pool_values",
    lambda x, window, strides: _max_infer(x, window, strides)[0],
    readable=_max_readable,
    flops=MAX_POOL.flops,
)


@MAX_POOL.gradient
def _max_rule(g: Any, y: Any, x: Spec, window: Shape, strides: Shape) -> tuple[Any, ...]:
    return (apply(SCATTER, g[0], y[1], size=x.shape[1:-1], window=window, strides=strides),)


@SCATTER.gradient
def _scatter_rule(h: Tensor, y: Any, g: Any, indices: Tensor, size: Shape, **windows: Any) -> tuple[Any, ...]:
    return apply(GATHER, h, indices, **windows), None


@GATHER.gradient
def _gather_rule(g: Tensor, y: Any, x: Spec, indices: Tensor, **windows: Any) -> tuple[Any, ...]:
    return apply(SCATTER, g, indices, size=x.shape[1:-1], **windows), None


# --- the average, and its transpose --------------------------------------------------------------------
def _average_infer(x: Spec, window: Shape, strides: Shape) -> Spec:
    n, *size, c = x.shape
    return x.like(shape=(n, *_positions("average_pool", tuple(size), window, strides), c))


def _spread_infer(g: Spec, size: Shape, window: Shape, strides: Shape) -> Spec:
    x = g.like(shape=(g.shape[0], *size, g.shape[-1]))
    if _average_infer(x, window, strides) != g:
        raise ShapeError(
            message("average_pool_transpose", "the gradient does not fit.", received=g, expected=x)
        )
    return x


def _average(x: Tensor, window: Shape, strides: Shape) -> Tensor:
    shape = _average_infer(x.spec, window, strides).shape
    columns = apply(IM2COL, x, window=window, strides=strides, dilation=(1,) * len(window))
    return reshape(mean(reshape(columns, (prod(shape[:-1]), prod(window), shape[-1])), axis=1), shape)


def _spread(g: Tensor, size: Shape, window: Shape, strides: Shape) -> Tensor:
    shape = _spread_infer(g.spec, size, window, strides).shape
    k, rows, c = prod(window), prod(g.shape[:-1]), g.shape[-1]
    share = reshape(divide(g, k), (rows, 1, c))
    columns = reshape(broadcast_to(share, (rows, k, c)), (rows, k * c))
    return apply(COL2IM, columns, shape=shape, window=window, strides=strides, dilation=(1,) * len(window))


AVERAGE_POOL = Op(
    "average_pool",
    _average_infer,
    readable=_average,
    keeps_inputs=False,
    flops=lambda x, window, strides: _average_infer(x, window, strides).size * prod(window),
)
SPREAD = Op(
    "average_pool_transpose",
    _spread_infer,
    readable=_spread,
    keeps_inputs=False,
    flops=lambda g, size, window, strides: g.size * prod(window),
)


@AVERAGE_POOL.gradient
def _average_rule(g: Tensor, y: Any, x: Spec, **windows: Any) -> tuple[Any, ...]:
    return (apply(SPREAD, g, size=x.shape[1:-1], **windows),)


@SPREAD.gradient
def _spread_rule(h: Tensor, y: Any, g: Any, size: Shape, **windows: Any) -> tuple[Any, ...]:
    return (apply(AVERAGE_POOL, h, **windows),)
