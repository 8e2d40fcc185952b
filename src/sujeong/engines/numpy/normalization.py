"""Kernels of normalisation: batch, layer and root mean square."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ._wrap import array, silent


def _layout(x: Any, axes: Any) -> tuple[int, tuple[int, ...]]:
    """How many values are averaged, and the shape of statistics that broadcast."""
    m = prod([x.shape[a] for a in axes])
    return m, tuple([1 if i in axes else s for i, s in enumerate(x.shape)])


def _mean(x: Any, axes: Any, m: int) -> Any:
    """The mean, NaN without a warning where there is nothing to average."""
    return np.add.reduce(x, axis=axes, keepdims=True) / x.dtype.type(m)


def _batch_norm(x: Any, scale: Any, offset: Any, axes: Any, epsilon: float) -> Any:
    m, shape = _layout(x, axes)
    values = x.astype(scale.dtype, copy=False)
    mean = _mean(values, axes, m)
    y = np.subtract(values, mean, out=np.empty(x.shape, scale.dtype))
    variance = _mean(y * y, axes, m)
    y *= scale.reshape(shape) / np.sqrt(variance + scale.dtype.type(epsilon))
    y += offset.reshape(shape)
    kept = scale.shape
    return y.astype(x.dtype, copy=False), array(mean.reshape(kept)), array(variance.reshape(kept))


def _batch_norm_gradient(
    g: Any, x: Any, scale: Any, mean: Any, variance: Any, axes: Any, epsilon: float
) -> Any:
    m, shape = _layout(x, axes)
    g = g.astype(scale.dtype, copy=False)
    inverse = 1 / np.sqrt(variance + scale.dtype.type(epsilon)).reshape(shape)
    normal = np.subtract(x, mean.reshape(shape), out=np.empty(x.shape, scale.dtype))
    normal *= inverse
    d_offset = np.add.reduce(g, axis=axes, keepdims=True)
    d_scale = np.add.reduce(g * normal, axis=axes, keepdims=True)
    count = scale.dtype.type(m)
    normal *= d_scale / count
    d_x = np.subtract(g, normal, out=normal)
    d_x -= d_offset / count
    d_x *= scale.reshape(shape) * inverse
    kept = scale.shape
    return d_x.astype(x.dtype, copy=False), array(d_scale.reshape(kept)), array(d_offset.reshape(kept))


def _batch_norm_inference(
    x: Any, mean: Any, variance: Any, scale: Any, offset: Any, axes: Any, epsilon: float
) -> Any:
    _, shape = _layout(x, axes)
    factor = scale / np.sqrt(variance + scale.dtype.type(epsilon))
    y = np.multiply(x, factor.reshape(shape), out=np.empty(x.shape, scale.dtype))
    y += (offset - mean * factor).reshape(shape)
    return y.astype(x.dtype, copy=False)


def _features(x: Any, rank: int) -> tuple[Any, Any, int]:
    """Axes of the features, axes of the examples, and how many features there are."""
    first = x.ndim - rank
    return tuple(range(first, x.ndim)), tuple(range(first)), prod(x.shape[first:])


def _layer_norm(x: Any, scale: Any, offset: Any, rank: int, epsilon: float) -> Any:
    axes, _, m = _features(x, rank)
    values = x.astype(scale.dtype, copy=False)
    mean = _mean(values, axes, m)
    y = np.subtract(values, mean, out=np.empty(x.shape, scale.dtype))
    inverse = 1 / np.sqrt(_mean(y * y, axes, m) + scale.dtype.type(epsilon))
    y *= inverse
    y *= scale
    y += offset
    return y.astype(x.dtype, copy=False), mean, inverse


def _layer_norm_gradient(g: Any, x: Any, scale: Any, mean: Any, inverse: Any, rank: int) -> Any:
    axes, batch, m = _features(x, rank)
    g = g.astype(scale.dtype, copy=False)
    n = np.subtract(x, mean, out=np.empty(x.shape, scale.dtype))
    n *= inverse
    d_scale, d_offset = np.add.reduce(g * n, axis=batch), np.add.reduce(g, axis=batch)
    h = g * scale
    n *= _mean(h * n, axes, m)
    n += _mean(h, axes, m)
    h -= n
    h *= inverse
    return h.astype(x.dtype, copy=False), array(d_scale), array(d_offset)


def _rms_norm(x: Any, scale: Any, rank: int, epsilon: float) -> Any:
    axes, _, m = _features(x, rank)
    values = x.astype(scale.dtype, copy=False)
    y = values * values
    inverse = 1 / np.sqrt(_mean(y, axes, m) + scale.dtype.type(epsilon))
    np.multiply(values, inverse, out=y)
    y *= scale
    return y.astype(x.dtype, copy=False), inverse


def _rms_norm_gradient(g: Any, x: Any, scale: Any, inverse: Any, rank: int) -> Any:
    axes, batch, m = _features(x, rank)
    g = g.astype(scale.dtype, copy=False)
    n = x.astype(scale.dtype, copy=False) * inverse
    d_scale = np.add.reduce(g * n, axis=batch)
    h = g * scale
    n *= _mean(h * n, axes, m)
    h -= n
    h *= inverse
    return h.astype(x.dtype, copy=False), array(d_scale)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "batch_norm": _batch_norm,
    "batch_norm_gradient": _batch_norm_gradient,
    "batch_norm_inference": _batch_norm_inference,
    "layer_norm": _layer_norm,
    "layer_norm_gradient": _layer_norm_gradient,
    "rms_norm": _rms_norm,
    "rms_norm_gradient": _rms_norm_gradient,
}
KERNELS = {name: silent(function) for name, function in FUNCTIONS.items()}
