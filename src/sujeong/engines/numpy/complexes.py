"""Complex functions, where NumPy's own miss special cases of the standard: infinite and undefined parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._wrap import array, plain, quiet


def _expm1(x: Any) -> Any:
    if x.dtype.kind != "c":
        return np.expm1(x)
    y = array(np.where(np.isfinite(x.real), np.expm1(x), np.exp(x) - 1))
    y.real += 0  # no negative zero
    return y


def _tanh(x: Any) -> Any:
    """At infinity 1 + 0j or -1 + 0j, the zero with the sign of the imaginary part."""
    if x.dtype.kind != "c":
        return np.tanh(x)
    y = array(np.tanh(x))
    zero = np.isinf(x.real) & np.isfinite(x.imag)
    y.imag = np.where(zero, np.copysign(0, x.imag), y.imag)
    return y


KERNELS = {
    "expm1": quiet(_expm1),
    "tanh": quiet(_tanh),
    "conj": plain(np.conj),
    "real": lambda x: array(x.real),
    "imag": lambda x: array(x.imag),
}
