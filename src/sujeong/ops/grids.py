"""Tensors with a pattern: evenly spaced numbers, grids, the unit matrix, one-hot rows.

arange    start, start + step, ...          eye        1 on a diagonal
linspace  start ... stop, n numbers         one_hot    y[i, c] = 1 where c = ids[i]
meshgrid  every pair of coordinates
"""

from __future__ import annotations

from math import ceil, isfinite
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.create import fresh, from_host
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ._build import RESHAPE, cast, counted_like, normalize_axis
from .arithmetic import add
from .comparison import equal
from .filling import as_shape
from .gathering import as_indices, refuse_outside
from .joining import _together
from .shaping import broadcast_to, moveaxis

ARANGE = Op("arange", lambda start, step, count, dtype, device=None: Spec((count,), dtype))


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
        ArgumentError: the step is zero, or a number is infinite or NaN.

    Example:
        >>> import sujeong as sj
        >>> print(sj.arange(1, 7, 2))
        [1 3 5]
    """
    if stop is None:
        start, stop = 0, start
    if start.__class__ is not int or stop.__class__ is not int or step.__class__ is not int:
        start, stop, step = _number(start), _number(stop), _number(step)
    if not step:
        raise ArgumentError(message("arange", "the step is zero.", expected="a step other than 0"))
    whole = isinstance(start, int) and isinstance(stop, int) and isinstance(step, int)
    if whole:
        count = len(range(start, stop, step))  # type: ignore[arg-type]
    elif isfinite(start) and isfinite(stop) and isfinite(step):
        count = max(ceil((stop - start) / step), 0)
    else:
        raise ArgumentError(message("arange", "the numbers have no end.", received=(start, stop, step)))
    kind = dtypes.as_dtype(dtype) if dtype is not None else dtypes.int64 if whole else dtypes.float32
    return fresh(ARANGE, device, start=start, step=step, count=count, dtype=kind)


def _number(value: Any) -> Any:
    """A Python number; of a tensor, the one that it holds."""
    return value.item() if isinstance(value, (Operand, np.generic, np.ndarray)) else value  # type: ignore[union-attr]


def linspace(
    start: complex,
    stop: complex,
    /,
    num: int,
    *,
    dtype: Any = None,
    device: str | None = None,
    endpoint: bool = True,
) -> Tensor:
    """A given number of evenly spaced numbers from start to stop.

    Args:
        start: first number.
        stop: last number.
        num: how many.
        dtype: floating element type; default float32, complex64 for complex numbers.
        device: where; default the chosen device.
        endpoint: whether `stop` is one of them; else the numbers end one step before it.

    Returns:
        A vector of `num` numbers.

    Raises:
        ArgumentError: `num` is negative.
        DTypeError: the element type is of whole numbers.

    Example:
        >>> import sujeong as sj
        >>> print(sj.linspace(0, 1, 5))
        [0.   0.25 0.5  0.75 1.  ]
    """
    (count,) = as_shape("linspace", num)
    ends = (_number(start), _number(stop))
    own = dtypes.complex64 if any(isinstance(v, complex) for v in ends) else dtypes.float32
    kind = own if dtype is None else dtypes.as_dtype(dtype)
    if not kind.is_differentiable or (own.kind == "complex" and kind.kind != "complex"):
        expected = "a floating type that holds both ends"
        raise DTypeError(message("linspace", "the numbers are not whole.", received=kind, expected=expected))
    # computed on the host in double precision: both ends exact, the same bits on every engine
    with np.errstate(all="ignore"):
        host = np.linspace(*ends, count, endpoint=endpoint, dtype=_wide(kind))
        return from_host(host, kind, device)


def _wide(kind: dtypes.DType) -> np.dtype:
    return np.dtype(np.complex128 if kind.kind == "complex" else np.float64)


def meshgrid(*arrays: Any, indexing: str = "xy") -> list[Tensor]:
    """Grids of coordinates: every combination of the numbers of several vectors.

    Args:
        *arrays: vectors (or single numbers) of coordinates along each axis.
        indexing: `"xy"` puts the first vector along the second axis, as in a plot; `"ij"` along the first.

    Returns:
        A list with one grid for each vector.

    Raises:
        ShapeError: one of them has more than one axis.
        ArgumentError: `indexing` is neither.

    Example:
        >>> import sujeong as sj
        >>> x, y = sj.meshgrid(sj.arange(3), sj.arange(2))
        >>> print(x)
        [[0 1 2]
         [0 1 2]]
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError(
            message("meshgrid", "unknown order of axes.", received=indexing, expected="xy or ij")
        )
    if not arrays:
        return []
    xs = _together("meshgrid", arrays)
    if any(x.ndim > 1 for x in xs):
        received = ", ".join(str(x.shape) for x in xs)
        raise ShapeError(message("meshgrid", "coordinates are vectors.", received=received))
    order = list(range(len(xs)))
    if indexing == "xy" and len(xs) > 1:
        order[0], order[1] = 1, 0  # order[i]: the axis of vector i
    shape = [0] * len(xs)
    for x, axis in zip(xs, order, strict=True):
        shape[axis] = x.size
    grids = []
    for x, axis in zip(xs, order, strict=True):
        line = apply(RESHAPE, x, shape=tuple(x.size if a == axis else 1 for a in range(len(xs))))
        grids.append(broadcast_to(line, tuple(shape)))
    return grids


