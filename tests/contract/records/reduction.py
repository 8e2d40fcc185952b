"""Records of sums, products and extremes along axes, and of all and any."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, data

NO_AXIS = Refusal(
    (np.ones((2, 3)),), sj.errors.ArgumentError, r"no such axis[\s\S]*received: 2[\s\S]*-2 to 1", {"axis": 2}
)
TWICE = Refusal(
    (np.ones((2, 3)),), sj.errors.ArgumentError, r"named twice[\s\S]*\(0, -2\)", {"axis": (0, -2)}
)
NO_ORDER = Refusal(
    (np.ones(2, "complex64"),), sj.errors.DTypeError, r"takes real numbers[\s\S]*complex64\[2\]"
)


def along(x: Any, *more: Any) -> list[Sample]:
    """A tensor with three axes, reduced in every way."""
    return [
        Sample((x, *more), name="all"),
        Sample((x, *more), {"axis": 1}),
        Sample((x, *more), {"axis": -1, "keepdims": True}, name="negative axis kept"),
        Sample((x, *more), {"axis": (2, 0)}, name="two axes"),
        Sample((x, *more), {"axis": (), "keepdims": False}, name="no axes"),
    ]


def float64(function: Any, **fixed: Any) -> Any:
    """A NumPy function that knows the same arguments."""
    return lambda x, **kwargs: function(x, **fixed, **kwargs)


SHAPES = [
    *along(data(2, 3, 2)),
    Sample((data(),), name="number"),
    Sample((data(1, 4),), {"axis": 0}, name="one row"),
    Sample((data(0, 3),), {"axis": 0}, name="nothing to reduce"),
    Sample((data(2, 0),), {"axis": 0}, name="empty"),
    Sample((np.arange(6, dtype="int16").reshape(2, 3),), {"axis": 1}, gradient=False, name="int16"),
    Sample((np.arange(6, dtype="uint8").reshape(2, 3),), {"axis": 1}, gradient=False, name="uint8"),
    Sample((np.arange(6, dtype="uint32").reshape(2, 3),), {"axis": 1}, gradient=False, name="uint32"),
    Sample((np.array([[True, False], [True, True]]),), {"axis": 1}, gradient=False, name="truth values"),
    Sample((data(3).astype("complex128") * (1 + 2j),), gradient=False, name="complex"),
]

EXTREMES = [
    *along(apart(2, 3, 2)),
    Sample((data(),), name="number"),
    Sample((apart(1, 4),), {"axis": 0}, name="one row"),
    Sample((data(2, 0),), {"axis": 0}, name="empty"),
    Sample((np.array([1.0, np.nan, np.inf]),), gradient=False, name="NaN"),
    *[
        Sample((np.array([[7, 2, 9], [1, 0, 3]], dtype=t),), {"axis": 1}, gradient=False, name=t)
        for t in ("int8", "int64", "uint8", "uint16", "uint32")
    ],
    Sample((np.array([2**64 - 1, 0, 2**63], dtype="uint64"),), gradient=False, name="uint64"),
    Sample((np.array([[True, False], [True, True]]),), {"axis": 1}, gradient=False, name="truth values"),
]
EMPTY = Refusal(
    (np.ones((2, 0)),), sj.errors.ArgumentError, r"the axis is empty[\s\S]*float64\[2, 0\]", {"axis": 1}
)

# Distinct values of both signs with zeros: one in some products, two in another.
ZEROS = np.array([[1.5, 0.0, -0.7, 2.0], [0.0, 0.0, 1.2, -0.4], [0.9, 1.1, -1.3, 0.6]])

LOGITS = [
    *along(data(2, 3, 2)),
    Sample((data(),), name="number"),
    Sample((data(0, 3),), {"axis": 0}, gradient=False, name="nothing to reduce"),
    Sample((data(2, 0),), {"axis": 0}, name="empty"),
    Sample((np.array([[1000.0, 999.0], [-1000.0, -1001.0]]),), {"axis": 1}, name="far out"),
    Sample(
        (np.array([[-np.inf, -np.inf], [np.inf, 1.0], [np.nan, 1.0], [-np.inf, 2.0]]),),
        {"axis": 1},
        gradient=False,
        name="infinite",
    ),
]


def _logsumexp(x: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    """In long double, whose range is so wide that the sum itself cannot overflow."""
    with np.errstate(all="ignore"):
        total = np.sum(np.exp(x.astype(np.longdouble)), axis=axis, keepdims=keepdims)
        return np.asarray(np.log(total)).astype("float64")


TRUTHS = [
    Sample((np.array([[[True, False], [True, True]]]),), {"axis": axis, "keepdims": kept})
    for axis, kept in ((None, False), (0, True), (-1, False), ((0, 2), False), ((), False))
] + [
    Sample((np.zeros((0, 3), bool),), {"axis": 0}, name="nothing to reduce"),
    Sample((np.zeros((2, 0), bool),), {"axis": 0}, name="empty"),
    Sample((np.array([[0.0, np.nan], [0.0, -0.0]]),), {"axis": 1}, name="NaN"),
    *[
        Sample((np.array([[0, 3], [0, 0]], dtype=t),), {"axis": 1}, name=t)
        for t in ("int8", "uint64", "complex64")
    ],
]


def _total(function: Any) -> Any:
    """NumPy's total, in the element type of the standard."""

    def reference(x: np.ndarray, **kwargs: Any) -> np.ndarray:
        kind = {"b": "int64", "i": "int64", "u": "uint64"}.get(x.dtype.kind, x.dtype)
        return function(x, dtype=kind, **kwargs)

    return reference


RECORDS = [
    Record(
        "sum",
        sj.sum,
        _total(np.sum),
        SHAPES,
        [NO_AXIS, TWICE],
        formula="y = sum over the axes of x",
        gradient_formula="dx = g, stretched",
    ),
    Record(
        "prod",
        sj.prod,
        _total(np.prod),
        [*SHAPES, *[Sample((ZEROS,), {"axis": a}, name=f"zeros {a}") for a in (0, 1, None)]],
        [NO_AXIS],
        formula="y = product over the axes of x",
        gradient_formula="dx_i = g times the product of the others",
    ),
    Record(
        "max",
        sj.max,
        np.max,
        EXTREMES,
        [NO_AXIS, EMPTY, NO_ORDER],
        formula="y = greatest x",
        gradient_formula="dx = g / (number of maxima) where x = y",
    ),
    Record(
        "min",
        sj.min,
        np.min,
        EXTREMES,
        [NO_AXIS, EMPTY, NO_ORDER],
        formula="y = least x",
        gradient_formula="dx = g / (number of minima) where x = y",
    ),
    Record(
        "logsumexp",
        sj.logsumexp,
        _logsumexp,
        LOGITS,
        [NO_AXIS, NO_ORDER],
        tolerance={"float64": (1e-14, 1e-14), "float32": (2e-6, 2e-6)},
        formula="y = ln sum e^x",
        gradient_formula="dx = g e^(x - y)",
    ),
    Record("all", sj.all, np.all, TRUTHS, [NO_AXIS], gradient=False, formula="y = no x is zero"),
    Record("any", sj.any, np.any, TRUTHS, [NO_AXIS], gradient=False, formula="y = some x is not zero"),
]
