"""Records of bags of words, against loops over the bags."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, data


def _bag(
    table: Any, ids: Any, offsets: Any = None, combiner: str = "mean", padding_id: int | None = None
) -> Any:
    texts = list(ids) if offsets is None else np.split(ids, offsets[1:]) if len(offsets) else []
    rows = []
    for text in texts:
        words = table[[i for i in text if i != padding_id]]
        if len(words):
            rows.append({"sum": words.sum(0), "mean": words.mean(0), "max": words.max(0)}[combiner])
        else:
            rows.append(np.zeros(table.shape[1]))
    return np.array(rows).reshape(len(texts), table.shape[1])


IDS = np.array([3, 1, 1, 0, 2, 3])
OFFSETS = np.array([0, 2, 2, 5])
TEXTS = np.array([[1, 3, 0], [0, 0, 0]])
TABLE = apart(4, 2)

RECORDS = [
    Record(
        "embedding_bag",
        sj.embedding_bag,
        _bag,
        [
            Sample((TABLE, IDS, OFFSETS), name="mean, one bag empty"),
            Sample((TABLE, IDS, OFFSETS), {"combiner": "sum"}),
            Sample((TABLE, IDS, OFFSETS), {"combiner": "max"}),
            *[
                Sample((TABLE, TEXTS), {"combiner": c, "padding_id": 0}, name="padding")
                for c in ("mean", "sum", "max")
            ],
            Sample((TABLE, IDS, OFFSETS), {"combiner": "max", "padding_id": 1}, name="padding between words"),
            Sample((TABLE, TEXTS), name="no padding"),
            Sample((TABLE, np.array([2, 0]), np.array([0, 2])), {"combiner": "max"}, name="last bag empty"),
            Sample((data(1, 1), np.array([[0, 0]])), name="one word"),
            Sample((TABLE, np.zeros(0, "int64"), np.zeros(2, "int64")), name="no words"),
            Sample((TABLE, np.zeros((0, 3), "int64")), name="no texts"),
            Sample((data(3, 0), np.array([[0, 2]])), name="no features"),
        ],
        [
            Refusal((TABLE, np.array([0, 4]), np.array([0])), sj.errors.IndexRangeError, "index 4 is out"),
            Refusal((TABLE, np.array([0, -1]), np.array([0])), sj.errors.IndexRangeError, "index -1 is out"),
            Refusal(
                (TABLE, IDS, np.array([0, 4, 2])), sj.errors.IndexRangeError, r"\[0 4 2\][\s\S]*never falling"
            ),
            Refusal((TABLE, IDS, np.array([1, 4])), sj.errors.IndexRangeError, "0 first"),
            Refusal((TABLE, IDS, np.array([0, 7])), sj.errors.IndexRangeError, "at most 6"),
            Refusal((TABLE, IDS), sj.errors.ShapeError, "bags are not told apart"),
            Refusal((TABLE, TEXTS, OFFSETS), sj.errors.ShapeError, "bags are not told apart"),
            Refusal((TABLE, IDS, TEXTS), sj.errors.ShapeError, "offsets are a row"),
            Refusal((TABLE, IDS, np.zeros(0, "int64")), sj.errors.ShapeError, "no bags"),
            Refusal((data(4), TEXTS), sj.errors.ShapeError, r"\(words, features\)"),
            Refusal((TABLE, TEXTS * 1.0), sj.errors.DTypeError, "whole numbers"),
            Refusal((TABLE, TEXTS), sj.errors.ArgumentError, "sum or mean or max", {"combiner": "median"}),
        ],
        formula="y_b = sum, mean or maximum of W[i] over the words i of bag b",
        gradient_formula="dW[i] = sum of g_b over the bags b of i, shared by a mean's or the greatest words",
    ),
]
