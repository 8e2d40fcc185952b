"""Kernels of random numbers: those of the host."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...core import draws, keys
from ...core.dtypes import DType
from ...ops.random.continuous import DIGITS
from ._dtypes import numpy_dtype
from ._erf import erfinv
from ._wrap import quiet


def _words(key: Any) -> tuple[int, int]:
    first, second = key.tolist()
    return first & keys.MASK, second & keys.MASK


def _fold_in(key: Any, word: Any) -> Any:
    return np.array(keys.derive(_words(key), int(word)), np.uint64).view(np.int64)


def _bits(key: Any, shape: Any, width: int) -> Any:
    return draws.bits(_words(key), prod(shape), width).view(f"i{width // 8}").reshape(shape)


def _uniform(key: Any, shape: Any, dtype: DType) -> Any:
    out = np.empty(prod(shape), numpy_dtype(dtype))
    return draws.uniform(_words(key), out.size, *DIGITS[dtype], out).reshape(shape)


KERNELS = {
    "fold_in": _fold_in,
    "random_bits": _bits,
    "random_uniform": _uniform,
    "erfinv": quiet(erfinv),
}
