"""The layers that the JAX sides of the workloads are written with; channels-last, kernels HWIO."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import lax


def conv(x: Any, kernel: Any, stride: int = 1) -> Any:
    """A convolution with odd kernels; half a kernel of zeros on each side."""
    around = [(size // 2, size // 2) for size in kernel.shape[:2]]
    order = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, (stride, stride), around, dimension_numbers=order)


def max_pool(x: Any, size: int = 2) -> Any:
    """The greatest of each window."""
    window = (1, size, size, 1)
    return lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")


def batch_norm(x: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    """Normalised over all axes but the last; no moving averages are kept."""
    return _normalised(x, tuple(range(x.ndim - 1)), epsilon) * gamma + beta


def layer_norm(x: Any, gamma: Any, beta: Any, epsilon: float = 1e-5) -> Any:
    """Normalised over the last axis."""
    return _normalised(x, (-1,), epsilon) * gamma + beta


def _normalised(x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    mean = x.mean(axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axes, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + epsilon)
