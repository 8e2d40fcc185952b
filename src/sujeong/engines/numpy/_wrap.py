"""Turning NumPy functions into kernels: arrays in, arrays out, no warnings.

NumPy gives scalars where we want zero-dimensional arrays, and warns where IEEE 754 has an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_ndarray = np.ndarray


def array(value: Any) -> np.ndarray:
    """The value as an array, also where NumPy gave a scalar."""
    return value if value.__class__ is _ndarray else np.asarray(value)


def plain(function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A kernel of a NumPy function that never warns."""

    def kernel(*arrays: Any, **attributes: Any) -> np.ndarray:
        out = function(*arrays, **attributes)
        return out if out.__class__ is _ndarray else np.asarray(out)

    return kernel


def quiet(function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A kernel of a NumPy function that may overflow, divide by zero or meet NaN, as IEEE 754 allows."""

    def kernel(*arrays: Any, **attributes: Any) -> np.ndarray:
        with np.errstate(all="ignore"):
            out = function(*arrays, **attributes)
        return out if out.__class__ is _ndarray else np.asarray(out)

    return kernel
