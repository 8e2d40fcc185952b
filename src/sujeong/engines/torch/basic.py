"""Kernels of the first families: arithmetic, comparison, shaping, reduction, matrix product, creation."""

from __future__ import annotations

from typing import Any

import torch

from ...core.dtypes import DType


def _dtype(dtype: DType) -> torch.dtype:
    from .arrays import TORCH_DTYPES

    return TORCH_DTYPES[dtype]


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    return torch.sum(x, axis, keepdim=keepdims, dtype=x.dtype) if axis else x.clone()


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    return torch.full(shape, value, dtype=_dtype(dtype), device=device)


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    whole = isinstance(start, int) and isinstance(step, int)
    grid = torch.arange(count, dtype=torch.int64 if whole else torch.float64, device=device)
    return (start + grid * step).to(_dtype(dtype))


KERNELS = {
    "identity": lambda x: x,
    "copy": torch.clone,
    "astype": lambda x, dtype: x.to(_dtype(dtype)),
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "negative": torch.neg,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "tanh": torch.tanh,
    "equal": torch.eq,
    "greater": torch.gt,
    "where": torch.where,
    "reshape": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.permute(axes),
    "broadcast_to": lambda x, shape: x.expand(shape),
    "sum": _sum,
    "max": lambda x, axis, keepdims: torch.amax(x, axis, keepdim=keepdims) if axis else x.clone(),
    "matmul": torch.matmul,
    "full": _full,
    "arange": _arange,
}
