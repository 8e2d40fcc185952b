"""Kernels of linear algebra.

On a GPU the routines that could fail are asked not to say so, since that would stop the device; a matrix
that has no inverse or no Cholesky factor gives NaN there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ...errors import ArgumentError, message

_LinAlgError = torch.linalg.LinAlgError


def _lapack(op: str, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel of a LAPACK routine, whose failure is told in our words."""

    def kernel(*arrays: Any, **attributes: Any) -> Any:
        try:
            out = function(*arrays, **attributes)
        except _LinAlgError:
            raise ArgumentError(message(op, what, received=f"shape {tuple(arrays[0].shape)}")) from None
        return tuple([x.resolve_conj() for x in out]) if isinstance(out, tuple) else out

    return kernel


def _unchecked(plain: Callable[..., Any], silent: Callable[..., Any]) -> Callable[..., Any]:
    """The routine that refuses on the CPU, and the one that gives NaN on a GPU."""

    def function(*arrays: Any) -> Any:
        if arrays[0].device.type == "cpu":
            return plain(*arrays)
        out, info = silent(*arrays)
        return torch.where((info == 0)[..., None, None], out, torch.nan)

    return function


_SINGULAR = "a matrix is singular: its rows depend on each other."
_NO_END = "no decomposition was found; the numbers must be finite."
_linalg = torch.linalg

KERNELS = {
    "cholesky": _lapack(
        "cholesky", "a matrix is not positive definite.", _unchecked(_linalg.cholesky, _linalg.cholesky_ex)
    ),
    "det": _lapack("det", _NO_END, _linalg.det),
    "eigh": _lapack("eigh", _NO_END, _linalg.eigh),
    "eigvalsh": _lapack("eigvalsh", _NO_END, _linalg.eigvalsh),
    "inv": _lapack("inv", _SINGULAR, _unchecked(_linalg.inv, _linalg.inv_ex)),
    "pinv": _lapack("pinv", _NO_END, lambda x, rtol: _linalg.pinv(x, rtol=rtol)),
    "qr": _lapack("qr", _NO_END, lambda x, mode: _linalg.qr(x, mode)),
    "slogdet": _lapack("slogdet", _NO_END, _linalg.slogdet),
    "solve": _lapack("solve", _SINGULAR, _unchecked(_linalg.solve, _linalg.solve_ex)),
    "svd": _lapack("svd", _NO_END, lambda x, full: _linalg.svd(x, full_matrices=full)),
    "svdvals": _lapack("svdvals", _NO_END, _linalg.svdvals),
}
