"""Kernels that only move numbers, or set them to a constant: borders, rolling, triangles, one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType
from ...core.ranges import check_indices
from ._dtypes import numpy_dtype


def _pad(x: Any, widths: Any, value: Any) -> Any:
    inside = tuple([slice(a, a + s) for s, (a, _) in zip(x.shape, widths, strict=True)])
    out: Any = np.full([a + s + b for s, (a, b) in zip(x.shape, widths, strict=True)], value, x.dtype)
    out[inside] = x
    return out


def _one_hot(ids: Any, classes: int, dtype: DType) -> Any:
    check_indices("one_hot", ids, classes, 0, negative=False)
    return (ids[..., None] == np.arange(classes)).astype(numpy_dtype(dtype))


KERNELS = {
    "pad": _pad,
    "roll": lambda x, shifts, dims: np.asarray(np.roll(x, shifts, dims)),
    "tril": lambda x, diagonal: np.tril(x, diagonal),
    "triu": lambda x, diagonal: np.triu(x, diagonal),
    "one_hot": _one_hot,
}
