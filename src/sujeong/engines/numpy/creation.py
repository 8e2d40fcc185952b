"""Kernels that make arrays out of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType
from ._dtypes import numpy_dtype
from ._wrap import array


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    return np.full(shape, value, numpy_dtype(dtype))


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    return array((start + np.arange(count) * step).astype(numpy_dtype(dtype)))


KERNELS = {
    "full": _full,
    "arange": _arange,
}
