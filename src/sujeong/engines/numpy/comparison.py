"""Kernels that compare, and that choose by a comparison."""

from __future__ import annotations

import numpy as np

from ._wrap import plain

KERNELS = {
    "equal": plain(np.equal),
    "not_equal": plain(np.not_equal),
    "greater": plain(np.greater),
    "greater_equal": plain(np.greater_equal),
    "less": plain(np.less),
    "less_equal": plain(np.less_equal),
    "isnan": plain(np.isnan),
    "isinf": plain(np.isinf),
    "isfinite": plain(np.isfinite),
    "where": plain(np.where),
}
