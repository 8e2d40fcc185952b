"""Convolutions by Winograd's algorithm, compiled: kernels of 3x3 in steps of 1, of 4x4 in steps of 2.

    y = A^T [ (G w G^T) * (B^T x B) ] A      tiles of 4x4 results; `winograd.h` explains and computes it

A quarter of the multiplications remains (4 of 10 in steps of 2). It pays where there are channels enough to
share the way there and back, and where tiles are mostly full (`pays`). Processors with units for bfloat16
have less to gain in it, since what is computed here are numbers of 32 bits. Against the plain sum, rounding
is two to four times as large in float32, and below that of the result in bfloat16. What is not finite in an
image makes all results of its tile not finite.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from ._processor import has_matrix_units, has_units_for_16_bits
from ._texts import text_of

FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT = 0, 1, 2
CHANNELS = 16
"""Channels come in multiples of it: a vector of the widest registers."""
TILE, FEW_TILES = 4, 256
STEPS = {3: 1, 4: 2}
"""Size of the kernel -> stride."""
NEVER = 1 << 30
LEAST_CHANNELS = {(3, False): (32, 32, 32), (4, False): (64, 128, 64)}
"""Size of the kernel, whether in 16 bits that the processor has units for -> channels that it takes to pay:
forward, for the gradient of the images, of the weights. Measured with two threads on AVX-512."""
LEAST_CHANNELS |= {(3, True): (64, 64, 32), (4, True): (NEVER, NEVER, 64)}


def pays(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether a convolution is one for this algorithm, and quicker by it.

    Args:
        which: of the three that belong together.
        x: images (N, H, W, C).
        y: results (N, H', W', O).
        kernel: size of the kernel.
        attributes: of the operation: strides, padding, dilation, groups.
    """
    size = kernel[0]
    if x.ndim != 4 or set(kernel) != {size} or size not in STEPS or attributes["groups"] != 1:
        return False
    if set(attributes["strides"]) != {STEPS[size]} or set(attributes["dilation"]) != {1}:
        return False
    channels = x.shape[-1], y.shape[-1]
    if any(c % CHANNELS for c in channels) or not x.size or not y.size:
        return False
    low = x.dtype == dtypes.bfloat16
    down, across = (-(-n // TILE) for n in y.shape[1:3])
    full = y.shape[1] * y.shape[2] / (down * across * TILE**2)
    few = (
        size == 3 and not low and y.shape[0] * down * across <= FEW_TILES
    )  # what libraries prepare costs more
    least = CHANNELS if few else LEAST_CHANNELS[size, low and has_units_for_16_bits()][which]
    return full > 0.5 and min(channels) >= least and not (low and has_matrix_units())


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    step = STEPS[kernel[0]]
    return text_of(x.dtype, "winograd_maps.h", "winograd.h", TAPS=kernel[0] // step, STEP=step)


def _result(x: Spec, w: Spec, attributes: Mapping[str, Any]) -> Spec:
    positions = [
        (n + a + b - k) // s + 1
        for n, (a, b), k, s in zip(
            x.shape[1:-1], attributes["padding"], w.shape, attributes["strides"], strict=False
        )
    ]
    return Spec((x.shape[0], *positions, w.shape[-1]), x.dtype)


def _images(attributes: Mapping[str, Any], g: Spec, w: Spec) -> Spec:
    return Spec((g.shape[0], *attributes["input_size"], w.shape[-2] * attributes["groups"]), g.dtype)


def _forward_text(attributes: Mapping[str, Any], x: Spec, w: Spec, *_: Spec) -> str | None:
    return _text(FORWARD, x, _result(x, w, attributes), w.shape[:-2], attributes)


def _input_text(attributes: Mapping[str, Any], g: Spec, w: Spec) -> str | None:
    return _text(INPUT_GRADIENT, _images(attributes, g, w), g, w.shape[:-2], attributes)


def _weight_text(attributes: Mapping[str, Any], x: Spec, g: Spec) -> str | None:
    return _text(WEIGHT_GRADIENT, x, g, attributes["kernel_size"], attributes)


def _sizes(x: Spec, y: Spec, attributes: Mapping[str, Any]) -> tuple[int, ...]:
    """What the kernel is told of images and results."""
    return (*x.shape, *y.shape[1:], *[low for low, _ in attributes["padding"]])


def _call(function: Any, which: int, sizes: tuple[int, ...], *arrays: Any) -> None:
    numbers = (ctypes.c_int64 * len(sizes))(*sizes)
    pointers = [None if a is None else a.data_ptr() for a in arrays]
    function(which, ctypes.addressof(numbers), *pointers)


def _forward(function: Any, attributes: Mapping[str, Any], x: Spec, w: Spec, *_: Spec) -> Callable[..., Any]:
    y = _result(x, w, attributes)
    sizes, shape = _sizes(x, y, attributes), y.shape

    def convolution(x: Any, w: Any, bias: Any = None, **_: Any) -> Any:
        x, made = x.contiguous(), x.new_empty(shape)
        bias = None if bias is None else bias.contiguous()
        _call(function, FORWARD, (*sizes, *w.stride()), x, w, bias, made)
        return made

    return convolution


def _input_gradient(function: Any, attributes: Mapping[str, Any], g: Spec, w: Spec) -> Callable[..., Any]:
    x = _images(attributes, g, w)
    sizes, shape = _sizes(x, g, attributes), x.shape

    def convolution_input_gradient(g: Any, w: Any, **_: Any) -> Any:
        g, made = g.contiguous(), g.new_empty(shape)
        _call(function, INPUT_GRADIENT, (*sizes, *w.stride()), g, w, None, made)
        return made

    return convolution_input_gradient


def _weight_gradient(function: Any, attributes: Mapping[str, Any], x: Spec, g: Spec) -> Callable[..., Any]:
    sizes = (*_sizes(x, g, attributes), 0, 0, 0, 0)
    shape = (g.shape[-1], *attributes["kernel_size"], x.shape[-1])

    def convolution_weight_gradient(x: Any, g: Any, **_: Any) -> Any:
        x, g, made = x.contiguous(), g.contiguous(), x.new_empty(shape)
        _call(function, WEIGHT_GRADIENT, sizes, x, g, None, made)
        return made.permute(1, 2, 3, 0)  # where weights lie as convolutions want them

    return convolution_weight_gradient


COMPILED = {
    "convolution": NativeForm(_forward_text, _forward),
    "convolution_bias": NativeForm(_forward_text, _forward),
    "convolution_input_gradient": NativeForm(_input_text, _input_gradient),
    "convolution_weight_gradient": NativeForm(_weight_text, _weight_gradient),
}
