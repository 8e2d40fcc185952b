"""Kernels of Fourier transforms."""

from __future__ import annotations

from typing import Any

import torch


def _fft(x: Any, axes: tuple[int, ...], inverse: bool) -> Any:
    """The transform, or the one with the other sign; neither is scaled."""
    return torch.fft.ifftn(x, dim=axes, norm="forward") if inverse else torch.fft.fftn(x, dim=axes)


KERNELS = {"fft": _fft}
