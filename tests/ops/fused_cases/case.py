"""Inputs on which a composite's fused kernel is compared with its readable form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(eq=False)
class Case:
    """One call of a composite.

    Attributes:
        op: its name.
        inputs: arrays; those of float64 are differentiated by, the others are passed as they are.
        attributes: plain values.
        name: what is special about it.
        order: how many derivatives are compared; 0 where it has none, as draws from a key.
    """

    op: str
    inputs: tuple[np.ndarray, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    order: int = 3


def values(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers between -2 and 2, none near 0, where some functions have a kink."""
    x = np.random.default_rng(seed + 31).uniform(-2.0, 2.0, shape)
    return np.where(np.abs(x) < 0.1, 0.3, x)


def positive(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers between 0.3 and 2.3, such as variances."""
    return np.abs(values(*shape, seed=seed)) + 0.3
