"""Tensors out of nothing, out of numbers, and out of arrays."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.create import fresh, from_host
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor, leaf
from ..errors import ArgumentError, DTypeError, message
from ._build import Shape, cast

FULL = Op("full", lambda shape, value, dtype, device=None: Spec(shape, dtype))
ARANGE = Op("arange", lambda start, step, count, dtype, device=None: Spec((count,), dtype))


def _shape(shape: int | Shape, op: str) -> Shape:
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if any(int(s) < 0 for s in sizes):
        raise ArgumentError(message(op, "a size cannot be negative.", received=sizes))
    return tuple(int(s) for s in sizes)


def asarray(
    obj: Any,
    /,
    *,
    dtype: Any = None,
    device: str | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Makes a tensor of numbers, nested lists, a NumPy array or another tensor.

    Args:
        obj: the values. Python floats become float32; NumPy arrays keep their element type.
        dtype: element type; default as above.
        device: where; default the chosen device.
        copy: `False` shares memory with a NumPy array where the engine can; default: a copy.
        requires_grad: ask for gradients: `y.backward()` will fill `.grad`.

    Returns:
        The tensor.

    Raises:
        DTypeError: the values are not numbers, or `requires_grad` for integers.

    Example:
        >>> import sujeong as sj
        >>> sj.asarray([[1, 2], [3, 4]]).shape
        (2, 2)
        >>> sj.asarray([0.5]).dtype
        sujeong.float32
    """
    target = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(obj, Operand):
        tensor = as_tensor(obj)
        if device is not None:
            tensor = tensor.to(device)
        tensor = tensor if target is None else cast(tensor, target)
    else:
        host = obj if isinstance(obj, (np.ndarray, np.generic)) else _from_python(obj)
        own = dtypes.as_dtype(host.dtype)
        if not isinstance(obj, (np.ndarray, np.generic)):
            own = {dtypes.float64: dtypes.float32, dtypes.complex128: dtypes.complex64}.get(own, own)
        tensor = from_host(np.asarray(host), target or own, device, copy=copy is not False)
    return leaf(tensor) if requires_grad else tensor


def _from_python(obj: Any) -> np.ndarray:
    """A NumPy array of nested lists that may hold tensors."""

    def plain(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        return value.numpy() if isinstance(value, Operand) else value  # type: ignore[attr-defined]

    try:
        host = np.asarray(plain(obj))
    except (ValueError, TypeError) as error:
        fix = "give every row the same length."
        raise DTypeError(message("asarray", "the lists do not form an array.", received=error, fix=fix)) from None
    if host.dtype == object or host.dtype.kind in "USOmM":
        fix = "turn text and mixed values into numbers first."
        raise DTypeError(message("asarray", "not numbers.", received=f"{type(obj).__name__}: {obj!r:.60}", fix=fix))
    return host


def full(shape: int | Shape, fill_value: Any, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor filled with one number.

    Args:
        shape: its sizes.
        fill_value: the number.
        dtype: element type; default from the number (float32 for floats).
        device: where; default the chosen device.

    Returns:
        The tensor.

    Raises:
        ArgumentError: a size is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.full((2,), 7))
        [7 7]
    """
    if isinstance(fill_value, Operand):
        fill_value = as_tensor(fill_value).item()
    kind = dtypes.as_dtype(type(fill_value) if dtype is None else dtype)
    return fresh(FULL, device, shape=_shape(shape, "full"), value=fill_value, dtype=kind)


def zeros(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of zeros.

    Args:
        shape: its sizes.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Example:
        >>> import sujeong as sj
        >>> print(sj.zeros(3))
        [0. 0. 0.]
    """
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    return fresh(FULL, device, shape=_shape(shape, "zeros"), value=0, dtype=kind)


def ones(shape: int | Shape, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """A tensor of ones.

    Args:
        shape: its sizes.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        The tensor.

    Example:
        >>> import sujeong as sj
        >>> print(sj.ones(3))
        [1. 1. 1.]
    """
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    return fresh(FULL, device, shape=_shape(shape, "ones"), value=1, dtype=kind)


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """Evenly spaced numbers: start, start + step, ... below stop.

    Args:
        start: first number; the end if `stop` is not given (then it starts at 0).
        stop: the end, not included.
        step: the distance, not zero.
        dtype: element type; default int64 for whole numbers, else float32.
        device: where; default the chosen device.

    Returns:
        A vector of ceil((stop - start) / step) numbers.

    Raises:
        ArgumentError: the step is zero.

    Example:
        >>> import sujeong as sj
        >>> print(sj.arange(1, 7, 2))
        [1 3 5]
    """
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ArgumentError(message("arange", "the step is zero.", expected="a step other than 0"))
    whole = all(isinstance(v, (int, np.integer)) for v in (start, stop, step))
    kind = dtypes.as_dtype(dtype) if dtype is not None else dtypes.int64 if whole else dtypes.float32
    count = max(ceil((stop - start) / step), 0)
    return fresh(ARANGE, device, start=start, step=step, count=count, dtype=kind)
