"""Kernels that lay windows out as a matrix and add them back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

Shape = tuple[int, ...]


def positions(size: Shape, window: Shape, strides: Shape, dilation: Shape) -> Shape:
    """How many places a window has along each spatial axis."""
    return tuple(
        [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(size, window, strides, dilation, strict=True)]
    )


def parts(x: Any, window: Shape, strides: Shape, dilation: Shape) -> Iterator[tuple[Shape, Any]]:
    """For each element j of the window: j, and where it lies in all windows, a view (N, positions..., C)."""
    places = positions(x.shape[1:-1], window, strides, dilation)
    for j in product(*map(range, window)):
        cuts = [
            slice(i * d, i * d + (p - 1) * s + 1, s)
            for i, p, s, d in zip(j, places, strides, dilation, strict=True)
        ]
        yield j, x[(slice(None), *cuts)]


def _im2col(x: Any, window: Shape, strides: Shape, dilation: Shape) -> Any:
    n, *size, c = x.shape
    places = positions(tuple(size), window, strides, dilation)
    first, *inner, last = x.stride()
    steps = [b * s for b, s in zip(inner, strides, strict=True)]
    elements = [b * d for b, d in zip(inner, dilation, strict=True)]
    windows = x.as_strided((n, *places, *window, c), (first, *steps, *elements, last))
    return windows.reshape(n * prod(places), prod(window) * c)


def _col2im(columns: Any, shape: Shape, window: Shape, strides: Shape, dilation: Shape) -> Any:
    # One addition for each element of the window: the order is fixed, so the sum repeats to the bit,
    # also on CUDA, where the library's own col2im is not needed.
    axes = len(window)
    values = columns.reshape(shape[0], *positions(shape[1:-1], window, strides, dilation), *window, shape[-1])
    values = values.permute(*range(axes + 1, 2 * axes + 1), *range(axes + 1), 2 * axes + 1)
    x = columns.new_zeros(shape)
    for j, part in parts(x, window, strides, dilation):
        part.add_(values[j])
    return x


KERNELS = {"im2col": _im2col, "col2im": _col2im}
