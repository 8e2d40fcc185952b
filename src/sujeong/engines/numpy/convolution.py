"""Kernels of convolution: windows laid out as a matrix, then one product by BLAS.

The matrix of windows is k times as large as the images, so it is made for a few images at a time and
stays in the cache. A group of channels is a batch axis of the product:

    columns (groups, rows, k * C / groups)  @  weights (groups, k * C / groups, O / groups)
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from ._wrap import quiet
from .windows import Shape, inside, padded, parts, positions, view

_CHUNK = 1 << 20  # bytes of columns at a time


def _chunks(batch: int, bytes_each: int) -> Iterator[slice]:
    """The batch in slices whose columns fit the cache."""
    step = max(1, _CHUNK // max(bytes_each, 1))
    return (slice(i, i + step) for i in range(0, batch, step))


def _columns(windows: Any, axes: int, groups: int) -> Any:
    """Windows (n, positions..., window..., C) as matrices (groups, rows, k * C / groups)."""
    n, *rest, c = windows.shape
    rows, k = n * prod(rest[:axes]), prod(rest[axes:])
    if groups == 1:
        return windows.reshape(1, rows, k * c)
    return (
        windows.reshape(n, *rest, groups, c // groups)
        .transpose(2 * axes + 1, *range(2 * axes + 1), 2 * axes + 2)
        .reshape(groups, rows, k * (c // groups))
    )


def _by_group(a: Any, groups: int) -> Any:
    """The last axis, group after group, in front: (..., O) -> (groups, prod(...), O / groups)."""
    return a.reshape(-1 if a.size else prod(a.shape[:-1]), groups, a.shape[-1] // groups).transpose(1, 0, 2)


def _forward(x: Any, w: Any, strides: Shape, padding: Any, dilation: Shape, groups: int) -> Any:
    kernel, axes = w.shape[:-2], w.ndim - 2
    windows = view(padded(x, padding), kernel, strides, dilation)
    y = np.empty((*windows.shape[: axes + 1], w.shape[-1]), x.dtype)
    weights = _by_group(w, groups)
    for part in _chunks(len(x), prod(windows.shape[1:]) * x.itemsize):
        found = y[part]
        product = np.matmul(_columns(windows[part], axes, groups), weights)
        found.reshape(-1, groups, w.shape[-1] // groups)[...] = product.transpose(1, 0, 2)
    return y


def _input_gradient(
    g: Any, w: Any, input_size: Shape, strides: Shape, padding: Any, dilation: Shape, groups: int
) -> Any:
    kernel, axes, c = w.shape[:-2], w.ndim - 2, w.shape[-2]
    full = tuple([a + n + b for n, (a, b) in zip(input_size, padding, strict=True)])
    x = np.zeros((g.shape[0], *full, groups, c), g.dtype)
    places = positions(full, kernel, strides, dilation)
    weights = _by_group(w, groups).transpose(0, 2, 1)
    for part in _chunks(len(g), prod(places) * prod(kernel) * groups * c * g.itemsize):
        columns = np.matmul(_by_group(g[part], groups), weights)
        values = columns.reshape(groups, -1, *places, *kernel, c)
        values = np.moveaxis(values, 0, -2)  # (n, positions..., kernel..., groups, C / groups)
        target = x[part].reshape(-1, *full, groups * c)
        for j, spot in parts(target, kernel, strides, dilation):
            some = values[(slice(None),) * (axes + 1) + j]
            spot += some.reshape(spot.shape)
    x = x.reshape(g.shape[0], *full, groups * c)
    return x if full == input_size else np.ascontiguousarray(x[inside(input_size, padding)])


def _weight_gradient(
    x: Any, g: Any, kernel_size: Shape, strides: Shape, padding: Any, dilation: Shape, groups: int
) -> Any:
    axes, c, outputs = len(kernel_size), x.shape[-1] // groups, g.shape[-1]
    windows = view(padded(x, padding), kernel_size, strides, dilation)
    w = np.zeros((groups, prod(kernel_size) * c, outputs // groups), x.dtype)
    for part in _chunks(len(x), prod(windows.shape[1:]) * x.itemsize):
        w += np.matmul(_columns(windows[part], axes, groups).transpose(0, 2, 1), _by_group(g[part], groups))
    return np.ascontiguousarray(w.transpose(1, 0, 2)).reshape(*kernel_size, c, outputs)


KERNELS = {
    "convolution": quiet(_forward),
    "convolution_input_gradient": quiet(_input_gradient),
    "convolution_weight_gradient": quiet(_weight_gradient),
}
