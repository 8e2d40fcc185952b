"""Kernels that work on each element by itself."""

from __future__ import annotations

import numpy as np

from ._wrap import plain, quiet

KERNELS = {
    "add": quiet(np.add),
    "subtract": quiet(np.subtract),
    "multiply": quiet(np.multiply),
    "divide": quiet(np.divide),
    "negative": quiet(np.negative),
    "exp": quiet(np.exp),
    "log": quiet(np.log),
    "sqrt": quiet(np.sqrt),
    "tanh": plain(np.tanh),
}