def _offsets(x: Tensor, rows: int, columns: int, k: int) -> tuple[Tensor, Tensor]:
    """Column numbers, and for each row the column where the k-th diagonal crosses it."""
    k = max(min(int(k), columns + 1), -rows - 1)
    i = apply(RESHAPE, counted_like(x, rows), shape=(rows, 1))
    return apply(RESHAPE, counted_like(x, columns), shape=(1, columns)), add(i, k)


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """The unit matrix: ones on a diagonal, zeros elsewhere.

    Args:
        n_rows: number of rows.
        n_cols: number of columns; default as many.
        k: which diagonal: 0 the main one, positive above, negative below.
        dtype: element type; default float32.
        device: where; default the chosen device.

    Returns:
        Matrix (n_rows, n_cols).

    Raises:
        ArgumentError: a size is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.eye(2))
        [[1. 0.]
         [0. 1.]]
    """
    rows, columns = as_shape("eye", (n_rows, n_rows if n_cols is None else n_cols))
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    home = fresh(ARANGE, device, start=0, step=1, count=0, dtype=dtypes.int64)
    return cast(equal(*_offsets(home, rows, columns, k)), kind)


def _one_hot_infer(ids: Spec, classes: int, dtype: dtypes.DType) -> Spec:
    return Spec((*ids.shape, classes), dtype)


ONE_HOT = Op("one_hot", _one_hot_infer, keeps_inputs=False)


def one_hot(x: Any, num_classes: int, *, axis: int = -1, dtype: Any = None) -> Tensor:
    """A row of zeros with a single one for each class number: y[i, c] = 1 where c = x[i].

    Args:
        x: class numbers, 0 to num_classes - 1, of any shape.
        num_classes: how many classes.
        axis: where the new axis stands in the result.
        dtype: element type; default float32.

    Returns:
        Tensor with one axis more, of size `num_classes`.

    Raises:
        IndexRangeError: a number is no class.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.one_hot([2, 0], 3))
        [[0. 0. 1.]
         [1. 0. 0.]]
    """
    classes = num_classes
    if classes.__class__ is not int or classes < 0:
        (classes,) = as_shape("one_hot", num_classes)
    home = x
    if x.__class__ is not Tensor and not isinstance(x, Operand):
        home = fresh(ARANGE, start=0, step=1, count=0, dtype=dtypes.int64)
    ids = as_indices("one_hot", x, home)
    refuse_outside("one_hot", ids, classes, 0, negative=False)
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    if axis == -1:
        return apply(ONE_HOT, ids, classes=classes, dtype=kind)
    axis = normalize_axis("one_hot", axis, ids.ndim + 1)
    return moveaxis(apply(ONE_HOT, ids, classes=classes, dtype=kind), -1, axis)
