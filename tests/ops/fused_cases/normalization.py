"""Batch, layer and root mean square normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, positive, values

LAYOUTS = [
    ("features", (5, 3), (0,)),
    ("channels last", (2, 2, 3, 2), (0, 1, 2)),
    ("channels second", (2, 3, 2, 2), (0, 2, 3)),
    ("channels in front", (3, 2, 4), (1, 2)),
    ("two axes stay", (2, 4, 3), (1,)),
    ("nothing stays", (6,), (0,)),
]


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(s for i, s in enumerate(shape) if i not in axes)


def _batch(op: str) -> list[Case]:
    cases = []
    for name, shape, axes in LAYOUTS:
        kept = _kept(shape, axes)
        x, scale, offset = values(*shape), values(*kept, seed=1), values(*kept, seed=2)
        mean, variance = values(*kept, seed=3), positive(*kept, seed=4)
        inputs: dict[str, Any] = {
            "batch_norm": (x, scale, offset),
            "batch_norm_gradient": (values(*shape, seed=5), x, scale, mean, variance),
            "batch_norm_inference": (x, mean, variance, scale, offset),
        }
        cases.append(Case(op, inputs[op], {"axes": axes, "epsilon": 0.01}, name))
    return cases


def _layer(op: str) -> list[Case]:
    cases = []
    for name, shape, rank in (("features", (3, 4), 1), ("steps", (2, 3, 4), 1), ("two axes", (2, 3, 2), 2)):
        first = len(shape) - rank
        examples, features = shape[:first], shape[first:]
        x, g = values(*shape), values(*shape, seed=5)
        scale, offset = values(*features, seed=1), values(*features, seed=2)
        kept = examples + (1,) * rank
        mean, inverse = values(*kept, seed=3), positive(*kept, seed=4)
        inputs: dict[str, tuple[np.ndarray, ...]] = {
            "layer_norm": (x, scale, offset),
            "layer_norm_gradient": (g, x, scale, mean, inverse),
            "rms_norm": (x, scale),
            "rms_norm_gradient": (g, x, scale, inverse),
        }
        attributes = {"rank": rank} if op.endswith("gradient") else {"rank": rank, "epsilon": 0.01}
        cases.append(Case(op, inputs[op], attributes, name))
    return cases


CASES = [
    *_batch("batch_norm"),
    *_batch("batch_norm_gradient"),
    *_batch("batch_norm_inference"),
    *_layer("layer_norm"),
    *_layer("layer_norm_gradient"),
    *_layer("rms_norm"),
    *_layer("rms_norm_gradient"),
]
