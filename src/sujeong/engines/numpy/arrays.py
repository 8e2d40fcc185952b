"""Arrays of the NumPy engine, and its table of kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.dtypes import DType
from ...core.engine import Engine
from ...core.spec import Spec
from ...errors import DTypeError, message
from . import families

_DTYPES = {np.dtype(n): d for n, d in dtypes.ALL.items() if n != "bfloat16"}


class NumpyEngine(Engine):
    """Arrays are `numpy.ndarray`, also zero-dimensional ones."""

    name = "numpy"

    def __init__(self) -> None:
        super().__init__()
        self.dtypes = frozenset(_DTYPES.values())
        self.kernels = families.kernels()
        self.updates = {}

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
        return _DTYPES[array.dtype]

    def spec(self, array: Any) -> Spec:
        """Shape and element type of an array."""
        return Spec(array.shape, _DTYPES[array.dtype])

    def device(self, array: Any) -> str:
        """Always the CPU."""
        return "cpu"


def numpy_dtype(dtype: DType) -> np.dtype:
    """The NumPy dtype, refused for bfloat16, which NumPy lacks."""
    if dtype is dtypes.bfloat16:
        fix = "use float16 or float32, or another engine."
        raise DTypeError(message("numpy", "this engine has no bfloat16.", fix=fix))
    return dtype.to_numpy()
