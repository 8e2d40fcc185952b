"""Regular cuts of a tensor, and laying a cut back into a larger one.

    slice       y[i] = x[start + i step]                          along each axis, i = 0 .. n-1
    put_slice   y = value everywhere, but y[start + i step] = x[i]
    flip        y[i] = x[n - 1 - i]                       along some axes
    split       y_1, y_2, ... = the parts of x, one after the other along an axis

The first two are the gradients of each other: what was cut out gets its gradient back, the rest gets zero.
The gradients of all parts of a split are put together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ..core.dispatch import apply
from ..core.op import OPS, Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import RESHAPE, Shape, normalize_axes, normalize_axis


def _check_cut(op: str, whole: Shape, start: Shape, step: Shape, part: Shape) -> None:
    """Refuses a cut that leaves the tensor it is taken from."""
    if not len(whole) == len(start) == len(step) == len(part):
        raise ShapeError(message(op, "the cut has another number of axes.", received=f"{part} of {whole}"))
    for axis, (size, a, s, n) in enumerate(zip(whole, start, step, part, strict=True)):
        last = a + (n - 1) * s
        if n and not (0 <= a < size and 0 <= last < size):
            received = f"{a} to {last} along axis {axis} of {whole}"
            raise ShapeError(message(op, "the cut leaves the tensor.", received=received))


def _slice_infer(x: Spec, start: Shape, step: Shape, shape: Shape) -> Spec:
    _check_cut("slice", x.shape, start, step, shape)
    return x.like(shape=shape)


def _put_infer(x: Spec, start: Shape, step: Shape, shape: Shape, value: complex) -> Spec:
    _check_cut("put_slice", shape, start, step, x.shape)
    return x.like(shape=shape)


SLICE = Op("slice", _slice_infer, keeps_inputs=False, may_alias=True)
PUT_SLICE = Op("put_slice", _put_infer, keeps_inputs=False)
FLIP = Op("flip", lambda x, axis: x, keeps_inputs=False, may_alias=True)


def _split_infer(x: Spec, sizes: Shape, axis: int) -> tuple[Spec, ...]:
    return tuple(x.like(shape=(*x.shape[:axis], n, *x.shape[axis + 1 :])) for n in sizes)


SPLIT = Op("split", _split_infer, keeps_inputs=False, may_alias=True)


@SPLIT.gradient
def _parts_gradient(g: Sequence[Tensor], y: Any, x: Any, sizes: Shape, axis: int) -> tuple[Any, ...]:
    return (apply(OPS["concat"], *g, axis=axis),)


def cut(x: Tensor, start: Shape, step: Shape, shape: Shape) -> Tensor:
    """A regular part of a tensor: y[i] = x[start + i step], with `shape` elements along each axis."""
    if shape == x.shape and all(s == 1 for s in step):
        return x
    return apply(SLICE, x, start=start, step=step, shape=shape)


def put(x: Tensor, start: Shape, step: Shape, shape: Shape, value: complex = 0) -> Tensor:
    """A tensor of `shape` that holds x at start + i step, and a constant elsewhere."""
    if shape == x.shape and all(s == 1 for s in step):
        return x
    return apply(PUT_SLICE, x, start=start, step=step, shape=shape, value=value)


@SLICE.gradient
def _slice_gradient(g: Tensor, y: Any, x: Any, start: Shape, step: Shape, shape: Shape) -> tuple[Any, ...]:
    return (put(g, start, step, x.shape),)


@PUT_SLICE.gradient
def _put_gradient(
    g: Tensor, y: Any, x: Any, start: Shape, step: Shape, shape: Shape, value: complex
) -> tuple[Any, ...]:
    return (cut(g, start, step, x.shape),)


def narrow(x: Tensor, axis: int, start: int, length: int) -> Tensor:
    """`length` neighbours from `start` on, along one axis."""
    shape = x.shape
    begin = tuple(start if i == axis else 0 for i in range(len(shape)))
    return cut(x, begin, (1,) * len(shape), (*shape[:axis], length, *shape[axis + 1 :]))


def diagonals(x: Tensor, offset: int = 0) -> Tensor:
    """The diagonals of the matrices in the last two axes: laid out in a row, each is a regular cut."""
    *batch, rows, columns = x.shape
    first = offset if offset >= 0 else -offset * columns
    count = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
    line = apply(RESHAPE, x, shape=(*batch, rows * columns))
    zeros, ones = (0,) * len(batch), (1,) * len(batch)
    step = columns + 1 if count > 1 else 1
    return cut(line, (*zeros, first if count else 0), (*ones, step), (*batch, count))


def flip(x: Any, /, *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """Reverses the order of the elements: y[i] = x[n - 1 - i].

    Args:
        x: tensor of any shape.
        axis: along which axis or axes; `None` for all.

    Returns:
        The reversed tensor, shape of `x`.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.flip(sj.asarray([1, 2, 3])))
        [3 2 1]
    """
    x = as_tensor(x, "flip")
    return apply(FLIP, x, axis=normalize_axes("flip", axis, x.ndim))


@FLIP.gradient
def _flip_gradient(g: Tensor, y: Any, x: Any, axis: Shape) -> tuple[Any, ...]:
    return (apply(FLIP, g, axis=axis),)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """Takes a tensor apart along one axis, which vanishes: the inverse of `stack`.

    Args:
        x: tensor with at least one axis.
        axis: the axis to take apart.

    Returns:
        A tuple of `x.shape[axis]` tensors.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.unstack(sj.asarray([[1, 2], [3, 4]]))
        >>> print(b)
        [3 4]
    """
    x = as_tensor(x, "unstack")
    axis = normalize_axis("unstack", axis, x.ndim)
    rest = x.shape[:axis] + x.shape[axis + 1 :]
    return tuple(apply(RESHAPE, narrow(x, axis, i, 1), shape=rest) for i in range(x.shape[axis]))


def split(x: Any, parts: int | Sequence[int], /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """Cuts a tensor along one axis, which stays: the inverse of `concat`.

    Args:
        x: tensor with at least one axis.
        parts: how many equal parts, or the places of the cuts: `(2, 5)` gives x[:2], x[2:5], x[5:].
        axis: the axis to cut.

    Returns:
        A tuple of tensors.

    Raises:
        ArgumentError: there is no such axis, or the cuts go backwards or leave it.
        ShapeError: the axis has no equal parts of that number.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.split(sj.arange(5), (2,))
        >>> print(a, b)
        [0 1] [2 3 4]
    """
    x = as_tensor(x, "split")
    axis = normalize_axis("split", axis, x.ndim)
    size = x.shape[axis]
    if isinstance(parts, int):
        if parts < 1 or size % parts:
            fix = "give the places of the cuts, such as (2, 5)."
            received = f"{parts} parts of axis {axis} with size {size}"
            raise ShapeError(message("split", "the parts are not equal.", received=received, fix=fix))
        places = list(range(0, size + 1, size // parts)) if size else [0] * (parts + 1)
    else:
        places = [0, *(int(p) for p in parts), size]
        if sorted(places) != places:
            expected = f"places in order, 0 to {size}"
            raise ArgumentError(message("split", "no such cuts.", received=tuple(parts), expected=expected))
    sizes = tuple(b - a for a, b in pairwise(places))
    return apply(SPLIT, x, sizes=sizes, axis=axis)  # type: ignore[no-any-return]
