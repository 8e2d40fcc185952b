"""Records of exponentials, logarithms and square roots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, complex_data, data
from .arithmetic import MISFIT

ANY = [
    Sample((data(3, 4),)),
    Sample((data(),), name="zero-dimensional"),
    Sample((data(0, 2),), name="empty"),
    Sample((complex_data(2, 1, 2),), name="complex"),
]
POSITIVE = [
    Sample((data(3, 4, low=0.2, high=3.0),)),
    Sample((data(low=0.2),), name="zero-dimensional"),
    Sample((data(0, 2),), name="empty"),
    Sample((complex_data(2, 1, 2),), name="complex"),
]
PAIRS = [
    Sample((data(3, 2), data(3, 2, seed=1))),
    Sample((data(3, 1), data(4, seed=1)), name="broadcast"),
    Sample((data(0, 3), data(3, seed=1)), name="empty"),
    Sample((data(5), 1), name="python number"),
]
SMALL = Sample((np.array([1e-9, -1e-9, 1e-5]),), name="small")
TEXT = Refusal(("0.5",), sj.errors.DTypeError, r"tensors, numbers and NumPy arrays[\s\S]*str")
NO_COMPLEX = Refusal((complex_data(2), 1.0), sj.errors.DTypeError, r"takes real numbers[\s\S]*sj\.abs")


def _record(
    name: str, reference: Callable[..., Any], samples: list[Sample], formula: str, gradient: str
) -> Record:
    return Record(
        name,
        getattr(sj, name),
        reference,
        samples,
        [TEXT],
        # engines differ by a few units in the last place; powers of e magnify the rounding of the input
        tolerance={"float32": (4e-6, 2e-6)},
        formula=formula,
        gradient_formula=gradient,
    )


RECORDS = [
    _record("exp", np.exp, ANY, "y = e^x", "dx = g y"),
    _record("expm1", np.expm1, [*ANY, SMALL], "y = e^x - 1", "dx = g (y + 1)"),
    _record("log", np.log, POSITIVE, "y = ln x", "dx = g / x"),
    _record("log1p", np.log1p, [*POSITIVE, SMALL], "y = ln(1 + x)", "dx = g / (1 + x)"),
    _record("log2", np.log2, POSITIVE, "y = ln x / ln 2", "dx = g / (x ln 2)"),
    _record("log10", np.log10, POSITIVE, "y = ln x / ln 10", "dx = g / (x ln 10)"),
    _record("sqrt", np.sqrt, POSITIVE, "y = x^(1/2)", "dx = g / (2 y)"),
    _record("rsqrt", lambda x: 1 / np.sqrt(x), POSITIVE, "y = x^(-1/2)", "dx = -g y^3 / 2"),
    Record(
        "logaddexp",
        sj.logaddexp,
        np.logaddexp,
        [*PAIRS, Sample((np.array([900.0, -900.0]), np.array([899.0, -900.5])), name="large")],
        [MISFIT, NO_COMPLEX],
        formula="y = ln(e^a + e^b)",
        gradient_formula="da = g e^(a - y), db = g e^(b - y)",
    ),
]
