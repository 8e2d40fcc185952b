"""Kernels that only move numbers, or set them to a constant: borders, rolling, triangles, one-hot rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from ...core import dtypes
from ...core.dtypes import DType
from ...core.ranges import out_of_range
from ._dtypes import TORCH_DTYPES
from ._ordered import bits

_FEW = 64  # classes, up to which the rows are picked from a unit matrix that is kept


@lru_cache(maxsize=1024)
def _from_behind(widths: Any) -> list[int]:
    """Widths in torch's order: the last axis first."""
    return [w for pair in reversed(widths) for w in pair]


def _pad(x: Any, widths: Any, value: Any) -> Any:
    return torch.constant_pad_nd(x, _from_behind(widths), value)


def _pad_bits(x: Any, widths: Any, value: int) -> Any:
    """The border of an unsigned type, whose greatest numbers torch does not take as they are."""
    half = 1 << (8 * x.element_size() - 1)
    return _pad(bits(x), widths, (value + half) % (2 * half) - half).view(x.dtype)


def _bitwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel for unsigned types, on the same bits as signed integers."""
    return lambda x, **attributes: function(bits(x), **attributes).view(x.dtype)


@lru_cache(maxsize=256)
def _unit_matrix(classes: int, dtype: DType) -> Any:
    return (torch.arange(classes)[:, None] == torch.arange(classes)).to(TORCH_DTYPES[dtype])


def _one_hot(ids: Any, classes: int, dtype: DType) -> Any:
    """On a GPU nothing is read back: a number that is no class gives a row of zeros there."""
    if not ids.is_cpu:
        return (ids.unsqueeze(-1) == torch.arange(classes, device=ids.device)).to(TORCH_DTYPES[dtype])
    try:
        if 0 < classes <= _FEW:
            if ids.dim() == 1:
                return torch.index_select(_unit_matrix(classes, dtype), 0, ids)
            rows = torch.index_select(_unit_matrix(classes, dtype), 0, ids.reshape(-1))
            return rows.view(*ids.shape, classes)
        marks = torch.zeros((*ids.shape, classes), dtype=torch.uint8)
        return marks.scatter_(-1, ids.unsqueeze(-1), 1).to(TORCH_DTYPES[dtype])
    except (IndexError, RuntimeError):
        bad = ids[(ids < 0) | (ids >= classes)].reshape(-1)
        if bad.numel():
            raise out_of_range("one_hot", int(bad[0]), classes, 0, negative=False) from None
        raise


KERNELS: dict[str, Callable[..., Any]] = {
    "pad": _pad,
    "roll": torch.roll,
    "tril": torch.tril,
    "triu": torch.triu,
    "one_hot": _one_hot,
}
_UNSIGNED = (dtypes.uint16, dtypes.uint32, dtypes.uint64)
SPARES: dict[tuple[str, DType], Callable[..., Any]] = {
    **{("pad", dtype): _pad_bits for dtype in _UNSIGNED},
    **{(name, dtype): _bitwise(KERNELS[name]) for name in ("tril", "triu") for dtype in _UNSIGNED},
}
