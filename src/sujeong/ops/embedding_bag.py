"""Bags of words: the vectors of all words of a text made into one, by their sum, mean or greatest values.

    y_b = sum of W[i] over the words i of bag b        or their mean, or the greatest of each feature

The words of all bags stand in one row, ids (n,); offsets (bags,) say where each bag begins. A bag without
words gives zeros. `padding_id` names a word that is none: it is left out, and of a mean not counted.

Gradient: every word of a bag gets the bag's g (of a mean, divided by the number of words; of the greatest
values, shared by the words that have them), and a word of several bags gets the sum, in a fixed order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, IndexRangeError, ShapeError, message
from ._build import RESHAPE, cast, floating
from .arithmetic import divide, multiply, subtract
from .comparison import equal, not_equal, where
from .extremes import maximum
from .gathering import INDEX_ADD, TAKE, as_indices, host_indices, refuse_outside
from .logic import logical_and
from .reduction import max
from .searching import searchsorted

COMBINERS = ("sum", "mean", "max")


def _infer(table: Spec, ids: Spec, offsets: Spec, combiner: str, padding_id: int | None) -> Spec:
    return table.like(shape=(*offsets.shape, table.shape[1]))


def _bags(ids: Tensor, offsets: Tensor) -> Tensor:
    """The bag of each word."""
    places = host_indices(np.arange(ids.shape[0]), ids)
    return subtract(searchsorted(offsets, places, side="right"), 1)


def _real(ids: Tensor, padding_id: int | None) -> Tensor:
    """Which words are some, (n, 1)."""
    marks = not_equal(ids, -1 if padding_id is None else padding_id)
    return apply(RESHAPE, marks, shape=(*ids.shape, 1))


def _counts(real: Tensor, bags: Tensor, size: int, dtype: dtypes.DType) -> Tensor:
    """The number of words of each bag, (bags, 1), 1 at least."""
    return maximum(apply(INDEX_ADD, cast(real, dtype), bags, axis=0, size=size), 1)


def _readable(table: Tensor, ids: Tensor, offsets: Tensor, combiner: str, padding_id: int | None) -> Tensor:
    bags, real, size = _bags(ids, offsets), _real(ids, padding_id), offsets.shape[0]
    rows = apply(TAKE, table, ids, axis=0, by="embedding_bag", negative=False)
    if combiner == "max":
        own = equal(bags, host_indices(np.arange(size)[:, None], ids))[..., None]  # (bags, n, 1)
        inside = logical_and(own, real)
        greatest = max(where(inside, rows, float("-inf")), axis=1)
        return where(equal(greatest, float("-inf")), 0, greatest)
    total = apply(INDEX_ADD, where(real, rows, 0), bags, axis=0, size=size)
    return total if combiner == "sum" else divide(total, _counts(real, bags, size, table.dtype))


EMBEDDING_BAG = Op(
    "embedding_bag",
    _infer,
    readable=_readable,
    keeps_output=True,
    flops=lambda table, ids, *_, **__: ids.size * table.shape[1],
)


def _gradient_readable(
    g: Tensor, ids: Tensor, offsets: Tensor, size: int, combiner: str, padding_id: int | None
) -> Tensor:
    bags, real = _bags(ids, offsets), _real(ids, padding_id)
    if combiner == "mean":
        g = divide(g, _counts(real, bags, offsets.shape[0], g.dtype))
    return apply(INDEX_ADD, where(real, apply(TAKE, g, bags, axis=0), 0), ids, axis=0, size=size)


EMBEDDING_BAG_GRADIENT = Op(
    "embedding_bag_gradient",
    lambda g, ids, offsets, size, **_: g.like(shape=(size, g.shape[1])),
    readable=_gradient_readable,
    flops=lambda g, ids, *_, **__: ids.size * g.shape[1],
)


@EMBEDDING_BAG.gradient
def _gradient(
    g: Tensor, y: Tensor, table: Tensor, ids: Tensor, offsets: Tensor, combiner: str, padding_id: int | None
) -> tuple[Any, ...]:
    def of_table() -> Tensor:
        size = table.shape[0]
        options = {"combiner": combiner, "padding_id": padding_id}
        if combiner != "max":
            return apply(EMBEDDING_BAG_GRADIENT, g, ids, offsets, size=size, **options)  # type: ignore[no-any-return]
        bags = _bags(ids, offsets)
        rows = apply(TAKE, table, ids, axis=0, by="embedding_bag", negative=False)
        best = logical_and(equal(rows, apply(TAKE, y, bags, axis=0)), _real(ids, padding_id))
        marks = cast(best, g.dtype)
        ties = maximum(apply(INDEX_ADD, marks, bags, axis=0, size=offsets.shape[0]), 1)
        shares = multiply(marks, apply(TAKE, divide(g, ties), bags, axis=0))
        return apply(INDEX_ADD, shares, ids, axis=0, size=size)  # type: ignore[no-any-return]

    return of_table, None, None


def embedding_bag(
    table: Any, ids: Any, offsets: Any = None, /, *, combiner: str = "mean", padding_id: int | None = None
) -> Tensor:
    """One vector for each bag of words: the sum, the mean or the greatest values of the words' rows.

    Args:
        table: tensor (words, features).
        ids: whole numbers (n,), all bags one after the other; or (bags, length), a bag a row.
        offsets: where each bag begins, (bags,), from 0 on and never falling; only for a row of ids.
        combiner: `"sum"`, `"mean"` or `"max"`.
        padding_id: a number in `ids` that stands for no word.

    Returns:
        Tensor (bags, features); a bag without words gives zeros.

    Raises:
        IndexRangeError: a number is outside the table, or offsets leave the row of ids.
        ShapeError: shapes do not fit.
        ArgumentError: there is no such combiner.
        DTypeError: ids or offsets are not whole numbers.

    Example:
        >>> import sujeong as sj
        >>> table = sj.asarray([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
        >>> print(sj.embedding_bag(table, [1, 3, 2], [0, 2]))
        [[ 2. 20.]
         [ 2. 20.]]
        >>> print(sj.embedding_bag(table, [[1, 0, 0], [2, 3, 0]], combiner="sum", padding_id=0))
        [[ 1. 10.]
         [ 5. 50.]]
    """
    op = "embedding_bag"
    table = floating(op, as_tensor(table, op))
    if combiner not in COMBINERS:
        raise ArgumentError(
            message(op, "no such combiner.", received=repr(combiner), expected=" or ".join(COMBINERS))
        )
    if table.ndim != 2:
        raise ShapeError(
            message(op, "the table has not two axes.", received=table.shape, expected="(words, features)")
        )
    ids = as_indices(op, ids, table)
    if ids.ndim not in (1, 2) or (ids.ndim == 1) is (offsets is None):
        received = f"ids {ids.shape}, {'no offsets' if offsets is None else 'offsets'}"
        expected = "ids (bags, length), or ids (n,) with offsets (bags,)"
        raise ShapeError(message(op, "the bags are not told apart.", received=received, expected=expected))
    if ids.ndim == 2:
        bags, length = ids.shape
        offsets = host_indices(np.arange(bags) * length, table)
        ids = apply(RESHAPE, ids, shape=(bags * length,))
    offsets = as_indices(op, offsets, table)
    if offsets.ndim != 1:
        raise ShapeError(message(op, "offsets are a row.", received=offsets.shape, expected="(bags,)"))
    if not offsets.shape[0] and ids.shape[0]:
        raise ShapeError(
            message(op, "there are words, but no bags.", received=f"ids {ids.shape}, offsets (0,)")
        )
    refuse_outside(op, ids, table.shape[0], 0, negative=False)
    return apply(EMBEDDING_BAG, table, ids, offsets, combiner=combiner, padding_id=padding_id)


def bad_offsets(offsets: np.ndarray, count: int) -> IndexRangeError | None:
    """The error for offsets that kernels cannot use; `None` if they are well.

    Args:
        offsets: on the host.
        count: number of ids.
    """
    if not offsets.size or (offsets[0] == 0 and offsets[-1] <= count and (np.diff(offsets) >= 0).all()):
        return None
    received = np.array2string(offsets, threshold=8)
    expected = f"0 first, never falling, at most {count}"
    return IndexRangeError(message("embedding_bag", "no such offsets.", received=received, expected=expected))
