"""Kernels of activations and of their gradients."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from ._erf import erf
from ._wrap import quiet

_CUBIC = 0.044715  # of gelu's form with tanh


def _relu_gradient(g: Any, y: Any) -> Any:
    return np.where(y <= 0, g.dtype.type(0), g)


def _leaky_relu(x: Any, negative_slope: float) -> Any:
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


def _leaky_relu_gradient(g: Any, x: Any, negative_slope: float) -> Any:
    return np.where(x > 0, g, g * g.dtype.type(negative_slope))


def _elu(x: Any, alpha: float, scale: float) -> Any:
    below = np.expm1(np.minimum(x, 0)) * x.dtype.type(alpha)
    return np.where(x > 0, x, below) * x.dtype.type(scale)


def _elu_gradient(g: Any, x: Any, alpha: float, scale: float) -> Any:
    below = np.exp(np.minimum(x, 0)) * x.dtype.type(alpha)
    return g * np.where(x > 0, x.dtype.type(1), below) * x.dtype.type(scale)


def _sigmoid(x: Any) -> Any:
    z = np.exp(-np.abs(x))
    return np.where(x > 0, x.dtype.type(1), z) / (1 + z)


def _softplus(x: Any) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _silu_gradient(g: Any, x: Any) -> Any:
    s = _sigmoid(x)
    return g * (s * (1 + x * (1 - s)))


def _tanh_form(x: Any) -> Any:
    """The tanh that stands for the error function in gelu's older form."""
    return np.tanh(x.dtype.type(sqrt(2 / pi)) * (x + x.dtype.type(_CUBIC) * (x * x * x)))


def _share(x: Any, approximate: str) -> Any:
    half = x.dtype.type(0.5)
    t = _tanh_form(x) if approximate == "tanh" else erf(x * x.dtype.type(sqrt(0.5)))
    return half * (1 + t)


def _gelu_gradient(g: Any, x: Any, approximate: str) -> Any:
    factor = x.dtype.type(sqrt(0.5 / pi))
    if approximate == "tanh":
        t = _tanh_form(x)
        density = factor * ((1 - t * t) * (1 + x.dtype.type(3 * _CUBIC) * (x * x)))
        return g * (x.dtype.type(0.5) * (1 + t) + x * density)
    density = factor * np.exp(x.dtype.type(-0.5) * (x * x))
    return g * (_share(x, approximate) + x * density)


KERNELS = {
    "relu": quiet(lambda x: np.maximum(x, x.dtype.type(0))),
    "relu_gradient": quiet(_relu_gradient),
    "leaky_relu": quiet(_leaky_relu),
    "leaky_relu_gradient": quiet(_leaky_relu_gradient),
    "elu": quiet(_elu),
    "elu_gradient": quiet(_elu_gradient),
    "sigmoid": quiet(_sigmoid),
    "sigmoid_gradient": quiet(lambda g, y: g * (y * (1 - y))),
    "softplus": quiet(_softplus),
    "silu": quiet(lambda x: x * _sigmoid(x)),
    "silu_gradient": quiet(_silu_gradient),
    "gelu": quiet(lambda x, approximate: x * _share(x, approximate)),
    "gelu_gradient": quiet(_gelu_gradient),
}
