"""Complex functions, where torch's own miss special cases of the standard: infinite and undefined parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def _with_imag(y: Any, imag: Any) -> Any:
    return torch.complex(torch.real(y), imag)


def _acos(z: Any) -> Any:
    """On both sides of the real axis the result lies on the other side, also for zeros."""
    y = torch.acos(z)
    return _with_imag(y, torch.copysign(torch.imag(y), -torch.imag(z)))


def _expm1(z: Any) -> Any:
    y = torch.where(torch.isfinite(torch.real(z)), torch.expm1(z), torch.exp(z) - 1)
    return torch.complex(torch.real(y) + 0, torch.imag(y))  # no negative zero


def _log1p(z: Any) -> Any:
    return torch.where(torch.isinf(z), torch.log(z), torch.log1p(z))


def _tanh(z: Any) -> Any:
    """At infinity 1 + 0j or -1 + 0j, the zero with the sign of the imaginary part."""
    y, real, imag = torch.tanh(z), torch.real(z), torch.imag(z)
    zero = torch.isinf(real) & torch.isfinite(imag)
    return _with_imag(y, torch.where(zero, torch.copysign(torch.zeros_like(imag), imag), torch.imag(y)))


def _round(z: Any) -> Any:
    return torch.complex(torch.round(torch.real(z)), torch.round(torch.imag(z)))


def _by_kind(real: Callable[..., Any], complex_: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(x: Any) -> Any:
        return complex_(x) if x.is_complex() else real(x)

    return kernel


KERNELS = {
    "acos": _by_kind(torch.acos, _acos),
    "expm1": _by_kind(torch.expm1, _expm1),
    "log1p": _by_kind(torch.log1p, _log1p),
    "tanh": _by_kind(torch.tanh, _tanh),
    "round": _by_kind(torch.round, _round),
    "conj": torch.conj_physical,
    "real": torch.real,
    "imag": torch.imag,
}
