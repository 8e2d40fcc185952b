"""Kernels of activations and of their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._wrap import plain


def _relu_gradient(g: Any, y: Any) -> Any:
    return np.where(y <= 0, g.dtype.type(0), g)


def _leaky_relu(x: Any, negative_slope: float) -> Any:
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


def _leaky_relu_gradient(g: Any, x: Any, negative_slope: float) -> Any:
    return np.where(x > 0, g, g * g.dtype.type(negative_slope))


KERNELS = {
    "relu": plain(lambda x: np.maximum(x, x.dtype.type(0))),
    "relu_gradient": plain(_relu_gradient),
    "leaky_relu": plain(_leaky_relu),
    "leaky_relu_gradient": plain(_leaky_relu_gradient),
}
