"""Kernels of the first families: arithmetic, comparison, shaping, reduction, matrix product, creation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType
from ._wrap import array, plain, quiet


def _dtype(dtype: DType) -> np.dtype:
    from .arrays import numpy_dtype

    return numpy_dtype(dtype)


def _astype(x: Any, dtype: DType) -> Any:
    with np.errstate(all="ignore"):
        return array(x.astype(_dtype(dtype)))


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    return array(np.sum(x, axis=axis, keepdims=keepdims, dtype=x.dtype))


def _full(shape: Any, value: Any, dtype: DType, device: str) -> Any:
    return np.full(shape, value, _dtype(dtype))


def _arange(start: Any, step: Any, count: int, dtype: DType, device: str) -> Any:
    return array((start + np.arange(count) * step).astype(_dtype(dtype)))


KERNELS = {
    "identity": lambda x: x,
    "copy": np.copy,
    "astype": _astype,
    "add": quiet(np.add),
    "subtract": quiet(np.subtract),
    "multiply": quiet(np.multiply),
    "divide": quiet(np.divide),
    "negative": quiet(np.negative),
    "exp": quiet(np.exp),
    "log": quiet(np.log),
    "sqrt": quiet(np.sqrt),
    "tanh": plain(np.tanh),
    "equal": plain(np.equal),
    "greater": plain(np.greater),
    "where": plain(np.where),
    "reshape": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.transpose(axes),
    "broadcast_to": lambda x, shape: np.broadcast_to(x, shape),
    "sum": _sum,
    "max": lambda x, axis, keepdims: array(np.max(x, axis=axis, keepdims=keepdims)),
    "matmul": quiet(np.matmul),
    "full": _full,
    "arange": _arange,
}
