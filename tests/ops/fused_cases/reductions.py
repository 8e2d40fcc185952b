"""Means, products, running products and logarithms of sums."""

from __future__ import annotations

import numpy as np

from .case import Case, values

ZEROS = np.array([[0.5, 0.0, -1.5], [2.0, 1.2, 0.7]])

CASES = [
    Case("mean", (values(2, 3, 2),), {"axis": (1,), "keepdims": False}),
    Case("mean", (values(2, 3),), {"axis": (0, 1), "keepdims": True}),
    Case("var", (values(2, 3, 2),), {"axis": (1,), "correction": 0.0, "keepdims": False}),
    Case("var", (values(2, 3),), {"axis": (0, 1), "correction": 1, "keepdims": True}, name="of a sample"),
    Case("var", (values(2, 3),), {"axis": (), "correction": 0.5, "keepdims": True}, name="of single numbers"),
    Case("std", (values(2, 3, 2),), {"axis": (0, 2), "correction": 1.0, "keepdims": False}),
    Case("vector_norm", (values(2, 3, 2),), {"axis": (1,), "keepdims": False}),
    Case("vector_norm", (values(2, 3),), {"axis": (0, 1), "keepdims": True}),
    Case("vector_norm", (values(2, 3),), {"axis": (), "keepdims": True}, name="of single numbers"),
    Case("vector_norm", (np.zeros((2, 3)),), {"axis": (1,), "keepdims": False}, name="of nothing"),
    Case("prod", (values(2, 3, 2),), {"axis": (1,), "keepdims": False}),
    Case("prod", (ZEROS,), {"axis": (0, 1), "keepdims": True}, name="with a zero"),
    Case("logsumexp", (values(2, 3),), {"axis": (1,), "keepdims": False}),
    Case("logsumexp", (values(2, 3, 2),), {"axis": (0, 2), "keepdims": True}),
    Case("cumulative_prod", (values(2, 4),), {"axis": 1}),
    Case("cumulative_prod", (ZEROS,), {"axis": 0}, name="with a zero"),
    Case("all_finite", (values(2, 3), values(2)), order=0),
    Case("all_finite", (np.array([1.0, np.inf]), values(2)), order=0, name="one is not"),
]
