"""Compiled max pooling of images, and its gradient where windows do not overlap.

    y = max over the window of x        dx = g where the maximum was, else 0

One pass over each array: the library's backward first fills dx with zeros, and goes from place to place.
`max_pool.h` computes both; the places are those that the library's kernels give, too, or a byte each.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import text_of

CHANNELS = 16
"""They come in multiples of it: a vector of the widest registers."""
MOST_PLACES = 1 << 31
"""Of an image: places are counted in 32 bits."""


def _text(x: Spec, y: Spec, in_bytes: bool) -> str | None:
    """The text for images x whose windows give y."""
    if x.ndim != 4 or x.shape[-1] % CHANNELS or not x.size or not y.size:
        return None
    few = x.shape[1] * x.shape[2] < MOST_PLACES
    return text_of(x.dtype, "max_pool.h", BYTES=int(in_bytes)) if few else None


def _result(attributes: Mapping[str, Any], x: Spec) -> Spec:
    n, *size, c = x.shape
    windows = zip(size, attributes["window"], attributes["strides"], strict=True)
    return Spec((n, *[(m - k) // s + 1 for m, k, s in windows], c), x.dtype)


def _forward_text(attributes: Mapping[str, Any], x: Spec, in_bytes: bool = False) -> str | None:
    return _text(x, _result(attributes, x), in_bytes) if x.ndim == 4 else None


def _images(attributes: Mapping[str, Any], g: Spec) -> Spec:
    return Spec((g.shape[0], *attributes["size"], g.shape[-1]), g.dtype)


def _gradient_text(attributes: Mapping[str, Any], g: Spec, places: Spec) -> str | None:
    apart = tuple(attributes["window"]) == tuple(attributes["strides"])
    return _text(_images(attributes, g), g, places.dtype is dtypes.uint8) if g.ndim == 4 and apart else None


def _call(function: Any, back: int, attributes: Mapping[str, Any], x: Spec, y: Spec) -> Callable[..., None]:
    sizes = (*x.shape, *y.shape[1:3], *attributes["window"], *attributes["strides"])
    told = (ctypes.c_int64 * len(sizes))(*sizes)

    def call(*arrays: Any) -> None:
        function(back, ctypes.addressof(told), *[a.data_ptr() for a in arrays])

    return call


def _forward(
    function: Any, attributes: Mapping[str, Any], x: Spec, kind: Any = torch.int64
) -> Callable[..., Any]:
    y = _result(attributes, x)
    call, shape = _call(function, 0, attributes, x, y), y.shape

    def max_pool(x: Any, **_: Any) -> tuple[Any, Any]:
        x, y, places = x.contiguous(), x.new_empty(shape), x.new_empty(shape, dtype=kind)
        call(x, y, places)
        return y, places

    return max_pool


def _gradient(function: Any, attributes: Mapping[str, Any], g: Spec, _: Spec) -> Callable[..., Any]:
    x = _images(attributes, g)
    call, shape = _call(function, 1, attributes, x, g), x.shape

    def max_pool_scatter(g: Any, places: Any, **_: Any) -> Any:
        x = g.new_empty(shape)
        call(x, g.contiguous(), places.contiguous())
        return x

    return max_pool_scatter


COMPILED = {
    "max_pool": NativeForm(_forward_text, _forward),
    "max_pool_scatter": NativeForm(_gradient_text, _gradient),
    "max_pool_steps": NativeForm(partial(_forward_text, in_bytes=True), partial(_forward, kind=torch.uint8)),
    "max_pool_steps_scatter": NativeForm(_gradient_text, _gradient),
}
