"""Losses: what a model's answers cost, and penalties on its weights: one idea a file."""

from ..core.labels import check_labels
from ._weighing import reduced
from .absolute import huber, mean_absolute_error
from .binary import binary_cross_entropy, sigmoid_cross_entropy
from .cross_entropy import cross_entropy, softmax_cross_entropy
from .divergence import kl_divergence
from .hinge import hinge, multiclass_hinge
from .loss import Loss
from .penalties import Penalty, get_penalty, l1, l1_l2, l2
from .registry import get, names, register, serialize
from .squared import half_squared_error, mean_squared_error

__all__ = [
    "Loss",
    "Penalty",
    "binary_cross_entropy",
    "check_labels",
    "cross_entropy",
    "get",
    "get_penalty",
    "half_squared_error",
    "hinge",
    "huber",
    "kl_divergence",
    "l1",
    "l1_l2",
    "l2",
    "mean_absolute_error",
    "mean_squared_error",
    "multiclass_hinge",
    "names",
    "reduced",
    "register",
    "serialize",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
]
