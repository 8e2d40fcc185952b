"""The different values of a tensor: sort, and see where the next one differs.

    x = 3 1 3 2        sorted 1 2 3 3        first of its kind * * * .        values 1 2 3

How many there are depends on the values, so none of this can be recorded. NaN differs from every NaN.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core import dtypes
from ..core.dispatch import apply
from ..core.tensor import Tensor, as_tensor
from ._build import RESHAPE, cast
from .arithmetic import subtract
from .comparison import not_equal
from .complexes import imag, real
from .cumulative import cumulative_sum
from .searching import nonzero, refuse_recording
from .slicing import narrow, put
from .sorting import SORT, argsort, pick_along, place_along


class UniqueAll(NamedTuple):
    """The different values of a tensor, and where they are.

    Attributes:
        values: the values (m,), sorted.
        indices: where each occurs first (m,), int64, counted row by row.
        inverse_indices: for each element the number of its value, int64, shape of the tensor.
        counts: how often each occurs (m,), int64.

    Example:
        >>> import sujeong as sj
        >>> sj.unique_all(sj.asarray([3, 1, 3])).inverse_indices.tolist()
        [1, 0, 1]
    """

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """The different values of a tensor, and how often they occur.

    Attributes:
        values: the values (m,), sorted.
        counts: how often each occurs (m,), int64.

    Example:
        >>> import sujeong as sj
        >>> sj.unique_counts(sj.asarray([3, 1, 3])).counts.tolist()
        [1, 2]
    """

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """The different values of a tensor, and for each element which one it is.

    Attributes:
        values: the values (m,), sorted.
        inverse_indices: for each element the number of its value, int64, shape of the tensor.

    Example:
        >>> import sujeong as sj
        >>> sj.unique_inverse(sj.asarray([3, 1, 3])).inverse_indices.tolist()
        [1, 0, 1]
    """

    values: Tensor
    inverse_indices: Tensor


class _Groups:
    """The sorted values, their places, and where a new value begins."""

    def __init__(self, op: str, x: Any) -> None:
        x = as_tensor(x, op)
        refuse_recording(op, x)
        self.shape, self.size = x.shape, x.size
        flat = apply(RESHAPE, x, shape=(self.size,))
        if x.dtype.kind == "complex":  # by real part, and by imaginary part where those are equal
            order = argsort(imag(flat))
            self.order = pick_along(order, argsort(pick_along(real(flat), order, 0)), 0)
            self.sorted = pick_along(flat, self.order, 0)
        else:
            self.sorted, self.order = apply(SORT, flat, axis=0, descending=False)
        n = self.size
        if n:
            differs = not_equal(narrow(self.sorted, 0, 1, n - 1), narrow(self.sorted, 0, 0, n - 1))
            self.first = put(differs, (1,), (1,), (n,), True)
        else:
            self.first = not_equal(self.order, self.order)
        (self.starts,) = nonzero(self.first)

    def values(self) -> Tensor:
        return pick_along(self.sorted, self.starts, 0)

    def indices(self) -> Tensor:
        return pick_along(self.order, self.starts, 0)

    def inverse(self) -> Tensor:
        number = subtract(cumulative_sum(cast(self.first, dtypes.int64)), 1)
        return apply(RESHAPE, place_along(number, self.order, 0, self.size), shape=self.shape)

    def counts(self) -> Tensor:
        m = self.starts.shape[0]
        bounds = put(self.starts, (0,), (1,), (m + 1,), self.size)
        return subtract(narrow(bounds, 0, 1, m), self.starts)


def unique_all(x: Any, /) -> UniqueAll:
    """The different values of a tensor, where each is found first, and how often.

    Args:
        x: tensor of any shape and element type.

    Returns:
        `values` sorted, `indices` of the first of each (counted row by row), `inverse_indices` so that
        `values[inverse_indices]` is `x`, and `counts`.

    Raises:
        RecordError: while a function is recorded: the size of the result depends on the values.

    Example:
        >>> import sujeong as sj
        >>> values, indices, inverse, counts = sj.unique_all(sj.asarray([3, 1, 3, 2]))
        >>> print(values, indices, inverse, counts)
        [1 2 3] [1 3 0] [2 0 2 1] [1 1 2]
    """
    groups = _Groups("unique_all", x)
    return UniqueAll(groups.values(), groups.indices(), groups.inverse(), groups.counts())


def unique_counts(x: Any, /) -> UniqueCounts:
    """The different values of a tensor, and how often each occurs.

    Args:
        x: tensor of any shape and element type.

    Returns:
        `values` sorted, and `counts`.

    Raises:
        RecordError: while a function is recorded: the size of the result depends on the values.

    Example:
        >>> import sujeong as sj
        >>> values, counts = sj.unique_counts(sj.asarray([3, 1, 3, 2]))
        >>> print(values, counts)
        [1 2 3] [1 1 2]
    """
    groups = _Groups("unique_counts", x)
    return UniqueCounts(groups.values(), groups.counts())


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The different values of a tensor, and for each element which one it is.

    Args:
        x: tensor of any shape and element type.

    Returns:
        `values` sorted, and `inverse_indices` so that `values[inverse_indices]` is `x`.

    Raises:
        RecordError: while a function is recorded: the size of the result depends on the values.

    Example:
        >>> import sujeong as sj
        >>> values, inverse = sj.unique_inverse(sj.asarray([3, 1, 3, 2]))
        >>> print(values, inverse)
        [1 2 3] [2 0 2 1]
    """
    groups = _Groups("unique_inverse", x)
    return UniqueInverse(groups.values(), groups.inverse())


def unique_values(x: Any, /) -> Tensor:
    """The different values of a tensor, sorted.

    Args:
        x: tensor of any shape and element type.

    Returns:
        The values (m,). NaN differs from every NaN, so each is kept.

    Raises:
        RecordError: while a function is recorded: the size of the result depends on the values.

    Example:
        >>> import sujeong as sj
        >>> print(sj.unique_values(sj.asarray([3, 1, 3, 2])))
        [1 2 3]
    """
    return _Groups("unique_values", x).values()
