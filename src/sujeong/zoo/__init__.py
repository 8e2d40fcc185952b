"""Whole models, one a file, made from a data set's description."""

from .classifiers import MODELS, cnn, make, mlp, softmax

__all__ = ["MODELS", "cnn", "make", "mlp", "softmax"]
