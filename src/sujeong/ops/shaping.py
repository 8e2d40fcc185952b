"""The same numbers in another arrangement: reshape, transpose, stretch.

reshape        (2, 3) -> (3, 2)      row by row, nothing moves; so do expand_dims and squeeze
permute_dims   y[i, j] = x[j, i]     the gradient is permuted back; so do moveaxis and swapaxes
broadcast_to   (1, 3) -> (2, 3)      the gradient is summed back
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import COPY, RESHAPE, Shape, broadcast_shapes, normalize_axes, normalize_axis, unbroadcast


def _sizes(shape: Any) -> Shape:
    """Sizes as a tuple of Python's own whole numbers."""
    for size in shape:
        if size.__class__ is not int:
            return tuple(int(s) for s in shape)
    return tuple(shape)


def reshape(x: Any, /, shape: int | Shape, *, copy: bool | None = None) -> Tensor:
    """Arranges the same elements, row by row, in another shape.

    Args:
        x: tensor of any shape.
        shape: the new sizes; one of them may be -1 and is then computed.
        copy: `True` gives memory of its own; `False` refuses where elements must be moved; default: moves
            them only where it must. Tensors are immutable, so it makes a difference to memory only.

    Returns:
        A tensor of the new shape.

    Raises:
        ShapeError: the number of elements differs.
        ArgumentError: `copy=False`, but the elements do not lie in order.

    Example:
        >>> import sujeong as sj
        >>> print(sj.reshape(sj.arange(6), (2, -1)))
        [[0 1 2]
         [3 4 5]]
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "reshape")
    new = (shape,) if isinstance(shape, int) else _sizes(shape)
    if -1 in new:
        known = prod(s for s in new if s != -1)
        if new.count(-1) > 1 or known == 0 or x.size % known:
            fix = "only one -1, and the other sizes must divide the number of elements."
            raise ShapeError(
                message("reshape", "-1 cannot be computed.", received=f"{x.shape} to {new}", fix=fix)
            )
        new = tuple(x.size // known if s == -1 else s for s in new)
    if copy:
        return apply(RESHAPE, apply(COPY, x), shape=new)
    if copy is False and prod(new) == x.size and not x._engine.can_view(x._array, new):
        fix = "leave copy out."
        what = "the elements do not lie in order, so they must be copied."
        raise ArgumentError(message("reshape", what, received=f"{x.shape} to {new}", fix=fix))
    return x if new == x.shape else apply(RESHAPE, x, shape=new)


@RESHAPE.gradient
def _reshape_gradient(g: Tensor, y: Any, x: Any, shape: Shape) -> tuple[Any, ...]:
    return (reshape(g, x.shape),)


def _permute_infer(x: Spec, axes: Shape) -> Spec:
    if sorted(axes) != list(range(x.ndim)):
        expected = f"each of 0 to {x.ndim - 1} once"
        raise ArgumentError(
            message("permute_dims", "not an order of the axes.", received=axes, expected=expected)
        )
    return x.like(shape=tuple(x.shape[a] for a in axes))


PERMUTE = Op("permute_dims", _permute_infer, keeps_inputs=False, may_alias=True)


def permute_dims(x: Any, /, axes: Shape) -> Tensor:
    """Puts the axes in another order: `y.shape[i] = x.shape[axes[i]]`.

    Args:
        x: tensor of any shape.
        axes: each axis once.

    Returns:
        The transposed tensor.

    Raises:
        ArgumentError: `axes` is not an order of the axes.

    Example:
        >>> import sujeong as sj
        >>> sj.permute_dims(sj.zeros((2, 3, 4)), (2, 0, 1)).shape
        (4, 2, 3)
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "permute_dims")
    n = x.ndim
    for a in axes:
        if a.__class__ is not int or not 0 <= a < n:
            axes = tuple(normalize_axis("permute_dims", a, n) for a in axes)
            break
    return apply(PERMUTE, x, axes=tuple(axes))


@PERMUTE.gradient
def _permute_gradient(g: Tensor, y: Any, x: Any, axes: Shape) -> tuple[Any, ...]:
    back = [0] * len(axes)
    for i, a in enumerate(axes):
        back[a] = i
    return (permute_dims(g, tuple(back)),)


def matrix_transpose(x: Any, /) -> Tensor:
    """Swaps the last two axes: y[..., i, j] = x[..., j, i].

    Args:
        x: tensor with at least two axes.

    Returns:
        The transposed matrices.

    Raises:
        ShapeError: there are fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> sj.matrix_transpose(sj.zeros((5, 2, 3))).shape
        (5, 3, 2)
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "matrix_transpose")
    n = x.ndim
    if n < 2:
        raise ShapeError(message("matrix_transpose", "needs two axes or more.", received=x.shape))
    return apply(PERMUTE, x, axes=(1, 0) if n == 2 else (*range(n - 2), n - 1, n - 2))


def expand_dims(x: Any, /, axis: int = 0) -> Tensor:
    """Adds an axis of size 1.

    Args:
        x: tensor of any shape.
        axis: where the new axis stands in the result.

    Returns:
        A tensor with one axis more.

    Raises:
        ArgumentError: there is no such place.

    Example:
        >>> import sujeong as sj
        >>> sj.expand_dims(sj.zeros((2, 3)), axis=1).shape
        (2, 1, 3)
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "expand_dims")
    old = x.shape
    axis = normalize_axis("expand_dims", axis, len(old) + 1)
    return apply(RESHAPE, x, shape=(*old[:axis], 1, *old[axis:]))


