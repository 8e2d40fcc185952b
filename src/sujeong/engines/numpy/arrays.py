"""Arrays of the NumPy engine, and its table of kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import DType
from ...core.engine import Engine
from ...core.spec import Spec
from . import families
from ._dtypes import DTYPES, numpy_dtype
from .reusing import REUSES


class NumpyEngine(Engine):
    """Arrays are `numpy.ndarray`, also zero-dimensional ones."""

    name = "numpy"

    def __init__(self) -> None:
        super().__init__()
        self.dtypes = frozenset(DTYPES.values())
        self.kernels = families.kernels()
        self.updates = {}
        self.reuses = REUSES

    def devices(self) -> tuple[str, ...]:
        """Only the CPU."""
        return ("cpu",)

    def from_host(self, array: np.ndarray, dtype: DType, device: str, *, copy: bool = True) -> Any:
        """A NumPy array of the element type, a copy unless told otherwise."""
        return np.array(array, dtype=numpy_dtype(dtype), copy=True if copy else None, order="C")

    def to_host(self, array: Any) -> np.ndarray:
        """The array itself."""
        return array

    def dtype(self, array: Any) -> DType:
        """The element type of an array."""
        return DTYPES[array.dtype]

    def spec(self, array: Any) -> Spec:
        """Shape and element type of an array."""
        return Spec(array.shape, DTYPES[array.dtype])

    def device(self, array: Any) -> str:
        """Always the CPU."""
        return "cpu"

    def from_dlpack(self, obj: Any, device: str | None) -> Any:
        """An array that shares the memory of an object which offers DLPack."""
        return np.asarray(obj) if isinstance(obj, np.ndarray) else np.from_dlpack(obj)

    def can_view(self, array: Any, shape: tuple[int, ...]) -> bool:
        """Whether the elements lie so that another shape needs no copy."""
        return np.may_share_memory(array, array.reshape(shape)) or not array.size
