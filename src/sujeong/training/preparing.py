"""The data of a run made ready: numbers of the right width, parts held out, weights of classes, checks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.create import from_host
from ..data.arrays import ArrayData
from ..data.splits import train_validation_split
from ..errors import ArgumentError, message
from ..nn.module import Module
from .precision import decide, widen
from .recipe import Recipe
from .targets import SAMPLES, forward, prepared


def as_tensor_of(host: np.ndarray | None) -> Any:
    """An array as a tensor on the engine chosen now, without a copy where there is a way."""
    return None if host is None else from_host(host, dtypes.as_dtype(host.dtype), copy=False)


def as_numbers(x: Any, precision: str = "float32") -> Any:
    """Data as an array; floating-point numbers as wide as the weights."""
    host = np.asarray(x)
    wide = np.float64 if precision == "float64" else np.float32
    return host.astype(wide) if host.dtype in (np.float32, np.float64) and host.dtype != wide else host


def prepare(model: Module, recipe: Recipe, x: Any, y: Any, weight: Any, where: str) -> ArrayData:
    """Inputs, targets and weights as arrays, checked against the model and the loss."""
    if y is None:
        fix = "model.fit(x, y); an autoencoder takes its input as target: model.fit(x, x)."
        raise ArgumentError(message(where, "the targets are missing.", fix=fix))
    width = recipe.precision
    targets = as_numbers(y, width)
    data = ArrayData(as_numbers(x, width), targets, None if weight is None else as_numbers(weight, width))
    if not all(m.built for m in model.modules()):
        first = as_tensor_of(np.ascontiguousarray(data.x[:1]))
        model.build_for(first.spec)
    if recipe.precision == "float64":
        widen(model.variables)
    prepared(model, recipe, data, targets, where)
    return data


def held_out(x: Any, y: Any, weight: Any, share: float, seed: int) -> tuple[Any, Any, Any, Any]:
    """The part to train on, and a share held out, class by class."""
    x, y = np.asarray(x), np.asarray(y)
    places = np.arange(len(x))
    classes = y.ndim == 1 and y.dtype.kind in "iu"
    (train, _), (held, _) = train_validation_split(places, y, share, seed=seed, stratify=classes)
    if weight is None:
        return x[train], y[train], None, (x[held], y[held])
    weight = np.asarray(weight)
    return x[train], y[train], weight[train], (x[held], y[held], weight[held])


def class_weights(y: Any, weights: dict[int, float], sample_weight: Any) -> np.ndarray:
    """A weight a sample, from the weights of the classes."""
    labels = np.asarray(y)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ArgumentError(
            message("fit", "class_weight needs class numbers as targets.", received=labels.shape)
        )
    missing = sorted(set(labels.tolist()) - set(weights))
    if missing:
        raise ArgumentError(message("fit", "class_weight lacks classes.", received=missing[:5]))
    each = np.asarray([weights[c] for c in labels.tolist()], dtype=np.float32)
    return each if sample_weight is None else each * np.asarray(sample_weight, dtype=np.float32)


def validation(model: Module, recipe: Recipe, data: Any) -> ArrayData:
    """Validation data as they were given, checked."""
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ArgumentError(message("fit", "validation_data is (x, y) or (x, y, sample_weight)."))
    return prepare(model, recipe, data[0], data[1], data[2] if len(data) == 3 else None, "fit")


def settled(model: Module, recipe: Recipe, data: ArrayData, batch_size: int) -> tuple[str, str]:
    """The precision that training comes to with this model, data and device, and why; found once."""
    if recipe.computes is None:
        alone = None
        if recipe.precision == "auto" and data.y is not None:
            alone = forward(model, recipe, data.x, data.y)
        recipe.computes = decide(recipe.precision, alone, SAMPLES, batch_size)
    return recipe.computes
