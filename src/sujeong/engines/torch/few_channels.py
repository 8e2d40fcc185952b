"""Convolutions of images with few channels, compiled: pictures, and what makes or reads them.

    y[o, f] = sum over taps t, channels c of x[q(o, t), c] w[t, c, f]         c up to 4

The library sums over blocks of channels, which stay nearly empty. `few_channels.h` explains and computes the
three that belong together. In float32 it is the faster way for all of them; in 16 bits, if the processor has
units for them, for the gradient of the weights, for that of the images in steps, and for single images.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ...core import dtypes
from ...core.spec import Spec
from ._processor import has_units_for_16_bits
from ._texts import text_of
from .compiled_convolution import INPUT_GRADIENT, WEIGHT_GRADIENT, Attributes, Way

CHANNELS, FILTERS = 4, 16
"""Of an image at most; filters come in multiples of it: a vector of the widest registers."""
MOST_RUN, MOST_ROWS = 12, 8
"""Columns of the kernel times channels, whose sums fit the registers; rows of the kernel."""
FEW_PLACES = 4096
"""Of all results: up to here the library's preparations take longer than its work."""


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> bool:
    """Whether a convolution is one for this kernel, and quicker by it; arguments as of `Way.text`."""
    if x.ndim != 4 or not x.size or not y.size or attributes["groups"] != 1:
        return False
    run = kernel[1] * x.shape[-1]
    small = x.shape[-1] <= CHANNELS and run <= MOST_RUN and 1 < kernel[0] <= MOST_ROWS
    if not small or y.shape[-1] % FILTERS or set(attributes["dilation"]) != {1}:
        return False
    if x.dtype != dtypes.bfloat16 or not has_units_for_16_bits() or prod(y.shape[:-1]) <= FEW_PLACES:
        return True
    return which == WEIGHT_GRADIENT or (which == INPUT_GRADIENT and prod(attributes["strides"]) > 1)


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    return text_of(x.dtype, "few_channels.h", RUN=kernel[1] * x.shape[-1])


def _sizes(x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> tuple[int, ...]:
    lows = [low for low, _ in attributes["padding"]]
    return (*x.shape, *y.shape[1:], kernel[0], *attributes["strides"], *lows)


COMPILED = Way(_text, _sizes).forms()
