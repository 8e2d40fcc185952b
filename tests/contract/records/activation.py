"""Records of the activations, against their formulas written out without our code."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data


def samples(*more: Any) -> list[Sample]:
    """Plain values, odd shapes, nothing, and the kink itself, where only the value is compared."""
    return [
        Sample((data(3, 4), *more)),
        Sample((data(2, 1, 3), *more), name="size 1"),
        Sample((data(), *more), name="one number"),
        Sample((data(0, 3), *more), name="empty"),
        Sample((np.array([-0.0, 0.0, 30.0, -30.0]), *more), gradient=False, name="kink and far"),
        Sample((np.array([1, 2, 0]), *more), gradient=False, name="whole numbers"),
        Sample((np.array([np.nan, np.inf, -np.inf]), *more), gradient=False, name="not finite"),
    ]


COMPLEX = Refusal((np.ones(2, complex),), sj.errors.DTypeError, "takes real numbers")
ALL = ("float32", "float64", "float16", "bfloat16")
FINITE = samples()[:-1]

RECORDS = [
    Record(
        "step",
        sj.step,
        lambda x: np.where(x > 0, 1.0, 0.0),
        FINITE,
        [COMPLEX],
        gradient=False,  # no slope anywhere, so no gradient flows: tests/ops/test_activations.py
        formula="y = 1 if x > 0 else 0",
        gradient_formula="none",
    ),
    Record(
        "relu",
        sj.relu,
        lambda x: np.where(x <= 0, 0.0, x),
        samples(),
        [COMPLEX],
        dtypes=ALL,
        formula="y = x if x > 0 else 0",
        gradient_formula="dx = g if x > 0 else 0",
    ),
    Record(
        "leaky_relu",
        sj.leaky_relu,
        lambda x, slope=0.01: np.where(x > 0, x, slope * x),
        [*samples(), Sample((data(2, 3),), {"slope": 0.3}, name="another slope")],
        [COMPLEX],
        dtypes=ALL,
        formula="y = x if x > 0 else slope x",
        gradient_formula="dx = g if x > 0 else slope g",
    ),
    Record(
        "prelu",
        sj.prelu,
        lambda x, slope: np.where(x > 0, x, slope * x),
        [
            Sample((data(3, 2), data(2, seed=1)), name="one a channel"),
            Sample((data(2, 3, 2), data(3, 1, seed=1)), name="channels in the middle"),
            Sample((data(3), data(seed=1)), name="one for all"),
            Sample((data(3), 0.25), name="a number"),
            Sample((data(0, 2), data(2, seed=1)), name="empty"),
        ],
        [Refusal((np.ones((3, 1)), np.ones(3)), sj.errors.ShapeError, r"slope \(3,\) for x \(3, 1\)")],
        formula="y = x if x > 0 else slope x",
        gradient_formula="dx = g if x > 0 else slope g; dslope = sum of g x where x <= 0",
    ),
]
