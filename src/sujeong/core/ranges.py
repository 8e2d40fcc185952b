"""Indices and the axes they must stay in: one text for every engine that finds one outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import IndexRangeError, message

Shape = tuple[int, ...]


def out_of_range(op: str, value: int, size: int, axis: int, negative: bool = True) -> IndexRangeError:
    """The error for an index outside an axis.

    Args:
        op: the operation that complains.
        value: the index.
        size: the size of the axis.
        axis: the axis.
        negative: whether negative indices count from the end.

    Returns:
        The error, to be raised by the caller.
    """
    what = f"index {value} is out of range for axis {axis} with size {size}."
    expected = f"{-size if negative else 0} to {size - 1}" if size else "no index: the axis is empty"
    return IndexRangeError(message(op, what, expected=expected))


def check_indices(op: str, indices: np.ndarray, size: int, axis: int, negative: bool = True) -> np.ndarray:
    """Indices on the host, counted from the front.

    Args:
        op: the operation that complains.
        indices: whole numbers of any shape.
        size: the size of the axis.
        axis: the axis.
        negative: whether negative indices count from the end.

    Returns:
        The indices, 0 to size - 1.

    Raises:
        IndexRangeError: an index is outside the axis.
    """
    low = -size if negative else 0
    if indices.size and (indices.min() < low or indices.max() >= size):
        bad = indices[(indices < low) | (indices >= size)]
        raise out_of_range(op, bad.reshape(-1)[0], size, axis, negative)
    return np.where(indices < 0, indices + size, indices)


def begins(
    op: str, sizes: Shape, starts: Sequence[Any], axes: Shape, start: Shape, shape: Shape
) -> list[int]:
    """The first indices of a cut some of which are found only when it runs.

    Args:
        op: the operation that complains.
        sizes: sizes of the tensor that is cut.
        starts: the first index along each of `axes`; negative ones count from the end.
        axes: the axes whose first index was not known before.
        start: the first indices along all axes; those of `axes` are ignored.
        shape: sizes of the cut.

    Returns:
        One an axis, from the front.

    Raises:
        IndexRangeError: the cut leaves the tensor.
    """
    begin = list(start)
    for axis, value in zip(axes, starts, strict=True):
        size = sizes[axis]
        room = size - shape[axis]
        a = int(value)
        begin[axis] = a + size if a < 0 else a
        if not 0 <= begin[axis] <= room:
            what = f"a cut of {shape[axis]} from {a} on leaves axis {axis} with size {size}."
            raise IndexRangeError(message(op, what, expected=f"a start of 0 to {room}"))
    return begin


def window(op: str, sizes: Shape, starts: Sequence[Any], axes: Shape, start: Shape, shape: Shape) -> Any:
    """The slices of such a cut, a tuple of one an axis; see `begins`."""
    begin = begins(op, sizes, starts, axes, start, shape)
    return tuple([slice(a, a + n) for a, n in zip(begin, shape, strict=True)])
