"""Data: arrays in memory and their batches, splits, scaling, IDX files, built-in data sets."""

from sujeong.data import datasets
from sujeong.data.arrays import ArrayData, Batch, Batches
from sujeong.data.idx import read_idx, write_idx
from sujeong.data.scaling import standardize
from sujeong.data.splits import split_indices, train_validation_split

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
