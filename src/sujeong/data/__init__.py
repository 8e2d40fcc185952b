"""Data: arrays in memory and their batches, splits, scaling, IDX files, built-in data sets."""

from . import datasets
from .arrays import ArrayData, Batch, Batches
from .idx import read_idx, write_idx
from .scaling import standardize
from .splits import split_indices, train_validation_split

__all__ = [
    "ArrayData",
    "Batch",
    "Batches",
    "datasets",
    "read_idx",
    "split_indices",
    "standardize",
    "train_validation_split",
    "write_idx",
]
