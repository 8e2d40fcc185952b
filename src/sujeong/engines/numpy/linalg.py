"""Kernels of linear algebra."""

from __future__ import annotations

import numpy as np

from ._wrap import quiet

KERNELS = {
    "matmul": quiet(np.matmul),
}
