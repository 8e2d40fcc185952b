"""Kernels that put values in order, and find places."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from ._ordered import UNSIGNED, bits, restored, signed

_FEW = 64  # values, up to which sorting all of them is the quickest way to the greatest


def _sort(x: Any, axis: int, descending: bool) -> Any:
    if x.is_floating_point():
        return tuple(torch.sort(x, dim=axis, descending=descending, stable=True))
    values, places = torch.sort(signed(x), dim=axis, descending=descending, stable=True)
    return restored(values, x.dtype), places


def _sorted(x: Any, axis: int, descending: bool) -> Any:
    return _sort(x, axis, descending)[0]


def _keys(x: Any, axis: int) -> Any:
    """One int64 a value, in the order of the values and, among equal ones, the first greatest."""
    if x.is_floating_point():
        whole = (x.float() + 0.0).view(torch.int32)  # adding zero makes -0 into 0
        whole = whole ^ ((whole >> 31) & 0x7FFFFFFF)  # negative numbers count the other way round
        whole = torch.where(torch.isnan(x), 0x7FFFFFFF, whole).to(torch.int64)
    else:
        whole = signed(x).to(torch.int64) - (1 << 31 if x.dtype is torch.uint32 else 0)
    n = x.shape[axis]
    shape = [n if i == axis else 1 for i in range(x.ndim)]
    back = torch.arange(n - 1, -1, -1, device=x.device).view(shape)
    return (whole << 32) + back


@lru_cache(maxsize=256)
def _first(k: int, device: Any) -> Any:
    return torch.arange(k, device=device)


def _picked(x: Any, axis: int, places: Any) -> Any:
    if x.dtype in UNSIGNED:  # which torch moves only under the signed name
        return torch.index_select(bits(x), axis, places).view(x.dtype)
    return torch.index_select(x, axis, places)


def _top_k(x: Any, k: int, axis: int) -> Any:
    size = x.shape[axis]
    if size <= _FEW or x.element_size() > 4:
        values, places = _sort(x, axis, True)
        if k == size:
            return values, places
        first = _first(k, x.device) if k <= _FEW else torch.arange(k, device=x.device)
        return _picked(values, axis, first), torch.index_select(places, axis, first)
    keys = torch.topk(_keys(x, axis), k, axis).values  # no two are equal: only one order is right
    places = size - 1 - (keys & 0xFFFFFFFF)
    return _pick_along(x, places, axis), places


def _pick_along(x: Any, places: Any, axis: int) -> Any:
    return torch.gather(bits(x), axis, places).view(x.dtype)


def _place_along(x: Any, places: Any, axis: int, size: int) -> Any:
    source = bits(x)
    out = source.new_zeros((*x.shape[:axis], size, *x.shape[axis + 1 :]))
    return out.scatter_(axis, places, source).view(x.dtype)


def _searchsorted(a: Any, x: Any, right: bool) -> Any:
    return torch.searchsorted(signed(a).contiguous(), signed(x).contiguous(), right=right)


KERNELS = {
    "sort": _sort,
    "sorted": _sorted,
    "top_k": _top_k,
    "pick_along": _pick_along,
    "place_along": _place_along,
    "searchsorted": _searchsorted,
    "nonzero": lambda x: torch.nonzero(bits(x), as_tuple=True),
}
