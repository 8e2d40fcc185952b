"""Unsigned integers and truth values for torch kernels that lack them: signed ones in the same order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

_WIDER = {torch.bool: torch.uint8, torch.uint16: torch.int32, torch.uint32: torch.int64}
UNSIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}
_LEAST = -(1 << 63)


def signed(x: Any) -> Any:
    """Numbers in the same order, of a type that torch's comparing kernels take."""
    if x.dtype is torch.uint64:
        return x.view(torch.int64) ^ _LEAST
    wider = _WIDER.get(x.dtype)
    return x if wider is None else x.to(wider)


def restored(y: Any, dtype: torch.dtype) -> Any:
    """Undoes `signed`."""
    if y.dtype is dtype:
        return y
    return (y ^ _LEAST).view(dtype) if dtype is torch.uint64 else y.to(dtype)


def bits(x: Any) -> Any:
    """The same bits as signed integers, for kernels that only move numbers."""
    kind = UNSIGNED.get(x.dtype)
    return x if kind is None else x.view(kind)


def wrapping(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that adds or multiplies: unsigned numbers wrap around just as signed ones do."""

    def kernel(x: Any, **attributes: Any) -> Any:
        if x.dtype not in UNSIGNED:
            return function(x, **attributes)
        return function(x.to(torch.int64), **attributes).to(x.dtype)

    return kernel
