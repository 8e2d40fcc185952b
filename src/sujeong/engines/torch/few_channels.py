"""Gradients of convolutions of images with few channels, compiled: of pictures, and of what makes them.

    dw[t, c, f] = sum over o of x[q(o, t), c] g[o, f]        dx[q, c] = sum over o, t, f of g[o, f] w[t, c, f]

The library sums over blocks of channels, which stay nearly empty. `few_channels.h` explains and computes
both. In float32 it is the faster way for all of them; in 16 bits, if the processor has units for them, for
the gradient of the weights, for that of the images in steps, and for single images.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ...core import dtypes
from ...core.spec import Spec
from ._processor import has_units_for_16_bits
from ._texts import text_of
from .compiled_convolution import FORWARD, WEIGHT_GRADIENT, Attributes, Way
from .direct import CHANNELS, fits, is_little, sizes

MOST_RUN, MOST_ROWS = 12, 8
"""Columns of the kernel times channels, whose sums fit the registers; rows of the kernel."""


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> bool:
    """Whether a convolution is one for these kernels, and quicker by them; arguments as of `Way.text`."""
    if which == FORWARD or not fits(x, y, attributes):
        return False
    run = kernel[1] * x.shape[-1]
    if x.shape[-1] > CHANNELS or run > MOST_RUN or not 1 < kernel[0] <= MOST_ROWS:
        return False
    if x.dtype != dtypes.bfloat16 or not has_units_for_16_bits() or is_little(x, y, kernel):
        return True
    return which == WEIGHT_GRADIENT or prod(attributes["strides"]) > 1


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    return text_of(x.dtype, "direct.h", "few_channels.h", RUN=kernel[1] * x.shape[-1])


COMPILED = Way(_text, sizes).forms()
