"""Kernels that lay windows out as a matrix and add them back, and what convolution and pooling share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ._wrap import silent

Shape = tuple[int, ...]


def positions(size: Shape, window: Shape, strides: Shape, dilation: Shape) -> Shape:
    """How many places a window has along each spatial axis."""
    return tuple(
        [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(size, window, strides, dilation, strict=True)]
    )


def view(x: Any, window: Shape, strides: Shape, dilation: Shape) -> Any:
    """All windows of a batch without copying: (N, spatial..., C) -> (N, positions..., window..., C)."""
    places = positions(x.shape[1:-1], window, strides, dilation)
    first, *inner, last = x.strides
    steps = [b * s for b, s in zip(inner, strides, strict=True)]
    elements = [b * d for b, d in zip(inner, dilation, strict=True)]
    shape = (x.shape[0], *places, *window, x.shape[-1])
    return as_strided(x, shape, (first, *steps, *elements, last), writeable=False)


def parts(x: Any, window: Shape, strides: Shape, dilation: Shape) -> Iterator[tuple[Shape, Any]]:
    """For each element j of the window: j, and where it lies in all windows, a view (N, positions..., C)."""
    places = positions(x.shape[1:-1], window, strides, dilation)
    for j in product(*map(range, window)):
        cuts = [
            slice(i * d, i * d + (p - 1) * s + 1, s)
            for i, p, s, d in zip(j, places, strides, dilation, strict=True)
        ]
        yield j, x[(slice(None), *cuts)]


def padded(x: Any, padding: Any) -> Any:
    """The batch with zeros around it; itself where there is nothing to add."""
    if not any(map(any, padding)):
        return x
    n, *size, c = x.shape
    y = np.zeros((n, *(a + s + b for s, (a, b) in zip(size, padding, strict=True)), c), x.dtype)
    y[inside(size, padding)] = x
    return y


def inside(size: Any, padding: Any) -> tuple[slice, ...]:
    """Where a batch lies in its padded form."""
    return (slice(None), *(slice(a, a + s) for s, (a, _) in zip(size, padding, strict=True)))


def _im2col(x: Any, window: Shape, strides: Shape, dilation: Shape) -> Any:
    windows = view(x, window, strides, dilation)
    rows = prod(windows.shape[: x.ndim - 1])
    return windows.reshape(rows, prod(window) * x.shape[-1])


def _col2im(columns: Any, shape: Shape, window: Shape, strides: Shape, dilation: Shape) -> Any:
    places = positions(shape[1:-1], window, strides, dilation)
    values = columns.reshape(shape[0], *places, *window, shape[-1])
    values = np.moveaxis(values, range(len(shape) - 1, 2 * len(shape) - 3), range(len(window)))
    x = np.zeros(shape, columns.dtype)
    for j, part in parts(x, window, strides, dilation):
        part += values[j]
    return x


KERNELS = {"im2col": _im2col, "col2im": silent(_col2im)}
