"""Kernels of activations and of their gradients."""

from __future__ import annotations

from typing import Any

import torch

_relu_backward = torch.ops.aten.threshold_backward.default
_leaky_relu_backward = torch.ops.aten.leaky_relu_backward.default


def _relu_gradient(g: Any, y: Any) -> Any:
    return _relu_backward(g, y, 0)


def _leaky_relu_gradient(g: Any, x: Any, negative_slope: float) -> Any:
    return _leaky_relu_backward(g, x, negative_slope, False)


KERNELS = {
    "relu": torch.relu,
    "relu_gradient": _relu_gradient,
    "leaky_relu": torch._C._nn.leaky_relu,
    "leaky_relu_gradient": _leaky_relu_gradient,
}
