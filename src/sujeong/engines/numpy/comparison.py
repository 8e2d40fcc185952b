"""Kernels that compare, and that choose by a comparison."""

from __future__ import annotations

import numpy as np

from ._wrap import plain

KERNELS = {
    "equal": plain(np.equal),
    "greater": plain(np.greater),
    "where": plain(np.where),
}
