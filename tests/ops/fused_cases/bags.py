"""Bags of words: sums, means, greatest values; an empty bag, padding; means of picked rows."""

from __future__ import annotations

import numpy as np

import sujeong as sj

from .case import Case, values

TABLE, IDS, OFFSETS = values(5, 3), np.array([4, 0, 2, 2, 3, 1, 0]), np.array([0, 3, 3, 6])
KINDS = [(c, p) for c in ("sum", "mean", "max") for p in (None, 0)]

MEANS = {"by": "take", "negative": True}

CASES = [
    Case("take_mean", (TABLE, IDS.reshape(7, 1)), {"over": (1,), "keepdims": True, **MEANS}, "one each"),
    Case(
        "take_mean", (TABLE, IDS[:6].reshape(2, 3) - 5), {"over": (1,), "keepdims": False, **MEANS}, "below"
    ),
    Case("take_as", (TABLE, IDS), {"dtype": sj.float32, **MEANS}, "as it is"),
    Case("take_as", (TABLE, IDS[:6].reshape(2, 3) - 5), {"dtype": sj.float64, **MEANS}, "below"),
    *[
        Case("embedding_bag", (TABLE, IDS, OFFSETS), {"combiner": c, "padding_id": p}, f"{c} {p}")
        for c, p in KINDS
    ],
    *[
        Case(
            "embedding_bag_gradient",
            (values(4, 3, seed=1), IDS, OFFSETS),
            {"size": 5, "combiner": c, "padding_id": p},
            f"{c} {p}",
        )
        for c, p in KINDS
        if c != "max"
    ],
]
