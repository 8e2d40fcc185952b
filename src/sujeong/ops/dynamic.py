"""Cuts whose place is known only when they run: a tensor as start index.

    dynamic_slice   y[i] = x[start + i]                                i = 0 .. n-1
    slice_update    y = x, but y[start + i] = value[i]

The sizes of a cut are known, only its place is not; so programs can hold it: caches of keys and values,
sliding windows, loops over batches. The gradient of a cut is its gradient put into zeros at the same
place; the gradient of an update is cut out for the value, and zero there for the old tensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.dispatch import apply
from ..core.dtypes import result_type
from ..core.op import Op
from ..core.ranges import window
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor, constant
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ._build import NUMBERS, RESHAPE, Shape, cast, filled_like, same_dtypes
from .gathering import as_indices, refuse_outside


def _slice_infer(x: Spec, *starts: Spec, axes: Shape, start: Shape, shape: Shape) -> Spec:
    return x.like(shape=shape)


def _update_infer(x: Spec, value: Spec, *starts: Spec, axes: Shape, start: Shape) -> Spec:
    same_dtypes("slice_update", x, value)
    return x


_STARTS = tuple(range(1, 33))  # the rules read the start indices, of at most 32 axes
DYNAMIC_SLICE = Op("dynamic_slice", _slice_infer, keeps_inputs=_STARTS)
DYNAMIC_UPDATE = Op("dynamic_update", _update_infer, keeps_inputs=_STARTS[1:])


def _place(op: str, x: Tensor, start: Any, part: Shape) -> tuple[list[Tensor], Shape, Shape]:
    """Start indices that are tensors, their axes, and the other start indices counted from the front."""
    sizes = x.shape
    if isinstance(start, Operand) and len(start.shape) == 1:  # type: ignore[attr-defined]
        start = [start[i] for i in range(start.shape[0])]  # type: ignore[attr-defined]
    entries = list(start) if isinstance(start, (Sequence, np.ndarray)) else [start]
    if len(entries) != len(sizes) or len(part) != len(sizes):
        received = f"{len(entries)} start indices, a part of shape {part}, a tensor of shape {sizes}"
        raise ShapeError(message(op, "one start index and one size an axis.", received=received))
    for axis, (n, size) in enumerate(zip(part, sizes, strict=True)):
        if not 0 <= n <= size:
            what = f"the part is larger than the tensor along axis {axis}."
            raise ShapeError(message(op, what, received=f"{part} in {sizes}"))
    found, axes, fixed = [], [], []
    for axis, entry in enumerate(entries):
        if isinstance(entry, Operand):
            index = as_indices(op, entry, x)
            if index.shape:
                raise ShapeError(message(op, "a start index is one number.", received=index.spec))
            found.append(index)
            axes.append(axis)
            fixed.append(0)
        elif isinstance(entry, (int, np.integer)) and not isinstance(entry, bool):
            fixed.append(
                window(op, sizes[axis : axis + 1], [entry], (0,), (0,), part[axis : axis + 1])[0].start
            )
        else:
            raise ArgumentError(message(op, "a start index is a whole number.", received=repr(entry)))
    _refuse(op, found, tuple(axes), sizes, part)
    return found, tuple(axes), tuple(fixed)


def _refuse(op: str, found: list[Tensor], axes: Shape, sizes: Shape, part: Shape) -> None:
    """On a GPU and outside of programs: looks at the values, as kernels there do not."""
    for index, axis in zip(found, axes, strict=True):
        refuse_outside(op, index, sizes[axis], axis)
        if index.device != "cpu" and not getattr(index._engine, "is_recorder", False):
            window(op, sizes, [index.item()], (axis,), (0,) * len(sizes), part)


def dynamic_slice(x: Any, start: Any, shape: Sequence[int], /) -> Tensor:
    """A part of known size at a place that may be a tensor: y[i] = x[start + i].

    Args:
        x: tensor of any shape.
        start: one index an axis, each a whole number or a tensor holding one; or a vector of them.
            Negative ones count from the end.
        shape: sizes of the part.

    Returns:
        The part. In a program on a GPU, whose values nobody reads, a part that leaves the tensor is NaN.

    Raises:
        IndexRangeError: the part leaves the tensor.
        ShapeError: the numbers of axes differ, or the part is larger than the tensor.

    Example:
        >>> import sujeong as sj
        >>> print(sj.dynamic_slice(sj.arange(10), [sj.asarray(4)], (3,)))
        [4 5 6]
    """
    x = as_tensor(x, "dynamic_slice")
    part = tuple(int(s) for s in shape)
    starts, axes, fixed = _place("dynamic_slice", x, start, part)
    return apply(DYNAMIC_SLICE, x, *starts, axes=axes, start=fixed, shape=part)


def slice_update(x: Any, value: Any, start: Any, /) -> Tensor:
    """A copy of a tensor with a part replaced: y = x, but y[start + i] = value[i].

    Args:
        x: tensor of any shape.
        value: the new part: a tensor with as many axes, or a number for one element.
        start: one index an axis, each a whole number or a tensor holding one; or a vector of them.
            Negative ones count from the end.

    Returns:
        The changed copy, shape of `x`. A program writes in place where nobody else sees the old values.

    Raises:
        IndexRangeError: the part leaves the tensor.
        ShapeError: the numbers of axes differ, or the part is larger than the tensor.
        DTypeError: the value's element type is of another kind.

    Example:
        >>> import sujeong as sj
        >>> print(sj.slice_update(sj.zeros(5), sj.ones(2), [sj.asarray(3)]))
        [0. 0. 0. 1. 1.]
    """
    op = "slice_update"
    x = as_tensor(x, op)
    if isinstance(value, NUMBERS):
        value = constant(value, x.dtype, x._engine, x.device)
        value = apply(RESHAPE, value, shape=(1,) * x.ndim)
    value = as_tensor(value, op)
    if value.dtype is not x.dtype:
        if result_type(x.dtype, value.dtype) is not x.dtype:
            fix = f"cast it: sj.astype(value, sj.{x.dtype})."
            what = "the element type of the tensor cannot hold the value."
            raise DTypeError(message(op, what, received=f"{value.spec} into {x.spec}", fix=fix))
        value = cast(value, x.dtype)
    starts, axes, fixed = _place(op, x, start, value.shape)
    return apply(DYNAMIC_UPDATE, x, value, *starts, axes=axes, start=fixed)


@DYNAMIC_SLICE.gradient
def _slice_gradient(
    g: Tensor, y: Any, x: Any, *starts: Tensor, axes: Shape, start: Shape, shape: Shape
) -> tuple[Any, ...]:
    def whole() -> Tensor:
        return apply(DYNAMIC_UPDATE, filled_like(g, x.shape, 0), g, *starts, axes=axes, start=start)

    return (whole, *[None] * len(starts))


@DYNAMIC_UPDATE.gradient
def _update_gradient(
    g: Tensor, y: Any, x: Any, value: Any, *starts: Tensor, axes: Shape, start: Shape
) -> tuple[Any, ...]:
    return (
        lambda: apply(DYNAMIC_UPDATE, g, filled_like(g, value.shape, 0), *starts, axes=axes, start=start),
        lambda: apply(DYNAMIC_SLICE, g, *starts, axes=axes, start=start, shape=value.shape),
        *[None] * len(starts),
    )
