"""Picking elements by index, and adding up what belongs to the same index.

    take             y[..., i, ...] = x[..., idx[i], ...]         along one axis
    index_add        y[..., idx[i], ...] += x[..., i, ...]        starting from zeros
    take_along_axis  y[i, j] = x[idx[i, j], j]                    an index of its own for each element
    scatter_add      y[idx[i, j], j] += x[i, j]                   starting from zeros

The first and second are the gradients of each other, and so are the third and fourth. Negative indices
count from the end. An index outside the axis is refused; a program on a GPU, which must not stop to ask
for values, gives NaN there instead. Sums are taken in a fixed order, so that they repeat to the bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.ranges import check_indices
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import DTypeError, ShapeError, message
from ._build import broadcast_shapes, cast, normalize_axis, pair
from .arithmetic import add
from .shaping import broadcast_to


def _take_infer(x: Spec, indices: Spec, axis: int, by: str = "take", negative: bool = True) -> Spec:
    return x.like(shape=(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def _index_add_infer(x: Spec, indices: Spec, axis: int, size: int) -> Spec:
    inner = x.shape[axis : axis + indices.ndim]
    if inner != indices.shape:
        received = f"indices {indices.shape}, values {x.shape} along axis {axis}"
        raise ShapeError(message("index_add", "one index a value.", received=received))
    return x.like(shape=(*x.shape[:axis], size, *x.shape[axis + indices.ndim :]))


def _along_infer(x: Spec, indices: Spec, axis: int) -> Spec:
    _same_but("take_along_axis", x, indices, axis)
    return x.like(shape=indices.shape)


def _scatter_infer(x: Spec, indices: Spec, axis: int, size: int) -> Spec:
    if x.shape != indices.shape:
        received = f"indices {indices.shape}, values {x.shape}"
        raise ShapeError(message("scatter_add_along_axis", "one index a value.", received=received))
    return x.like(shape=(*x.shape[:axis], size, *x.shape[axis + 1 :]))


def _same_but(op: str, x: Any, indices: Any, axis: int) -> None:
    a, b = x.shape, indices.shape
    if len(a) != len(b) or a[:axis] + a[axis + 1 :] != b[:axis] + b[axis + 1 :]:
        expected = f"equal sizes except along axis {axis}"
        raise ShapeError(
            message(op, "the indices do not fit.", received=f"{a} and indices {b}", expected=expected)
        )


CHECKED_INDEX = Op("checked_index", lambda i, by, size, axis, negative: i, keeps_inputs=False, may_alias=True)
TAKE = Op("take", _take_infer, keeps_inputs=(1,))
INDEX_ADD = Op("index_add", _index_add_infer, keeps_inputs=(1,))
TAKE_ALONG = Op("take_along_axis", _along_infer, keeps_inputs=(1,))
SCATTER_ADD = Op("scatter_add_along_axis", _scatter_infer, keeps_inputs=(1,))


@TAKE.gradient
def _take_gradient(g: Tensor, y: Any, x: Any, indices: Tensor, axis: int, **_: Any) -> tuple[Any, ...]:
    return lambda: apply(INDEX_ADD, g, indices, axis=axis, size=x.shape[axis]), None


@INDEX_ADD.gradient
def _index_add_gradient(g: Tensor, y: Any, x: Any, indices: Tensor, axis: int, size: int) -> tuple[Any, ...]:
    return lambda: apply(TAKE, g, indices, axis=axis), None


@TAKE_ALONG.gradient
def _along_gradient(g: Tensor, y: Any, x: Any, indices: Tensor, axis: int) -> tuple[Any, ...]:
    return lambda: apply(SCATTER_ADD, g, indices, axis=axis, size=x.shape[axis]), None


@SCATTER_ADD.gradient
def _scatter_gradient(g: Tensor, y: Any, x: Any, indices: Tensor, axis: int, size: int) -> tuple[Any, ...]:
    return lambda: apply(TAKE_ALONG, g, indices, axis=axis), None


def host_indices(values: np.ndarray, x: Tensor) -> Tensor:
    """Indices known on the host, brought to where a tensor lies."""
    host = np.asarray(values, dtype=np.int64)
    return Tensor(x._engine.from_host(host, dtypes.int64, x.device), x._engine)


def as_indices(op: str, indices: Any, x: Tensor) -> Tensor:
    """Indices as an int64 tensor; lists and arrays go to where `x` lies."""
    if indices.__class__ is Tensor and indices.dtype is dtypes.int64:
        return indices  # type: ignore[no-any-return]
    if not isinstance(indices, Operand):
        host = np.asarray(indices)
        if host.dtype.kind in "iu" or not host.size:
            return host_indices(host, x)
        received: Any = f"{host.dtype}{list(host.shape)}"
    else:
        found = as_tensor(indices, op)
        if found.dtype.is_integer:
            return cast(found, dtypes.int64)
        received = found.spec
    fix = "cast them: sj.astype(indices, sj.int64)."
    raise DTypeError(message(op, "indices are whole numbers.", received=received, fix=fix))


def checked(op: str, indices: Tensor, size: int, axis: int, *, negative: bool = True) -> Tensor:
    """Indices counted from the front, refused where they are outside the axis."""
    refuse_outside(op, indices, size, axis, negative=negative)
    return apply(CHECKED_INDEX, indices, by=op, size=size, axis=axis, negative=negative)


def refuse_outside(op: str, indices: Tensor, size: int, axis: int, *, negative: bool = True) -> None:
    """Looks at the values where kernels cannot: on a GPU, outside of programs. Elsewhere kernels refuse."""
    if indices.device == "cpu" or getattr(indices._engine, "is_recorder", False):
        return
    check_indices(op, indices.numpy(), size, axis, negative)


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Tensor:
    """Picks elements along an axis by their index: y[..., i, ...] = x[..., indices[i], ...].

    Args:
        x: tensor with at least one axis.
        indices: whole numbers, of any shape; negative ones count from the end.
        axis: along which axis; may be left out for a vector.

    Returns:
        Tensor whose `axis` is replaced by the axes of `indices`.

    Raises:
        IndexRangeError: an index is outside the axis.
        ArgumentError: there is no such axis, or none was given for several axes.
        DTypeError: the indices are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> print(sj.take(sj.asarray([10, 20, 30]), [2, 0, -1]))
        [30 10 30]
    """
    x = x if x.__class__ is Tensor else as_tensor(x, "take")
    if axis is None and x.ndim == 1:
        axis = 0
    return picked(x, indices, normalize_axis("take", axis, x.ndim))  # type: ignore[arg-type]


def picked(x: Tensor, indices: Any, axis: int) -> Tensor:
    """`take` along an axis that is known to be there."""
    indices = as_indices("take", indices, x)
    refuse_outside("take", indices, x.shape[axis], axis)
    return apply(TAKE, x, indices, axis=axis)


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Tensor:
    """Picks elements along an axis, by an index of its own for each line: y[i, j] = x[i, indices[i, j]].

    Args:
        x: tensor with at least one axis.
        indices: whole numbers, with as many axes as `x`; sizes broadcast except along `axis`.
        axis: along which axis.

    Returns:
        Tensor with the size of `indices` along `axis`.

    Raises:
        IndexRangeError: an index is outside the axis.
        ShapeError: the other sizes do not broadcast.
        DTypeError: the indices are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([[1, 2, 3], [4, 5, 6]])
        >>> print(sj.take_along_axis(x, sj.asarray([[2], [0]]), axis=1))
        [[3]
         [4]]
    """
    op = "take_along_axis"
    x = x if x.__class__ is Tensor else as_tensor(x, op)
    axis = normalize_axis(op, axis, x.ndim)
    indices = as_indices(op, indices, x)
    x, indices = _lines(op, x, indices, axis)
    refuse_outside(op, indices, x.shape[axis], axis)
    return apply(TAKE_ALONG, x, indices, axis=axis)


def _lines(op: str, x: Tensor, indices: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Stretches values and indices to each other, except along the axis."""
    a, b = x.shape, indices.shape
    if len(a) != len(b):
        received = f"{a} and indices {b}"
        raise ShapeError(message(op, "the indices need as many axes.", received=received))
    if a[:axis] == b[:axis] and a[axis + 1 :] == b[axis + 1 :]:
        return x, indices
    rest = broadcast_shapes(op, (*a[:axis], 1, *a[axis + 1 :]), (*b[:axis], 1, *b[axis + 1 :]))

    def wide(t: Tensor) -> Tensor:
        return broadcast_to(t, (*rest[:axis], t.shape[axis], *rest[axis + 1 :]))

    return wide(x), wide(indices)


