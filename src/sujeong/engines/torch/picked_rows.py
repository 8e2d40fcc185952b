"""Compiled: sums and means of rows that ids pick, and their gradient's sums, without the rows in memory.

    y[b] = mean over t of x[i[b, t]]            y[i[b, t]] += g[b, t]           x, y (S, F)   i (N, T)
    y[b] = sum over k in bag b of x[i[k]]       y[i[k]] += g[b]                 i (n,)    of a mean, divided
    y[n] = x[i[n]] in 16 bits

The rows of all texts of a batch are far more than their means; the library writes them all, or a piece at a
time (`pieces.py`), and repeats a gradient that is the same for all words of a text. `bags.h` says which rows
are meant, `picked_rows.h` has the loops. What is wrong with ids is left to the plain kernel, which says it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import torch

from ...compiling import bags
from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from . import bags as plain_bags
from . import gathering
from ._texts import text_of

_PLAIN: Any = gathering.KERNELS | plain_bags.KERNELS
_INDICES = {dtypes.int64: "int64_t", dtypes.int32: "int32_t"}


def _source(dtype: Any, ids: Spec) -> str | None:
    text = text_of(dtype, "picked_rows.h")
    kind = _INDICES.get(ids.dtype)
    return None if text is None or kind is None else f"{bags.text(kind)}\n{text}"


def _means_text(attributes: Mapping[str, Any], x: Spec, ids: Spec) -> str | None:
    plain = x.ndim == ids.ndim == 2 and tuple(attributes["over"]) == (1,)
    return _source(x.dtype, ids) if plain and x.size and ids.size else None


def _sums_text(attributes: Mapping[str, Any], g: Spec, ids: Spec) -> str | None:
    """In 16 bits sums are rounded once, which takes memory in 32: left to the library."""
    fits = attributes["axis"] == 0 and ids.ndim in (1, 2) and g.ndim == ids.ndim + 1
    if not fits or g.dtype != dtypes.float32 or not g.size or not attributes["size"]:
        return None
    return _source(g.dtype, ids)


def _bags_text(attributes: Mapping[str, Any], x: Spec, ids: Spec, offsets: Spec) -> str | None:
    """The greatest values, which somebody must be told apart for, are left to the library."""
    fits = attributes["combiner"] != "max" and offsets.dtype is dtypes.int64
    return _source(x.dtype, ids) if fits and x.size and ids.size and offsets.size else None


def _bag_sums_text(attributes: Mapping[str, Any], g: Spec, ids: Spec, offsets: Spec) -> str | None:
    fits = g.dtype == dtypes.float32 and bool(attributes["size"])
    return _bags_text(attributes, g, ids, offsets) if fits else None


def _taken_text(attributes: Mapping[str, Any], x: Spec, ids: Spec) -> str | None:
    fits = x.dtype is dtypes.float32 and attributes["dtype"] is dtypes.bfloat16 and ids.dtype in _INDICES
    text = text_of(x.dtype, "taken_rows.h") if fits and x.size and ids.size else None
    return None if text is None else f"typedef {_INDICES[ids.dtype]} I;\n{text}"


def _called(
    function: Any, back: bool, sizes: tuple[int, ...], x: Any, ids: Any, offsets: Any, y: Any
) -> bool:
    """Runs the function; whether it took its input."""
    refused, numbers = ctypes.c_int64(0), (ctypes.c_int64 * len(sizes))(*sizes)
    at = None if offsets is None else offsets.data_ptr()
    pointers = (x.data_ptr(), ids.data_ptr(), at, y.data_ptr(), ctypes.addressof(refused))
    function(back, ctypes.addressof(numbers), *pointers)
    return not refused.value


def _means(function: Any, attributes: Mapping[str, Any], x: Spec, ids: Spec) -> Callable[..., Any]:
    (size, width), rows = x.shape, ids.shape[0]
    shape = (rows, 1, width) if attributes["keepdims"] else (rows, width)
    sizes = (*bags.sizes((size, width), ids, negative=attributes["negative"], average=True), 0, 0)

    def take_mean(x: Any, ids: Any, **options: Any) -> Any:
        x, ids, y = x.contiguous(), ids.contiguous(), x.new_empty(shape)
        return (
            y if _called(function, False, sizes, x, ids, None, y) else _PLAIN["take_mean"](x, ids, **options)
        )

    return take_mean


def _sums(function: Any, attributes: Mapping[str, Any], g: Spec, ids: Spec) -> Callable[..., Any]:
    size, width, count = attributes["size"], g.shape[-1], ids.shape[1] if ids.ndim == 2 else 1
    sizes = bags.sizes((size, width), ids, negative=True)

    def index_add(g: Any, ids: Any, **options: Any) -> Any:
        g = g if g.stride(-1) == 1 else g.contiguous()
        ids, y = ids.contiguous(), g.new_empty((size, width))
        steps = (g.stride(0), g.stride(1) if count > 1 else 0)
        good = _called(function, True, sizes + steps, g, ids, None, y)
        return y if good else _PLAIN["index_add"](g, ids, **options)

    return index_add


def _bag_sizes(
    attributes: Mapping[str, Any], table: tuple[int, ...], ids: Spec, offsets: Spec
) -> tuple[int, ...]:
    average = attributes["combiner"] == "mean"
    return bags.sizes(table, ids, offsets, average=average, pad=attributes["padding_id"])


def _bags(
    function: Any, attributes: Mapping[str, Any], x: Spec, ids: Spec, offsets: Spec
) -> Callable[..., Any]:
    sizes = (*_bag_sizes(attributes, x.shape, ids, offsets), 0, 0)

    def embedding_bag(x: Any, ids: Any, offsets: Any, **options: Any) -> Any:
        x, ids, offsets = x.contiguous(), ids.contiguous(), offsets.contiguous()
        y = x.new_empty((sizes[0], x.shape[1]))
        good = _called(function, False, sizes, x, ids, offsets, y)
        return y if good else _PLAIN["embedding_bag"](x, ids, offsets, **options)

    return embedding_bag


def _bag_sums(
    function: Any, attributes: Mapping[str, Any], g: Spec, ids: Spec, offsets: Spec
) -> Callable[..., Any]:
    size, width = attributes["size"], g.shape[-1]
    sizes = _bag_sizes(attributes, (size, width), ids, offsets)

    def gradient(g: Any, ids: Any, offsets: Any, **options: Any) -> Any:
        g = g if g.stride(-1) == 1 else g.contiguous()
        ids, offsets, y = ids.contiguous(), offsets.contiguous(), g.new_empty((size, width))
        good = _called(function, True, (*sizes, g.stride(0), 0), g, ids, offsets, y)
        return y if good else _PLAIN["embedding_bag_gradient"](g, ids, offsets, **options)

    return gradient


def _taken(function: Any, attributes: Mapping[str, Any], x: Spec, ids: Spec) -> Callable[..., Any]:
    size, width, shape = x.shape[0], prod(x.shape[1:]), (*ids.shape, *x.shape[1:])
    numbers = (ids.size, width, size, -size if attributes["negative"] else 0)

    def take_as(x: Any, ids: Any, **options: Any) -> Any:
        x, ids, y = x.contiguous(), ids.contiguous(), x.new_empty(shape, dtype=torch.bfloat16)
        refused = ctypes.c_int64(0)
        function(*numbers, x.data_ptr(), ids.data_ptr(), y.data_ptr(), ctypes.addressof(refused))
        return _PLAIN["take_as"](x, ids, **options) if refused.value else y

    return take_as


COMPILED = {
    "take_as": NativeForm(_taken_text, _taken),
    "take_mean": NativeForm(_means_text, _means),
    "index_add": NativeForm(_sums_text, _sums),
    "embedding_bag": NativeForm(_bags_text, _bags),
    "embedding_bag_gradient": NativeForm(_bag_sums_text, _bag_sums),
}
