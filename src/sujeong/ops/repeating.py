"""The same elements again and again, or moved around: repeat, tile, roll.

    repeat   (a, b) -> (a, a, b, b)        tile   (a, b) -> (a, b, a, b)        roll   (a, b, c) -> (c, a, b)

The gradients of copies are added up; the gradient of a roll is rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import RESHAPE, Shape, normalize_axis
from .gathering import host_indices, take
from .shaping import broadcast_to


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Tensor:
    """Repeats each element, next to itself.

    Args:
        x: tensor of any shape.
        repeats: how often: a number, or one number an element along `axis` (read at once, so that it
            must have a value: not while recording).
        axis: along which axis; `None` lays the elements out row by row first.

    Returns:
        The tensor with repeated elements.

    Raises:
        ArgumentError: there is no such axis, or a number is negative.
        ShapeError: there is not one number for each element.

    Example:
        >>> import sujeong as sj
        >>> print(sj.repeat(sj.asarray([1, 2]), 2))
        [1 1 2 2]
        >>> print(sj.repeat(sj.asarray([1, 2]), [1, 3]))
        [1 2 2 2]
    """
    x = as_tensor(x, "repeat")
    if axis is None:
        x, axis = apply(RESHAPE, x, shape=(x.size,)), 0
    axis = normalize_axis("repeat", axis, x.ndim)
    shape = x.shape
    size = shape[axis]
    counts = repeats.numpy() if isinstance(repeats, Operand) else np.asarray(repeats)  # type: ignore[attr-defined]
    if (counts.size and counts.dtype.kind not in "iu") or counts.ndim > 1:
        raise ArgumentError(message("repeat", "repeats are whole numbers, in one row.", received=repeats))
    if counts.size and counts.min() < 0:
        raise ArgumentError(message("repeat", "a number of repeats cannot be negative.", received=repeats))
    if counts.size == 1:
        n = int(counts.reshape(()))
        open_ = apply(RESHAPE, x, shape=(*shape[: axis + 1], 1, *shape[axis + 1 :]))
        wide = broadcast_to(open_, (*shape[: axis + 1], n, *shape[axis + 1 :]))
        return apply(RESHAPE, wide, shape=(*shape[:axis], size * n, *shape[axis + 1 :]))
    if counts.size != size:
        received = f"{counts.size} numbers for axis {axis} with size {size}"
        raise ShapeError(message("repeat", "one number an element.", received=received))
    return take(x, host_indices(np.repeat(np.arange(size), counts.astype(np.int64)), x), axis=axis)


def tile(x: Any, repetitions: Sequence[int], /) -> Tensor:
    """Lays copies of a tensor side by side.

    Args:
        x: tensor of any shape.
        repetitions: how many copies along each axis, counted from the last; missing ones are 1.

    Returns:
        The tiled tensor: size = repetitions * size along each axis.

    Raises:
        ArgumentError: a repetition is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.tile(sj.asarray([1, 2]), (2, 2)))
        [[1 2 1 2]
         [1 2 1 2]]
    """
    x = as_tensor(x, "tile")
    times = [int(r) for r in ((repetitions,) if isinstance(repetitions, int) else repetitions)]
    if any(r < 0 for r in times):
        raise ArgumentError(message("tile", "a repetition cannot be negative.", received=tuple(times)))
    ndim = max(len(times), x.ndim)
    times = [1] * (ndim - len(times)) + times
    sizes = [1] * (ndim - x.ndim) + list(x.shape)
    open_, wide = [], []
    for r, s in zip(times, sizes, strict=True):  # (s,) -> (1, s) -> (r, s) -> (r s,)
        open_ += [1, s]
        wide += [r, s]
    y = broadcast_to(apply(RESHAPE, x, shape=tuple(open_)), tuple(wide))
    return apply(RESHAPE, y, shape=tuple(r * s for r, s in zip(times, sizes, strict=True)))


ROLL = Op("roll", same, keeps_inputs=False)


def roll(x: Any, /, shift: int | tuple[int, ...], *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """Moves elements along an axis; what leaves at the end comes in at the front: y[i] = x[i - shift].

    Args:
        x: tensor of any shape.
        shift: how far, backwards if negative; one number, or one an axis.
        axis: along which axis or axes; `None` rolls all elements, row by row.

    Returns:
        The rolled tensor, shape of `x`.

    Raises:
        ArgumentError: there is no such axis, or shifts and axes differ in number.

    Example:
        >>> import sujeong as sj
        >>> print(sj.roll(sj.asarray([1, 2, 3]), 1))
        [3 1 2]
    """
    x = as_tensor(x, "roll")
    shape = x.shape
    if axis is None:
        if isinstance(shift, (tuple, list)):
            shift = sum(shift)
        return apply(RESHAPE, roll(apply(RESHAPE, x, shape=(x.size,)), shift, axis=0), shape=shape)
    if axis.__class__ is int and shift.__class__ is int:
        place = normalize_axis("roll", axis, len(shape))  # type: ignore[arg-type]
        return apply(ROLL, x, shifts=(shift % (shape[place] or 1),), dims=(place,))  # type: ignore[operator]
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    shifts = shift if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    if len(axes) != len(shifts):
        raise ArgumentError(message("roll", "one shift an axis.", received=f"shifts {shift}, axes {axis}"))
    places = [normalize_axis("roll", a, len(shape)) for a in axes]
    steps = [int(s) % (shape[a] or 1) for a, s in zip(places, shifts, strict=True)]
    return apply(ROLL, x, shifts=tuple(steps), dims=tuple(places))


@ROLL.gradient
def _roll_gradient(g: Tensor, y: Any, x: Any, shifts: Shape, dims: Shape) -> tuple[Any, ...]:
    return (apply(ROLL, g, shifts=tuple(-s for s in shifts), dims=dims),)
