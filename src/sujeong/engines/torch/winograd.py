"""Convolutions with kernels of 3x3, compiled, by Winograd's algorithm: a quarter of the multiplications.

    y = A^T [ (G w G^T) * (B^T x B) ] A      tiles of 4x4 results; `winograd.h` explains and computes it

It pays where there are channels enough to share the way there and back, and where tiles are mostly full
(`pays`). Against the plain sum, rounding is two to four times as large in float32, and below that of the
result in bfloat16. What is not finite in an image makes all results of its tile not finite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from ._processor import has_matrix_units
from ._texts import text_of

FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT = 0, 1, 2
CHANNELS = 16
"""Channels come in multiples of it: a vector of the widest registers."""
LEAST_CHANNELS = 32
"""With fewer, the way there and back takes what the products save."""
TILE = 4


def pays(x: Spec, y: Spec, kernel: Any, attributes: Mapping[str, Any]) -> bool:
    """Whether a convolution is one for this algorithm, and quicker by it.

    Args:
        x: images (N, H, W, C).
        y: results (N, H', W', O).
        kernel: size of the kernel.
        attributes: of the operation: strides, padding, dilation, groups.
    """
    if x.ndim != 4 or tuple(kernel) != (3, 3) or attributes["groups"] != 1:
        return False
    if set(attributes["strides"]) != {1} or set(attributes["dilation"]) != {1}:
        return False
    channels = x.shape[-1], y.shape[-1]
    if any(c % CHANNELS for c in channels) or min(channels) < LEAST_CHANNELS or not x.size or not y.size:
        return False
    down, across = (-(-n // TILE) for n in y.shape[1:3])
    full = y.shape[1] * y.shape[2] / (down * across * TILE**2)
    return full > 0.5 and not (x.dtype == dtypes.bfloat16 and has_matrix_units())


def _result(x: Spec, kernel: Any, outputs: int, padding: Any) -> Spec:
    sizes = [n + a + b - k + 1 for n, (a, b), k in zip(x.shape[1:-1], padding, kernel, strict=True)]
    return Spec((x.shape[0], *sizes, outputs), x.dtype)


def _forward_text(attributes: Mapping[str, Any], x: Spec, w: Spec, *_: Spec) -> str | None:
    if x.ndim != 4:
        return None
    y = _result(x, w.shape[:2], w.shape[-1], attributes["padding"])
    return text_of("winograd.h", x.dtype) if pays(x, y, w.shape[:2], attributes) else None


def _input_text(attributes: Mapping[str, Any], g: Spec, w: Spec) -> str | None:
    x = Spec((g.shape[0], *attributes["input_size"], w.shape[-2] * attributes["groups"]), g.dtype)
    # What is computed are the images; tiles cover these.
    return text_of("winograd.h", g.dtype) if pays(g, x, w.shape[:-2], attributes) else None


def _weight_text(attributes: Mapping[str, Any], x: Spec, g: Spec) -> str | None:
    return text_of("winograd.h", x.dtype) if pays(x, g, attributes["kernel_size"], attributes) else None


def _pointer(a: Any) -> Any:
    return None if a is None else a.data_ptr()


def _forward(function: Any, attributes: Mapping[str, Any], x: Spec, w: Spec, *_: Spec) -> Callable[..., Any]:
    n, height, width, channels = x.shape
    (low_y, _), (low_x, _) = attributes["padding"]
    y = _result(x, w.shape[:2], w.shape[-1], attributes["padding"])
    sizes = (n, height, width, channels, *y.shape[1:], low_y, low_x)

    def convolution(x: Any, w: Any, bias: Any = None, **_: Any) -> Any:
        x, w = x.contiguous(), _laid(w)
        made = x.new_empty(y.shape)
        function(
            FORWARD,
            *sizes,
            *w.stride()[1:],
            *map(_pointer, (x, w, bias if bias is None else bias.contiguous(), made)),
        )
        return made

    return convolution


def _input_gradient(function: Any, attributes: Mapping[str, Any], g: Spec, w: Spec) -> Callable[..., Any]:
    n, down, across, outputs = g.shape
    size, channels = attributes["input_size"], w.shape[-2]
    (low_y, _), (low_x, _) = attributes["padding"]
    sizes = (n, down, across, outputs, *size, channels, 2 - low_y, 2 - low_x)

    def convolution_input_gradient(g: Any, w: Any, **_: Any) -> Any:
        g, w = g.contiguous(), _laid(w)
        _, tap, channel, output = w.stride()
        made = g.new_empty((n, *size, channels))
        function(INPUT_GRADIENT, *sizes, tap, output, channel, *map(_pointer, (g, w, None, made)))
        return made

    return convolution_input_gradient


def _weight_gradient(function: Any, attributes: Mapping[str, Any], x: Spec, g: Spec) -> Callable[..., Any]:
    n, height, width, channels = x.shape
    _, down, across, outputs = g.shape
    (low_y, _), (low_x, _) = attributes["padding"]
    sizes = (n, height, width, channels, down, across, outputs, low_y, low_x)

    def convolution_weight_gradient(x: Any, g: Any, **_: Any) -> Any:
        x, g = x.contiguous(), g.contiguous()
        made = x.new_empty((outputs, 3, 3, channels))
        function(WEIGHT_GRADIENT, *sizes, 0, 0, 0, *map(_pointer, (x, g, None, made)))
        return made.permute(1, 2, 3, 0)  # where weights lie as convolutions want them

    return convolution_weight_gradient


def _laid(w: Any) -> Any:
    """Weights (3, 3, C, O) whose taps follow each other by one step."""
    rows, taps = w.stride()[:2]
    return w if rows == 3 * taps else w.contiguous()


COMPILED = {
    "convolution": NativeForm(_forward_text, _forward),
    "convolution_bias": NativeForm(_forward_text, _forward),
    "convolution_input_gradient": NativeForm(_input_text, _input_gradient),
    "convolution_weight_gradient": NativeForm(_weight_text, _weight_gradient),
}
