"""Kernels of softmax and of the cross-entropies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.cross_entropy import unknown_class
from ._wrap import silent


def _shifted(x: Any, axis: int) -> Any:
    """The scores less their greatest one, in fresh memory; an empty axis has no greatest and stays empty."""
    greatest = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    return np.subtract(x, greatest, out=np.empty_like(x))


def _softmax(x: Any, axis: int = -1) -> Any:
    z = _shifted(x, axis)
    np.exp(z, out=z)
    z /= np.add.reduce(z, axis=axis, keepdims=True)
    return z


def _softmax_gradient(g: Any, y: Any, axis: int) -> Any:
    product = g * y
    total = np.add.reduce(product, axis=axis, keepdims=True)
    return np.multiply(y, np.subtract(g, total, out=product), out=product)


def _log_softmax(x: Any, axis: int = -1) -> Any:
    z = _shifted(x, axis)
    z -= np.log(np.add.reduce(np.exp(z), axis=axis, keepdims=True))
    return z


def _log_softmax_gradient(g: Any, y: Any, axis: int) -> Any:
    z = np.exp(y)
    z *= np.add.reduce(g, axis=axis, keepdims=True)
    return np.subtract(g, z, out=z)


def _places(logits: Any, labels: Any) -> tuple[Any, Any]:
    """Row numbers and labels, as an index into the rows of the logits; refuses a label that is no class."""
    labels = _checked(labels.reshape(-1), logits.shape[-1])
    return np.arange(labels.size), labels


def _checked(labels: Any, classes: int) -> Any:
    if labels.size:
        low, high = labels.min(), labels.max()
        if low < 0 or high >= classes:
            raise unknown_class(int(low if low < 0 else high), classes)
    return labels


def _cross_entropy(logits: Any, labels: Any) -> Any:
    places = _places(logits, labels)
    logarithms = _log_softmax(logits.reshape(places[1].size, logits.shape[-1]))
    return np.negative(logarithms[places]).reshape(labels.shape)


def _cross_entropy_gradient(g: Any, logits: Any, labels: Any) -> Any:
    places = _places(logits, labels)
    d = _softmax(logits.reshape(places[1].size, logits.shape[-1]))
    d[places] -= 1
    d *= g.reshape(-1, 1)
    return d.reshape(logits.shape)


def _target_cross_entropy(logits: Any, targets: Any) -> Any:
    product = _log_softmax(logits)
    product *= targets
    return np.asarray(np.negative(np.add.reduce(product, axis=-1)))


def _target_cross_entropy_gradient(g: Any, logits: Any, targets: Any) -> Any:
    d = _softmax(logits)
    d *= np.add.reduce(targets, axis=-1, keepdims=True)
    d -= targets
    d *= g[..., None]
    return d


def _binary_cross_entropy(logits: Any, targets: Any) -> Any:
    tail = np.log1p(np.exp(-np.abs(logits)))
    return np.asarray(np.maximum(logits, 0) - logits * targets + tail)


def _binary_cross_entropy_gradient(g: Any, logits: Any, targets: Any) -> Any:
    z = np.exp(-np.abs(logits))
    probability = np.where(logits > 0, 1, z).astype(z.dtype, copy=False) / (1 + z)
    return np.asarray((probability - targets) * g)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "softmax": _softmax,
    "softmax_gradient": _softmax_gradient,
    "log_softmax": _log_softmax,
    "log_softmax_gradient": _log_softmax_gradient,
    "checked_labels": _checked,
    "softmax_cross_entropy": _cross_entropy,
    "softmax_cross_entropy_gradient": _cross_entropy_gradient,
    "softmax_cross_entropy_targets": _target_cross_entropy,
    "softmax_cross_entropy_targets_gradient": _target_cross_entropy_gradient,
    "sigmoid_binary_cross_entropy": _binary_cross_entropy,
    "sigmoid_binary_cross_entropy_gradient": _binary_cross_entropy_gradient,
}
KERNELS = {name: silent(function) for name, function in FUNCTIONS.items()}
