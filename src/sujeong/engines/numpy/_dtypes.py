"""Our element types and NumPy's."""

from __future__ import annotations

import numpy as np

from ...core import dtypes
from ...core.dtypes import DType
from ...errors import DTypeError, message

DTYPES = {np.dtype(n): d for n, d in dtypes.ALL.items() if n != "bfloat16"}


def numpy_dtype(dtype: DType) -> np.dtype:
    """The NumPy dtype, refused for bfloat16, which NumPy lacks."""
    if dtype is dtypes.bfloat16:
        fix = "use float16 or float32, or another engine."
        raise DTypeError(message("numpy", "this engine has no bfloat16.", fix=fix))
    return dtype.to_numpy()
