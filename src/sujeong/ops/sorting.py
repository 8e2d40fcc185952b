"""Putting values in order, and choosing the greatest.

    sort    y_i = x_(p_i)  with  y_1 <= y_2 <= ...       dx_(p_i) = g_i
    top_k   y_i = x_(p_i)  with  y_1 >= ... >= y_k       dx_(p_i) = g_i, zero for those not chosen

Equal values keep their order (a stable sort), NaN counts as the greatest value. The places p are whole
numbers without a gradient; each occurs once, so that gradients are laid down without adding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ._build import normalize_axis
from .reduction import ordered


def _resized(x: Spec, axis: int, size: int) -> Spec:
    return x.like(shape=(*x.shape[:axis], size, *x.shape[axis + 1 :]))


# --- picking by places that occur once, and laying back --------------------------------------------
PICK_ALONG = Op("pick_along", lambda x, places, axis: x.like(shape=places.shape), keeps_inputs=(1,))
PLACE_ALONG = Op("place_along", lambda x, places, axis, size: _resized(x, axis, size), keeps_inputs=(1,))


def pick_along(x: Tensor, places: Tensor, axis: int) -> Tensor:
    """y[.., i, ..] = x[.., places[.., i, ..], ..] along an axis; each place occurs at most once."""
    return apply(PICK_ALONG, x, places, axis=axis)


def place_along(x: Tensor, places: Tensor, axis: int, size: int) -> Tensor:
    """y[.., places[.., i, ..], ..] = x[.., i, ..] along an axis, zero elsewhere; each place at most once."""
    return apply(PLACE_ALONG, x, places, axis=axis, size=size)


@PICK_ALONG.gradient
def _pick_gradient(g: Tensor, y: Any, x: Any, places: Tensor, axis: int) -> tuple[Any, ...]:
    return place_along(g, places, axis, x.shape[axis]), None


@PLACE_ALONG.gradient
def _place_gradient(g: Tensor, y: Any, x: Any, places: Tensor, axis: int, size: int) -> tuple[Any, ...]:
    return pick_along(g, places, axis), None


# --- the order ---------------------------------------------------------------------------------------
def _sort_infer(x: Spec, axis: int, descending: bool) -> tuple[Spec, Spec]:
    return x, x.like(dtype=dtypes.int64)


SORT = Op("sort", _sort_infer, keeps_inputs=False, keeps_output=(1,), partial=True)


def _sorted_readable(x: Tensor, axis: int, descending: bool) -> Tensor:
    values: Tensor = apply(SORT, x, axis=axis, descending=descending)[0]
    return values


# The values alone, which is quicker where no gradient has to find the way back.
SORTED = Op("sorted", lambda x, axis, descending: x, readable=_sorted_readable)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Sorts values along an axis.

    Args:
        x: tensor with at least one axis, not complex.
        axis: along which axis.
        descending: the greatest first.
        stable: accepted for the array API; equal values keep their order in any case.

    Returns:
        The sorted values, shape of `x`. NaN counts as the greatest value.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sort(sj.asarray([3.0, 1.0, 2.0])))
        [1. 2. 3.]
    """
    x = ordered("sort", x)
    axis, descending = normalize_axis("sort", axis, x.ndim), bool(descending)
    if x._node is None:
        return apply(SORTED, x, axis=axis, descending=descending)
    return _sorted_readable(x, axis, descending)


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The places of the sorted values along an axis: x[p_1] <= x[p_2] <= ...

    Args:
        x: tensor with at least one axis, not complex.
        axis: along which axis.
        descending: the place of the greatest first.
        stable: accepted for the array API; equal values keep their order in any case.

    Returns:
        Places counted from 0, int64, shape of `x`. NaN counts as the greatest value.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.argsort(sj.asarray([3.0, 1.0, 2.0])))
        [1 2 0]
    """
    x = ordered("argsort", x).detach()
    return apply(SORT, x, axis=normalize_axis("argsort", axis, x.ndim), descending=bool(descending))[1]


@SORT.gradient
def _sort_gradient(g: Any, y: Any, x: Any, axis: int, descending: bool) -> tuple[Any, ...]:
    return (place_along(g[0], y[1].detach(), axis, x.shape[axis]),)


# --- the greatest --------------------------------------------------------------------------------------
class TopK(NamedTuple):
    """The greatest values and where they were.

    Attributes:
        values: the values, the greatest first.
        indices: their places, int64.

    Example:
        >>> import sujeong as sj
        >>> sj.top_k(sj.asarray([1, 3, 2]), 2).indices.tolist()
        [1, 2]
    """

    values: Tensor
    indices: Tensor


def _top_k_infer(x: Spec, k: int, axis: int) -> tuple[Spec, Spec]:
    values = _resized(x, axis, k)
    return values, values.like(dtype=dtypes.int64)


TOP_K = Op("top_k", _top_k_infer, keeps_inputs=False, keeps_output=(1,), partial=True)


def top_k(x: Any, k: int, /, *, axis: int = -1) -> TopK:
    """The k greatest values along an axis, the greatest first.

    Args:
        x: tensor with at least one axis, not complex.
        k: how many, 0 to the size of the axis.
        axis: along which axis.

    Returns:
        `values`, with k elements along `axis`, and `indices`, their places, int64. Of equal values the one
        that stands first is taken first; NaN counts as the greatest value. The gradient of the values
        flows to the places they came from.

    Raises:
        ArgumentError: there is no such axis, or it has fewer than k values.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> values, indices = sj.top_k(sj.asarray([1.0, 4.0, 3.0]), 2)
        >>> print(values, indices)
        [4. 3.] [1 2]
    """
    x = ordered("top_k", x)
    axis = normalize_axis("top_k", axis, x.ndim)
    size = x.shape[axis]
    if not 0 <= k <= size:
        raise ArgumentError(
            message("top_k", "there are not so many values.", received=k, expected=f"0 to {size}")
        )
    return TopK(*apply(TOP_K, x, k=k, axis=axis))


@TOP_K.gradient
def _top_k_gradient(g: Any, y: Any, x: Any, k: int, axis: int) -> tuple[Any, ...]:
    return (place_along(g[0], y[1].detach(), axis, x.shape[axis]),)
