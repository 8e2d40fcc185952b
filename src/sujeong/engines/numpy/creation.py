"""Kernels that make arrays out of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType
from ._dtypes import numpy_dtype
from ._wrap import array


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    with np.errstate(all="ignore"):
        return np.full(shape, value, numpy_dtype(dtype))


def _signed(value: Any) -> Any:
    """A whole number modulo 2^64, as int64 holds it: sums wrap around, and uint64 reads them right."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    whole = isinstance(start, int) and isinstance(step, int)
    grid = np.arange(count, dtype=np.int64 if whole else np.float64)
    with np.errstate(all="ignore"):
        if whole:
            start, step = np.int64(_signed(start)), np.int64(_signed(step))
        return array((start + grid * step).astype(numpy_dtype(dtype)))


KERNELS = {
    "full": _full,
    "arange": _arange,
}
