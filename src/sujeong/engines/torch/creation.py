"""Kernels that make arrays out of nothing."""

from __future__ import annotations

from typing import Any

import torch

from ...core.dtypes import DType
from ._dtypes import TORCH_DTYPES


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    return torch.full(shape, value, dtype=TORCH_DTYPES[dtype], device=device)


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    whole = isinstance(start, int) and isinstance(step, int)
    grid = torch.arange(count, dtype=torch.int64 if whole else torch.float64, device=device)
    return (start + grid * step).to(TORCH_DTYPES[dtype])


KERNELS = {
    "full": _full,
    "arange": _arange,
}
