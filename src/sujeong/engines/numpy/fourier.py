"""Kernels of Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np


def _fft(x: Any, axes: tuple[int, ...], inverse: bool) -> Any:
    """The transform, or the one with the other sign; neither is scaled."""
    return np.fft.ifftn(x, axes=axes, norm="forward") if inverse else np.fft.fftn(x, axes=axes)


KERNELS = {"fft": _fft}
