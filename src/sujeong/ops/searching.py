"""Where something is: the greatest, the least, what is not zero, the place in a sorted list.

None of these has a gradient: a place is a whole number, constant except where it jumps.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, RecordError, ShapeError, message
from ._build import ORDERED, RESHAPE, SUM, cast, need, normalize_axes, normalize_axis, pair, same_dtypes
from .reduction import Axis, ordered
from .sorting import pick_along


def _best_infer(name: str) -> Any:
    def infer(x: Spec, axis: int, keepdims: bool) -> Spec:
        if x.shape[axis] == 0:
            raise ArgumentError(message(name, "nothing to choose from: the axis is empty.", received=x))
        return Spec(x.shape[:axis] + (1,) * keepdims + x.shape[axis + 1 :], dtypes.int64)

    return infer


ARGMAX = Op("argmax", _best_infer("argmax"), keeps_inputs=False)
ARGMIN = Op("argmin", _best_infer("argmin"), keeps_inputs=False)


def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the greatest value along an axis; of equal ones, the first.

    Args:
        x: tensor of any shape, not complex.
        axis: along which axis; `None` counts through all values, row by row.
        keepdims: keep the reduced axis (or all of them) with size 1.

    Returns:
        Places counted from 0, int64. NaN counts as the greatest value.

    Raises:
        ArgumentError: there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.argmax(sj.asarray([[1.0, 5.0], [3.0, 3.0]]), axis=1))
        [1 0]
    """
    return _best(ARGMAX, x, axis, keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the least value along an axis; of equal ones, the first.

    Args:
        x: tensor of any shape, not complex.
        axis: along which axis; `None` counts through all values, row by row.
        keepdims: keep the reduced axis (or all of them) with size 1.

    Returns:
        Places counted from 0, int64. Where there is a NaN, its place.

    Raises:
        ArgumentError: there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.argmin(sj.asarray([[1.0, 5.0], [3.0, 3.0]]), axis=1))
        [0 0]
    """
    return _best(ARGMIN, x, axis, keepdims)


def _best(op: Op, x: Any, axis: int | None, keepdims: bool) -> Tensor:
    x = ordered(op.name, x)
    if axis is not None:
        return apply(op, x, axis=normalize_axis(op.name, axis, x.ndim), keepdims=keepdims)
    place = apply(op, apply(RESHAPE, x, shape=(x.size,)), axis=0, keepdims=False)
    return apply(RESHAPE, place, shape=(1,) * x.ndim) if keepdims else place


def count_nonzero(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """How many values along axes are not zero.

    Args:
        x: tensor of any shape and element type. NaN is not zero.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The counts, int64.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.count_nonzero(sj.asarray([[1, 0], [2, 3]]), axis=1))
        [1 2]
    """
    x = as_tensor(x, "count_nonzero")
    ones = cast(cast(x, dtypes.bool_), dtypes.int64)
    return apply(SUM, ones, axis=normalize_axes("count_nonzero", axis, x.ndim), keepdims=keepdims)


def refuse_recording(op: str, x: Tensor) -> None:
    """While a function is recorded, refuses an operation whose result has a size that only values tell."""
    if getattr(x._engine, "is_recorder", False):
        fix = "call it outside the recorded function; inside, sj.where(condition, x, 0) keeps the shape."
        what = "the size of the result depends on the values, which a program does not know."
        raise RecordError(message(op, what, received=x.spec, fix=fix))


def _nonzero_infer(x: Spec) -> Any:
    what = "the size of the result depends on the values."
    raise RecordError(message("nonzero", what, received=x))


NONZERO = Op("nonzero", _nonzero_infer, keeps_inputs=False)


def nonzero(x: Any, /) -> tuple[Tensor, ...]:
    """The places of all values that are not zero, row by row.

    Args:
        x: tensor with at least one axis, of any element type. NaN is not zero.

    Returns:
        For each axis the indices along it, int64, all of the length of the number of such values.

    Raises:
        ShapeError: the tensor has no axis.
        RecordError: while a function is recorded: the size of the result depends on the values.

    Example:
        >>> import sujeong as sj
        >>> rows, columns = sj.nonzero(sj.asarray([[0, 7], [8, 0]]))
        >>> print(rows, columns)
        [0 1] [1 0]
    """
    x = as_tensor(x, "nonzero")
    if x.ndim == 0:
        raise ShapeError(message("nonzero", "a number has no places.", received=x.spec, fix="use x != 0."))
    refuse_recording("nonzero", x)
    return apply(NONZERO, x)


def _searchsorted_infer(x1: Spec, x2: Spec, right: bool) -> Spec:
    same_dtypes("searchsorted", x1, x2)
    return x2.like(dtype=dtypes.int64)


SEARCHSORTED = Op("searchsorted", _searchsorted_infer, keeps_inputs=False)


def searchsorted(x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None) -> Tensor:
    """Where values would go into a sorted list so that it stays sorted.

    Args:
        x1: the sorted values (n,), not complex.
        x2: the values to place, of any shape.
        side: `"left"`: before equal values, x1[i - 1] < x2 <= x1[i]; `"right"`: behind them,
            x1[i - 1] <= x2 < x1[i].
        sorter: places that sort `x1` if it is not sorted, as `sj.argsort` gives them.

    Returns:
        Places from 0 to n, int64, shape of `x2`.

    Raises:
        ShapeError: `x1` has not exactly one axis, or `sorter` is of another length.
        ArgumentError: `side` is neither of the two.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.searchsorted(sj.asarray([1.0, 2.0, 3.0]), sj.asarray([2.0, 9.0])))
        [1 3]
    """
    if side not in ("left", "right"):
        raise ArgumentError(message("searchsorted", "no such side.", received=side, expected="left or right"))
    a, b = pair("searchsorted", as_tensor(x1, "searchsorted"), x2)
    need("searchsorted", a, ORDERED)
    if a.ndim != 1:
        fix = "search row by row."
        raise ShapeError(message("searchsorted", "the sorted list is a vector.", received=a.shape, fix=fix))
    if sorter is not None:
        order = as_tensor(sorter, "searchsorted")
        if order.shape != a.shape:
            received = f"{order.shape} for {a.shape}"
            raise ShapeError(message("searchsorted", "the sorter does not fit the list.", received=received))
        a = pick_along(a.detach(), cast(order, dtypes.int64), 0)
    return apply(SEARCHSORTED, a, b, right=side == "right")
