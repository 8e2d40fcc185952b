"""The losses by name, and by the names that Keras gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .absolute import huber, mean_absolute_error
from .binary import binary_cross_entropy, sigmoid_cross_entropy
from .cross_entropy import cross_entropy, softmax_cross_entropy
from .divergence import kl_divergence
from .hinge import hinge, multiclass_hinge
from .squared import half_squared_error, mean_squared_error

_OWN = (
    half_squared_error,
    mean_squared_error,
    mean_absolute_error,
    huber,
    softmax_cross_entropy,
    cross_entropy,
    sigmoid_cross_entropy,
    binary_cross_entropy,
    hinge,
    multiclass_hinge,
    kl_divergence,
)

LOSSES: dict[str, Callable[..., Any]] = {function.__name__: function for function in _OWN}

# How a loss reads what a model gives, where that is a score.
LINKS = {
    "softmax_cross_entropy": "softmax",
    "sigmoid_cross_entropy": "sigmoid",
    "hinge": "sign",
}

# Losses over several classes, whose target may hold class numbers.
LABELS = ("softmax_cross_entropy", "cross_entropy", "multiclass_hinge")

# Keras's names. Its cross-entropies take probabilities unless they are told from_logits=True.
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "categorical_hinge": "multiclass_hinge",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
}

# The loss that reads scores where another reads probabilities.
FROM_LOGITS = {"cross_entropy": "softmax_cross_entropy", "binary_cross_entropy": "sigmoid_cross_entropy"}
