"""Records of sorting, choosing the greatest, and searching."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, data
from .reduction import NO_AXIS, NO_ORDER, TRUTHS

TIES = np.array([[2.0, 1.0, 2.0, 1.0], [0.0, -0.0, 3.0, 0.0]])
ODD = np.array([np.nan, 1.0, -np.inf, np.nan, np.inf, -2.0, 0.0, -0.0])
WHOLE = [
    Sample((np.array([[7, 2, 9, 2], [1, 0, 3, 0]], dtype=t),), gradient=False, name=t)
    for t in ("int8", "int64", "uint8", "uint16", "uint32")
] + [
    Sample((np.array([2**64 - 1, 0, 2**63, 0], dtype="uint64"),), gradient=False, name="uint64"),
    Sample((np.array([-(2**63), 5, 2**63 - 1, 5], dtype="int64"),), gradient=False, name="widest"),
    Sample((np.array([True, False, True]),), gradient=False, name="truth values"),
]


def turned(sample: Sample, **kwargs: Any) -> Sample:
    """The same sample with other arguments."""
    return Sample(sample.args, kwargs, sample.gradient, f"{sample.name} descending")


SORTED = [
    Sample((apart(5),), name="vector"),
    Sample((apart(3, 4),), {"axis": 0}),
    Sample((apart(3, 4),), {"descending": True}, name="descending"),
    Sample((apart(1, 3, 1),), {"axis": 1}, name="one column"),
    Sample((data(0, 3),), {"axis": 0}, name="empty"),
    Sample((data(2, 0),), {"axis": 0}, name="empty rows"),
    Sample((TIES,), gradient=False, name="ties"),
    Sample((TIES,), {"descending": True}, gradient=False, name="ties descending"),
    Sample((ODD,), gradient=False, name="NaN"),
    Sample((ODD,), {"descending": True}, gradient=False, name="NaN descending"),
    *WHOLE,
    *[turned(s, descending=True) for s in WHOLE],
]


def _argsort(x: np.ndarray, axis: int = -1, descending: bool = False) -> np.ndarray:
    """Sorted by Python: NaN the greatest, equal ones in their order."""
    moved = np.moveaxis(x, axis, -1)
    out = np.empty(moved.shape, "int64")
    for row in np.ndindex(moved.shape[:-1]):
        keys = [(bool(v != v), 0 if v != v else v.item()) for v in moved[row]]
        out[row] = sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)
    return np.moveaxis(out, -1, axis)


def _sort(x: np.ndarray, axis: int = -1, descending: bool = False) -> np.ndarray:
    return np.take_along_axis(x, _argsort(x, axis, descending), axis)


def _top_k(x: np.ndarray, k: int, axis: int = -1) -> tuple[np.ndarray, np.ndarray]:
    places = np.moveaxis(np.moveaxis(_argsort(x, axis, True), axis, 0)[:k], 0, axis)
    return np.take_along_axis(x, places, axis), places


NONE_THERE = Refusal((np.ones(()),), sj.errors.ArgumentError, r"zero-dimensional")

BEST = [
    Sample((apart(3, 4),)),
    Sample((apart(3, 4),), {"axis": 0}),
    Sample((apart(3, 4),), {"axis": -1, "keepdims": True}, name="kept"),
    Sample((apart(3, 4),), {"keepdims": True}, name="all kept"),
    Sample((data(),), name="number"),
    Sample((data(2, 0),), {"axis": 0}, name="empty"),
    Sample((TIES,), {"axis": 1}, name="ties"),
    Sample((ODD,), name="NaN"),
    *[Sample(s.args, {"axis": -1}, name=s.name) for s in WHOLE],
]
EMPTY = Refusal(
    (np.ones((2, 0)),), sj.errors.ArgumentError, r"the axis is empty[\s\S]*float64\[2, 0\]", {"axis": 1}
)

LISTS = [
    (np.array([-1.0, 0.5, 0.5, 2.0]), np.array([[0.5, 3.0], [-2.0, 0.6]])),
    (np.array([-1.0, 0.5]), np.array(0.5)),
    (np.zeros(0), np.ones(3)),
    (np.ones(3), np.zeros((0, 2))),
    (np.array([3, 200], dtype="uint8"), np.array([-5, 3, 300], dtype="int16")),
    (np.array([0, 2**63, 2**64 - 1], dtype="uint64"), np.array([2**63, 5], dtype="uint64")),
    (np.array([False, True]), np.array([True, False])),
]


def _sorter(function: Any, order: Any) -> Any:
    return lambda x, v: function(x, v, sorter=order(x))


RECORDS = [
    Record(
        "sort",
        sj.sort,
        _sort,
        SORTED,
        [NO_AXIS, NO_ORDER, NONE_THERE],
        formula="y_i = x_(p_i), y_1 <= y_2 <= ...",
        gradient_formula="dx_(p_i) = g_i",
    ),
    Record(
        "argsort",
        sj.argsort,
        _argsort,
        SORTED,
        [NO_AXIS, NO_ORDER],
        gradient=False,
        formula="the places p of sort",
    ),
    Record(
        "top_k",
        sj.top_k,
        _top_k,
        [
            Sample((apart(6), 2), name="vector"),
            Sample((apart(3, 4), 2), {"axis": 0}),
            Sample((apart(3, 4), 4), name="all"),
            Sample((apart(2, 1, 2), 1), {"axis": 1}, name="one"),
            Sample((apart(3), 0), name="none"),
            Sample((data(0, 3), 2), name="empty"),
            Sample((TIES, 3), gradient=False, name="ties"),
            Sample((ODD, 6), gradient=False, name="NaN"),
            *[Sample((s.args[0], 3), gradient=False, name=s.name) for s in WHOLE],
        ],
        [
            Refusal(
                (np.ones((2, 3)), 4), sj.errors.ArgumentError, r"not so many values[\s\S]*4[\s\S]*0 to 3"
            ),
            Refusal((np.ones(3), -1), sj.errors.ArgumentError, r"not so many values[\s\S]*-1"),
            Refusal(
                (np.ones(3, "complex64"), 1), sj.errors.DTypeError, r"takes real numbers[\s\S]*complex64\[3\]"
            ),
        ],
        formula="y_i = x_(p_i), the k greatest, y_1 >= ... >= y_k",
        gradient_formula="dx_(p_i) = g_i, zero elsewhere",
    ),
    Record(
        "argmax",
        sj.argmax,
        np.argmax,
        BEST,
        [NO_AXIS, EMPTY, NO_ORDER],
        gradient=False,
        formula="y = first i with x_i = max x",
    ),
    Record(
        "argmin",
        sj.argmin,
        np.argmin,
        BEST,
        [NO_AXIS, EMPTY, NO_ORDER],
        gradient=False,
        formula="y = first i with x_i = min x",
    ),
    Record(
        "count_nonzero",
        sj.count_nonzero,
        np.count_nonzero,
        [s for s in TRUTHS if s.kwargs["axis"] != ()],
        [NO_AXIS],
        gradient=False,
        formula="y = number of x that are not 0",
    ),
    Record(
        "nonzero",
        sj.nonzero,
        np.nonzero,
        [
            Sample((np.array([[0.0, 2.0, np.nan], [-0.0, 0.0, 1.0]]),), name="matrix"),
            Sample((np.array([True, False, True]),), name="truth values"),
            Sample((np.zeros((0, 3)),), name="empty"),
            *[
                Sample((np.array([0, 1, 2], dtype=t),), name=t)
                for t in ("int8", "uint16", "uint64", "complex64")
            ],
        ],
        [Refusal((np.ones(()),), sj.errors.ShapeError, r"no places[\s\S]*float64\[\]")],
        gradient=False,
        why_not_recorded="the size of the result depends on the values",
        formula="the places where x is not 0",
    ),
    *[
        Record(
            f"searchsorted-{side}",
            lambda x, v, side=side: sj.searchsorted(x, v, side=side),
            lambda x, v, side=side: np.searchsorted(x, v, side=side),
            [Sample(pair) for pair in LISTS],
            [
                Refusal((np.ones((2, 3)), np.ones(2)), sj.errors.ShapeError, r"is a vector[\s\S]*\(2, 3\)"),
                Refusal((np.ones(2, "complex64"), np.ones(2)), sj.errors.DTypeError, r"takes real numbers"),
            ],
            gradient=False,
            formula="y = number of x1 " + ("< x2" if side == "left" else "<= x2"),
        )
        for side in ("left", "right")
    ],
    Record(
        "searchsorted",
        sj.searchsorted,
        np.searchsorted,
        [Sample((np.array([1.0, 2.0]), 1.5), name="python number")],
        [
            Refusal(
                (np.ones(3), np.ones(2)),
                sj.errors.ArgumentError,
                r"no such side[\s\S]*middle",
                {"side": "middle"},
            ),
            Refusal(
                (np.ones(3), np.ones(2)),
                sj.errors.ShapeError,
                r"does not fit[\s\S]*\(2,\) for \(3,\)",
                {"sorter": np.arange(2)},
            ),
        ],
        gradient=False,
        formula="y = number of x1 < x2",
    ),
    Record(
        "searchsorted-sorter",
        _sorter(sj.searchsorted, sj.argsort),
        _sorter(np.searchsorted, lambda x: np.argsort(x, kind="stable")),
        [Sample((np.array([3.0, -1.0, 2.0]), np.array([2.0, 5.0])))],
        gradient=False,
        formula="as searchsorted, of x1[sorter]",
    ),
]
