"""Records of sizes and signs, extremes, powers, rounding, and the parts of complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, complex_data, data
from .arithmetic import MISFIT, NO_TRUTH, NO_TRUTHS, SINGLES
from .exponential import NO_COMPLEX, PAIRS

REAL = SINGLES[:3]
JUMPS = [
    Sample((apart(3, 4) * 3,)),
    Sample((apart(),), name="zero-dimensional"),
    Sample((data(0, 2),), name="empty"),
]
WHOLE = [
    Sample((np.array([7, -7, 0, 6]), np.array([3, 3, 5, -4])), name="whole"),
    Sample((np.array([[7], [-7]], np.int8), 3), name="whole with a number"),
]
QUOTIENTS = [
    Sample((apart(3, 4) * 5, apart(4, seed=1) + 3.03)),
    Sample((apart(2, 1) + 2.02, np.array([-0.7, 0.9])), name="broadcast"),
    Sample((data(0, 3), data(3)), name="empty"),
    Sample((apart(3), 0.45), name="python number"),
]
NO_COMPLEX_ONE = Refusal((complex_data(2),), sj.errors.DTypeError, r"takes real numbers[\s\S]*sj\.abs")
NO_ORDER = Refusal(
    (complex_data(2), 1.0), sj.errors.DTypeError, r"takes real numbers or truth values[\s\S]*sj\.abs"
)


def _one(
    name: str,
    reference: Callable[..., Any],
    samples: list[Sample],
    refusals: list[Refusal],
    formula: str,
    gradient: str,
) -> Record:
    return Record(
        name, getattr(sj, name), reference, samples, refusals, formula=formula, gradient_formula=gradient
    )


def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """NumPy's does not take both bounds away, and widens whole numbers."""
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    return np.minimum(np.maximum(x.astype(np.float64), low), high).astype(x.dtype)


RECORDS = [
    _one("abs", np.abs, SINGLES, [NO_TRUTH], "y = |x|", "dx = g sign(x)"),
    _one("sign", np.sign, SINGLES, [NO_TRUTH], "y = x / |x|, 0 at 0", "0 for real numbers"),
    _one("copysign", np.copysign, PAIRS, [MISFIT, NO_COMPLEX], "y = |a| sign(b)", "da = g sign(a) sign(b)"),
    _one("hypot", np.hypot, PAIRS, [MISFIT, NO_COMPLEX], "y = sqrt(a^2 + b^2)", "da = g a / y, db = g b / y"),
    Record(
        "signbit", sj.signbit, np.signbit, REAL, [NO_COMPLEX_ONE], gradient=False, formula="y = x < 0, or -0"
    ),
    _one(
        "maximum", np.maximum, PAIRS, [MISFIT, NO_ORDER], "y = max(a, b)", "to the greater, half each at ties"
    ),
    _one(
        "minimum", np.minimum, PAIRS, [MISFIT, NO_ORDER], "y = min(a, b)", "to the smaller, half each at ties"
    ),
    _one(
        "clip",
        _clip,
        [
            Sample((data(3, 4), -0.51, 0.52)),
            Sample((data(3, 4), None, data(4, seed=1)), name="upper bounds"),
            Sample((data(3, 1), data(1, 2, seed=1)), name="broadcast"),
            Sample((data(3),), name="no bounds"),
            Sample((data(0, 2), 0, 1), name="empty"),
            Sample((np.array([1, 5, 9], np.uint8), -3, 7), name="whole, bound out of range"),
        ],
        [
            NO_COMPLEX_ONE,
            Refusal(
                (np.array([1, 2]), 0.5),
                sj.errors.DTypeError,
                r"whole bounds[\s\S]*int64 and float32[\s\S]*round",
            ),
            Refusal((np.ones((2, 3)), np.ones((4,))), sj.errors.ShapeError, r"shapes do not broadcast"),
        ],
        "y = min(max(x, low), high)",
        "dx = g between the bounds; half of it on them",
    ),
    Record(
        "pow",
        sj.pow,
        lambda a, b: np.power(np.asarray(a), np.asarray(b)),
        [
            Sample((data(3, 2, low=0.2, high=2.0), data(3, 2, seed=1))),
            Sample((data(3, 1, low=0.2), data(2, seed=1)), name="broadcast"),
            Sample((data(0, 2), data(2)), name="empty"),
            *[Sample((data(4), n), name=f"to the power of {n}") for n in (2, 3, -1, 0, 1, -2.0)],
            Sample((data(4, low=0.2), 0.5), name="to the power of a half"),
            Sample((2, data(3)), name="of a number"),
            Sample((np.array([2, -3, 0, 1]), np.array([3, 3, 0, 9])), name="whole"),
            Sample((complex_data(3), complex_data(3, seed=1)), name="complex"),
            Sample((complex_data(3), 3), name="complex to the power of 3"),
        ],
        [
            MISFIT,
            NO_TRUTHS,
            Refusal(
                (np.array([1, 2]), -1),
                sj.errors.ArgumentError,
                r"fractions[\s\S]*int64\[2\] \*\* -1[\s\S]*sj\.astype",
            ),
        ],
        # a power magnifies the relative rounding of base and exponent
        tolerance={"float32": (1e-5, 5e-6), "float64": (1e-12, 1e-12)},
        formula="y = a^b",
        gradient_formula="da = g b a^(b - 1), db = g y ln a",
    ),
    _one("floor", np.floor, JUMPS, [NO_TRUTH, NO_COMPLEX_ONE], "the greatest whole number <= x", "0"),
    _one("ceil", np.ceil, JUMPS, [NO_TRUTH, NO_COMPLEX_ONE], "the smallest whole number >= x", "0"),
    _one("trunc", np.trunc, JUMPS, [NO_TRUTH, NO_COMPLEX_ONE], "x without its fraction", "0"),
    _one(
        "round",
        np.rint,
        [
            *JUMPS,
            Sample((complex_data(3),), name="complex"),
            Sample((np.array([0.5, 1.5, -2.5]),), gradient=False, name="halves"),
        ],
        [NO_TRUTH],
        "the nearest whole number, halves to even",
        "0",
    ),
    _one(
        "floor_divide",
        np.floor_divide,
        [*QUOTIENTS, *WHOLE],
        [MISFIT, NO_TRUTHS, NO_COMPLEX],
        "y = floor(a / b)",
        "0",
    ),
    Record(
        "remainder",
        sj.remainder,
        np.remainder,
        [*QUOTIENTS, *WHOLE],
        [MISFIT, NO_TRUTHS, NO_COMPLEX],
        # a rest is small beside the numbers that it is left of
        tolerance={"float32": (2e-6, 4e-6)},
        formula="y = a - b floor(a / b)",
        gradient_formula="da = g, db = -g floor(a / b)",
    ),
    Record(
        "nextafter",
        sj.nextafter,
        lambda a, b: a + 0 * b,  # to the tolerance the neighbour is the number; the bits are tested elsewhere
        PAIRS,
        [MISFIT, NO_COMPLEX],
        formula="the next number of the element type after a towards b",
        gradient_formula="da = g",
    ),
    _one("real", np.real, SINGLES, [NO_TRUTH], "x of x + iy", "g + 0i"),
    _one(
        "imag",
        np.imag,
        [Sample(s.args, gradient=False, name=s.name) for s in SINGLES],
        [NO_TRUTH],
        "y of x + iy",
        "0 + ig",
    ),
    _one("conj", np.conj, SINGLES, [NO_TRUTH], "x - iy for x + iy", "conj(g)"),
]
