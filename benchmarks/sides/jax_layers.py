"""The layers that the JAX sides of the workloads are written with; channels-last, kernels HWIO."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def conv(x: Any, kernel: Any, stride: int = 1, pad: int | None = None) -> Any:
    """A convolution; `pad` zeros on each side, by default half a kernel."""
    around = [(size // 2 if pad is None else pad,) * 2 for size in kernel.shape[:2]]
    order = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, (stride, stride), around, dimension_numbers=order)


def conv_transpose(x: Any, kernel: Any, stride: int = 1, pad: int = 0) -> Any:
    """The way back of a convolution with that kernel (H, W, out, in)."""
    n, h, w, _ = x.shape
    high, wide, out = kernel.shape[:3]
    if pad == 0 and (h == w == 1 or high == wide == stride):  # windows lie side by side: one product
        return jnp.einsum("nhwi,yxoi->nhywxo", x, kernel).reshape(n, h * high, w * wide, out)
    return _way_back(x, kernel, stride, pad)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def _way_back(x: Any, kernel: Any, stride: int, pad: int) -> Any:
    order = ("NHWC", "HWIO", "NHWC")
    around = [(size - 1 - pad,) * 2 for size in kernel.shape[:2]]
    strides = stride, stride
    return lax.conv_transpose(x, kernel, strides, around, dimension_numbers=order, transpose_kernel=True)


def _way_back_kept(x: Any, kernel: Any, stride: int, pad: int) -> tuple[Any, Any]:
    return _way_back(x, kernel, stride, pad), (x, kernel)


def _way_back_slopes(stride: int, pad: int, kept: tuple[Any, Any], slope: Any) -> tuple[Any, Any]:
    x, kernel = kept  # through the convolution: what JAX derives for the kernel takes many times as long
    of_kernel = jax.linear_transpose(lambda k: conv(slope, k, stride, pad), kernel)
    return conv(slope, kernel, stride, pad), of_kernel(x)[0]


_way_back.defvjp(_way_back_kept, _way_back_slopes)


def max_pool(x: Any, size: int = 2) -> Any:
    """The greatest of each window."""
    window = (1, size, size, 1)
    return lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")


def batch_norm(x: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    """Normalised over all axes but the last; no moving averages are kept."""
    return _normalised(x, tuple(range(x.ndim - 1)), epsilon) * gamma + beta


def batch_norm_inference(x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> Any:
    """Normalised by moving averages."""
    return (x - mean) * (lax.rsqrt(variance + epsilon) * gamma) + beta


def layer_norm(x: Any, gamma: Any, beta: Any, epsilon: float = 1e-5) -> Any:
    """Normalised over the last axis."""
    return _normalised(x, (-1,), epsilon) * gamma + beta


def _normalised(x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    mean = x.mean(axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axes, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + epsilon)
