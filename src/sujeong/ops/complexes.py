"""Complex numbers: the parts of z = x + iy, and the conjugate x - iy.

For a loss L, a real number, the gradient of z is  dL/dx + i dL/dy:  the direction in which L grows
fastest, so that z - rate * gradient descends, as for real numbers. From it follows, for a function with
complex derivative f',

    dz = g conj(f'(z))        and        d real = g + 0i,   d imag = 0 + ig,   d conj = conj(g)
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ._build import CONJ, NUMERIC, cast, conjugate, filled_like, need, numeric

_PARTS = {dtypes.complex64: dtypes.float32, dtypes.complex128: dtypes.float64}


def part_infer(x: Spec) -> Spec:
    """Inference rule of a real part: the real element type of the same precision."""
    return Spec(x.shape, _PARTS[x.dtype])


REAL_PART = Op("real", part_infer, keeps_inputs=False, may_alias=True)


def real(x: Any, /) -> Tensor:
    """The real part: x of z = x + iy.

    Args:
        x: tensor, array or number of any shape; real numbers are their own real part.

    Returns:
        The real parts, shape of `x`: float32 for complex64, float64 for complex128.

    Example:
        >>> import sujeong as sj
        >>> print(sj.real(sj.asarray([1 + 2j, 3 - 4j])))
        [1. 3.]
    """
    x = as_tensor(x, "real")
    if x.dtype.kind != "complex":
        need("real", x, NUMERIC)
        return x
    return apply(REAL_PART, x)


@REAL_PART.gradient
def _real_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (cast(g, x.dtype),)


IMAG_PART = Op("imag", part_infer, keeps_inputs=False, may_alias=True)


def imag(x: Any, /) -> Tensor:
    """The imaginary part: y of z = x + iy.

    Args:
        x: tensor, array or number of any shape; the imaginary part of real numbers is 0.

    Returns:
        The imaginary parts, real numbers, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.imag(sj.asarray([1 + 2j, 3 - 4j])))
        [ 2. -4.]
    """
    x = as_tensor(x, "imag")
    if x.dtype.kind != "complex":
        need("imag", x, NUMERIC)
        return filled_like(x, x.shape, 0)
    return apply(IMAG_PART, x)


@IMAG_PART.gradient
def _imag_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    from .arithmetic import multiply  # which itself stands on this room

    return (multiply(cast(g, x.dtype), 1j),)


def conj(x: Any, /) -> Tensor:
    """The complex conjugate: x - iy for z = x + iy.

    Args:
        x: tensor, array or number of any shape; real numbers stay as they are.

    Returns:
        The conjugates, shape and element type of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.conj(sj.asarray([1 + 2j, 3 - 4j])))
        [1.-2.j 3.+4.j]
    """
    return conjugate(numeric("conj", x))


@CONJ.gradient
def _conj_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (conjugate(g),)
