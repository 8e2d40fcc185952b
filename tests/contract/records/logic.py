"""Records of comparisons, logical and bitwise operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, complex_data, data
from .arithmetic import MISFIT, NO_TRUTH
from .magnitude import NO_ORDER

NAN, INF = float("nan"), float("inf")
TIES = np.array([1.0, 2.0, 3.0, NAN, INF, -0.0])
ORDER = [
    Sample((TIES, np.array([2.0, 2.0, 2.0, NAN, INF, 0.0]))),
    Sample((data(3, 1), data(4, seed=1)), name="broadcast"),
    Sample((data(0, 3), data(3)), name="empty"),
    Sample((np.array([[1], [2]]), 2), name="whole"),
    Sample((np.array([True, False]), np.array([True, True])), name="truth values"),
]
SAME = [*ORDER, Sample((np.array([1 + 2j, 1 - 2j, NAN + 0j]), 1 + 2j), name="complex")]
SPECIAL = [
    Sample((np.array([1.0, NAN, INF, -INF, 0.0]),)),
    Sample((data(),), name="zero-dimensional"),
    Sample((data(0, 2),), name="empty"),
    Sample((np.array([1, 2]),), name="whole"),
    Sample((np.array([complex(1, NAN), complex(INF, 1), complex(NAN, INF), 1j]),), name="complex"),
]
LOGICAL_MISFIT = Refusal(
    (np.ones(2, bool), np.ones(3)), sj.errors.ShapeError, r"\[logical_\w+\] shapes do not"
)
TRUTHS = [
    Sample((np.array([True, True, False, False]), np.array([True, False, True, False]))),
    Sample((np.array([[True], [False]]), True), name="python truth value"),
    Sample((np.zeros((0, 2), bool), np.array([True, False])), name="empty"),
    Sample((np.array([0, 1, 2]), np.array([0.0, 0.5, NAN])), name="numbers"),
]
BITS = [
    Sample((np.array([6, 5, -1, 0]), np.array([3, -3, 127, 9])), name="whole"),
    Sample((np.array([[6], [5]], np.uint8), 3), name="broadcast with a number"),
    Sample((np.array([True, False]), np.array([True, True])), name="truth values"),
    Sample((np.zeros((0, 2), np.int8), np.ones(2, np.int8)), name="empty"),
]
SHIFTS = [
    Sample((np.array([6, 5, -9, 1]), np.array([1, 0, 2, 63]))),
    Sample((np.array([[6], [200]], np.uint8), np.array([1, 7, 8], np.uint8)), name="beyond the width"),
    Sample((np.array([100, -100], np.int8), 9), name="beyond the width, signed"),
    Sample((np.zeros((0, 2), np.int8), 1), name="empty"),
]
FRACTION = Refusal(
    (np.array([1, 2]), 0.5), sj.errors.DTypeError, r"takes whole numbers or truth values[\s\S]*float32"
)
FRACTION_SHIFT = Refusal((np.array([1, 2]), 0.5), sj.errors.DTypeError, r"takes whole numbers[\s\S]*float32")
SHIFT_TRUTH = Refusal(
    (np.array([True]), np.array([True])), sj.errors.DTypeError, r"takes whole numbers[\s\S]*bool"
)


def _record(
    name: str, reference: Callable[..., Any], samples: list[Sample], refusals: list[Refusal], formula: str
) -> Record:
    return Record(name, getattr(sj, name), reference, samples, refusals, gradient=False, formula=formula)


RECORDS = [
    _record("equal", np.equal, SAME, [MISFIT], "y = (a = b)"),
    _record("not_equal", np.not_equal, SAME, [MISFIT], "y = (a != b)"),
    _record("greater", np.greater, ORDER, [MISFIT, NO_ORDER], "y = (a > b)"),
    _record("greater_equal", np.greater_equal, ORDER, [MISFIT, NO_ORDER], "y = (a >= b)"),
    _record("less", np.less, ORDER, [MISFIT, NO_ORDER], "y = (a < b)"),
    _record("less_equal", np.less_equal, ORDER, [MISFIT, NO_ORDER], "y = (a <= b)"),
    _record("isnan", np.isnan, SPECIAL, [NO_TRUTH], "y = (x is not a number)"),
    _record("isinf", np.isinf, SPECIAL, [NO_TRUTH], "y = (x is infinite)"),
    _record("isfinite", np.isfinite, SPECIAL, [NO_TRUTH], "y = (x is neither infinite nor NaN)"),
    Record(
        "where",
        sj.where,
        np.where,
        [
            Sample((np.array([True, False, True]), data(3), data(3, seed=1))),
            Sample((np.array([[True], [False]]), data(3), data(2, 1, seed=1)), name="broadcast"),
            Sample((np.array([True, False]), data(2), 0), name="python number"),
            Sample((np.zeros((0, 2), bool), data(2), data(2, seed=1)), name="empty"),
            Sample((np.array([True, False]), complex_data(2), complex_data(2, seed=1)), name="complex"),
        ],
        [
            Refusal(
                (np.ones(2), np.ones(2), np.ones(2)),
                sj.errors.DTypeError,
                r"condition must be boolean[\s\S]*float64",
            ),
            Refusal(
                (np.ones(2, bool), np.ones(3), np.ones(3)),
                sj.errors.ShapeError,
                r"do not broadcast[\s\S]*\(2,\)",
            ),
        ],
        formula="y = a where c holds, else b",
        gradient_formula="da = g where c holds, db = g elsewhere",
    ),
    _record("logical_and", np.logical_and, TRUTHS, [LOGICAL_MISFIT], "y = a and b"),
    _record("logical_or", np.logical_or, TRUTHS, [LOGICAL_MISFIT], "y = a or b"),
    _record("logical_xor", np.logical_xor, TRUTHS, [LOGICAL_MISFIT], "y = either a or b"),
    _record(
        "logical_not", np.logical_not, [Sample(s.args[:1], name=s.name) for s in TRUTHS], [], "y = not x"
    ),
    _record("bitwise_and", np.bitwise_and, BITS, [FRACTION], "the bits of both"),
    _record("bitwise_or", np.bitwise_or, BITS, [FRACTION], "the bits of either"),
    _record("bitwise_xor", np.bitwise_xor, BITS, [FRACTION], "the bits of one of them"),
    _record(
        "bitwise_invert",
        np.invert,
        [Sample(s.args[:1], name=s.name) for s in BITS],
        [Refusal((np.ones(2),), sj.errors.DTypeError, r"takes whole numbers or truth values")],
        "the bits that x has not",
    ),
    _record("bitwise_left_shift", np.left_shift, SHIFTS, [FRACTION_SHIFT, SHIFT_TRUTH], "y = a 2^b"),
    _record(
        "bitwise_right_shift", np.right_shift, SHIFTS, [FRACTION_SHIFT, SHIFT_TRUTH], "y = floor(a / 2^b)"
    ),
]
