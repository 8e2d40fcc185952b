"""Records of attention, against the formula written out without our code."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data


def _attention(
    q: Any, k: Any, v: Any, mask: Any = None, causal: bool = False, scale: float | None = None
) -> Any:
    scores = np.einsum("...td,...sd->...ts", q, k) * (q.shape[-1] ** -0.5 if scale is None else scale)
    allowed = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask, scores.shape)
    if causal:
        allowed = allowed & np.tri(*scores.shape[-2:], dtype=bool)
    weights = np.exp(scores) * allowed
    total = weights.sum(axis=-1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return weights @ v


def _masked(q: Any, k: Any, v: Any, mask: Any, **options: Any) -> Any:
    return sj.attention(q, k, v, mask=mask, **options)


def _of(*shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    return tuple(data(*shape, seed=i) for i, shape in enumerate(shapes))


ROWS = np.array([[True, False, True], [False, False, False]])
TOLERANCE = {"bfloat16": (5e-2, 5e-2), "float16": (4e-3, 4e-3)}  # scores and weights are rounded too
TYPES = ("float32", "float64", "float16", "bfloat16")
SHAPES = sj.errors.ShapeError

RECORDS = [
    Record(
        "attention",
        sj.attention,
        _attention,
        [
            Sample(_of((2, 3), (3, 3), (3, 2))),
            Sample(_of((2, 2, 2), (2, 3, 2), (2, 3, 1)), {"scale": 0.3}, name="a batch"),
            Sample(_of((3, 2), (3, 2), (3, 2)), {"causal": True}, name="causal"),
            Sample(_of((2, 2), (4, 2), (4, 1)), {"causal": True}, name="causal, more keys"),
            Sample(_of((3, 2), (2, 2), (2, 1)), {"causal": True}, name="causal, fewer keys"),
            Sample(_of((1, 2, 1, 2), (2, 1, 2, 2), (1, 2, 2)), name="leading axes broadcast"),
            Sample(_of((1, 1), (1, 1), (1, 1)), name="one place"),
            Sample(_of((2, 1, 1, 2), (2, 1, 3, 2), (2, 1, 3, 2)), name="one query"),
            Sample(_of((0, 2), (2, 2), (2, 2)), name="no queries"),
            Sample(_of((2, 2), (0, 2), (0, 2)), name="no keys"),
            Sample(_of((0, 2, 2), (0, 3, 2), (0, 3, 2)), name="no examples"),
            Sample(_of((2, 0), (2, 0), (2, 1)), {"scale": 1.0}, name="no features"),
        ],
        [
            Refusal(_of((2, 3), (2, 4), (2, 3)), SHAPES, r"q \(2, 3\), k \(2, 4\)[\s\S]*k \(..., S, D\)"),
            Refusal(_of((2, 3), (2, 3), (4, 3)), SHAPES, "do not fit together"),
            Refusal(_of((3,), (2, 3), (2, 3)), SHAPES, "do not fit together"),
            Refusal(_of((2, 2, 3), (4, 2, 3), (2, 2, 3)), SHAPES, "shapes do not broadcast"),
            Refusal([np.ones((2, 2), complex)] * 3, sj.errors.DTypeError, "takes real numbers"),
        ],
        dtypes=TYPES,
        tolerance=TOLERANCE,
        formula="y = softmax(scale q k^T + mask) v",
        gradient_formula="dv = p^T g, dp = g v^T, ds = p (dp - sum(dp p)), dq = scale ds k,"
        " dk = scale ds^T q",
    ),
    Record(
        "attention with a mask",
        _masked,
        _attention,
        [
            Sample((*_of((2, 2), (3, 2), (3, 2)), ROWS), name="a row that sees nothing"),
            Sample((*_of((3, 2), (3, 2), (3, 1)), np.array([False, True, True])), {"causal": True}),
            Sample(
                (*_of((2, 1, 2, 1), (2, 1, 2, 1), (2, 1, 2, 1)), np.eye(2, dtype=bool)[:, None, None, :]),
                name="keys of each example",
            ),
            Sample((*_of((2, 2), (2, 2), (2, 2)), np.array(False)), name="nothing is seen"),
            Sample((*_of((2, 2), (2, 2), (2, 2)), np.array([[True], [False]])), name="rows"),
        ],
        [
            Refusal(
                (*_of((2, 2), (3, 2), (3, 2)), np.ones((2, 3))),
                sj.errors.DTypeError,
                r"the mask holds truth values[\s\S]*ids != 0",
            ),
            Refusal(
                (*_of((2, 2), (3, 2), (3, 2)), np.ones((4, 2, 3), bool)),
                SHAPES,
                r"does not stretch[\s\S]*\(4, 2, 3\)[\s\S]*\(2, 3\)",
            ),
            Refusal((*_of((2, 2), (3, 2), (3, 2)), np.ones((2, 2), bool)), SHAPES, "do not broadcast"),
        ],
        dtypes=TYPES,
        tolerance=TOLERANCE,
        formula="y = softmax(scale q k^T) v where the mask allows it",
    ),
]
