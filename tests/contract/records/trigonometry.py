"""Records of trigonometric and hyperbolic functions, and of the error function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Sample, complex_data, data
from .arithmetic import MISFIT
from .exponential import ANY, NO_COMPLEX, PAIRS, SMALL, TEXT

EDGES = [Sample((data(0, 2),), name="empty"), Sample((complex_data(2, 1, 2),), name="complex")]
INSIDE = [
    Sample((data(3, 4, low=-0.9, high=0.9),)),
    Sample((data(low=-0.9, high=0.9),), name="zero-dimensional"),
    *EDGES,
]
ABOVE_ONE = [
    Sample((data(3, 4, low=1.1, high=4.0),)),
    Sample((data(low=1.1),), name="zero-dimensional"),
    *EDGES,
]


def _record(
    name: str, reference: Callable[..., Any], samples: list[Sample], formula: str, gradient: str
) -> Record:
    return Record(
        name,
        getattr(sj, name),
        reference,
        samples,
        [TEXT],
        # engines differ by a few units in the last place
        tolerance={"float32": (4e-6, 2e-6)},
        formula=formula,
        gradient_formula=gradient,
    )


def _erf(x: np.ndarray) -> np.ndarray:
    return np.array([math.erf(v) for v in np.ravel(x)]).reshape(np.shape(x))


RECORDS = [
    _record("sin", np.sin, ANY, "y = sin x", "dx = g cos x"),
    _record("cos", np.cos, ANY, "y = cos x", "dx = -g sin x"),
    _record("tan", np.tan, INSIDE, "y = tan x", "dx = g (1 + y^2)"),
    _record("asin", np.arcsin, INSIDE, "sin y = x", "dx = g / sqrt(1 - x^2)"),
    _record("acos", np.arccos, INSIDE, "cos y = x", "dx = -g / sqrt(1 - x^2)"),
    _record("atan", np.arctan, ANY, "tan y = x", "dx = g / (1 + x^2)"),
    _record("sinh", np.sinh, ANY, "y = (e^x - e^-x) / 2", "dx = g cosh x"),
    _record("cosh", np.cosh, ANY, "y = (e^x + e^-x) / 2", "dx = g sinh x"),
    _record("tanh", np.tanh, ANY, "y = sinh x / cosh x", "dx = g (1 - y^2)"),
    _record("asinh", np.arcsinh, ANY, "sinh y = x", "dx = g / sqrt(x^2 + 1)"),
    _record("acosh", np.arccosh, ABOVE_ONE, "cosh y = x", "dx = g / (sqrt(x - 1) sqrt(x + 1))"),
    _record("atanh", np.arctanh, INSIDE, "tanh y = x", "dx = g / ((1 - x) (1 + x))"),
    Record(
        "atan2",
        sj.atan2,
        np.arctan2,
        PAIRS,
        [MISFIT, NO_COMPLEX],
        formula="tan y = a / b, in the quadrant of the point (b, a)",
        gradient_formula="da = g b / (a^2 + b^2), db = -g a / (a^2 + b^2)",
    ),
    Record(
        "erf",
        sj.erf,
        _erf,
        [*ANY[:3], SMALL, Sample((np.array([-7.0, 5.9, 6.5, 30.0]),), name="large")],
        [TEXT],
        formula="y = 2 / sqrt(pi) integral from 0 to x of e^(-t^2)",
        gradient_formula="dx = g 2 / sqrt(pi) e^(-x^2)",
    ),
]
