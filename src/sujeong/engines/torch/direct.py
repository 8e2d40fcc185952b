"""Convolutions as plain sums, compiled: of single images, and of pictures.

    y[o, f] = sum over taps t, channels c of x[q(o, t), c] w[t, c, f]

What the library prepares for a single image takes longer than its sums, and of a picture with one channel or
three it sums over blocks of 16. `direct.h` explains and computes it. Weights are read best in the order of
their axes, which is asked for where they are only read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from ._processor import has_units_for_16_bits
from ._texts import text_of
from .compiled_convolution import FORWARD, Attributes, result_of

CHANNELS, FILTERS = 4, 16
"""Of a picture at most; filters come in multiples of it: a vector of the widest registers."""
FEW_PLACES, LITTLE_WORK = 1024, 1 << 22
"""Of all results, and their multiplications: what a single image has at most. Measured."""


def fits(x: Spec, y: Spec, attributes: Attributes) -> bool:
    """Whether the plain sums can be taken at all: images x, results y."""
    if x.ndim != 4 or not x.size or not y.size or attributes["groups"] != 1:
        return False
    return y.shape[-1] % FILTERS == 0 and set(attributes["dilation"]) == {1}


def is_little(x: Spec, y: Spec, kernel: Any) -> bool:
    """Whether there is no more to do than for a single small image."""
    places = prod(y.shape[:-1])
    return places <= FEW_PLACES and places * prod(kernel) * x.shape[-1] * y.shape[-1] <= LITTLE_WORK


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> bool:
    """Whether a convolution is one for this kernel, and quicker by it; arguments as of `Way.text`."""
    if which != FORWARD or not fits(x, y, attributes):
        return False
    low = x.dtype == dtypes.bfloat16 and has_units_for_16_bits()
    return is_little(x, y, kernel) or (x.shape[-1] <= CHANNELS and not low)


def sizes(x: Spec, y: Spec, kernel: Any, attributes: Attributes) -> tuple[int, ...]:
    """The whole numbers that the sums are told (`direct.h`)."""
    lows = [low for low, _ in attributes["padding"]]
    return (*x.shape, *y.shape[1:], kernel[0], kernel[1] * x.shape[-1], *attributes["strides"], *lows)


NUMBERS = (
    *("images", "height", "width", "channels", "down", "across", "filters", "rows", "run"),
    *("step_h", "step_w", "low_h", "low_w", "w_down", "w_across", "w_channel", "w_filter"),
)
CALL = """
extern "C" void kernel({numbers}, const T* x, const T* w, {bias}T* y) {{
  const Sizes z = {{images, height, width, channels, down, across, filters, rows, run, {{step_h, step_w}},
                   {{low_h, low_w}}, w_down, w_across, w_channel, w_filter}};
  forward(z, x, w, {begin}, y);
}}
"""
"""How the sums are called, with a bias or without: each number by itself, as functions in a chain are."""


def _text(attributes: Attributes, x: Spec, w: Spec, *bias: Spec) -> str | None:
    y = result_of(x, w, attributes)
    body = text_of(x.dtype, "direct.h") if pays(FORWARD, x, y, w.shape[:-2], attributes) else None
    if body is None:
        return None
    numbers = ", ".join(f"int64_t {name}" for name in NUMBERS)
    given = ("const T* bias, ", "bias") if bias else ("", "nullptr")
    return body + CALL.format(numbers=numbers, bias=given[0], begin=given[1])


def _sizes(attributes: Attributes, x: Spec, w: Spec, *_: Spec) -> tuple[int, ...]:
    """What the function takes ahead of the arrays, for weights in the order of their axes."""
    steps = [prod(w.shape[axis + 1 :]) for axis in range(w.ndim)]
    return (*sizes(x, result_of(x, w, attributes), w.shape, attributes), *steps)


def _bound(function: Any, attributes: Attributes, x: Spec, w: Spec, *_: Spec) -> Callable[..., Any]:
    y = result_of(x, w, attributes)
    told, shape = sizes(x, y, w.shape, attributes), y.shape

    def convolution(x: Any, w: Any, *bias: Any, **_: Any) -> Any:
        x, made = x.contiguous(), x.new_empty(shape)
        arrays = [x, w, *[b.contiguous() for b in bias], made]
        function(*told, *w.stride(), *[a.data_ptr() for a in arrays])
        return made

    return convolution


def _lays(*_: Any) -> Mapping[int, Callable[..., Any]]:
    return {1: lambda w: w.contiguous()}


FORM = NativeForm(_text, _bound, _sizes, lays=_lays)
COMPILED = {"convolution": FORM, "convolution_bias": FORM}
