"""Kernels that pick elements by index, and that add up what goes to the same index.

On the CPU torch refuses indices outside the axis by itself, and we say which one. On a GPU that would
end the process, and asking for the values would stop the device; so indices are moved inside, and what
was picked from outside becomes NaN. Sums must not depend on the order in which threads arrive: on the
CPU `index_add` and `scatter_add` keep the order; on a GPU indices are sorted and neighbours summed.
"""

from __future__ import annotations

from typing import Any

import torch

from ...core.ranges import out_of_range
from ...errors import IndexRangeError
from ._dtypes import TORCH_DTYPES
from .pieces import index_add, take_mean

_HALF = (torch.float16, torch.bfloat16)
_SIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}
OUTSIDE = -(1 << 62)  # stands for an index out of range, on a device whose values we do not read


def _outside(op: str, indices: Any, size: int, axis: int, negative: bool = True) -> IndexRangeError | None:
    """The error for the first index outside the axis; `None` if all are inside."""
    low = -size if negative else 0
    bad = indices[(indices < low) | (indices >= size)].reshape(-1)
    return out_of_range(op, int(bad[0]), size, axis, negative) if bad.numel() else None


def _checked(indices: Any, by: str, size: int, axis: int, negative: bool) -> Any:
    low = -size if negative else 0
    if indices.device.type != "cpu":
        inside = (indices >= low) & (indices < size)
        return torch.where(inside, torch.where(indices < 0, indices + size, indices), OUTSIDE)
    if not indices.numel():
        return indices
    least, most = torch.aminmax(indices)
    if least.item() < low or most.item() >= size:
        raise _outside(by, indices, size, axis, negative)  # type: ignore[misc]
    return indices if least.item() >= 0 else torch.where(indices < 0, indices + size, indices)


def _nearest(indices: Any, size: int, negative: bool = True) -> tuple[Any, Any]:
    """Indices moved inside, and which of them were inside already."""
    wrapped = torch.where(indices < 0, indices + size, indices) if negative else indices
    inside = (wrapped >= 0) & (wrapped < size)
    return wrapped.clamp(0, max(size - 1, 0)), inside


def _spoil(y: Any, inside: Any) -> Any:
    return torch.where(inside, y, torch.nan) if y.is_floating_point() or y.is_complex() else y


def _select(x: Any, flat: Any, axis: int, by: str, negative: bool) -> Any:
    """Rows of an axis by a row of indices."""
    if not x.is_cpu:
        nearest, inside = _nearest(flat, x.shape[axis], negative)
        mark = inside.reshape([-1 if i == axis else 1 for i in range(x.ndim)])
        return _spoil(torch.index_select(x, axis, nearest), mark)
    try:
        return torch.index_select(x, axis, flat)
    except (IndexError, RuntimeError):  # torch refuses negative ones too
        size = x.shape[axis]
        error = _outside(by, flat, size, axis, negative)
        if error is not None:
            raise error from None
        if x.dtype in _SIGNED:  # which torch moves only under the signed name
            return _select(x.view(_SIGNED[x.dtype]), flat, axis, by, negative).view(x.dtype)
        return torch.index_select(x, axis, torch.where(flat < 0, flat + size, flat))


def _take(x: Any, indices: Any, axis: int, by: str = "take", negative: bool = True) -> Any:
    if indices.ndim == 1:
        return _select(x, indices, axis, by, negative)
    y = _select(x, indices.reshape(-1), axis, by, negative)
    return y.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def segment_sum(rows: Any, ids: Any, size: int) -> Any:
    """Adds up rows that have the same id, in the order of the rows, without atomic additions.

    Args:
        rows: (n, k).
        ids: (n,), 0 to size; those that are `size` are left out.
        size: number of sums.

    Returns:
        Sums (size, k).
    """
    if rows.dtype in _HALF:  # a sum in 16 bits would forget small parts
        return segment_sum(rows.float(), ids, size).to(rows.dtype)
    order = torch.argsort(ids, stable=True)
    edges = torch.searchsorted(ids[order], torch.arange(size + 1, device=ids.device))
    if rows.is_complex():
        parts = torch.view_as_real(rows).flatten(1)
        return torch.view_as_complex(segment_sum(parts, ids, size).unflatten(1, (-1, 2)))
    lengths = edges[1:] - edges[:-1]
    kept = torch.index_select(rows, 0, order)
    return torch.segment_reduce(kept, "sum", lengths=lengths, axis=0, initial=0, unsafe=True)