def scatter_add(x: Any, indices: Any, updates: Any, /, *, axis: int = 0) -> Tensor:
    """Adds to the elements at given indices: y = x, then y[..., indices[i], ...] += updates[..., i, ...].

    Args:
        x: tensor with at least one axis.
        indices: whole numbers, of any shape; the same one may come several times.
        updates: what to add: shape of `x` with `axis` replaced by the axes of `indices`.
        axis: along which axis.

    Returns:
        The sums, shape of `x`.

    Raises:
        IndexRangeError: an index is outside the axis.
        ShapeError: the shape of the updates does not fit.
        DTypeError: the indices are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> print(sj.scatter_add(sj.zeros(3), [0, 2, 2], sj.asarray([1.0, 2.0, 3.0])))
        [1. 0. 5.]
    """
    op = "scatter_add"
    x, updates = pair(op, x, updates)
    axis = normalize_axis(op, axis, x.ndim)
    indices = as_indices(op, indices, x)
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    _expect(op, updates, shape)
    refuse_outside(op, indices, x.shape[axis], axis)
    return add(x, apply(INDEX_ADD, updates, indices, axis=axis, size=x.shape[axis]))


def scatter_add_along_axis(x: Any, indices: Any, updates: Any, /, *, axis: int = -1) -> Tensor:
    """Adds to elements by an index of their own for each line.

    y = x, then y[i, indices[i, j]] += updates[i, j].

    Args:
        x: tensor with at least one axis.
        indices: whole numbers; sizes of `x` except along `axis`.
        updates: what to add, shape of `indices`.
        axis: along which axis.

    Returns:
        The sums, shape of `x`.

    Raises:
        IndexRangeError: an index is outside the axis.
        ShapeError: the shapes do not fit.
        DTypeError: the indices are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> print(sj.scatter_add_along_axis(sj.zeros((2, 2)), [[0], [1]], sj.ones((2, 1))))
        [[1. 0.]
         [0. 1.]]
    """
    op = "scatter_add_along_axis"
    x, updates = pair(op, x, updates)
    axis = normalize_axis(op, axis, x.ndim)
    indices = as_indices(op, indices, x)
    _same_but(op, x, indices, axis)
    _expect(op, updates, indices.shape)
    refuse_outside(op, indices, x.shape[axis], axis)
    return add(x, apply(SCATTER_ADD, updates, indices, axis=axis, size=x.shape[axis]))


