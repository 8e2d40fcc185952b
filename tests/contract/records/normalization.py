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
]
