"""Tensors of values there are: numbers, nested lists, arrays of other libraries, other tensors.

Python's whole numbers become int64, its other numbers float32 or complex64; arrays keep their element
type. Tensors never change, so an array is copied unless `copy=False` asks to share its memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.create import exchanged, from_host
from ..core.dispatch import apply
from ..core.dtypes import DType
from ..core.tensor import Operand, Tensor, as_tensor, leaf
from ..errors import ArgumentError, DTypeError, ExchangeError, message
from ._build import COPY, NUMBERS, cast
from .joining import stack

_NARROW = {dtypes.float64: dtypes.float32, dtypes.complex128: dtypes.complex64}
_ROWS = (list, tuple, range)


def asarray(
    obj: Any,
    /,
    *,
    dtype: Any = None,
    device: str | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Makes a tensor of numbers, nested lists, an array or another tensor.

    Args:
        obj: the values: a number; lists of numbers or tensors, nested; a NumPy array; any object that
            offers DLPack, the buffer protocol or `__array__`; a tensor or variable.
        dtype: element type; default: float32, int64, bool or complex64 for Python's numbers, else the
            array's own.
        device: where; default the tensor's own, for all else the chosen device.
        copy: `True` gives memory of its own; `False` shares it, or refuses; default: an array is copied,
            a tensor, which never changes, is not.
        requires_grad: ask for gradients: `y.backward()` will fill `.grad`.

    Returns:
        The tensor. Tensors inside of lists keep their gradients.

    Raises:
        DTypeError: the values are not numbers, or `requires_grad` for integers.
        ArgumentError: `copy=False`, but the memory cannot be shared.

    Example:
        >>> import sujeong as sj
        >>> sj.asarray([[1, 2], [3, 4]]).shape
        (2, 2)
        >>> sj.asarray([0.5]).dtype
        sujeong.float32
    """
    target = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(obj, Operand):
        tensor = _of_tensor(as_tensor(obj), target, device, copy)
    elif isinstance(obj, _ROWS) and _holds_tensors(obj):
        _refuse_sharing(copy, "a list is no memory that could be shared.")
        tensor = _of_rows(obj, target)
        tensor = tensor if device is None else tensor.to(device)
    else:
        tensor = _of_host(obj, target, device, copy)
    return leaf(tensor.detach()) if requires_grad else tensor


def _refuse_sharing(copy: bool | None, why: str) -> None:
    if copy is False:
        raise ArgumentError(message("asarray", why, received="copy=False", fix="leave copy out."))


def _of_tensor(x: Tensor, target: DType | None, device: str | None, copy: bool | None) -> Tensor:
    moved = x if device is None else x.to(device)
    y = moved if target is None else cast(moved, target)
    if y is not x:
        _refuse_sharing(copy, "another device or element type needs memory of its own.")
        return y
    return apply(COPY, x) if copy else x


def _of_host(obj: Any, target: DType | None, device: str | None, copy: bool | None) -> Tensor:
    if hasattr(obj, "__dlpack__") and not isinstance(obj, (np.ndarray, np.generic)):
        try:
            return _of_tensor(exchanged(obj, device), target, device, copy is not False)
        except ExchangeError:
            if not hasattr(obj, "__array__"):
                raise
    if isinstance(obj, (*NUMBERS, *_ROWS)):
        _refuse_sharing(copy, "Python's numbers are no memory that could be shared.")
        host = _of_numbers(obj, target)
        own = _NARROW.get(dtypes.as_dtype(host.dtype)) if _plain(obj) else None
    else:
        host, own = _of_array(obj), None
    own = target or own or dtypes.as_dtype(host.dtype)
    if not host.dtype.isnative:
        host = host.astype(host.dtype.newbyteorder("="))
    with np.errstate(all="ignore"):
        tensor = from_host(host, own, device, copy=copy is not False)
    if copy is False and not _shares(tensor, obj):
        _refuse_sharing(copy, "this array's memory cannot be shared.")
    return tensor


def _shares(tensor: Tensor, obj: Any) -> bool:
    """Whether a new tensor, or the constant that it stands for in a recording, lies in an object's memory."""
    if getattr(tensor._engine, "is_recorder", False):
        tensor = tensor._engine.value_of(tensor)  # type: ignore[attr-defined]
    return tensor.device == "cpu" and np.may_share_memory(tensor.numpy(), obj)


