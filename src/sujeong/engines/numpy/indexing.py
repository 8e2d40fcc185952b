"""Kernels that pick and place elements."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ...core.ranges import check_indices, window
from ._wrap import array

Shape = tuple[int, ...]


def cuts(start: Shape, step: Shape, shape: Shape) -> tuple[Any, ...]:
    """Python's slices for `shape` elements from `start` on, `step` apart; with `...` NumPy gives an array."""
    found = []
    for a, s, n in zip(start, step, shape, strict=True):
        end = a + n * s
        found.append(slice(0, 0) if n == 0 else slice(a, None if end < 0 else end, s))
    return (*found, ...)


def _slice(x: Any, start: Shape, step: Shape, shape: Shape) -> Any:
    return x[cuts(start, step, shape)]


@cache
def _turned(ndim: int, axis: Shape) -> tuple[Any, ...]:
    """The key that turns some axes around."""
    return (*(slice(None, None, -1 if i in axis else 1) for i in range(ndim)), ...)


def _put_slice(x: Any, start: Shape, step: Shape, shape: Shape, value: complex) -> Any:
    out: Any = np.full(shape, value, x.dtype)
    out[cuts(start, step, x.shape)] = x
    return out


def _checked(indices: Any, by: str, size: int, axis: int, negative: bool) -> Any:
    return check_indices(by, indices, size, axis, negative)


def _take(x: Any, indices: Any, axis: int, by: str = "take", negative: bool = True) -> Any:
    if not negative or not x.size:  # NumPy counts from the end, and does not look where nothing is picked
        check_indices(by, indices, x.shape[axis], axis, negative)
    try:
        return np.asarray(x.take(indices, axis))
    except IndexError:
        check_indices(by, indices, x.shape[axis], axis)
        raise


def _index_add(g: Any, indices: Any, axis: int, size: int) -> Any:
    """Sums neighbours after a stable sort: fast, and the same order of addition each time."""
    rank = indices.ndim
    flat = check_indices("index_add", indices, size, axis).reshape(-1)
    before, after = g.shape[:axis], g.shape[axis + rank :]
    rows = np.moveaxis(g.reshape((*before, flat.size, *after)), axis, 0)
    out = np.zeros((size, *before, *after), g.dtype)
    if flat.size and rows.size:
        order = np.argsort(flat, kind="stable")
        sorted_ = flat[order]
        starts = np.flatnonzero(np.concatenate(([True], sorted_[1:] != sorted_[:-1])))
        with np.errstate(all="ignore"):
            out[sorted_[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return np.moveaxis(out, 0, axis)


def _take_along(x: Any, indices: Any, axis: int) -> Any:
    if not indices.size:
        return np.empty(indices.shape, x.dtype)
    try:
        return np.take_along_axis(x, indices, axis)
    except IndexError:
        check_indices("take_along_axis", indices, x.shape[axis], axis)
        raise


def _scatter_add(g: Any, indices: Any, axis: int, size: int) -> Any:
    """The same as `_index_add` of single numbers, at their places in a flat result."""
    ids = np.moveaxis(check_indices("scatter_add_along_axis", indices, size, axis), axis, -1)
    rows = ids.size // ids.shape[-1] if ids.shape[-1] else 0
    places = ids.reshape(rows, ids.shape[-1]) + size * np.arange(rows)[:, None]
    shape = (*g.shape[:axis], *g.shape[axis + 1 :], size)
    values = np.moveaxis(g, axis, -1).reshape(-1)
    out = np.zeros(int(np.prod(shape)), g.dtype)
    with np.errstate(all="ignore"):
        np.add.at(out, places.reshape(-1), values)
    return np.moveaxis(out.reshape(shape), -1, axis)


def _dynamic_slice(x: Any, *starts: Any, axes: Shape, start: Shape, shape: Shape) -> Any:
    return x[(*window("dynamic_slice", x.shape, starts, axes, start, shape), ...)].copy()


def _dynamic_update(x: Any, value: Any, *starts: Any, axes: Shape, start: Shape) -> Any:
    out = x.copy()
    out[(*window("slice_update", x.shape, starts, axes, start, value.shape), ...)] = value
    return out


KERNELS = {
    "index": lambda x, key: array(x[key]),
    "flip": lambda x, axis: x[_turned(x.ndim, axis)],
    "slice": _slice,
    "put_slice": _put_slice,
    "checked_index": _checked,
    "take": _take,
    "index_add": _index_add,
    "take_along_axis": _take_along,
    "scatter_add_along_axis": _scatter_add,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update": _dynamic_update,
}
