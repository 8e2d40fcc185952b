"""Kernels that put values in order, and find places."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._wrap import plain


def _order(x: Any, axis: int, descending: bool) -> Any:
    """Places of the sorted values; equal ones keep their order, NaN is the greatest."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")  # the last of equal ones first
    return np.flip(x.shape[axis] - 1 - backwards, axis)


def _sort(x: Any, axis: int, descending: bool) -> Any:
    places = _order(x, axis, descending)
    return np.take_along_axis(x, places, axis), places


def _sorted(x: Any, axis: int, descending: bool) -> Any:
    if descending:
        return np.flip(np.sort(np.flip(x, axis), axis=axis, kind="stable"), axis)
    return np.sort(x, axis=axis, kind="stable")


def _top_k(x: Any, k: int, axis: int) -> Any:
    places = np.take(_order(x, axis, True), np.arange(k), axis)
    return np.take_along_axis(x, places, axis), places


def _place_along(x: Any, places: Any, axis: int, size: int) -> Any:
    out = np.zeros((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype)
    np.put_along_axis(out, places, x, axis)
    return out


KERNELS = {
    "sort": _sort,
    "sorted": _sorted,
    "top_k": _top_k,
    "pick_along": lambda x, places, axis: np.take_along_axis(x, places, axis),
    "place_along": _place_along,
    "searchsorted": plain(lambda a, x, right: np.searchsorted(a, x, side="right" if right else "left")),
    "nonzero": np.nonzero,
}
