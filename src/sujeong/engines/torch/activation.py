"""Kernels of activations and of their gradients."""

from __future__ import annotations

from typing import Any

import torch

_aten = torch.ops.aten
_relu_backward = _aten.threshold_backward.default
_leaky_relu_backward = _aten.leaky_relu_backward.default
_elu_backward = _aten.elu_backward.default
_softplus = torch._C._nn.softplus


def _relu_gradient(g: Any, y: Any) -> Any:
    return _relu_backward(g, y, 0)


def _leaky_relu_gradient(g: Any, x: Any, negative_slope: float) -> Any:
    return _leaky_relu_backward(g, x, negative_slope, False)


def _elu_gradient(g: Any, x: Any, alpha: float, scale: float) -> Any:
    return _elu_backward(g, alpha, scale, 1, False, x)


KERNELS = {
    "relu": torch.relu,
    "relu_gradient": _relu_gradient,
    "leaky_relu": torch._C._nn.leaky_relu,
    "leaky_relu_gradient": _leaky_relu_gradient,
    "elu": torch._C._nn.elu,
    "elu_gradient": _elu_gradient,
    "sigmoid": torch.sigmoid,
    "sigmoid_gradient": _aten.sigmoid_backward.default,
    # From 40 on it gives x itself: e^-40 is below the last digit of float64. (By itself torch does from 20.)
    "softplus": lambda x: _softplus(x, 1, 40),
    "silu": torch._C._nn.silu,
    "silu_gradient": _aten.silu_backward.default,
    "gelu": torch._C._nn.gelu,
    "gelu_gradient": _aten.gelu_backward.default,
}