def _add_rows(rows: Any, flat: Any, size: int) -> Any:
    """`segment_sum` where order matters, the plain sum where additions commute to the bit."""
    nearest, inside = _nearest(flat, size)
    if rows.is_floating_point() or rows.is_complex():
        return segment_sum(rows, torch.where(inside, nearest, size), size)
    clean = torch.where(inside[:, None], rows, 0)
    return rows.new_zeros((size, rows.shape[1])).index_add_(0, nearest, clean)


def _index_add(g: Any, indices: Any, axis: int, size: int) -> Any:
    before, after = g.shape[:axis], g.shape[axis + indices.ndim :]
    if g.device.type != "cpu":
        if not size or not g.numel():
            return g.new_zeros((*before, size, *after))
        flat = indices.reshape(-1)
        rows = g.reshape((*before, flat.numel(), *after)).movedim(axis, 0).reshape(flat.numel(), -1)
        return _add_rows(rows, flat, size).reshape((size, *before, *after)).movedim(0, axis)
    try:
        return index_add(g.new_zeros((*before, size, *after)), axis, indices, g)
    except (IndexError, RuntimeError):
        error = _outside("index_add", indices, size, axis)
        if error is not None:
            raise error from None
        inside = torch.where(indices < 0, indices + size, indices)
        return index_add(g.new_zeros((*before, size, *after)), axis, inside, g)


def _take_mean(x: Any, indices: Any, over: Any, keepdims: bool, by: str, negative: bool) -> Any:
    if x.is_cpu:
        try:
            return take_mean(x, indices, over, keepdims)
        except (IndexError, RuntimeError):  # torch refuses negative indices too
            pass
    return torch.mean(_take(x, indices, 0, by, negative), over, keepdims)


def _take_as(x: Any, indices: Any, dtype: Any, by: str, negative: bool) -> Any:
    return _take(x, indices, 0, by, negative).to(TORCH_DTYPES[dtype])


def _take_along(x: Any, indices: Any, axis: int) -> Any:
    if not x.is_cpu:
        nearest, inside = _nearest(indices, x.shape[axis])
        return _spoil(torch.gather(x, axis, nearest), inside)
    try:
        return torch.gather(x, axis, indices)
    except (IndexError, RuntimeError):
        size = x.shape[axis]
        error = _outside("take_along_axis", indices, size, axis)
        if error is not None:
            raise error from None
        if x.dtype in _SIGNED:
            return _take_along(x.view(_SIGNED[x.dtype]), indices, axis).view(x.dtype)
        return torch.gather(x, axis, torch.where(indices < 0, indices + size, indices))


def _scatter_add(g: Any, indices: Any, axis: int, size: int) -> Any:
    shape = (*g.shape[:axis], size, *g.shape[axis + 1 :])
    if g.device.type != "cpu":
        return _scatter_flat(g, indices, axis, size) if size and g.numel() else g.new_zeros(shape)
    try:
        return g.new_zeros(shape).scatter_add_(axis, indices, g)
    except (IndexError, RuntimeError):
        error = _outside("scatter_add_along_axis", indices, size, axis)
        if error is not None:
            raise error from None
        return g.new_zeros(shape).scatter_add_(axis, torch.where(indices < 0, indices + size, indices), g)


def _scatter_flat(g: Any, indices: Any, axis: int, size: int) -> Any:
    """Single numbers, summed at their places in a flat result."""
    nearest, inside = _nearest(indices.movedim(axis, -1), size)
    values = torch.where(inside, g.movedim(axis, -1), 0)
    lines = torch.arange(nearest.numel() // nearest.shape[-1], device=g.device) * size
    places = (nearest.reshape(len(lines), -1) + lines[:, None]).reshape(-1)
    out = _add_rows(values.reshape(-1, 1), places, len(lines) * size)
    return out.reshape((*values.shape[:-1], size)).movedim(-1, axis)


KERNELS = {
    "checked_index": _checked,
    "take": _take,
    "take_as": _take_as,
    "take_mean": _take_mean,
    "index_add": _index_add,
    "take_along_axis": _take_along,
    "scatter_add_along_axis": _scatter_add,
}