def squeeze(x: Any, /, axis: int | tuple[int, ...]) -> Tensor:
    """Drops axes of size 1.

    Args:
        x: tensor of any shape.
        axis: the axis or axes to drop.

    Returns:
        A tensor with fewer axes.

    Raises:
        ArgumentError: there is no such axis.
        ShapeError: an axis is not of size 1.

    Example:
        >>> import sujeong as sj
        >>> sj.squeeze(sj.zeros((2, 1, 3)), 1).shape
        (2, 3)
    """
    x = as_tensor(x, "squeeze")
    axes = normalize_axes("squeeze", axis, x.ndim)
    for a in axes:
        if x.shape[a] != 1:
            received = f"axis {a} of {x.shape}"
            raise ShapeError(message("squeeze", "only an axis of size 1 can be dropped.", received=received))
    return apply(RESHAPE, x, shape=tuple(s for i, s in enumerate(x.shape) if i not in axes))


def moveaxis(x: Any, source: int | tuple[int, ...], destination: int | tuple[int, ...], /) -> Tensor:
    """Moves axes to other places; the others keep their order.

    Args:
        x: tensor of any shape.
        source: the axis or axes to move.
        destination: where they stand in the result.

    Returns:
        The tensor with its axes moved.

    Raises:
        ArgumentError: there is no such axis, one is named twice, or the numbers differ.

    Example:
        >>> import sujeong as sj
        >>> sj.moveaxis(sj.zeros((2, 3, 4)), 0, -1).shape
        (3, 4, 2)
    """
    x = as_tensor(x, "moveaxis")
    ends = [[a] if isinstance(a, int) else list(a) for a in (source, destination)]
    old, new = ([normalize_axis("moveaxis", a, x.ndim) for a in axes] for axes in ends)
    if len(old) != len(new) or len(set(old)) != len(old) or len(set(new)) != len(new):
        received = f"from {source} to {destination}"
        raise ArgumentError(message("moveaxis", "each axis needs one place.", received=received))
    order = [a for a in range(x.ndim) if a not in old]
    for place, a in sorted(zip(new, old, strict=True)):
        order.insert(place, a)
    return apply(PERMUTE, x, axes=tuple(order))


def swapaxes(x: Any, axis1: int, axis2: int, /) -> Tensor:
    """Exchanges two axes.

    Args:
        x: tensor of any shape.
        axis1: one axis.
        axis2: the other.

    Returns:
        The tensor with the two axes exchanged.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> sj.swapaxes(sj.zeros((2, 3, 4)), 0, 2).shape
        (4, 3, 2)
    """
    x = as_tensor(x, "swapaxes")
    a, b = (normalize_axis("swapaxes", axis, x.ndim) for axis in (axis1, axis2))
    order = list(range(x.ndim))
    order[a], order[b] = b, a
    return apply(PERMUTE, x, axes=tuple(order))


def _broadcast_infer(x: Spec, shape: Shape) -> Spec:
    if broadcast_shapes("broadcast_to", x.shape, shape) != shape:
        fix = "sizes must be equal, or 1 in the input."
        raise ShapeError(
            message("broadcast_to", "cannot stretch.", received=f"{x.shape} to {shape}", fix=fix)
        )
    return x.like(shape=shape)


BROADCAST = Op("broadcast_to", _broadcast_infer, keeps_inputs=False, may_alias=True)


def broadcast_to(x: Any, /, shape: Shape) -> Tensor:
    """Stretches axes of size 1, and adds axes in front, without copying.

    Args:
        x: tensor.
        shape: the sizes to stretch to.

    Returns:
        A tensor of that shape.

    Raises:
        ShapeError: a size is neither equal nor 1.

    Example:
        >>> import sujeong as sj
        >>> print(sj.broadcast_to(sj.asarray([1, 2]), (2, 2)))
        [[1 2]
         [1 2]]
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "broadcast_to")
    shape = _sizes(shape)
    return x if shape == x.shape else apply(BROADCAST, x, shape=shape)


@BROADCAST.gradient
def _broadcast_gradient(g: Tensor, y: Any, x: Any, shape: Shape) -> tuple[Any, ...]:
    return (unbroadcast(g, x),)


def broadcast_arrays(*arrays: Any) -> list[Tensor]:
    """Stretches tensors to the one shape that fits all of them.

    Args:
        *arrays: tensors whose shapes broadcast.

    Returns:
        A list of tensors of one shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.broadcast_arrays(sj.zeros((2, 1)), sj.zeros(3))
        >>> a.shape, b.shape
        ((2, 3), (2, 3))
    """
    xs = [as_tensor(x, "broadcast_arrays") for x in arrays]
    shape = broadcast_shapes("broadcast_arrays", *[x.shape for x in xs])
    return [broadcast_to(x, shape) for x in xs]
