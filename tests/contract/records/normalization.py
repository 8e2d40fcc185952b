"""Records of normalisation. References are written out by hand, without our code."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data


def _shapes(x: Any, axes: Any) -> tuple[Any, Any]:
    over = tuple(range(x.ndim - 1)) if axes is None else tuple(np.atleast_1d(axes) % x.ndim)
    return over, tuple(1 if i in over else s for i, s in enumerate(x.shape))


def _batch(x: Any, scale: Any = 1.0, offset: Any = 0.0, *, axes: Any = None, epsilon: float = 1e-3) -> Any:
    over, shape = _shapes(x, axes)
    m = np.prod([x.shape[a] for a in over])
    mean = np.sum(x, axis=over, keepdims=True) / m
    variance = np.sum((x - mean) ** 2, axis=over, keepdims=True) / m
    scale, offset = (np.broadcast_to(np.reshape(p, -1), mean.size).reshape(shape) for p in (scale, offset))
    y = scale * (x - mean) / np.sqrt(variance + epsilon) + offset
    kept = tuple(s for i, s in enumerate(x.shape) if i not in over)
    return y, mean.reshape(kept), variance.reshape(kept)


def _known(
    x: Any,
    mean: Any,
    variance: Any,
    scale: Any = 1.0,
    offset: Any = 0.0,
    *,
    axes: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    _, shape = _shapes(x, axes)
    parts = [
        np.broadcast_to(np.reshape(p, -1), np.size(mean)).reshape(shape)
        for p in (mean, variance, scale, offset)
    ]
    return parts[2] * (x - parts[0]) / np.sqrt(parts[1] + epsilon) + parts[3]


def _placed(p: Any, x: Any, over: Any) -> Any:
    """A parameter with axes of size 1 where the examples are."""
    return np.reshape(p, [s if i in over else 1 for i, s in enumerate(x.shape)]) if np.ndim(p) else p


def _layer(x: Any, scale: Any = 1.0, offset: Any = 0.0, *, axis: Any = -1, epsilon: float = 1e-3) -> Any:
    over = tuple(np.atleast_1d(axis) % x.ndim)
    n = (x - x.mean(over, keepdims=True)) / np.sqrt(x.var(over, keepdims=True) + epsilon)
    return n * _placed(scale, x, over) + _placed(offset, x, over)


def _rms(x: Any, scale: Any = 1.0, *, axis: Any = -1, epsilon: float = 1e-6) -> Any:
    over = tuple(np.atleast_1d(axis) % x.ndim)
    return x / np.sqrt((x * x).mean(over, keepdims=True) + epsilon) * _placed(scale, x, over)


def _positive(*shape: int, seed: int = 0) -> np.ndarray:
    return np.abs(data(*shape, seed=seed)) + 0.3


# Two float32 roundings of values near 4, divided by a spread near 1, then second differences of both.
NORMAL = {
    "float32": (2e-5, 2e-5),
    "float64": (1e-12, 1e-12),
    "float16": (4e-3, 4e-3),
    "bfloat16": (3e-2, 3e-2),
}
MISFIT = "does not fit"
BATCH = [
    Sample((data(5, 3), data(3, seed=1), data(3, seed=2))),
    Sample((data(2, 2, 3, 2), data(2, seed=1), data(2, seed=2)), name="images, channels last"),
    Sample((data(2, 3, 2, 2), data(3, seed=1), data(3, seed=2)), {"axes": (0, 2, 3)}, name="channels second"),
    Sample((data(3, 2, 2), data(3, seed=1), data(3, seed=2)), {"axes": (1, -1)}, name="channels in front"),
    Sample((data(2, 3, 2), data(2, 2, seed=1), data(2, 2, seed=2)), {"axes": 1}, name="two axes stay"),
    Sample((data(6), data(seed=1), data(seed=2)), {"axes": 0}, name="nothing stays"),
    Sample((data(4, 2),), {"epsilon": 0.1}, name="without parameters"),
    Sample((data(1, 3), data(3, seed=1), data(3, seed=2)), name="one row"),
    Sample((data(3, 0), data(0), data(0)), name="no channels"),
]

RECORDS = [
    Record(
        "batch_norm",
        sj.batch_norm,
        _batch,
        BATCH,
        [
            Refusal(
                (np.ones((2, 3)), np.ones(2)),
                sj.errors.ShapeError,
                rf"scale {MISFIT}[\s\S]*\(2,\) for x \(2, 3\)",
            ),
            Refusal((np.ones((2, 3)), np.ones(3), np.ones((1, 3))), sj.errors.ShapeError, f"offset {MISFIT}"),
            Refusal((np.ones((2, 3)),), sj.errors.ArgumentError, "no such axis", {"axes": 2}),
            Refusal((np.float32(1.0),), sj.errors.ArgumentError, "no channels"),
            Refusal((np.ones((2, 3), complex),), sj.errors.DTypeError, "takes real numbers"),
        ],
        dtypes=("float32", "float64", "float16", "bfloat16"),
        tolerance=NORMAL,
        formula="y = scale (x - mean) / sqrt(variance + epsilon) + offset, variance = (1/m) sum (x - mean)^2",
        gradient_formula="dx = scale / sqrt(variance + epsilon) (g - mean(g) - n mean(g n)), n: normalised x",
    ),
    Record(
        "batch_norm_inference",
        sj.batch_norm_inference,
        _known,
        [
            Sample((data(4, 3), data(3), _positive(3), data(3, seed=1), data(3, seed=2))),
            Sample(
                (data(2, 3, 2), data(3), _positive(3), data(3, seed=1), data(3, seed=2)), {"axes": (0, 2)}
            ),
            Sample((data(2, 1, 3, 2), data(2), _positive(2)), name="without parameters"),
            Sample((data(0, 3), data(3), _positive(3)), name="empty"),
        ],
        [Refusal((np.ones((2, 3)), np.ones(2), np.ones(3)), sj.errors.ShapeError, f"mean {MISFIT}")],
        tolerance=NORMAL,
        formula="y = scale (x - mean) / sqrt(variance + epsilon) + offset",
        gradient_formula="dx = g scale / sqrt(variance + epsilon)",
    ),
    Record(
        "layer_norm",
        sj.layer_norm,
        _layer,
        [
            Sample((data(3, 4), data(4, seed=1), data(4, seed=2))),
            Sample((data(2, 1, 3), data(3, seed=1), data(3, seed=2)), name="steps"),
            Sample(
                (data(2, 3, 2), data(3, 2, seed=1), data(3, 2, seed=2)), {"axis": (1, 2)}, name="two axes"
            ),
            Sample((data(2, 3, 2), data(3, seed=1), data(3, seed=2)), {"axis": 1}, name="middle axis"),
            Sample((data(5), data(5, seed=1), data(5, seed=2)), name="one example"),
            Sample((data(2, 3),), {"epsilon": 0.1}, name="without parameters"),
            Sample((data(0, 3), data(3), data(3)), name="empty"),
        ],
        [
            Refusal(
                (np.ones((2, 3)), np.ones(2)),
                sj.errors.ShapeError,
                rf"scale {MISFIT}[\s\S]*\(2,\) for x \(2, 3\)",
            ),
            Refusal((np.ones((2, 3)), np.ones(3), np.ones(2)), sj.errors.ShapeError, f"offset {MISFIT}"),
            Refusal((np.float32(1.0),), sj.errors.ArgumentError, "no features"),
            Refusal((np.ones((2, 3)),), sj.errors.ArgumentError, "no such axis", {"axis": 2}),
            Refusal((np.ones((2, 3), complex),), sj.errors.DTypeError, "takes real numbers"),
        ],
        dtypes=("float32", "float64", "float16", "bfloat16"),
        tolerance=NORMAL,
        formula="y = scale (x - mean) / sqrt(variance + epsilon) + offset",
        gradient_formula="dx = r (h - mean(h) - n mean(h n)), h = g scale, r = 1 / sqrt(variance + epsilon)",
    ),
    Record(
        "rms_norm",
        sj.rms_norm,
        _rms,
        [
            Sample((data(3, 4), data(4, seed=1))),
            Sample((data(2, 1, 3), data(3, seed=1)), name="steps"),
            Sample((data(2, 3, 2), data(3, 2, seed=1)), {"axis": (1, 2)}, name="two axes"),
            Sample((data(2, 3, 2), data(2, seed=1)), {"axis": 0}, name="first axis"),
            Sample((data(5), data(5, seed=1)), name="one example"),
            Sample((data(2, 3),), {"epsilon": 0.1}, name="without parameters"),
            Sample((data(0, 3), data(3)), name="empty"),
        ],
        [Refusal((np.ones((2, 3)), np.ones(2)), sj.errors.ShapeError, f"scale {MISFIT}")],
        dtypes=("float32", "float64", "float16", "bfloat16"),
        tolerance=NORMAL,
        formula="y = scale x / sqrt(mean of x^2 + epsilon)",
        gradient_formula="dx = r (h - n mean(h n)), h = g scale, r = 1 / sqrt(mean of x^2 + epsilon)",
    ),
]
