"""Kernels that write their result over an input; a program uses them where nobody reads it again."""

from __future__ import annotations

import numpy as np

from ._wrap import quiet

REUSES = {
    "add": {0: quiet(lambda a, b: np.add(a, b, out=a)), 1: quiet(lambda a, b: np.add(a, b, out=b))},
    "subtract": {
        0: quiet(lambda a, b: np.subtract(a, b, out=a)),
        1: quiet(lambda a, b: np.subtract(a, b, out=b)),
    },
    "multiply": {
        0: quiet(lambda a, b: np.multiply(a, b, out=a)),
        1: quiet(lambda a, b: np.multiply(a, b, out=b)),
    },
    "divide": {0: quiet(lambda a, b: np.divide(a, b, out=a)), 1: quiet(lambda a, b: np.divide(a, b, out=b))},
    "negative": {0: quiet(lambda x: np.negative(x, out=x))},
    "exp": {0: quiet(lambda x: np.exp(x, out=x))},
    "sqrt": {0: quiet(lambda x: np.sqrt(x, out=x))},
    "tanh": {0: quiet(lambda x: np.tanh(x, out=x))},
    "relu": {0: quiet(lambda x: np.maximum(x, x.dtype.type(0), out=x))},
}
