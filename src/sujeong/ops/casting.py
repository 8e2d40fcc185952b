"""Element types: changing them, joining them, asking about them.

int8 -> int16 -> int32 -> int64          a join keeps the values: the wider type
float16 -> float32 -> float64            int with float gives the float
complex64 -> complex128                  float64 with complex64 gives complex128
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import DTypeError, message, unknown_name
from ._build import ASTYPE, COPY, NUMBERS, apply, cast
from .complexes import real

_KINDS: dict[str, tuple[str, ...]] = {
    "bool": ("bool",),
    "signed integer": ("int",),
    "unsigned integer": ("uint",),
    "integral": ("int", "uint"),
    "real floating": ("float",),
    "complex floating": ("complex",),
    "numeric": ("int", "uint", "float", "complex"),
}


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Tensor:
    """The same values in another element type.

    Args:
        x: tensor, array or number of any shape.
        dtype: the new type: `sj.float32`, or its name.
        copy: `False` gives the tensor itself where nothing changes. Tensors never change, so that
            a copy only matters for its memory.
        device: where; default where `x` lies.

    Returns:
        The tensor in the new type. Fractions are cut off on the way to integers; a number that an
        integer type cannot hold gives any number.

    Raises:
        DTypeError: complex to real, of which nobody knows what is meant.
        NameUnknownError: there is no such type.

    Example:
        >>> import sujeong as sj
        >>> print(sj.astype(sj.asarray([1.7, -1.7]), sj.int32))
        [ 1 -1]
    """
    x = as_tensor(x, "astype")
    target = dtypes.as_dtype(dtype)
    if x.dtype.kind == "complex" and target.kind not in ("complex", "bool"):
        fix = "say which part: sj.real(x), sj.imag(x), sj.abs(x)."
        text = message(
            "astype", "complex numbers have no real value.", received=f"{x.dtype} to {target}", fix=fix
        )
        raise DTypeError(text)
    if device is not None:
        x = x.to(device)
    if x.dtype is target:
        return apply(COPY, x) if copy else x
    return apply(ASTYPE, x, dtype=target)


@ASTYPE.gradient
def _astype_gradient(g: Tensor, y: Any, x: Any, dtype: DType) -> tuple[Any, ...]:
    if not x.dtype.is_differentiable:
        return (None,)
    return (cast(g if x.dtype.kind == "complex" else real(g), x.dtype),)


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The element type that the inputs have together in an operation.

    Args:
        *arrays_and_dtypes: tensors, NumPy arrays, element types, Python numbers. Numbers are weak: they
            count only by their kind (whole, real, complex).

    Returns:
        The joined type.

    Raises:
        DTypeError: no type holds all (uint64 with a signed integer), or nothing was given.

    Example:
        >>> import sujeong as sj
        >>> sj.result_type(sj.int8, sj.uint8, 3)
        sujeong.int16
        >>> sj.result_type(sj.asarray([1, 2]), 0.5)
        sujeong.float32
    """
    numbers = [v for v in arrays_and_dtypes if isinstance(v, NUMBERS)]
    joined: DType | None = None
    for value in arrays_and_dtypes:
        if not isinstance(value, NUMBERS):
            own = dtype_of(value)
            joined = own if joined is None else dtypes.result_type(joined, own)
    for number in numbers:
        own = dtypes.python_dtype(number, joined)
        joined = own if joined is None else dtypes.result_type(joined, own)
    if joined is None:
        raise DTypeError(message("result_type", "nothing was given.", expected="tensors or element types"))
    return joined


def dtype_of(value: Any) -> DType:
    """The element type of a tensor or an array, or the one that a name or type says."""
    if isinstance(value, Operand):
        return as_tensor(value).dtype
    return dtypes.as_dtype(value.dtype if isinstance(value, (np.ndarray, np.generic)) else value)


