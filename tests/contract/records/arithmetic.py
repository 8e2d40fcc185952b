"""Records of the four basic operations."""

from __future__ import annotations

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

PAIRS = [
    Sample((data(3, 4), data(3, 4, seed=1))),
    Sample((data(3, 1), data(4, seed=1)), name="broadcast"),
    Sample((data(), data(2, 3, seed=1)), name="number and matrix"),
    Sample((data(0, 3), data(3, seed=1)), name="empty"),
    Sample((data(5), 2.5), name="python number"),
]
MISFIT = Refusal((np.ones((2, 3)), np.ones((4,))), sj.errors.ShapeError, r"shapes do not broadcast[\s\S]*\(2, 3\) and \(4,\)")

RECORDS = [
    Record("add", sj.add, np.add, PAIRS, [MISFIT], formula="y = a + b", gradient_formula="da = g, db = g"),
    Record("subtract", sj.subtract, np.subtract, PAIRS, [MISFIT], formula="y = a - b", gradient_formula="da = g, db = -g"),
    Record("multiply", sj.multiply, np.multiply, PAIRS, [MISFIT], formula="y = a b", gradient_formula="da = g b, db = g a"),
    Record("divide", sj.divide, np.divide, PAIRS, [MISFIT], formula="y = a / b", gradient_formula="da = g / b, db = -g y / b"),
    Record("negative", sj.negative, np.negative, [Sample((data(3, 4),)), Sample((data(0, 2),), name="empty")], formula="y = -x", gradient_formula="dx = -g"),
]
