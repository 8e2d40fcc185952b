"""The complex Fourier transform over one axis or several, forth and back.

y[k] = sum_j x[j] e^(-2 pi i j k / n)                 dx[j] = sum_k g[k] e^(+2 pi i j k / n)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

from ...core import dtypes
from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, message
from .._build import Shape, cast, floating, normalize_axis
from ..arithmetic import multiply
from ..slicing import narrow, put

_COMPLEX = {dtypes.float32: dtypes.complex64, dtypes.float64: dtypes.complex128}
NORMS = ("backward", "ortho", "forward")


def _infer(x: Spec, axes: Shape, inverse: bool) -> Spec:
    if x.dtype.kind != "complex":
        raise DTypeError(message("fft", "takes complex numbers.", received=x))
    return x


FFT = Op("fft", _infer, keeps_inputs=False)


@FFT.gradient
def _gradient(g: Tensor, y: Any, x: Any, axes: Shape, inverse: bool) -> tuple[Any, ...]:
    return (apply(FFT, g, axes=axes, inverse=not inverse),)


def as_complex(op: str, x: Any) -> Tensor:
    """An operand as complex tensor."""
    x = floating(op, x)
    if x.dtype.kind == "complex":
        return x
    if x.dtype not in _COMPLEX:
        fix = "cast it: sj.astype(x, sj.float32)."
        raise DTypeError(message(op, "takes numbers of 32 or 64 bits.", received=x.spec, fix=fix))
    return cast(x, _COMPLEX[x.dtype])


def resized(op: str, x: Tensor, axis: int, n: int) -> Tensor:
    """An axis cut to a size, or lengthened with zeros."""
    if n < 1:
        expected = "at least one number along the axis"
        raise ArgumentError(
            message(op, "there is nothing to transform.", received=f"n={n}", expected=expected)
        )
    size = x.shape[axis]
    if n <= size:
        return narrow(x, axis, 0, n)
    shape = (*x.shape[:axis], n, *x.shape[axis + 1 :])
    return put(x, (0,) * x.ndim, (1,) * x.ndim, shape)


def scale(op: str, norm: str, n: int, inverse: bool) -> float:
    """The factor of a normalisation: 1/n stands with the inverse, with the transform, or half with each."""
    if norm not in NORMS:
        expected = "backward, ortho or forward"
        raise ArgumentError(
            message(op, "there is no such normalisation.", received=repr(norm), expected=expected)
        )
    if norm == "ortho":
        return 1 / sqrt(n)
    return 1 / n if (norm == "backward") == inverse else 1.0


def transform(op: str, x: Tensor, axes: Shape, norm: str, inverse: bool) -> Tensor:
    """The transform over axes as they are, scaled."""
    factor = scale(op, norm, prod(x.shape[a] for a in axes), inverse)
    y = apply(FFT, x, axes=axes, inverse=inverse) if axes and x.size else x
    return y if factor == 1 else multiply(y, factor)


def chosen(
    op: str, x: Tensor, s: Sequence[int] | None, axes: Sequence[int] | None
) -> tuple[list[int], list[int]]:
    """The axes to transform and their sizes."""
    if axes is None:
        places = (
            list(range(x.ndim if s is None else x.ndim - len(s), x.ndim))
            if s is not None
            else list(range(x.ndim))
        )
    else:
        places = [normalize_axis(op, a, x.ndim) for a in axes]
    sizes = [x.shape[a] for a in places] if s is None else [int(n) for n in s]
    if len(sizes) != len(places) or len(set(places)) != len(places) or any(a < 0 for a in places):
        raise ArgumentError(
            message(op, "each axis needs one size, and comes once.", received=f"s={s}, axes={axes}")
        )
    return places, sizes


def _one(op: str, x: Any, n: int | None, axis: int, norm: str, inverse: bool) -> Tensor:
    x = as_complex(op, x)
    axis = normalize_axis(op, axis, x.ndim)
    x = resized(op, x, axis, x.shape[axis] if n is None else int(n))
    return transform(op, x, (axis,), norm, inverse)


def _several(op: str, x: Any, s: Any, axes: Any, norm: str, inverse: bool) -> Tensor:
    x = as_complex(op, x)
    places, sizes = chosen(op, x, s, axes)
    for a, n in zip(places, sizes, strict=True):
        x = resized(op, x, a, n)
    return transform(op, x, tuple(places), norm, inverse)


def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The Fourier transform along an axis.

    Args:
        x: tensor with at least one axis; real numbers become complex.
        n: cut or lengthen the axis (with zeros) to this size first.
        axis: along which axis.
        norm: where 1/n stands: `"backward"` with the inverse, `"forward"` here, `"ortho"` its root in both.

    Returns:
        Complex tensor with size `n` along `axis`.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.fft(sj.asarray([1.0, 0.0, 0.0])))
        [1.+0.j 1.+0.j 1.+0.j]
    """
    return _one("fft", x, n, axis, norm, inverse=False)


def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse Fourier transform along an axis.

    Args:
        x: tensor with at least one axis; real numbers become complex.
        n: cut or lengthen the axis (with zeros) to this size first.
        axis: along which axis.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor with size `n` along `axis`.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.ifft(sj.asarray([3.0, 0.0, 0.0])))
        [1.+0.j 1.+0.j 1.+0.j]
    """
    return _one("ifft", x, n, axis, norm, inverse=True)


def fftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The Fourier transform along several axes.

    Args:
        x: tensor; real numbers become complex.
        s: cut or lengthen the axes (with zeros) to these sizes first.
        axes: along which axes; default all, or the last ones that `s` has sizes for.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.fftn(sj.ones((2, 2))))
        [[4.+0.j 0.+0.j]
         [0.+0.j 0.+0.j]]
    """
    return _several("fftn", x, s, axes, norm, inverse=False)


def ifftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The inverse Fourier transform along several axes.

    Args:
        x: tensor; real numbers become complex.
        s: cut or lengthen the axes (with zeros) to these sizes first.
        axes: along which axes; default all, or the last ones that `s` has sizes for.
        norm: where 1/n stands, see `fft`.

    Returns:
        Complex tensor.

    Raises:
        ArgumentError: there is no such axis or normalisation, or nothing to transform.

    Example:
        >>> import sujeong as sj
        >>> print(sj.fft.ifftn(sj.ones((2, 2))))
        [[1.+0.j 0.+0.j]
         [0.+0.j 0.+0.j]]
    """
    return _several("ifftn", x, s, axes, norm, inverse=True)
