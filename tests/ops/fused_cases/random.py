"""Draws: no derivatives, but equal to the bit."""

from __future__ import annotations

import numpy as np

from sujeong.core import dtypes

from .case import Case

KEY = np.array([-5, 1 << 61])

CASES = [
    Case("random_uniform", (KEY,), {"shape": shape, "dtype": dtype}, str(dtype), order=0)
    for dtype in (dtypes.float16, dtypes.float32, dtypes.float64)
    for shape in ((3, 5), (), (0, 2))
]
