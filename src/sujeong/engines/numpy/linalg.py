"""Kernels of linear algebra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import ArgumentError, message
from ._wrap import array, quiet


def _lapack(op: str, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel of a LAPACK routine, whose failure is told in our words."""

    def kernel(*arrays: Any, **attributes: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                out = function(*arrays, **attributes)
        except np.linalg.LinAlgError as error:
            if "must be" in str(error):  # shapes, which the inference rule explains better
                raise
            raise ArgumentError(message(op, what, received=f"shape {arrays[0].shape}")) from None
        return tuple(map(array, out)) if isinstance(out, tuple) else array(out)

    return kernel


_SINGULAR = "a matrix is singular: its rows depend on each other."
_NO_END = "no decomposition was found; the numbers must be finite."

KERNELS = {
    "matmul": quiet(np.matmul),
    "cholesky": _lapack("cholesky", "a matrix is not positive definite.", np.linalg.cholesky),
    "det": _lapack("det", _NO_END, np.linalg.det),
    "eigh": _lapack("eigh", _NO_END, np.linalg.eigh),
    "eigvalsh": _lapack("eigvalsh", _NO_END, np.linalg.eigvalsh),
    "inv": _lapack("inv", _SINGULAR, np.linalg.inv),
    "pinv": _lapack("pinv", _NO_END, lambda x, rtol: np.linalg.pinv(x, rtol=rtol)),
    "qr": _lapack("qr", _NO_END, lambda x, mode: np.linalg.qr(x, mode)),
    "slogdet": _lapack("slogdet", _NO_END, np.linalg.slogdet),
    "solve": _lapack("solve", _SINGULAR, np.linalg.solve),
    "svd": _lapack("svd", _NO_END, lambda x, full: np.linalg.svd(x, full_matrices=full)),
    "svdvals": _lapack("svdvals", _NO_END, np.linalg.svdvals),
}
