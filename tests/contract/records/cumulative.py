"""Records of running sums, running products and differences."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data
from .reduction import NO_AXIS, ZEROS

RUNNING = [
    Sample((data(5),), name="vector"),
    Sample((data(2, 3, 2),), {"axis": 1}),
    Sample((data(2, 3),), {"axis": -1, "include_initial": True}, name="from nothing"),
    Sample((data(3, 1),), {"axis": 1}, name="one each"),
    Sample((data(0, 3),), {"axis": 0, "include_initial": True}, name="empty"),
    Sample((data(2, 0),), {"axis": 0}, name="empty rows"),
    Sample((np.array([100, 100, 100], dtype="int8"),), gradient=False, name="int8"),
    Sample((np.array([3, 4], dtype="uint16"),), gradient=False, name="uint16"),
    Sample((np.array([True, True, False]),), gradient=False, name="truth values"),
    Sample((data(3).astype("complex128") * (1 + 2j),), gradient=False, name="complex"),
]


def _running(function: Any, start: int) -> Any:
    def reference(x: np.ndarray, axis: int = 0, include_initial: bool = False) -> np.ndarray:
        kind = {"b": "int64", "i": "int64", "u": "uint64"}.get(x.dtype.kind, x.dtype)
        y = function(x, axis=axis, dtype=kind)
        if include_initial:
            shape = [1 if i == axis % x.ndim else s for i, s in enumerate(x.shape)]
            y = np.concatenate([np.full(shape, start, y.dtype), y], axis=axis)
        return y

    return reference


WHICH = Refusal(
    (np.ones((2, 3)),), sj.errors.ArgumentError, r"several axes to choose from[\s\S]*\(2, 3\)[\s\S]*axis=-1"
)
NUMBER = Refusal((np.ones(()),), sj.errors.ArgumentError, r"zero-dimensional", {"axis": 0})

RECORDS = [
    Record(
        "cumulative_sum",
        sj.cumulative_sum,
        _running(np.cumsum, 0),
        RUNNING,
        [NO_AXIS, WHICH, NUMBER],
        formula="y_i = x_1 + ... + x_i",
        gradient_formula="dx_j = g_j + ... + g_n",
    ),
    Record(
        "cumulative_prod",
        sj.cumulative_prod,
        _running(np.cumprod, 1),
        [*RUNNING, *[Sample((ZEROS,), {"axis": a}, name=f"zeros {a}") for a in (0, 1)]],
        [NO_AXIS, WHICH, NUMBER],
        formula="y_i = x_1 x_2 ... x_i",
        gradient_formula="dx_j = sum over i >= j of g_i times the other factors of y_i",
    ),
    Record(
        "diff",
        lambda x, *ends, **kwargs: sj.diff(
            x, **dict(zip(("prepend", "append"), ends, strict=False)), **kwargs
        ),
        lambda x, *ends, **kwargs: np.diff(
            x, **dict(zip(("prepend", "append"), ends, strict=False)), **kwargs
        ),
        [
            Sample((data(5),), name="vector"),
            Sample((data(3, 4),), {"axis": 0, "n": 2}, name="twice"),
            Sample((data(3, 2),), {"n": 0}, name="not at all"),
            Sample((data(2, 1),), {"n": 3}, name="too often"),
            Sample((data(2, 3), data(2, 1, seed=1), data(2, 2, seed=2)), name="with ends"),
            Sample((data(0, 3),), {"axis": 0}, name="empty"),
            Sample((np.array([True, True, False]),), gradient=False, name="truth values"),
            Sample((np.array([5, 2], dtype="uint8"),), gradient=False, name="uint8"),
        ],
        [
            NUMBER,
            Refusal((np.ones(3),), sj.errors.ArgumentError, r"negative number of times[\s\S]*-1", {"n": -1}),
            Refusal((np.ones((2, 3)), np.ones((3, 1))), sj.errors.ShapeError, r"does not fit[\s\S]*\(3, 1\)"),
        ],
        formula="y_i = x_(i+1) - x_i",
        gradient_formula="dx_i = g_(i-1) - g_i",
    ),
]
