"""Whole models, one a file, made from a data set's description."""

from .bert import BERT
from .classifiers import MODELS, cnn, make, mlp, softmax
from .gpt import GPT

__all__ = ["BERT", "GPT", "MODELS", "cnn", "make", "mlp", "softmax"]
