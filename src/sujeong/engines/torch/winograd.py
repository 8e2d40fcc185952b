"""Convolutions by Winograd's algorithm, compiled: kernels of 3x3 in steps of 1, of 4x4 in steps of 2.

    y = A^T [ (G w G^T) * (B^T x B) ] A      tiles of 4x4 results; `winograd.h` explains and computes it

A quarter of the multiplications remains (4 of 10 in steps of 2). It pays where there are channels enough to
share the way there and back, and where tiles are mostly full (`pays`). Processors with units for bfloat16
have less to gain in it, since what is computed here are numbers of 32 bits. Against the plain sum, rounding
is two to four times as large in float32, and below that of the result in bfloat16. What is not finite in an
image makes all results of its tile not finite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import dtypes
from ...core.spec import Spec
from ._processor import has_matrix_units, has_units_for_16_bits, is_amd
from ._texts import text_of
from .compiled_convolution import Way

CHANNELS = 16
"""Channels come in multiples of it: a vector of the widest registers."""
TILE, FEW_TILES = 4, 256
STEPS = {3: 1, 4: 2}
"""Size of the kernel -> stride."""
NEVER = 1 << 30
LEAST_CHANNELS = {(3, False): (32, 32, 32), (4, False): (64, 128, 64)}
"""Size of the kernel, whether in 16 bits that the processor has units for -> channels that it takes to pay:
forward, for the gradient of the images, of the weights. Measured with two threads on AVX-512 by AMD."""
LEAST_CHANNELS |= {(3, True): (64, 64, 32), (4, True): (NEVER, NEVER, 64)}
LEAST_OF_OTHERS = LEAST_CHANNELS | {(3, False): (32, 32, 128)}
"""Measured on AVX-512 by Intel, where the library's gradient of the weights is the quicker one for longer."""


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
    table = LEAST_CHANNELS if is_amd() else LEAST_OF_OTHERS
    least = CHANNELS if few else table[size, low and has_units_for_16_bits()][which]
    return full > 0.5 and min(channels) >= least and not (low and has_matrix_units())


def _text(which: int, x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> str | None:
    if not pays(which, x, y, kernel, attributes):
        return None
    step = STEPS[kernel[0]]
    return text_of(x.dtype, "winograd_maps.h", "winograd.h", TAPS=kernel[0] // step, STEP=step)


def _sizes(x: Spec, y: Spec, _: Any, attributes: Mapping[str, Any]) -> tuple[int, ...]:
    return (*x.shape, *y.shape[1:], *[low for low, _ in attributes["padding"]])


COMPILED = Way(_text, _sizes).forms()
