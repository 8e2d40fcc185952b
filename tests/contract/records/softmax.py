"""Records of softmax and of the cross-entropies, against the formulas written out without our code."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data


def _softmax(x: Any, axis: int = -1) -> Any:
    z = np.exp(x)
    return z / z.sum(axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: int = -1) -> Any:
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


def _cross_entropy(x: Any, t: Any, axis: int = -1) -> Any:
    if t.shape != x.shape:
        t = np.moveaxis(np.eye(x.shape[axis])[t], -1, axis)
    return -np.sum(t * _log_softmax(x, axis), axis=axis)


def _binary(x: Any, t: Any) -> Any:
    t = t.astype("float64")
    s = 1 / (1 + np.exp(-x))
    return -t * np.log(s) - (1 - t) * np.log(1 - s)


def _shares(*shape: int, seed: int = 0) -> np.ndarray:
    """Rows of probabilities that do not quite add up to 1, so that their sum matters."""
    return np.abs(data(*shape, seed=seed)) / shape[-1]


LABELS = np.array([2, 0, 1])
ONE_HOT = np.eye(3, dtype="int32")[LABELS]
SCORES = [
    Sample((data(3, 4),)),
    Sample((data(2, 3, 2),), {"axis": 1}, name="middle axis"),
    Sample((data(2, 3, 2),), {"axis": -3}, name="first axis"),
    Sample((data(5),), name="one row"),
    Sample((data(3, 1),), name="one class"),
    Sample((data(0, 3),), name="no rows"),
]
COMPLEX = Refusal((np.ones((2, 2), complex),), sj.errors.DTypeError, "takes real numbers")
NO_AXIS = Refusal((np.ones((2, 3)),), sj.errors.ArgumentError, "no such axis", {"axis": 2})

RECORDS = [
    Record(
        "softmax",
        sj.softmax,
        _softmax,
        SCORES,
        [COMPLEX, NO_AXIS, Refusal((np.float32(1),), sj.errors.ArgumentError, "zero-dimensional")],
        dtypes=("float32", "float64", "float16", "bfloat16"),
        formula="y_k = e^(x_k) / sum_j e^(x_j)",
        gradient_formula="dx = y (g - sum_j g_j y_j)",
    ),
    Record(
        "log_softmax",
        sj.log_softmax,
        _log_softmax,
        SCORES,
        [COMPLEX, NO_AXIS],
        formula="y_k = x_k - ln(sum_j e^(x_j))",
        gradient_formula="dx = g - e^y sum_j g_j",
    ),
    Record(
        "softmax_cross_entropy",
        sj.softmax_cross_entropy,
        _cross_entropy,
        [
            Sample((data(3, 3), LABELS), name="labels"),
            Sample((data(3, 3), LABELS.astype("uint8")), name="small labels"),
            Sample((data(2, 3, 3), np.array([[2, 0, 1], [1, 1, 0]])), name="labels of several rows"),
            Sample((data(2, 3, 2), np.array([[2, 0], [1, 1]])), {"axis": 1}, name="classes in the middle"),
            Sample((data(4), np.array(3)), name="one row"),
            Sample((data(0, 3), np.zeros(0, "int64")), name="no rows"),
            Sample((data(3, 3), ONE_HOT), name="one hot"),
            Sample((data(3, 3), ONE_HOT.astype(bool)), name="truth values"),
            Sample((data(2, 4), _shares(2, 4)), name="probabilities"),
            Sample((data(2, 3, 2), _shares(2, 3, 2)), {"axis": -2}, name="probabilities in the middle"),
        ],
        [
            Refusal(
                (np.ones((3, 3)), np.array([0, 3, 1])),
                sj.errors.IndexRangeError,
                r"label 3 is no class[\s\S]*0 to 2 for 3",
            ),
            Refusal(
                (np.ones((3, 3)), np.array([0, -1, 1])), sj.errors.IndexRangeError, "label -1 is no class"
            ),
            Refusal(
                (np.ones((2, 3)), np.array([-100, 1])), sj.errors.IndexRangeError, "label -100 is no class"
            ),
            Refusal(
                (np.ones((3, 2)), np.array([[0], [1], [1]])),
                sj.errors.ShapeError,
                r"labels \(3, 1\), logits \(3, 2\)[\s\S]*\(3,\) of class numbers, or \(3, 2\)",
            ),
            Refusal(
                (np.ones((2, 3)), np.array([0.0, 1.0])),
                sj.errors.DTypeError,
                "class numbers are whole numbers",
            ),
            Refusal(
                (np.ones((2, 3)), np.array([True, False])), sj.errors.DTypeError, "class numbers are whole"
            ),
            Refusal((np.ones((2, 0)), np.array([0, 0])), sj.errors.ArgumentError, "no classes"),
            Refusal((np.ones((2, 3), complex), np.array([0, 0])), sj.errors.DTypeError, "takes real numbers"),
        ],
        formula="E = -ln softmax(x)[t], or -sum_k t_k ln softmax(x)_k",
        gradient_formula="dx = g (softmax(x) - t)",
    ),
    Record(
        "sigmoid_binary_cross_entropy",
        sj.sigmoid_binary_cross_entropy,
        _binary,
        [
            Sample((data(3, 2), np.array([[0.0, 1.0], [1.0, 0.0], [0.3, 0.6]]))),
            Sample((data(4), np.array([0, 1, 1, 0])), name="whole numbers"),
            Sample((data(4), np.array([True, False, True, False])), name="truth values"),
            Sample((data(), np.array(1)), name="one number"),
            Sample((data(0, 2), np.zeros((0, 2))), name="empty"),
        ],
        [
            Refusal((np.ones((3, 1)), np.ones(3)), sj.errors.ShapeError, r"targets \(3,\), logits \(3, 1\)"),
            Refusal((np.ones(2, complex), np.ones(2)), sj.errors.DTypeError, "takes real numbers"),
        ],
        formula="E = -t ln s - (1 - t) ln(1 - s), s = sigmoid(x)",
        gradient_formula="dx = g (s - t)",
    ),
]