def _holds_tensors(obj: Any) -> bool:
    """Whether nested lists hold a tensor somewhere."""
    return any(isinstance(v, Operand) or (isinstance(v, (list, tuple)) and _holds_tensors(v)) for v in obj)


def _plain(obj: Any) -> bool:
    """Whether nested lists hold Python's own numbers only, whose width means nothing."""
    if isinstance(obj, _ROWS):
        kinds = set(map(type, obj))
        if kinds <= {bool, int, float, complex}:
            return True
        return all(_plain(v) for v in obj)
    return type(obj) in NUMBERS


def _of_rows(obj: Any, target: DType | None) -> Tensor:
    """Nested lists with tensors among the numbers, stacked from inside out."""
    rows = [_of_rows(v, target) if isinstance(v, _ROWS) else v for v in obj]
    inner = [v if isinstance(v, Operand) else asarray(v, dtype=_weak(v, rows, target)) for v in rows]
    found = stack(inner) if inner else from_host(np.zeros(0, np.float32), dtypes.float32)
    return found if target is None else cast(found, target)


def _weak(value: Any, row: list[Any], target: DType | None) -> DType | None:
    """The element type of a Python number in a row with tensors: it follows theirs."""
    if target is not None or not isinstance(value, NUMBERS):
        return target
    partner = next(v.dtype for v in row if isinstance(v, Operand)) if _holds_tensors(row) else None  # type: ignore[attr-defined]
    return dtypes.python_dtype(value, partner)


def _of_numbers(obj: Any, target: DType | None) -> np.ndarray:
    """A NumPy array of a number or of nested lists of numbers."""
    try:
        with np.errstate(all="ignore"):
            host = np.asarray(obj, dtype=None if target is None else target.to_numpy())
    except (ValueError, TypeError) as error:
        fix = "give every row the same length, and numbers only."
        raise DTypeError(message("asarray", "the lists form no array.", received=error, fix=fix)) from None
    except OverflowError as error:
        fix = "choose a wider element type."
        raise DTypeError(
            message("asarray", f"a number does not fit: {error}.", received=target, fix=fix)
        ) from None
    return _numeric(host, obj)


def _of_array(obj: Any) -> np.ndarray:
    """A NumPy array of what another library offers."""
    try:
        if hasattr(obj, "__array__") or hasattr(obj, "__array_interface__"):
            return _numeric(np.asarray(obj), obj)
        return _numeric(np.asarray(memoryview(obj)), obj)
    except (TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, DTypeError):
            raise
        expected = "numbers, nested lists, an array, or an object with DLPack or a buffer"
        received = f"{type(obj).__name__}: {obj!r:.60}"
        raise DTypeError(message("asarray", "not numbers.", received=received, expected=expected)) from None


def _numeric(host: np.ndarray, obj: Any) -> np.ndarray:
    if host.dtype == object or host.dtype.kind in "USOmMV":
        fix = "turn text, missing and mixed values into numbers first."
        received = f"{type(obj).__name__}: {obj!r:.60}"
        raise DTypeError(message("asarray", "not numbers.", received=received, fix=fix))
    return host


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Tensor:
    """Takes over an array of another library through DLPack, sharing its memory where that is possible.

    Args:
        x: an object with `__dlpack__`, such as a NumPy or PyTorch array.
        device: where; default the array's own device, or the CPU.
        copy: `True` gives memory of its own; `False` refuses where it cannot be shared.

    Returns:
        The tensor. While it shares memory, whoever else holds the memory must not change it.

    Raises:
        ExchangeError: the object offers no DLPack, or its memory cannot be taken over.

    Example:
        >>> import numpy as np
        >>> import sujeong as sj
        >>> print(sj.from_dlpack(np.asarray([1, 2, 3])))
        [1 2 3]
    """
    if isinstance(x, Operand):
        found: Tensor = as_tensor(x)
    elif hasattr(x, "__dlpack__"):
        found = exchanged(x, device)
    else:
        received = type(x).__name__
        raise ExchangeError(message("from_dlpack", "the object offers no DLPack.", received=received))
    moved = found if device is None else found.to(device)
    if copy is False and moved is not found:
        what = "another device needs memory of its own."
        raise ExchangeError(
            message("from_dlpack", what, received=f"copy=False, from {found.device} to {device}")
        )
    return apply(COPY, moved) if copy and moved is found else moved
