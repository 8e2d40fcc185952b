"""Records of mean, spread and order statistics."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, data
from .reduction import NO_AXIS, NO_ORDER, along

SPREAD = [
    *along(data(2, 3, 2))[:4],
    *[Sample((data(4, 3),), {"axis": 0, "correction": c}, name=f"correction {c}") for c in (1, 0.5)],
    Sample((data(1, 4),), {"axis": 1, "keepdims": True}, name="one row"),
    Sample((data(2, 0),), {"axis": 0}, name="empty"),
    Sample((data(1, 3),), {"axis": 0, "correction": 1}, gradient=False, name="too few"),
    Sample((np.array([[1, 2, 6]], dtype="int8"),), {"axis": 1}, gradient=False, name="integers"),
    Sample((1e4 + data(5),), gradient=False, name="far from zero"),
]


def _var(x: np.ndarray, axis: Any = None, correction: float = 0, keepdims: bool = False) -> np.ndarray:
    """The definition, in float64."""
    wide = x.astype("float64")
    with np.errstate(all="ignore"):
        n = x.size / max(np.size(np.sum(wide, axis=axis)), 1)
        away = wide - np.sum(wide, axis=axis, keepdims=True) / n
        found = np.sum(away**2, axis=axis, keepdims=keepdims) / np.float64(n - correction)
    return np.asarray(found).astype("float32" if x.dtype.kind in "biu" else "float64")


def _std(x: np.ndarray, **kwargs: Any) -> np.ndarray:
    return np.sqrt(_var(x, **kwargs))


def _mean(x: np.ndarray, **kwargs: Any) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.sum(x, **kwargs) / (np.size(x) / max(np.size(np.sum(x, **kwargs)), 1))


def _quantile(x: np.ndarray, q: Any, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    """Place q (n - 1) of the sorted values, written out."""
    shape = [1] * x.ndim if axis is None else [1 if i == axis % x.ndim else s for i, s in enumerate(x.shape)]
    rows = x.reshape(-1, 1) if axis is None else np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)
    out = []
    for share in np.atleast_1d(q):
        place = share * (len(rows) - 1)
        values = [np.interp(place, np.arange(len(rows)), np.sort(column)) for column in rows.T]
        values = [np.nan if np.isnan(column).any() else v for v, column in zip(values, rows.T, strict=True)]
        found = np.reshape(values, shape)
        out.append(found if keepdims else found.reshape(()) if axis is None else np.squeeze(found, axis))
    return np.stack(out) if np.ndim(q) else out[0]


ORDER = [
    (apart(3, 4), {"q": 0.3}),
    (apart(3, 4), {"q": [0.0, 0.25, 1.0], "axis": -1}),
    (apart(3, 4), {"q": [0.5], "axis": 0, "keepdims": True}),
    (apart(5, 1), {"q": 0.5, "axis": 1}),
    (data(), {"q": 0.7}),
    (data(3, 0), {"q": [0.1, 0.2], "axis": 0}),
]
ODD = np.array([[1.0, np.nan, 2.0], [np.inf, 0.0, np.inf]])
OUTSIDE = Refusal(
    (np.ones(3),), sj.errors.ArgumentError, r"outside 0 to 1[\s\S]*\[0.5, 1.5\]", {"q": [0.5, 1.5]}
)
NOTHING = Refusal(
    (np.ones((0, 3)),), sj.errors.ArgumentError, r"axis is empty[\s\S]*float64\[0, 3\]", {"axis": 0}
)


RECORDS = [
    Record(
        "mean",
        sj.mean,
        _mean,
        [
            *along(data(2, 3, 2)),
            Sample((data(),), name="number"),
            Sample((data(0, 3),), {"axis": 0}, gradient=False, name="nothing to average"),
            Sample((data(2, 0),), {"axis": 0}, name="empty"),
            Sample((data(3).astype("complex128") * (1 + 2j),), gradient=False, name="complex"),
        ],
        [NO_AXIS],
        formula="y = (1/n) sum x",
        gradient_formula="dx = g / n",
    ),
    Record(
        "var",
        sj.var,
        _var,
        SPREAD,
        [NO_AXIS, NO_ORDER],
        # the last sample spreads by 1 around 10,000: squares of differences of float32 numbers of that size
        formula="y = sum (x - mean)^2 / (n - correction)",
        gradient_formula="dx = 2 g (x - mean) / (n - correction)",
        tolerance={"float32": (1e-3, 2e-6), "float64": (1e-11, 1e-13)},
    ),
    Record(
        "std",
        sj.std,
        _std,
        SPREAD,
        [NO_AXIS, NO_ORDER],
        formula="y = sqrt(var(x))",
        gradient_formula="dx = g (x - mean) / (y (n - correction))",
        tolerance={"float32": (1e-3, 2e-6), "float64": (1e-11, 1e-13)},
    ),
    Record(
        "quantile",
        lambda x, q=0.5, **kwargs: sj.quantile(x, q, **kwargs),
        lambda x, q=0.5, **kwargs: _quantile(x, q, **kwargs),
        [
            *[Sample((x,), kwargs) for x, kwargs in ORDER],
            Sample((ODD,), {"q": [0.5, 0.8], "axis": 1}, gradient=False, name="NaN"),
        ],
        [OUTSIDE, NOTHING, NO_ORDER],
        formula="y = the sorted x at place q (n - 1), straight lines between",
        gradient_formula="g to the neighbours, by their weights",
    ),
    Record(
        "median",
        sj.median,
        lambda x, **kwargs: _quantile(x, 0.5, **kwargs),
        [Sample((x,), {k: v for k, v in kwargs.items() if k != "q"}) for x, kwargs in ORDER],
        [NOTHING, NO_ORDER],
        formula="y = the middle of the sorted x",
        gradient_formula="g to the middle, or half to each of two",
    ),
]