def can_cast(from_: Any, to: Any, /) -> bool:
    """Whether one element type becomes another by joining with it: never narrower, never of a lower kind.

    Args:
        from_: a tensor or an element type.
        to: an element type.

    Returns:
        Whether joining both gives `to`.

    Example:
        >>> import sujeong as sj
        >>> sj.can_cast(sj.int8, sj.int16), sj.can_cast(sj.int16, sj.int8)
        (True, False)
    """
    source, target = dtype_of(from_), dtypes.as_dtype(to)
    try:
        return dtypes.result_type(source, target) is target
    except DTypeError:
        return False


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether an element type is of a kind.

    Args:
        dtype: an element type.
        kind: `"bool"`, `"signed integer"`, `"unsigned integer"`, `"integral"`, `"real floating"`,
            `"complex floating"`, `"numeric"`, an element type, or a tuple of these, of which one must hold.

    Returns:
        Whether it is.

    Raises:
        NameUnknownError: there is no such kind.

    Example:
        >>> import sujeong as sj
        >>> sj.isdtype(sj.int8, "integral"), sj.isdtype(sj.int8, ("bool", sj.float32))
        (True, False)
    """
    dtype = dtypes.as_dtype(dtype)
    if isinstance(kind, tuple):
        return any(isdtype(dtype, k) for k in kind)
    if not isinstance(kind, str):
        return dtype is dtypes.as_dtype(kind)
    if kind not in _KINDS:
        raise unknown_name("kind of element types", kind, _KINDS)
    return dtype.kind in _KINDS[kind]


@dataclass(frozen=True)
class FloatInfo:
    """What a floating type can hold.

    Attributes:
        bits: the width of one (real) number.
        eps: the distance from 1 to the next greater number.
        max: the greatest finite number.
        min: the smallest finite number, -max.
        smallest_normal: the smallest positive number of full precision.
        dtype: the real element type.
    """

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


@dataclass(frozen=True)
class IntegerInfo:
    """What an integer type can hold.

    Attributes:
        bits: the width of one number.
        max: the greatest number.
        min: the smallest number.
        dtype: the element type.
    """

    bits: int
    max: int
    min: int
    dtype: DType


def finfo(type: Any, /) -> FloatInfo:
    """What a floating type can hold.

    Args:
        type: a floating or complex element type, or a tensor of one; of complex types, the parts.

    Returns:
        bits, eps, max, min, smallest_normal and dtype.

    Raises:
        DTypeError: the type is not floating.

    Example:
        >>> import sujeong as sj
        >>> sj.finfo(sj.float32).eps
        1.1920928955078125e-07
    """
    dtype = dtype_of(type)
    if dtype.kind == "complex":
        dtype = dtypes.float32 if dtype is dtypes.complex64 else dtypes.float64
    if dtype.kind != "float":
        raise DTypeError(
            message("finfo", "not a floating type.", received=dtype, fix="use sj.iinfo for integers.")
        )
    if dtype is dtypes.bfloat16:  # float32 with the last 16 bits cut off; NumPy does not know it
        largest = float(np.finfo(np.float32).max) - 2.0**127 * (2.0**-7 - 2.0**-23)
        return FloatInfo(16, 2.0**-7, largest, -largest, 2.0**-126, dtype)
    info = np.finfo(dtype.to_numpy())
    return FloatInfo(
        dtype.bits, float(info.eps), float(info.max), float(info.min), float(info.smallest_normal), dtype
    )


def iinfo(type: Any, /) -> IntegerInfo:
    """What an integer type can hold.

    Args:
        type: an integer element type, or a tensor of one.

    Returns:
        bits, max, min and dtype.

    Raises:
        DTypeError: the type is not an integer type.

    Example:
        >>> import sujeong as sj
        >>> sj.iinfo(sj.int8).max
        127
    """
    dtype = dtype_of(type)
    if not dtype.is_integer:
        text = message(
            "iinfo", "not an integer type.", received=dtype, fix="use sj.finfo for floating types."
        )
        raise DTypeError(text)
    low, high = dtypes.integer_range(dtype)
    return IntegerInfo(dtype.bits, high, low, dtype)
