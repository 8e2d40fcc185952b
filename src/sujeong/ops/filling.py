"""Tensors of one number: zeros, ones, any other; and the same in the shape of another tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.create import fresh
from ..core.dtypes import DType
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ._build import Shape, cast, filled_like
from .shaping import broadcast_to

FULL = Op("full", lambda shape, value, dtype, device=None: Spec(shape, dtype))

_HOLDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "uint": (int,),
    "float": (int, float),
    "complex": (int, float, complex),
}


def as_shape(op: str, shape: Any) -> Shape:
    """Sizes given as one number or several, none negative."""
    if shape.__class__ is tuple:
        for size in shape:
            if size.__class__ is not int or size < 0:
                break
        else:
            return shape  # type: ignore[no-any-return]
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if any(isinstance(s, (bool, float)) or int(s) < 0 for s in sizes):
        raise ArgumentError(message(op, "sizes are whole numbers, 0 or more.", received=sizes))
    return tuple(int(s) for s in sizes)


def fitting(op: str, value: Any, dtype: DType) -> Any:
    """A number as the element type holds it, refused where it cannot."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.item()
    if isinstance(value, float) and value.is_integer() and float not in _HOLDS[dtype.kind]:
        value = int(value)
    if dtype.kind == "bool" and value in (0, 1):
        value = bool(value)
    if not isinstance(value, _HOLDS[dtype.kind]):
        fix = f"choose another number, or another element type, such as sj.{_kind_of(value)}."
        what = "the element type cannot hold the number."
        raise DTypeError(message(op, what, received=f"{value!r} for {dtype}", fix=fix))
    number: Any = value
    dtypes.check_range(number, dtype)
    return number


def _kind_of(value: Any) -> str:
    return dtypes.as_dtype(type(value)).name if isinstance(value, (bool, int, float, complex)) else "float32"


def full(shape: int | Shape, fill_value: Any, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor filled with one number.

    Args:
        shape: its sizes.
        fill_value: the number, or a tensor holding one, which then gets a gradient.
        dtype: element type; default from the number: float32, int64, bool or complex64.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Raises:
        ArgumentError: a size is negative.
        DTypeError: the element type cannot hold the number.

    Example:
        >>> import sujeong as sj
        >>> print(sj.full((2,), 7))
        [7 7]
    """
    sizes = as_shape("full", shape)
    kind = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(fill_value, Operand):
        return _stretched(as_tensor(fill_value), sizes, kind, device)
    if kind is None:
        kind = dtypes.as_dtype(
            type(fill_value) if not isinstance(fill_value, np.generic) else fill_value.dtype
        )
    return fresh(FULL, device, shape=sizes, value=fitting("full", fill_value, kind), dtype=kind)


def _stretched(value: Tensor, shape: Shape, dtype: DType | None, device: str | None) -> Tensor:
    if value.shape:
        raise ShapeError(message("full", "fills with one number.", received=value.spec))
    value = value if device is None else value.to(device)
    return broadcast_to(value if dtype is None else cast(value, dtype), shape)


def _like(op: str, x: Any, value: Any, dtype: Any, device: str | None) -> Tensor:
    """A constant in the shape of another tensor, where it lies."""
    x = as_tensor(x, op)
    kind = x.dtype if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, Operand):
        return _stretched(as_tensor(value), x.shape, kind, x.device if device is None else device)
    y = filled_like(x, x.shape, fitting(op, value, kind), kind)
    return y if device is None else y.to(device)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor filled with one number, in the shape of another.

    Args:
        x: the other tensor.
        fill_value: the number, or a tensor holding one.
        dtype: element type; default that of `x`.
        device: where; default where `x` lies.

    Returns:
        The tensor.

    Raises:
        DTypeError: the element type cannot hold the number.

    Example:
        >>> import sujeong as sj
        >>> print(sj.full_like(sj.zeros(2), 7))
        [7. 7.]
    """
    return _like("full_like", x, fill_value, dtype, device)


def zeros(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of zeros.

    Args:
        shape: its sizes.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Raises:
        ArgumentError: a size is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.zeros(3))
        [0. 0. 0.]
    """
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    return fresh(FULL, device, shape=as_shape("zeros", shape), value=0, dtype=kind)


def zeros_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of zeros in the shape of another.

    Args:
        x: the other tensor.
        dtype: element type; default that of `x`.
        device: where; default where `x` lies.

    Returns:
        The tensor.

    Example:
        >>> import sujeong as sj
        >>> print(sj.zeros_like(sj.asarray([1, 2])))
        [0 0]
    """
    return _like("zeros_like", x, 0, dtype, device)


def ones(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of ones.

    Args:
        shape: its sizes.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Raises:
        ArgumentError: a size is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.ones(3))
        [1. 1. 1.]
    """
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    return fresh(FULL, device, shape=as_shape("ones", shape), value=1, dtype=kind)


def ones_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of ones in the shape of another.

    Args:
        x: the other tensor.
        dtype: element type; default that of `x`.
        device: where; default where `x` lies.

    Returns:
        The tensor.

    Example:
        >>> import sujeong as sj
        >>> print(sj.ones_like(sj.asarray([3, 4])))
        [1 1]
    """
    return _like("ones_like", x, 1, dtype, device)


def empty(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor whose values do not matter. They are zeros: tensors never change, and runs must repeat.

    Args:
        shape: its sizes.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Raises:
        ArgumentError: a size is negative.

    Example:
        >>> import sujeong as sj
        >>> sj.empty((2, 3)).shape
        (2, 3)
    """
    return zeros(shape, dtype=dtype, device=device)


def empty_like(x: Any, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor whose values do not matter, in the shape of another.

    Args:
        x: the other tensor.
        dtype: element type; default that of `x`.
        device: where; default where `x` lies.

    Returns:
        The tensor, of zeros.

    Example:
        >>> import sujeong as sj
        >>> sj.empty_like(sj.ones((2, 3))).shape
        (2, 3)
    """
    return _like("empty_like", x, 0, dtype, device)
