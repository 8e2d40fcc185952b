"""Bags of words: sums, means, greatest values; an empty bag, padding."""

from __future__ import annotations

import numpy as np

from .case import Case, values

TABLE, IDS, OFFSETS = values(5, 3), np.array([4, 0, 2, 2, 3, 1, 0]), np.array([0, 3, 3, 6])
KINDS = [(c, p) for c in ("sum", "mean", "max") for p in (None, 0)]

CASES = [
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
