"""Kernels that make arrays out of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType, int64
from ._dtypes import numpy_dtype
from ._wrap import array, quiet


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    if value.__class__ is int and not value:
        return np.zeros(shape, numpy_dtype(dtype))  # memory that the system hands out empty
    return np.full(shape, value, numpy_dtype(dtype))


def _signed(value: Any) -> Any:
    """A whole number modulo 2^64, as int64 holds it: sums wrap around, and uint64 reads them right."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    whole = isinstance(start, int) and isinstance(step, int)
    if whole and dtype is int64 and abs(start) + count * abs(step) < 1 << 62:
        return np.arange(start, start + count * step, step, dtype=np.int64)
    grid = np.arange(count, dtype=np.int64 if whole else np.float64)
    with np.errstate(all="ignore"):
        if whole:
            start, step = np.int64(_signed(start)), np.int64(_signed(step))
        return array((start + grid * step).astype(numpy_dtype(dtype)))


KERNELS = {
    "full": quiet(_full),
    "arange": _arange,
}
