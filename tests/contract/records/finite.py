"""Record of the question whether all numbers are finite."""

from __future__ import annotations

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

INF, NAN = np.array([1.0, np.inf]), np.array([[np.nan], [0.0]])

RECORDS = [
    Record(
        "all_finite",
        sj.all_finite,
        lambda *xs: np.bool_(all(np.isfinite(x).all() for x in xs)),
        [
            Sample((data(3, 2),)),
            Sample((data(3, 2), data(), data(0, 4)), name="several"),
            Sample((data(3, 2), INF), name="infinite"),
            Sample((NAN, data(2)), name="nan"),
            Sample((-INF, data(2)), name="minus infinity"),
            Sample((data(2) * 1e30, data(2)), name="large"),
            Sample((data(0),), name="empty"),
            Sample((data(2), np.arange(3)), name="integers among them"),
        ],
        [Refusal((), sj.errors.ArgumentError, "at least one tensor")],
        gradient=False,
        formula="y = and over i of (x_i is neither infinite nor NaN)",
    ),
]
