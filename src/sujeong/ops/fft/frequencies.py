"""Which frequency each number of a transform stands for, and putting frequency 0 in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core import dtypes
from ...core.create import from_host
from ...core.tensor import Tensor, as_tensor
from ...errors import ArgumentError, DTypeError, message
from .._build import normalize_axes
from ..repeating import roll


def _frequencies(op: str, counts: Any, n: int, d: float, dtype: Any, device: str | None) -> Tensor:
    if n < 1:
        raise ArgumentError(message(op, "needs at least one number.", received=f"n={n}"))
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    if not kind.is_floating:
        raise DTypeError(message(op, "frequencies are real numbers.", received=kind))
    return from_host(counts / (n * d), kind, device)


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Tensor:
    """The frequencies of `fft`: 0, 1, ..., then the negative ones, divided by n d.

    Args:
        n: how many numbers were transformed.
        d: the distance between them, in seconds for frequencies in hertz.
        dtype: floating element type; default float32.
        device: where; default the chosen device.

    Returns:
        Vector (n,).

    Raises:
        ArgumentError: `n` is less than 1.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.fftfreq(4))
        [ 0.    0.25 -0.5  -0.25]
    """
    counts = (np.arange(n, dtype=np.float64) + n // 2) % n - n // 2 if n > 0 else None
    return _frequencies("fftfreq", counts, n, d, dtype, device)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Tensor:
    """The frequencies of `rfft`: 0, 1, ..., n // 2, divided by n d.

    Args:
        n: how many numbers were transformed.
        d: the distance between them, in seconds for frequencies in hertz.
        dtype: floating element type; default float32.
        device: where; default the chosen device.

    Returns:
        Vector (n // 2 + 1,).

    Raises:
        ArgumentError: `n` is less than 1.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.rfftfreq(4))
        [0.   0.25 0.5 ]
    """
    return _frequencies("rfftfreq", np.arange(n // 2 + 1, dtype=np.float64), n, d, dtype, device)


def fftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """Puts frequency 0 in the middle.

    Args:
        x: tensor, such as a transform.
        axes: along which axes; default all.

    Returns:
        The rolled tensor.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.fftshift(sj.asarray([0, 1, 2, -2, -1])))
        [-2 -1  0  1  2]
    """
    x = as_tensor(x, "fftshift")
    places = normalize_axes("fftshift", axes, x.ndim)  # type: ignore[arg-type]
    return roll(x, tuple([x.shape[a] // 2 for a in places]), axis=places)


def ifftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """Puts frequency 0 in front again.

    Args:
        x: tensor.
        axes: along which axes; default all.

    Returns:
        The rolled tensor.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.ifftshift(sj.asarray([-2, -1, 0, 1, 2])))
        [ 0  1  2 -2 -1]
    """
    x = as_tensor(x, "ifftshift")
    places = normalize_axes("ifftshift", axes, x.ndim)  # type: ignore[arg-type]
    return roll(x, tuple([-(x.shape[a] // 2) for a in places]), axis=places)
