"""Kernels of pooling: one pass for each element of the window, over all windows at once."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ._wrap import quiet, silent
from .windows import Shape, parts, positions


def _starts(size: Shape, window: Shape, strides: Shape) -> Any:
    """Flat position in the image of the first element of each window: (positions..., 1)."""
    places = positions(size, window, strides, (1,) * len(size))
    first = np.zeros((), np.int64)
    for n, p, s in zip(size, places, strides, strict=True):
        first = first[..., None] * n + np.arange(p) * s
    return first[..., None]


def _offsets(size: Shape, window: Shape) -> Any:
    """Flat distance of each element of a window from its first one."""
    return np.ravel_multi_index(np.indices(window).reshape(len(window), -1), size)


def _max_pool(x: Any, window: Shape, strides: Shape) -> Any:
    size, k = x.shape[1:-1], prod(window)
    every = parts(x, window, strides, (1,) * len(size))
    y = next(every)[1].copy()
    kind = np.uint8 if k <= 256 else np.int64
    chosen = np.zeros(y.shape, kind)
    for e, (_, part) in enumerate(every, 1):
        better = part > y  # of equals the first stays
        better |= part != part  # a NaN wins
        np.maximum(chosen, better * kind(e), out=chosen)  # the number of the element only grows
        np.maximum(y, part, out=y)
    return y, np.take(_offsets(size, window), chosen) + _starts(size, window, strides)


def _scatter(g: Any, indices: Any, size: Shape, window: Shape, strides: Shape) -> Any:
    n, c = g.shape[0], g.shape[-1]
    x = np.zeros((n, *size, c), g.dtype)
    if all(k <= s for k, s in zip(window, strides, strict=True)):  # no element is under two windows
        rows = prod(g.shape[1:-1])
        np.put_along_axis(
            x.reshape(n, prod(size), c), indices.reshape(n, rows, c), g.reshape(n, rows, c), axis=1
        )
        return x
    starts, offsets = _starts(size, window, strides), _offsets(size, window)
    zero = np.zeros((), g.dtype)
    for (_, part), offset in zip(parts(x, window, strides, (1,) * len(size)), offsets, strict=True):
        part += np.where(indices == starts + offset, g, zero)
    return x


def _gather(x: Any, indices: Any, window: Shape, strides: Shape) -> Any:
    n, c = x.shape[0], x.shape[-1]
    flat = x.reshape(n, prod(x.shape[1:-1]), c)
    found = np.take_along_axis(flat, indices.reshape(n, prod(indices.shape[1:-1]), c), axis=1)
    return found.reshape(indices.shape)


def _average(x: Any, window: Shape, strides: Shape) -> Any:
    wide = np.float32 if x.dtype == np.float16 else x.dtype
    every = parts(x, window, strides, (1,) * len(window))
    total = next(every)[1].astype(wide)
    for _, part in every:
        total += part
    return (total / prod(window)).astype(x.dtype, copy=False)


def _spread(g: Any, size: Shape, window: Shape, strides: Shape) -> Any:
    x = np.zeros((g.shape[0], *size, g.shape[-1]), g.dtype)
    share = g / prod(window)
    for _, part in parts(x, window, strides, (1,) * len(window)):
        part += share
    return x


KERNELS = {
    "max_pool": silent(_max_pool),
    "max_pool_scatter": quiet(_scatter),
    "max_pool_gather": quiet(_gather),
    "average_pool": quiet(_average),
    "average_pool_transpose": quiet(_spread),
}
