"""Kernels of bags of words. The rows of the words are never gathered: each is added where it belongs."""

from __future__ import annotations

from typing import Any

import torch

from ...ops.embedding_bag import bad_offsets
from .gathering import _add_rows, _outside

_MODES = {"sum": 0, "mean": 1, "max": 2}
_dense_backward = torch.ops.aten._embedding_bag_dense_backward


def _refuse(table: Any, ids: Any, offsets: Any) -> None:
    """Names what torch would not find, or would find too late; on the CPU, where looking costs no waiting."""
    error = bad_offsets(offsets.numpy(), ids.numel()) or _outside(
        "embedding_bag", ids, table.shape[0], 0, negative=False
    )
    if error is not None:
        raise error


def _embedding_bag(table: Any, ids: Any, offsets: Any, combiner: str, padding_id: int | None) -> Any:
    if not ids.numel() or not table.numel():
        if table.is_cpu:
            _refuse(table, ids, offsets)
        return table.new_zeros((offsets.numel(), table.shape[1]))
    if table.is_cpu:
        _refuse(table, ids, offsets)
    else:  # a wrong word would stop the device for good
        ids = ids.clamp(0, table.shape[0] - 1)
    mode = _MODES[combiner]
    if padding_id is not None and not 0 <= padding_id < table.shape[0]:
        padding_id = None  # no word can have this number
    args = (table.contiguous(), ids.contiguous(), offsets.contiguous(), False, mode, False, None, False)
    return torch.embedding_bag(*args, padding_id)[0]


def _gradient(g: Any, ids: Any, offsets: Any, size: int, combiner: str, padding_id: int | None) -> Any:
    n, count = ids.numel(), offsets.numel()
    if not n or not g.numel():
        return g.new_zeros((size, g.shape[1]))
    places = torch.arange(n, device=ids.device)
    bags = torch.searchsorted(offsets, places, right=True).sub_(1)
    real = None if padding_id is None else ids != padding_id
    if combiner == "mean":
        ones = torch.ones(n, dtype=torch.int64, device=ids.device) if real is None else real.to(torch.int64)
        counts = torch.zeros(count, dtype=torch.int64, device=ids.device).index_add_(0, bags, ones)
        g = g / counts.clamp_min_(1).to(g.dtype)[:, None]
    rows = g.index_select(0, bags)
    if real is not None:
        rows.mul_(real[:, None])
    if not g.is_cpu:
        return _add_rows(rows, ids, size)
    return g.new_zeros((size, g.shape[1])).index_add_(0, ids, rows)


KERNELS = {"embedding_bag": _embedding_bag, "embedding_bag_gradient": _gradient}
