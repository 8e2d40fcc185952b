"""Turning NumPy functions into kernels: arrays in, arrays out, no warnings.

NumPy gives scalars where we want zero-dimensional arrays, and warns where IEEE 754 has an answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

import numpy as np

_ndarray = np.ndarray


class _Quiet(threading.local):
    """A context of each thread in which NumPy never warns. To run a function in it costs a tenth of a
    microsecond, a `with np.errstate(...)` ten times as much.
    """

    def __init__(self) -> None:
        context = Context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


_quiet = _Quiet()


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
    """A kernel of a NumPy function that may overflow, divide by zero or meet NaN, as IEEE 754 allows.

    The function must not run another quiet kernel.
    """

    def kernel(*arrays: Any, **attributes: Any) -> np.ndarray:
        out = _quiet.run(function, *arrays, **attributes)
        return out if out.__class__ is _ndarray else np.asarray(out)

    return kernel


def silent(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that never warns, of a function that takes care of its own arrays and may give several."""

    def kernel(*arrays: Any, **attributes: Any) -> Any:
        return _quiet.run(function, *arrays, **attributes)

    return kernel
