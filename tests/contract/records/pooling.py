"""Records of pooling, held against loops over positions."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, apart, data

ArgumentError, ShapeError = sj.errors.ArgumentError, sj.errors.ShapeError


def _each(value: Any, axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _pool(reduce: Any, x: Any, window: Any, strides: Any, padding: Any, data_format: str) -> Any:
    """`reduce` of the real values under each window: (values, C) -> (C,)."""
    x = x if data_format == "channels_last" else np.moveaxis(x, 1, -1)
    size = x.shape[1:-1]
    window = _each(window, len(size))
    strides = window if strides is None else _each(strides, len(size))
    lows, places = [], []
    for axis, (n, k, s) in enumerate(zip(size, window, strides, strict=True)):
        if padding == "same":
            total = max((-(-n // s) - 1) * s + k - n, 0)
            low, high = total // 2, total - total // 2
        elif padding == "valid":
            low = high = 0
        else:
            sides = padding if isinstance(padding, int) else padding[axis]
            low, high = (sides, sides) if isinstance(sides, int) else sides
        lows.append(low)
        places.append((n + low + high - k) // s + 1)
    y = np.zeros((len(x), *places, x.shape[-1]))
    for n, o in product(range(len(x)), product(*map(range, places))):
        under = []
        for j in product(*map(range, window)):
            spot = [p * s + i - low for p, s, i, low in zip(o, strides, j, lows, strict=True)]
            if all(0 <= i < m for i, m in zip(spot, size, strict=True)):
                under.append(x[(n, *spot)])
        y[(n, *o)] = reduce(np.array(under))
    return y if data_format == "channels_last" else np.moveaxis(y, -1, 1)


def max_pool(
    x: Any, window: Any, *, strides: Any = None, padding: Any = "valid", data_format: str = "channels_last"
) -> Any:
    return _pool(lambda v: v.max(0), x, window, strides, padding, data_format)


def average_pool(
    x: Any, window: Any, *, strides: Any = None, padding: Any = "valid", data_format: str = "channels_last"
) -> Any:
    return _pool(lambda v: v.sum(0) / len(v), x, window, strides, padding, data_format)


def _globally(reduce: Any) -> Any:
    def reference(x: Any, *, keepdims: bool = False, data_format: str = "channels_last") -> Any:
        axes = range(1, x.ndim - 1) if data_format == "channels_last" else range(2, x.ndim)
        return reduce(x, axis=tuple(axes), keepdims=keepdims)

    return reference


def _samples(make: Any) -> list[Sample]:
    """`make` gives values: apart from each other where the maximum is differentiated."""
    return [
        Sample((make(1, 4, 2, 2), 2), name="plane"),
        Sample((make(2, 7, 1), 3), name="line, a rest is left over"),
        Sample((make(1, 4, 2, 3, 1), (2, 2, 3)), name="space"),
        Sample((make(1, 3, 3, 2), (2, 2)), {"strides": 1}, name="overlap"),
        Sample((make(1, 3, 5, 1), (3, 2)), {"strides": (2, 2), "padding": "same"}, name="same"),
        Sample((make(1, 3, 4, 1), 3), {"strides": 2, "padding": ((1, 0), (0, 2))}, name="uneven padding"),
        Sample((make(1, 5, 2), 1), {"strides": 2}, name="gaps between windows"),
        Sample(
            (make(1, 3, 4, 2), 2), {"strides": (1, 2), "data_format": "channels_first"}, name="channels first"
        ),
        Sample(
            (make(1, 2, 3, 2, 2), (2, 2, 1)), {"strides": 1, "padding": (1, 0, 0)}, name="space with overlap"
        ),
        Sample((make(1, 1, 1, 1), 1), name="one number"),
        Sample((make(0, 4, 4, 2), 2), name="empty batch"),
    ]


GLOBAL = [
    Sample((apart(2, 2, 3, 2),), name="plane"),
    Sample((apart(2, 4, 1),), {"keepdims": True}, name="line"),
    Sample((apart(1, 2, 2, 2, 2),), {"data_format": "channels_first"}, name="space"),
    Sample((apart(1, 3, 2, 2),), {"keepdims": True, "data_format": "channels_first"}, name="channels first"),
    Sample((apart(2, 1, 1, 3),), name="one position"),
    Sample((data(0, 2, 2, 1),), name="empty batch"),
]
X = np.ones((2, 5, 5, 3))


def _refusals(name: str) -> list[Refusal]:
    return [
        Refusal(
            (X, 6),
            ShapeError,
            rf"\[{name}\] the window is larger[\s\S]*a window of 6 along spatial axis 0 of size 5[\s\S]*= 0",
        ),
        Refusal((X, 2), ArgumentError, r"strides are too small", {"strides": 0}),
        Refusal((X, 0), ArgumentError, r"window sizes are too small"),
        Refusal((X, (2, 2, 2)), ArgumentError, r"window sizes do not fit the axes[\s\S]*2 numbers"),
        Refusal(
            (X, 2),
            ArgumentError,
            r"padding must be smaller than the window[\s\S]*window \(2, 2\)",
            {"padding": 2},
        ),
        Refusal((X[0, 0], 2), ShapeError, r"takes one to three spatial axes[\s\S]*received: \(5, 3\)"),
        Refusal((X, 2), sj.errors.NameUnknownError, r"no padding named 'full'", {"padding": "full"}),
    ]


NOTHING = np.ones((2, 0, 3, 1))
RECORDS = [
    Record(
        "max_pool",
        sj.max_pool,
        max_pool,
        _samples(apart),
        _refusals("max_pool"),
        formula="y[n, o, c] = max_j x[n, o s + j - low, c]",
        gradient_formula="g goes to the first of the greatest elements",
    ),
    Record(
        "average_pool",
        sj.average_pool,
        average_pool,
        _samples(data),
        _refusals("average_pool"),
        formula="y[n, o, c] = (1/count) sum_j x[n, o s + j - low, c]",
        gradient_formula="g / count to each real element of the window",
    ),
    Record(
        "global_max_pool",
        sj.global_max_pool,
        _globally(np.max),
        GLOBAL,
        [
            Refusal(
                (NOTHING,), ShapeError, r"\[global_max_pool\] there is nothing to pool[\s\S]*\[2, 0, 3, 1\]"
            )
        ],
        formula="y[n, c] = max_i x[n, i, c]",
        gradient_formula="g goes to the first of the greatest elements",
    ),
    Record(
        "global_average_pool",
        sj.global_average_pool,
        _globally(np.mean),
        GLOBAL,
        [Refusal((NOTHING,), ShapeError, r"\[global_average_pool\] there is nothing to pool")],
        formula="y[n, c] = (1/m) sum_i x[n, i, c]",
        gradient_formula="g / m to each element",
    ),
]
