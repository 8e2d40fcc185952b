"""Attention: with masks, blocks of queries, dropout, rows that see nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, values

Q, K, V = values(2, 3, 2), values(2, 4, 2, seed=1), values(2, 4, 3, seed=2)
G = values(2, 3, 3, seed=3)
PLAIN: dict[str, Any] = {"causal": False, "scale": 0.6, "masked": False, "rate": 0.0}
ROWS = np.array([[True, False, True, True], [False] * 4, [False, True, False, False]])
KEYS = np.array([[[True, True, False, False]], [[False, True, True, True]]])
KEPT = np.random.default_rng(3).uniform(size=(2, 3, 4)) > 0.3


def _shares(lower: bool = False) -> np.ndarray:
    """Weights of rows that add up to 1; of a causal sequence, zero above the diagonal."""
    p = np.abs(values(2, 3, 4, seed=4))
    p = np.tril(p) if lower else p
    return p / p.sum(axis=-1, keepdims=True)


KINDS: list[tuple[str, dict[str, Any], tuple[np.ndarray, ...]]] = [
    ("plain", {}, ()),
    ("causal", {"causal": True}, ()),
    ("mask", {"masked": True}, (ROWS,)),
    ("causal and mask of keys", {"masked": True, "causal": True}, (KEYS,)),
    ("dropout", {"rate": 0.3}, (KEPT,)),
    ("all", {"masked": True, "causal": True, "rate": 0.3}, (ROWS, KEPT)),
]


def _long(name: str) -> list[Case]:
    """Many examples of several heads, and many queries, which kernels take in parts."""
    shape = (2, 2, 260, 2)
    q, k, v, g = (values(*shape, seed=s) / 2 for s in range(4))
    keys = np.arange(260)[None, None, None, :] < np.array([260, 31])[:, None, None, None]
    first = (g,) if name.endswith("gradient") else ()
    plain = Case(name, (*first, q, k, v), PLAIN | {"causal": True}, name="long", order=1)
    masked = Case(name, (*first, q, k, v, keys), PLAIN | {"masked": True}, name="long mask", order=1)
    return [plain, masked]


CASES = [
    *[Case("attention", (Q, K, V, *more), PLAIN | options, name) for name, options, more in KINDS],
    *[
        Case(
            "attention_gradient",
            (G, Q, K, V, _shares(options["causal"]), *more),
            {"scale": 0.6, "rate": 0.0} | options,
            name,
        )
        for name, options, more in [
            ("plain", {"causal": False}, ()),
            ("causal", {"causal": True}, ()),
            ("dropout", {"causal": False, "rate": 0.3}, (KEPT,)),
        ]
    ],
    *[Case("attention_blocks", (Q, K, V, *more), PLAIN | options, name) for name, options, more in KINDS],
    *[
        Case("attention_blocks_gradient", (G, Q, K, V, *more), PLAIN | options, name)
        for name, options, more in KINDS
    ],
    *_long("attention"),
    *_long("attention_blocks"),
    *_long("attention_blocks_gradient"),
]
