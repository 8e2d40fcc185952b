"""Max pooling that names places by a byte each, for programs: `passes/pool_places.py` puts it in.

    y[n, o, c] = max over j of x[n, o s + j, c]         j[n, o, c] = which element of the window that is
    dx[n, o s + j[n, o, c], c] = sum of g[n, o, c]

Elements of a window are counted along its last axis first; a place in the image takes eight bytes. The
readable form is the other pooling, with its places counted so.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from .casting import cast
from .grids import arange
from .pooling_primitives import MAX_POOL, SCATTER
from .shaping import reshape

Shape = tuple[int, ...]
MOST = 256
"""Elements of a window that a byte tells apart."""


def _infer(x: Spec, window: Shape, strides: Shape) -> tuple[Spec, Spec]:
    y, places = MAX_POOL.infer(x, window=window, strides=strides)  # type: ignore[misc]
    return y, places.like(dtype=dtypes.uint8)


def _scatter_infer(g: Spec, steps: Spec, size: Shape, window: Shape, strides: Shape) -> Spec:
    places = steps.like(dtype=dtypes.int64)
    found: Spec = SCATTER.infer(g, places, size=size, window=window, strides=strides)  # type: ignore[misc]
    return found


def _counted(number: Tensor, of: Shape, by: Shape) -> Tensor:
    """What counts the elements of one box, as what counts the same ones within a box of other sizes."""
    total, unit = number * 0, 1
    for own, other in zip(reversed(of), reversed(by), strict=True):
        total = total + number % own * unit
        number, unit = number // own, unit * other
    return total


def _starts(size: Shape, positions: Shape, strides: Shape) -> Any:
    """Place in the image of the first element of each window: (positions..., 1)."""
    total: Any = 0
    for axis, (count, step) in enumerate(zip(positions, strides, strict=True)):
        along = arange(count) * (step * prod(size[axis + 1 :]))
        total = total + reshape(along, (count, *[1] * (len(size) - axis)))
    return total


def _readable(x: Tensor, window: Shape, strides: Shape) -> tuple[Tensor, Tensor]:
    y, places = apply(MAX_POOL, x, window=window, strides=strides)
    size = x.shape[1:-1]
    steps = _counted(places - _starts(size, y.shape[1:-1], strides), size, window)
    return y, cast(steps, dtypes.uint8)


def _scatter_readable(g: Tensor, steps: Tensor, size: Shape, window: Shape, strides: Shape) -> Tensor:
    places = _starts(size, g.shape[1:-1], strides) + _counted(cast(steps, dtypes.int64), window, size)
    found: Tensor = apply(SCATTER, g, places, size=size, window=window, strides=strides)
    return found


MAX_POOL_STEPS = Op("max_pool_steps", _infer, readable=_readable, flops=MAX_POOL.flops, partial=True)
STEPS_SCATTER = Op("max_pool_steps_scatter", _scatter_infer, readable=_scatter_readable, flops=SCATTER.flops)
