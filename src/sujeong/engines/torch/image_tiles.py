"""Convolutions in bfloat16 by the processor's units for tiles, compiled.

    y[p] (N, O) = sum over taps t of x[q(p, t)] (N, C) w[t] (C, O)

Rows of a tile are images: at a place of the results all of them go through the same taps. The library's rows
are places that lie side by side, which leaves its tiles half empty where images are small; and its gradient
of the weights is slow. `image_tiles.h` explains and computes it; `pays` says
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

FILES = "tiles.h", "tile_sums.h", "places.h", "weight_sums.h", "weight_bands.h", "image_tiles.h"
ROWS, DEPTH = 16, 32
"""Rows and columns of a tile of sums; numbers that one product sums over."""
NARROW = 8
"""Up to which width of results, or of their gradient, the library leaves tiles half empty: measured."""
MOST_TAPS = 64
FEW_SUMS, MOST_SUMS = 300_000, 600_000
"""Bytes of the gradient of the weights in 32 bits: up to which it is taken in bands, as measured, and up to
which at all, where there are fewer images than one product sums over."""
PARTS = 16
"""Of the places, each with sums of its own (`weight_bands.h`)."""


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether a convolution is one for this kernel, and quicker by it; arguments as of `Way.text`."""
    if not has_matrix_units() or x.dtype != dtypes.bfloat16 or x.ndim != 4 or not x.size or not y.size:
        return False
    taps, step, narrow = prod(kernel), prod(attributes["strides"]), y.shape[2] <= NARROW
    if attributes["groups"] != 1 or taps * step == 1 or taps > MOST_TAPS:
        return False
    if taps < step and (which == FORWARD or not narrow):  # most of what is laid out would not be used
        return False
    c, o = x.shape[-1], y.shape[-1]
    if which == WEIGHT_GRADIENT:
        return c % ROWS == 0 and o % ROWS == 0 and _sums_pay(x, y, kernel, attributes)
    depth, columns = (c, o) if which == FORWARD else (o, c)
    return depth % DEPTH == 0 and columns % ROWS == 0 and narrow and _filled(x.shape[0], ROWS)


def _sums_pay(x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether products of the gradient of the weights are mostly full, and its sums few if need be."""
    images = _together(x)
    if not _filled(x.shape[0], images):
        return False
    beside = DEPTH // images
    fits = attributes["strides"][1] == 1 and _filled(y.shape[2], beside)
    return beside == 1 or (fits and _sums(x, y, kernel) <= MOST_SUMS)


def _together(x: Spec) -> int:
    """Images that one product sums over: a power of two."""
    return max(2, min(DEPTH, 1 << (x.shape[0] - 1).bit_length()))


def _in_bands(x: Spec, y: Spec, kernel: Any) -> bool:
    return _sums(x, y, kernel) <= FEW_SUMS or _together(x) < DEPTH


def _sums(x: Spec, y: Spec, kernel: Any) -> int:
    """Bytes of the gradient of the weights in 32 bits, in blocks of two tiles by two."""
    return 4 * prod(kernel) * _up(x.shape[-1], 2 * ROWS) * _up(y.shape[-1], 2 * ROWS)


def _up(n: int, to: int) -> int:
    return -(-n // to) * to


def _filled(count: int, of: int) -> bool:
    """Whether at most a quarter is empty where a count is filled up."""
    return 3 * _up(count, of) <= 4 * count


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    return text_of(x.dtype, *FILES, PARTS=PARTS)


def _sizes(x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> tuple[int, ...]:
    lows = [low for low, _ in attributes["padding"]]
    axes = (*kernel, *attributes["strides"], *attributes["dilation"], *lows)
    return (*x.shape, *y.shape[1:], *axes, int(_in_bands(x, y, kernel)))


def _room(which: int, x: Spec, y: Spec, kernel: Any) -> int:
    """Images in tiles, and weights; both sides of the sum over images; or the sums of parts."""
    images, of_x, of_y = x.shape[0], prod(x.shape[1:]), prod(y.shape[1:])
    if which == WEIGHT_GRADIENT:
        if _in_bands(x, y, kernel):
            return PARTS * _sums(x, y, kernel) // x.dtype.itemsize
        return _up(images, DEPTH) * (of_x + of_y)
    return _up(images, ROWS) * (of_x if which == FORWARD else of_y) + prod(kernel) * x.shape[-1] * y.shape[-1]


COMPILED = Way(_text, _sizes, _room).forms()
