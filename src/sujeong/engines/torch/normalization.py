"""Kernels of normalisation: batch, layer and root mean square.

The batch kernels take channels first or last. Channels last is looked at as a matrix (values, channels),
which copies nothing; torch has a fast path for it on the CPU and on CUDA.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch

_batch_norm_backward = torch.ops.aten.native_batch_norm_backward.default
_layer_norm_backward = torch.ops.aten.native_layer_norm_backward.default
_ALL = [True, True, True]


def _order(ndim: int, axes: Any) -> tuple[int, ...]:
    """The order of axes that puts the averaged ones first."""
    return (*axes, *[i for i in range(ndim) if i not in axes])


def _with_channels_second(x: Any, axes: Any, kept: Any) -> Any:
    """The values as (m, channels), or as they are if channels come second: a view wherever one exists."""
    ndim = x.dim()
    if len(axes) == ndim - 1 and ndim > 1 and 1 not in axes:
        return x
    channels = prod(kept)
    if axes != tuple(range(len(axes))):
        x = x.permute(_order(ndim, axes))
    return x.reshape(x.numel() // channels if channels else 0, channels)


def _back(y: Any, x: Any, axes: Any) -> Any:
    """Undoes `_with_channels_second` for a result like x."""
    if y.shape == x.shape:
        return y
    ndim = x.dim()
    order = _order(ndim, axes)
    y = y.reshape([x.shape[a] for a in order])
    return y if axes == tuple(range(len(axes))) else y.permute([order.index(i) for i in range(ndim)])


def _batch_norm(x: Any, scale: Any, offset: Any, axes: Any, epsilon: float) -> Any:
    kept = scale.shape
    if x.numel() == 0:
        nothing = torch.full(kept, float("nan"), dtype=scale.dtype, device=x.device)
        return x.clone(), nothing, nothing.clone()
    values = _with_channels_second(x, axes, kept)
    if len(kept) != 1:
        scale, offset = scale.reshape(-1), offset.reshape(-1)
    # Two calls: torch's single one keeps no variance, only 1 / sqrt(variance + epsilon).
    exact = values if x.dtype is scale.dtype else values.to(scale.dtype)
    mean, variance = torch.batch_norm_update_stats(exact, None, None, 0.0)
    y = torch.native_batch_norm(values, scale, offset, mean, variance, False, 0.0, epsilon)[0]
    if len(kept) != 1:
        mean, variance = mean.reshape(kept), variance.reshape(kept)
    return _back(y, x, axes), mean, variance


def _batch_norm_gradient(
    g: Any, x: Any, scale: Any, mean: Any, variance: Any, axes: Any, epsilon: float
) -> Any:
    kept = scale.shape
    if x.numel() == 0:
        return x.clone(), torch.zeros_like(scale), torch.zeros_like(scale)
    d_x, d_scale, d_offset = _batch_norm_backward(
        _with_channels_second(g, axes, kept),
        _with_channels_second(x, axes, kept),
        scale.reshape(-1),
        None,
        None,
        mean.reshape(-1),
        torch.rsqrt(variance.reshape(-1) + epsilon),
        True,
        epsilon,
        _ALL,
    )
    return _back(d_x, x, axes), d_scale.reshape(kept), d_offset.reshape(kept)


def _batch_norm_inference(
    x: Any, mean: Any, variance: Any, scale: Any, offset: Any, axes: Any, epsilon: float
) -> Any:
    if x.numel() == 0:
        return x.clone()
    values = _with_channels_second(x, axes, scale.shape)
    parts = [p.reshape(-1) for p in (scale, offset, mean, variance)]
    y = torch.native_batch_norm(values, *parts, False, 0.0, epsilon)[0]
    return _back(y, x, axes)


def _parameter(p: Any, x: Any) -> Any:
    """Scale or offset as torch takes it: float32 next to 16-bit values on the CPU, like x on CUDA."""
    return p.to(x.dtype) if x.is_cuda else p


def _layer_norm(x: Any, scale: Any, offset: Any, rank: int, epsilon: float) -> Any:
    if not x.is_cpu:
        scale, offset = _parameter(scale, x), _parameter(offset, x)
    return torch.native_layer_norm(x, scale.shape, scale, offset, epsilon)


def _layer_norm_gradient(g: Any, x: Any, scale: Any, mean: Any, inverse: Any, rank: int) -> Any:
    shape = x.shape[x.dim() - rank :]
    weight = _parameter(scale, x)
    d_x, d_scale, d_offset = _layer_norm_backward(g, x, shape, mean, inverse, weight, weight, _ALL)
    return d_x, d_scale.to(scale.dtype), d_offset.to(scale.dtype)


def _rms_norm(x: Any, scale: Any, rank: int, epsilon: float) -> Any:
    axes = tuple(range(-rank, 0))
    values = x.to(scale.dtype)
    inverse = values.square().mean(axes, keepdim=True).add_(epsilon).rsqrt_()
    y = (values * inverse).mul_(scale)
    return y.to(x.dtype), inverse


def _rms_norm_gradient(g: Any, x: Any, scale: Any, inverse: Any, rank: int) -> Any:
    axes, batch = tuple(range(-rank, 0)), tuple(range(x.dim() - rank))
    g = g.to(scale.dtype)
    n = x.to(scale.dtype) * inverse
    d_scale = g * n
    d_scale = d_scale.sum(batch) if batch else d_scale
    h = g * scale
    d_x = h.sub_(n.mul_((h * n).mean(axes, keepdim=True))).mul_(inverse)
    return d_x.to(x.dtype), d_scale


KERNELS = {
    "batch_norm": _batch_norm,
    "batch_norm_gradient": _batch_norm_gradient,
    "batch_norm_inference": _batch_norm_inference,
    "layer_norm": _layer_norm,
    "layer_norm_gradient": _layer_norm_gradient,
    "rms_norm": _rms_norm,
    "rms_norm_gradient": _rms_norm_gradient,
}
