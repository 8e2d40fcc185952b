"""Compiled: means of rows that are picked by index, and its gradient's sums, without the rows in memory.

    y[n] = mean over t of x[i[n, t]]          y[i[n, t]] += g[n, t]          x, y (S, F)   i (N, T)

The rows of all texts of a batch are far more than their means; the library writes them all, or a piece at a
time (`pieces.py`), and repeats a gradient that is the same for all words of a text. `picked_rows.h` has the
loops. An index outside is left to the plain kernel, which says which one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from . import gathering
from ._texts import text_of

_PLAIN: Any = gathering.KERNELS
_INDICES = {dtypes.int64: "int64_t", dtypes.int32: "int32_t"}


def _source(dtype: Any, indices: Spec) -> str | None:
    text = text_of(dtype, "picked_rows.h")
    kind = _INDICES.get(indices.dtype)
    return None if text is None or kind is None else f"typedef {kind} I;\n{text}"


def _means_text(attributes: Mapping[str, Any], x: Spec, indices: Spec) -> str | None:
    plain = x.ndim == indices.ndim == 2 and tuple(attributes["over"]) == (1,)
    return _source(x.dtype, indices) if plain and x.size and indices.size else None


def _sums_text(attributes: Mapping[str, Any], g: Spec, indices: Spec) -> str | None:
    """In 16 bits sums are rounded once, which takes memory in 32: left to the library."""
    fits = attributes["axis"] == 0 and indices.ndim in (1, 2) and g.ndim == indices.ndim + 1
    if not fits or g.dtype != dtypes.float32 or not g.size or not attributes["size"]:
        return None
    return _source(g.dtype, indices)


def _means(function: Any, attributes: Mapping[str, Any], x: Spec, indices: Spec) -> Callable[..., Any]:
    (size, width), (rows, count) = x.shape, indices.shape
    shape = (rows, 1, width) if attributes["keepdims"] else (rows, width)

    def take_mean(x: Any, at: Any, **options: Any) -> Any:
        x, at, y, refused = x.contiguous(), at.contiguous(), x.new_empty(shape), ctypes.c_int64(0)
        pointers = (x.data_ptr(), at.data_ptr(), y.data_ptr(), ctypes.addressof(refused))
        function(0, rows, count, width, size, 0, 0, *pointers)
        return _PLAIN["take_mean"](x, at, **options) if refused.value else y

    return take_mean


def _sums(function: Any, attributes: Mapping[str, Any], g: Spec, indices: Spec) -> Callable[..., Any]:
    size, width, count = attributes["size"], g.shape[-1], indices.shape[1] if indices.ndim == 2 else 1
    rows = indices.shape[0]

    def index_add(g: Any, at: Any, **options: Any) -> Any:
        g = g if g.stride(-1) == 1 else g.contiguous()
        at, y, refused = at.contiguous(), g.new_empty((size, width)), ctypes.c_int64(0)
        pointers = (g.data_ptr(), at.data_ptr(), y.data_ptr(), ctypes.addressof(refused))
        function(1, rows, count, width, size, g.stride(0), g.stride(1) if count > 1 else 0, *pointers)
        return _PLAIN["index_add"](g, at, **options) if refused.value else y

    return index_add


COMPILED = {"take_mean": NativeForm(_means_text, _means), "index_add": NativeForm(_sums_text, _sums)}
