"""Convolutions in bfloat16 by the processor's units for tiles, compiled.

    y[p] (N, O) = sum over taps t of x[q(p, t)] (N, C) w[t] (C, O)

Rows of a tile are images: at a place of the results all of them go through the same taps. The library's rows
are places that lie side by side, which leaves its tiles half empty where images are small; and its gradient
of the weights runs at half of this one's rate or less. `image_tiles.h` explains and computes it; `pays` says
where it is the faster one.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from ...core import dtypes
from ...core.spec import Spec
from ._processor import has_matrix_units
from ._texts import text_of
from .compiled_convolution import FORWARD, WEIGHT_GRADIENT, Way

ROWS, DEPTH = 16, 32
"""Rows and columns of a tile of sums; numbers that one product sums over."""
NARROW = 8
"""Up to which width of results, or of their gradient, the library leaves tiles half empty: measured."""
MOST_TAPS = 64
FEW_CHANNELS, WIDE = 32, 16
"""With fewer channels the gradient of the weights is no quicker than the library's; nor with fewer than twice
as many where images are wider than this."""


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether a convolution is one for this kernel, and quicker by it.

    Args:
        which: of the three that belong together.
        x: images (N, H, W, C).
        y: results (N, H', W', O).
        kernel: size of the kernel.
        attributes: of the operation: strides, padding, dilation, groups.
    """
    if not has_matrix_units() or x.dtype != dtypes.bfloat16 or x.ndim != 4 or not x.size or not y.size:
        return False
    taps, step, images = prod(kernel), prod(attributes["strides"]), x.shape[0]
    if attributes["groups"] != 1 or taps * step == 1 or taps > MOST_TAPS:
        return False
    c, o, narrow = x.shape[-1], y.shape[-1], y.shape[2] <= NARROW
    if taps < step and (which == FORWARD or not narrow):  # most of what is laid out would not be used
        return False
    if which == WEIGHT_GRADIENT:
        enough = min(c, o) >= FEW_CHANNELS * (1 + (y.shape[2] > WIDE))
        return c % ROWS == 0 and o % ROWS == 0 and enough and _filled(images, DEPTH)
    depth, columns = (c, o) if which == FORWARD else (o, c)
    return depth % DEPTH == 0 and columns % ROWS == 0 and narrow and _filled(images, ROWS)


def _up(n: int, to: int) -> int:
    return -(-n // to) * to


def _filled(images: int, rows: int) -> bool:
    """Whether at most a quarter of the rows is empty."""
    return 3 * _up(images, rows) <= 4 * images


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    return text_of(x.dtype, "tiles.h", "tile_sums.h", "image_tiles.h")


def _sizes(x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> tuple[int, ...]:
    lows = [low for low, _ in attributes["padding"]]
    return (*x.shape, *y.shape[1:], *kernel, *attributes["strides"], *attributes["dilation"], *lows)


def _room(which: int, x: Spec, y: Spec, kernel: Any) -> int:
    """Images in tiles, and weights, or both sides of the sum over images."""
    images, of_x, of_y = x.shape[0], prod(x.shape[1:]), prod(y.shape[1:])
    if which == WEIGHT_GRADIENT:
        return _up(images, DEPTH) * (of_x + of_y)
    return _up(images, ROWS) * (of_x if which == FORWARD else of_y) + prod(kernel) * x.shape[-1] * y.shape[-1]


COMPILED = Way(_text, _sizes, _room).forms()
