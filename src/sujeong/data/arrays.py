"""Examples held in memory, handed out in batches whose order is a function of (seed, epoch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..core.keys import host_permutation
from ..errors import DataError, message
from . import checks


class Batch(NamedTuple):
    """Some examples: inputs, targets and weights, None where the data have none."""

    x: np.ndarray
    y: np.ndarray | None
    sample_weight: np.ndarray | None


class ArrayData:
    """Inputs, targets and weights as arrays in memory, checked once and then only indexed.

    The arrays are kept as they are (no copy, no conversion); do not change them while they are in use.

    Args:
        x: inputs, shape (n, ...): numbers; an array, a tensor or nested lists.
        y: targets, shape (n, ...); None when there are none.
        sample_weight: how much each example counts, shape (n,), not negative, not all zero.

    Raises:
        DataError: empty, ragged, of objects or text, lengths that differ, NaN or infinity (the text
            names row and column), weights that are negative or all zero.

    Example:
        >>> import sujeong as sj
        >>> from sujeong.data import ArrayData
        >>> (x, y), _ = sj.datasets.digits()
        >>> data = ArrayData(x, y)
        >>> len(data)
        1438
        >>> for batch in data.batches(1000, shuffle=True, seed=0, epoch=0):
        ...     print(batch.x.shape, batch.y.shape)
        (1000, 8, 8, 1) (1000,)
        (438, 8, 8, 1) (438,)
    """

    def __init__(self, x: object, y: object = None, sample_weight: object = None) -> None:
        op = "ArrayData"
        self.x = checks.host_array(op, "x", x)
        self.y = None if y is None else checks.host_array(op, "y", y)
        self.sample_weight = (
            None if sample_weight is None else checks.host_array(op, "sample_weight", sample_weight)
        )
        checks.require_same_length(op, x=self.x, y=self.y, sample_weight=self.sample_weight)
        for name in ("x", "y", "sample_weight"):
            array = getattr(self, name)
            if array is not None:
                checks.require_finite(op, name, array)
        if self.sample_weight is not None:
            _require_weights(op, self.sample_weight)

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        parts = [
            f"{name}: {array.dtype}{list(array.shape)}"
            for name, array in Batch(self.x, self.y, self.sample_weight)._asdict().items()
            if array is not None
        ]
        return f"ArrayData({', '.join(parts)})"

    def batches(
        self,
        batch_size: int,
        *,
        shuffle: bool = False,
        seed: int = 0,
        epoch: int = 0,
        drop_last: bool = False,
    ) -> Batches:
        """One epoch of batches.

        Args:
            batch_size: examples a batch; the last may hold fewer.
            shuffle: in an order that depends on (seed, epoch) alone; otherwise as they lie, and then the
                batches are views of the data, not copies.
            seed: whole number from 0 on.
            epoch: whole number from 0 on; each has another order.
            drop_last: leave out a last batch that would not be full.

        Returns:
            An iterator over `Batch(x, y, sample_weight)`, which knows its length and its position.

        Raises:
            ArgumentError: a batch size below 1, a negative seed or epoch.
            DataError: no batch would remain.
        """
        return Batches(self, batch_size, shuffle=shuffle, seed=seed, epoch=epoch, drop_last=drop_last)


class Batches(Iterator[Batch]):
    """The batches of one epoch, in a fixed order; its position can be saved and restored.

    `len()` is the number of batches of the whole epoch, `batch` how many were already handed out.

    Example:
        >>> from sujeong.data import ArrayData
        >>> batches = ArrayData([[1], [2], [3]]).batches(1, shuffle=True, seed=3)
        >>> first = next(batches)
        >>> position = batches.state()
        >>> again = ArrayData([[1], [2], [3]]).batches(1, shuffle=True, seed=3)
        >>> again.restore(position)
        >>> [b.x.tolist() for b in again] == [b.x.tolist() for b in batches]
        True
    """

    def __init__(
        self, data: ArrayData, batch_size: int, *, shuffle: bool, seed: int, epoch: int, drop_last: bool
    ) -> None:
        op = "batches"
        self.data = data
        self.batch_size = checks.whole_number(op, "batch_size", batch_size, least=1)
        self.shuffle = bool(shuffle)
        self.seed = checks.whole_number(op, "seed", seed, least=0)
        self.drop_last = bool(drop_last)
        self.epoch = checks.whole_number(op, "epoch", epoch, least=0)
        self.batch = 0
        self._order: np.ndarray | None = None  # drawn at the first batch, so that restoring draws only once
        if not len(self):
            raise DataError(
                message(
                    op,
                    "no batch remains: the only one is not full and drop_last is set.",
                    received=f"{len(data)} examples, batch_size {self.batch_size}",
                    fix="take a smaller batch_size or drop_last=False.",
                )
            )

    def __len__(self) -> int:
        whole, rest = divmod(len(self.data), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Batch:
        if self.batch >= len(self):
            raise StopIteration
        return self.together(1)

    def together(self, count: int) -> Batch:
        """The examples of the next batches as one: several are gathered at once faster than one by one.

        Args:
            count: how many batches, at least 1; fewer where fewer are left.

        Returns:
            Their examples, in the order in which the batches would have held them; none at the end.

        Raises:
            ArgumentError: a count below 1.

        Example:
            >>> from sujeong.data import ArrayData
            >>> batches = ArrayData([1, 2, 3, 4, 5]).batches(2)
            >>> batches.together(2).x.tolist(), batches.together(2).x.tolist()
            ([1, 2, 3, 4], [5])
        """
        count = checks.whole_number("batches.together", "count", count, least=1)
        rows, data = self.rows(count), self.data
        return Batch(
            _rows(data.x, rows),
            None if data.y is None else _rows(data.y, rows),
            None if data.sample_weight is None else _rows(data.sample_weight, rows),
        )

    def rows(self, count: int = 1) -> slice | np.ndarray:
        """Which examples the next batches hold, for one who gathers them himself.

        Args:
            count: how many batches.

        Returns:
            A slice where they lie side by side, else their numbers; none at the end.

        Example:
            >>> from sujeong.data import ArrayData
            >>> ArrayData([1, 2, 3, 4, 5]).batches(2).rows()
            slice(0, 2, None)
        """
        start, self.batch = self.batch * self.batch_size, min(self.batch + count, len(self))
        stop = min(self.batch * self.batch_size, len(self.data))
        if not self.shuffle:
            return slice(start, stop)
        if self._order is None:
            self._order = host_permutation(self.seed, f"data/order/epoch {self.epoch}", len(self.data))
        return self._order[start:stop]

    def state(self) -> dict[str, int | bool]:
        """The position, and what the order depends on, as plain values (they go into JSON as they are)."""
        return {"epoch": self.epoch, "batch": self.batch, **self._identity()}

    def restore(self, state: Mapping[str, int | bool]) -> None:
        """Goes to a saved position: the next batch is the one that would have come then.

        Args:
            state: what `state()` gave, of batches with the same data size, seed and settings.

        Raises:
            DataError: the state is of batches in another order, or not a state; the text names what differs.
        """
        op = "batches.restore"
        keys = {"epoch", "batch", *self._identity()}
        if set(state) != keys:
            raise DataError(
                message(op, "this is no saved position.", received=sorted(state), expected=sorted(keys))
            )
        different = {
            name: (state[name], mine) for name, mine in self._identity().items() if state[name] != mine
        }
        if different:
            raise DataError(
                message(
                    op,
                    "the saved position is of batches in another order.",
                    received=", ".join(f"{name}={saved}" for name, (saved, _) in different.items()),
                    expected=", ".join(f"{name}={mine}" for name, (_, mine) in different.items()),
                    fix="make the batches with the saved settings and the same data.",
                )
            )
        batch = checks.whole_number(op, "batch", state["batch"], least=0)
        epoch = checks.whole_number(op, "epoch", state["epoch"], least=0)
        if batch > len(self):
            raise DataError(
                message(
                    op, "the saved position is past the end.", received=batch, expected=f"at most {len(self)}"
                )
            )
        self.epoch, self.batch, self._order = epoch, batch, None

    def _identity(self) -> dict[str, int | bool]:
        return {
            "examples": len(self.data),
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "seed": self.seed,
            "drop_last": self.drop_last,
        }


def _rows(array: np.ndarray, rows: slice | np.ndarray) -> np.ndarray:
    """Some rows: a slice as a view, others gathered."""
    if isinstance(rows, slice) or not array.flags.c_contiguous:
        return array[rows]
    return array.take(rows, 0)  # faster than an index; of other layouts it would copy the whole array


def _require_weights(op: str, weights: np.ndarray) -> None:
    if weights.ndim != 1 or weights.dtype.kind == "c":
        raise DataError(
            message(
                op,
                "sample_weight is not one real number an example.",
                received=f"{weights.dtype} of shape {weights.shape}",
                expected=f"shape ({len(weights)},)",
            )
        )
    if weights.min() < 0 or not weights.any():
        row = int(weights.argmin())
        raise DataError(
            message(
                op,
                "sample_weight has to be 0 or more, and not 0 everywhere.",
                received=f"{weights[row]} at row {row}",
                fix="give an example that should not count the weight 0.",
            )
        )
