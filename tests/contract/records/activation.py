"""Records of the activations, against their formulas written out without our code."""

from __future__ import annotations

from math import erf
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
        Sample((np.array([np.nan, np.inf, -np.inf]), *more), gradient=False, name="not finite"),
    ]


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def _sigmoid(x: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _softplus(x: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.logaddexp(x, 0)


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + np.vectorize(erf, otypes=[float])(x / np.sqrt(2)))


# Half a dozen roundings each, of numbers up to 2; float16 and bfloat16 keep 11 and 8 bits.
SMOOTH = {
    "float32": (2e-6, 1e-6),
    "float64": (1e-14, 1e-14),
    "float16": (4e-3, 4e-3),
    "bfloat16": (3e-2, 3e-2),
}
COMPLEX = Refusal((np.ones(2, complex),), sj.errors.DTypeError, "takes real numbers")
ALL = ("float32", "float64", "float16", "bfloat16")
FINITE = samples()[:-1]
WHOLE = Sample((np.array([1, 2, 0]),), gradient=False, name="whole numbers")

RECORDS = [
    Record(
        "step",
        sj.step,
        lambda x: np.where(x > 0, 1.0, 0.0),
        [*FINITE, WHOLE],
        [COMPLEX],
        gradient=False,  # no slope anywhere, so no gradient flows: tests/ops/test_activations.py
        formula="y = 1 if x > 0 else 0",
        gradient_formula="none",
    ),
    Record(
        "relu",
        sj.relu,
        lambda x: np.where(x <= 0, 0.0, x),
        [*samples(), WHOLE],
        [COMPLEX],
        dtypes=ALL,
        formula="y = x if x > 0 else 0",
        gradient_formula="dx = g if x > 0 else 0",
    ),
    Record(
        "leaky_relu",
        sj.leaky_relu,
        lambda x, slope=0.01: np.where(x > 0, x, slope * x),
        [*samples(), WHOLE, Sample((data(2, 3),), {"slope": 0.3}, name="another slope")],
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
    Record(
        "elu",
        sj.elu,
        _elu,
        [*samples(), Sample((data(2, 3),), {"alpha": 0.5}, name="another alpha")],
        [COMPLEX],
        dtypes=ALL,
        tolerance=SMOOTH,
        formula="y = x if x > 0 else alpha (e^x - 1)",
        gradient_formula="dx = g if x > 0 else g alpha e^x",
    ),
    Record(
        "selu",
        sj.selu,
        lambda x: 1.0507009873554805 * _elu(x, 1.6732632423543772),
        samples(),
        [COMPLEX],
        tolerance=SMOOTH,
        formula="y = 1.0507 x if x > 0 else 1.0507 * 1.6733 (e^x - 1)",
        gradient_formula="dx = 1.0507 g if x > 0 else 1.0507 * 1.6733 g e^x",
    ),
    Record(
        "sigmoid",
        sj.sigmoid,
        _sigmoid,
        samples(),
        [COMPLEX],
        dtypes=ALL,
        tolerance=SMOOTH,
        formula="y = 1 / (1 + e^-x)",
        gradient_formula="dx = g y (1 - y)",
    ),
    Record(
        "softplus",
        sj.softplus,
        _softplus,
        samples(),
        [COMPLEX],
        dtypes=ALL,
        tolerance=SMOOTH,
        formula="y = ln(1 + e^x)",
        gradient_formula="dx = g sigmoid(x)",
    ),
    Record(
        "log_sigmoid",
        sj.log_sigmoid,
        lambda x: -_softplus(-x),
        samples(),
        [COMPLEX],
        tolerance=SMOOTH,
        formula="y = -ln(1 + e^-x)",
        gradient_formula="dx = g sigmoid(-x)",
    ),
    Record(
        "silu",
        sj.silu,
        lambda x: x * _sigmoid(x),
        FINITE,
        [COMPLEX],
        dtypes=ALL,
        tolerance=SMOOTH,
        formula="y = x sigmoid(x)",
        gradient_formula="dx = g (s + x s (1 - s)), s = sigmoid(x)",
    ),
    Record(
        "gelu",
        sj.gelu,
        _gelu,
        [*FINITE, Sample((data(3, 4, seed=3),), {"approximate": "tanh"}, name="with tanh")],
        [
            COMPLEX,
            Refusal((np.ones(2),), sj.errors.NameUnknownError, "did you mean 'tanh'", {"approximate": "tan"}),
        ],
        dtypes=ALL,
        tolerance=SMOOTH,
        formula="y = x P(x), P(x) = (1 + erf(x / sqrt 2)) / 2",
        gradient_formula="dx = g (P(x) + x p(x)), p(x) = e^(-x^2 / 2) / sqrt(2 pi)",
    ),
    Record(
        "sine",
        sj.sine,
        np.sin,
        FINITE,
        [COMPLEX],
        tolerance={"float32": (2e-6, 2e-6), "float64": (1e-12, 1e-12)},
        formula="y = sin x",
        gradient_formula="dx = g cos x",
    ),
    Record("identity", sj.identity, lambda x: x, samples(), formula="y = x", gradient_formula="dx = g"),
]
