"""Metrics: the figures that people read, gathered over batches: one idea a file."""

from .accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    TopKAccuracy,
    accuracy,
    top_k_accuracy,
)
from .auc import AUC, auc
from .confusion import ConfusionMatrix, confusion_matrix
from .mean import Mean, MeanOf
from .metric import Metric
from .precision import F1, Precision, Recall, f1, precision, recall
from .registry import get, names, serialize
from .regression import (
    R2,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    mean_absolute_error,
    r2,
    root_mean_squared_error,
)

__all__ = [
    "AUC",
    "F1",
    "R2",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "ConfusionMatrix",
    "Mean",
    "MeanAbsoluteError",
    "MeanOf",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "RootMeanSquaredError",
    "TopKAccuracy",
    "accuracy",
    "auc",
    "confusion_matrix",
    "f1",
    "get",
    "mean_absolute_error",
    "names",
    "precision",
    "r2",
    "recall",
    "root_mean_squared_error",
    "serialize",
    "top_k_accuracy",
]
