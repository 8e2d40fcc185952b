"""Putting tensors together: along an axis there is, or along a new one.

    concat   (n, k), (m, k) -> (n + m, k)        stack   (k,), (k,) -> (2, k)

Each tensor gets its own part of the gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import RESHAPE, cast, normalize_axis, same_dtypes
from .slicing import narrow


def _fits(op: str, specs: Sequence[Any], axis: int) -> None:
    """Refuses tensors whose shapes differ elsewhere than along the axis."""
    first = specs[0].shape
    for i, x in enumerate(specs):
        shape = x.shape
        if len(shape) != len(first) or shape[:axis] + shape[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            raise ShapeError(
                message(
                    op,
                    f"tensor {i} does not fit the first one.",
                    received=", ".join(str(s.shape) for s in specs),
                    expected=f"equal sizes except along axis {axis}",
                )
            )


def _concat_infer(*specs: Spec, axis: int) -> Spec:
    dtype = same_dtypes("concat", *specs)
    _fits("concat", specs, axis)
    first = specs[0].shape
    return Spec((*first[:axis], sum(s.shape[axis] for s in specs), *first[axis + 1 :]), dtype)


def _stack_infer(*specs: Spec, axis: int) -> Spec:
    dtype = same_dtypes("stack", *specs)
    first = specs[0].shape
    if any(s.shape != first for s in specs):
        received = ", ".join(str(s.shape) for s in specs)
        fix = "sj.concat joins along an axis that there is."
        raise ShapeError(message("stack", "the shapes differ.", received=received, fix=fix))
    return Spec((*first[:axis], len(specs), *first[axis:]), dtype)


CONCAT = Op("concat", _concat_infer, keeps_inputs=False)
STACK = Op("stack", _stack_infer, keeps_inputs=False)


def _together(op: str, tensors: Any) -> list[Tensor]:
    """Tensors of one element type, at least one."""
    xs = [t if t.__class__ is Tensor else as_tensor(t, op) for t in tensors]
    if not xs:
        raise ArgumentError(message(op, "there is nothing to put together.", expected="at least one tensor"))
    first = xs[0]._array.dtype
    for x in xs:
        if x._array.dtype != first:
            dtype = reduce(dtypes.result_type, [x.dtype for x in xs])
            return [cast(x, dtype) for x in xs]
    return xs


def concat(arrays: Sequence[Any], /, *, axis: int | None = 0) -> Tensor:
    """Puts tensors one after the other along an axis that they have.

    Args:
        arrays: at least one tensor; sizes are equal except along `axis`. Element types are joined.
        axis: the axis; `None` lays out each tensor row by row first.

    Returns:
        One tensor; its size along `axis` is the sum of theirs.

    Raises:
        ShapeError: the sizes do not fit.
        ArgumentError: there is nothing to put together, or no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.concat([sj.asarray([1, 2]), sj.asarray([3])]))
        [1 2 3]
    """
    xs = _together("concat", arrays)
    if axis is None:
        xs, axis = [apply(RESHAPE, x, shape=(x.size,)) for x in xs], 0
    return apply(CONCAT, *xs, axis=normalize_axis("concat", axis, xs[0].ndim))


@CONCAT.gradient
def _concat_gradient(g: Tensor, y: Any, *inputs: Any, axis: int) -> tuple[Any, ...]:
    parts, start = [], 0
    for x in inputs:
        size = x.shape[axis]
        parts.append(lambda start=start, size=size: narrow(g, axis, start, size))
        start += size
    return tuple(parts)


def stack(arrays: Sequence[Any], /, *, axis: int = 0) -> Tensor:
    """Puts tensors of one shape side by side along a new axis.

    Args:
        arrays: at least one tensor; all of one shape. Element types are joined.
        axis: where the new axis stands in the result.

    Returns:
        One tensor with one axis more, whose size is the number of tensors.

    Raises:
        ShapeError: the shapes differ.
        ArgumentError: there is nothing to put together, or no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.stack([sj.asarray([1, 2]), sj.asarray([3, 4])], axis=1))
        [[1 3]
         [2 4]]
    """
    xs = _together("stack", arrays)
    return apply(STACK, *xs, axis=normalize_axis("stack", axis, xs[0].ndim + 1))


@STACK.gradient
def _stack_gradient(g: Tensor, y: Any, *inputs: Any, axis: int) -> tuple[Any, ...]:
    rest = g.shape[:axis] + g.shape[axis + 1 :]
    return tuple(lambda i=i: apply(RESHAPE, narrow(g, axis, i, 1), shape=rest) for i in range(len(inputs)))
