"""Records of the four basic operations and their kin."""

from __future__ import annotations

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, complex_data, data

PAIRS = [
    Sample((data(3, 4), data(3, 4, seed=1))),
    Sample((data(3, 1), data(4, seed=1)), name="broadcast"),
    Sample((data(), data(2, 3, seed=1)), name="number and matrix"),
    Sample((data(0, 3), data(3, seed=1)), name="empty"),
    Sample((data(5), 2.5), name="python number"),
    Sample((3, data(2, 1, 2)), name="whole python number first"),
    Sample((complex_data(3), complex_data(2, 3, seed=1)), name="complex"),
]
SINGLES = [
    Sample((data(3, 4),)),
    Sample((data(),), name="zero-dimensional"),
    Sample((data(0, 2),), name="empty"),
    Sample((complex_data(2, 1, 2),), name="complex"),
]
MISFIT = Refusal(
    (np.ones((2, 3)), np.ones((4,))),
    sj.errors.ShapeError,
    r"shapes do not broadcast[\s\S]*\(2, 3\) and \(4,\)",
)
NO_TRUTH = Refusal(
    (np.array([True]),), sj.errors.DTypeError, r"takes (real )?numbers[\s\S]*bool\[1\][\s\S]*sj\.astype"
)
NO_TRUTHS = Refusal(
    (np.array([True]), np.array([True])), sj.errors.DTypeError, r"takes (real )?numbers[\s\S]*bool\[1\]"
)
NO_MIX = Refusal(
    (np.ones(2, np.uint64), np.ones(2, np.int8)),
    sj.errors.DTypeError,
    r"no integer type holds both[\s\S]*uint64",
)
TOO_LARGE = Refusal(
    (np.ones(2, np.int8), 300), sj.errors.DTypeError, r"does not fit[\s\S]*300[\s\S]*-128 to 127"
)
TEXT = Refusal((np.ones(2), "2"), sj.errors.DTypeError, r"tensors, numbers and NumPy arrays[\s\S]*str")

RECORDS = [
    Record(
        "add",
        sj.add,
        np.add,
        PAIRS,
        [MISFIT, NO_MIX, TOO_LARGE, TEXT],
        formula="y = a + b",
        gradient_formula="da = g, db = g",
    ),
    Record(
        "subtract",
        sj.subtract,
        np.subtract,
        PAIRS,
        [MISFIT, NO_TRUTHS],
        formula="y = a - b",
        gradient_formula="da = g, db = -g",
    ),
    Record(
        "multiply",
        sj.multiply,
        np.multiply,
        PAIRS,
        [MISFIT],
        formula="y = a b",
        gradient_formula="da = g b, db = g a",
    ),
    Record(
        "divide",
        sj.divide,
        np.divide,
        PAIRS,
        [MISFIT],
        formula="y = a / b",
        gradient_formula="da = g / b, db = -g y / b",
    ),
    Record(
        "negative",
        sj.negative,
        np.negative,
        SINGLES,
        [NO_TRUTH],
        formula="y = -x",
        gradient_formula="dx = -g",
    ),
    Record(
        "positive",
        sj.positive,
        np.positive,
        SINGLES,
        [NO_TRUTH],
        formula="y = x",
        gradient_formula="dx = g",
    ),
    Record(
        "reciprocal",
        sj.reciprocal,
        np.reciprocal,
        SINGLES,
        formula="y = 1 / x",
        gradient_formula="dx = -g y^2",
    ),
    Record(
        "square",
        sj.square,
        np.square,
        SINGLES,
        [NO_TRUTH],
        formula="y = x^2",
        gradient_formula="dx = 2 g x",
    ),
]