def _expect(op: str, updates: Tensor, shape: tuple[int, ...]) -> None:
    if updates.dtype is dtypes.bool_:
        raise DTypeError(
            message(op, "truth values cannot be added up.", fix="cast with sj.astype(x, sj.int32).")
        )
    if updates.shape != shape:
        what = "the updates do not fit the indices."
        raise ShapeError(message(op, what, received=updates.shape, expected=shape))


def embedding(table: Any, ids: Any, /) -> Tensor:
    """Looks up one row of a table for each number: y[i] = table[ids[i]].

    Args:
        table: tensor (words, features).
        ids: whole numbers from 0 to words - 1, of any shape.

    Returns:
        Tensor of the shape of `ids` with the features as last axis. The gradient of a row is the sum
        over its uses.

    Raises:
        IndexRangeError: a number is outside the table (negative ones too).
        ShapeError: the table has not two axes.
        DTypeError: the ids are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> table = sj.asarray([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]])
        >>> print(sj.embedding(table, [2, 1]))
        [[ 2. 20.]
         [ 1. 10.]]
    """
    table = as_tensor(table, "embedding")
    if table.ndim != 2:
        expected = "(words, features)"
        raise ShapeError(
            message("embedding", "the table has not two axes.", received=table.shape, expected=expected)
        )
    ids = as_indices("embedding", ids, table)
    refuse_outside("embedding", ids, table.shape[0], 0, negative=False)
    return apply(TAKE, table, ids, axis=0, by="embedding", negative=False)
