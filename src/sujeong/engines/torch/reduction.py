"""Kernels that reduce along axes."""

from __future__ import annotations

from typing import Any

import torch


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    return torch.sum(x, axis, keepdim=keepdims, dtype=x.dtype) if axis else x.clone()


KERNELS = {
    "sum": _sum,
    "max": lambda x, axis, keepdims: torch.amax(x, axis, keepdim=keepdims) if axis else x.clone(),
}
