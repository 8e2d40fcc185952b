"""Fourier transforms of real numbers, of which half of the numbers tell all: y[n - k] = conj(y[k]).

rfft    real (n,)          -> complex (n//2 + 1,)     the first half of fft
irfft   complex (n//2 + 1) -> real (n,)               its inverse
hfft, ihfft                                           the same with time and frequency exchanged
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.dispatch import apply
from ...core.tensor import Tensor
from ...errors import DTypeError, message
from .._build import conjugate, floating, normalize_axis
from ..complexes import real
from ..joining import CONCAT
from ..slicing import flip, narrow
from .complex_transforms import as_complex, chosen, resized, transform

_OTHER = {"backward": "forward", "forward": "backward"}


def _real(op: str, x: Any) -> Tensor:
    x = floating(op, x)
    if x.dtype.kind == "complex":
        fix = "use sj.fft.fft, or sj.real(x)."
        raise DTypeError(message(op, "takes real numbers.", received=x.spec, fix=fix))
    return as_complex(op, x)


def _half(x: Tensor, axis: int) -> Tensor:
    return narrow(x, axis, 0, x.shape[axis] // 2 + 1)


def _whole(op: str, x: Tensor, axis: int, n: int) -> Tensor:
    """All numbers of a transform of real ones, from the first half."""
    x = resized(op, x, axis, n // 2 + 1 if n > 0 else n)
    rest = (n - 1) // 2
    if not rest:
        return narrow(x, axis, 0, n)
    mirrored = conjugate(flip(narrow(x, axis, 1, rest), axis=axis))
    return apply(CONCAT, x, mirrored, axis=axis)


def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The Fourier transform of real numbers along an axis.

    Args:
        x: real tensor with at least one axis.
        n: cut or lengthen the axis (with zeros) to this size first.
        axis: along which axis.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor with size n // 2 + 1 along `axis`.

    Raises:
        DTypeError: the numbers are complex.
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.rfft(sj.asarray([1.0, 0.0, 0.0])))
        [1.+0.j 1.+0.j]
    """
    x = _real("rfft", x)
    axis = normalize_axis("rfft", axis, x.ndim)
    x = resized("rfft", x, axis, x.shape[axis] if n is None else int(n))
    return _half(transform("rfft", x, (axis,), norm, inverse=False), axis)


def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `rfft`.

    Args:
        x: tensor with at least one axis: the first half of a transform.
        n: the size of the result; default 2 (m - 1), which is even.
        axis: along which axis.
        norm: where 1/n stands, see `fft`.

    Returns:
        Real tensor with size `n` along `axis`.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.irfft(sj.asarray([2.0, 2.0])))
        [2. 0.]
    """
    return _back("irfft", as_complex("irfft", x), n, axis, norm)


def _back(op: str, x: Tensor, n: int | None, axis: int, norm: str) -> Tensor:
    axis = normalize_axis(op, axis, x.ndim)
    size = 2 * (x.shape[axis] - 1) if n is None else int(n)
    return real(transform(op, _whole(op, x, axis, size), (axis,), norm, inverse=True))


def rfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The Fourier transform of real numbers along several axes; the last of them is halved.

    Args:
        x: real tensor.
        s: cut or lengthen the axes (with zeros) to these sizes first.
        axes: along which axes; default all, or the last ones that `s` has sizes for.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor with size n // 2 + 1 along the last of the axes.

    Raises:
        DTypeError: the numbers are complex.
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> sj.fft.rfftn(sj.ones((4, 6))).shape
        (4, 4)
    """
    x = _real("rfftn", x)
    places, sizes = chosen("rfftn", x, s, axes)
    for a, n in zip(places, sizes, strict=True):
        x = resized("rfftn", x, a, n)
    y = transform("rfftn", x, tuple(places), norm, inverse=False)
    return _half(y, places[-1]) if places else y


def irfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The inverse of `rfftn`.

    Args:
        x: tensor: a transform whose last axis is halved.
        s: sizes of the result; default those of `x`, the last one 2 (m - 1).
        axes: along which axes; default all, or the last ones that `s` has sizes for.
        norm: where 1/n stands, see `fft`.

    Returns:
        Real tensor.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> sj.fft.irfftn(sj.ones((4, 4))).shape
        (4, 6)
    """
    x = as_complex("irfftn", x)
    places, sizes = chosen("irfftn", x, s, axes)
    if not places:
        return real(x)
    if s is None:
        sizes[-1] = 2 * (sizes[-1] - 1)
    for a, n in zip(places[:-1], sizes[:-1], strict=True):
        x = resized("irfftn", x, a, n)
    x = transform("irfftn", x, tuple(places[:-1]), norm, inverse=True)
    return _back("irfftn", x, sizes[-1], places[-1], norm)


def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The Fourier transform of numbers with x[n - j] = conj(x[j]), which is real, from their first half.

    Args:
        x: tensor with at least one axis: the first half.
        n: the size of the result; default 2 (m - 1).
        axis: along which axis.
        norm: where 1/n stands, see `fft`.

    Returns:
        Real tensor with size `n` along `axis`.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.hfft(sj.asarray([1.0, 1.0])))
        [2. 0.]
    """
    return _back("hfft", conjugate(as_complex("hfft", x)), n, axis, _OTHER.get(norm, norm))


def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `hfft`.

    Args:
        x: real tensor with at least one axis.
        n: cut or lengthen the axis (with zeros) to this size first.
        axis: along which axis.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor with size n // 2 + 1 along `axis`.

    Raises:
        DTypeError: the numbers are complex.
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> sj.fft.ihfft(sj.ones(6)).shape
        (4,)
    """
    x = _real("ihfft", x)
    axis = normalize_axis("ihfft", axis, x.ndim)
    x = resized("ihfft", x, axis, x.shape[axis] if n is None else int(n))
    return conjugate(_half(transform("ihfft", x, (axis,), _OTHER.get(norm, norm), inverse=False), axis))
