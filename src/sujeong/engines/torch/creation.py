"""Kernels that make arrays out of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ...core.dtypes import DType, int64
from ._dtypes import TORCH_DTYPES


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    try:
        return torch.full(shape, value, dtype=TORCH_DTYPES[dtype], device=device)
    except RuntimeError:  # numbers that torch finds too large: infinity in narrow types, the half of uint64
        with np.errstate(all="ignore"):
            one = np.full((1,), value, dtype.to_numpy())
        return (
            torch.from_numpy(one).to(device, TORCH_DTYPES[dtype]).expand(shape or (1,)).clone().reshape(shape)
        )


def _signed(value: Any) -> Any:
    """A whole number modulo 2^64, as int64 holds it: sums wrap around, and uint64 reads them right."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    if not (isinstance(start, int) and isinstance(step, int)):
        grid = torch.arange(count, dtype=torch.float64, device=device)
        return (start + grid * step).to(TORCH_DTYPES[dtype])
    if abs(start) + count * abs(step) < 1 << 62:  # else torch's own count of the numbers overflows
        grid = torch.arange(start, start + count * step, step, dtype=torch.int64, device=device)
        return grid if dtype is int64 else grid.to(TORCH_DTYPES[dtype])
    grid = torch.arange(count, dtype=torch.int64, device=device)
    return (_signed(start) + grid * _signed(step)).to(TORCH_DTYPES[dtype])


KERNELS = {
    "full": _full,
    "arange": _arange,
}
