"""Batches on their way to the steps.

    on the processor    order (seed, epoch) -> rows of a batch, gathered by the engine, with its threads
    on a device         -> rows of some batches, gathered as one array -> one tensor -> views, one a batch

A step sees what it would see if each batch were gathered alone; only who waits for it differs. No array is
written twice, so a step may keep what it was given. Inputs that a step would only cast to 16 bits are
gathered in 16 bits (`narrowing.py`).

A thread gathers the next array where steps run on a device and leave the host idle. Beside steps that use the
processor itself it was measured to cost as much as it saves. It stays one array ahead, within an epoch, calls
nothing but NumPy, and ends with the run, however that ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

import numpy as np

from ..core.dtypes import DType
from ..core.engine import current
from ..core.tensor import Tensor
from ..data.arrays import ArrayData, Batch, Batches
from ..ops.slicing import split
from .narrowing import Rows
from .preparing import as_tensor_of

TOGETHER = 1 << 20
"""Bytes that are gathered at once: few enough to stay in a cache until the steps read them."""
WORTH_A_THREAD = 1 << 18
"""Bytes below which gathering is faster than waking a thread for it."""

Arrays = tuple[Any, Any, Any]


class Feed:
    """Hands the batches of data to steps, as tensors on the engine chosen now.

    Args:
        data: the examples.
        batch_size: examples a batch; the last one of an epoch may hold fewer.
        narrow: the element type that inputs may have where rows are picked; default their own.

    Example:
        >>> from sujeong.data import ArrayData
        >>> with Feed(ArrayData([1.0, 2.0, 3.0], [0, 1, 2]), 2) as feed:
        ...     for x, y, weight in feed.epoch():
        ...         print(x, y, weight)
        [1. 2.] [0 1] None
        [3.] [2] None
    """

    def __init__(self, data: ArrayData, batch_size: int, narrow: DType | None = None) -> None:
        self.data, self.batch_size = data, batch_size
        each = batch_size * sum(a[:1].nbytes for a in (data.x, data.y, data.sample_weight) if a is not None)
        self._count = max(1, TOGETHER // max(each, 1))
        several = self.batches > self._count
        self._worth = several and self._count * each >= WORTH_A_THREAD and host_is_idle()
        self._pool: Any = None
        self._whole = self._lent()
        self._narrow = None if narrow is None or self._whole is None else Rows(self._whole[0], narrow)

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:  # what is being gathered is waited for: the data may change after the run
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def batches(self) -> int:
        """How many there are in an epoch."""
        return -(-len(self.data) // self.batch_size)

    def epoch(self, *, shuffle: bool = False, seed: int = 0, epoch: int = 0) -> Iterator[Arrays]:
        """The batches of an epoch.

        Args:
            shuffle: in an order that depends on seed and epoch; else as they lie.
            seed: of the order.
            epoch: whole number from 0 on.

        Yields:
            Inputs, targets and weights of a batch, `None` where the data have none.
        """
        batches = self.data.batches(self.batch_size, shuffle=shuffle, seed=seed, epoch=epoch)
        if shuffle and self._whole is not None:
            yield from self._picked(batches, self._whole)
            return
        ahead = shuffle and self._worth  # without an order nothing is gathered
        for some in self._ahead(batches) if ahead else self._in_turn(batches):
            cuts = tuple(range(self.batch_size, len(some.x), self.batch_size))
            yield from zip(*(_parts(host, cuts) for host in some), strict=True)

    def _lent(self) -> Arrays | None:
        """The data as tensors in their own memory, where the engine reads that as it lies."""
        hosts = (self.data.x, self.data.y, self.data.sample_weight)
        if host_is_idle() or any(h is not None and not _readable(h) for h in hosts):
            return None
        x, y, weight = map(as_tensor_of, hosts)
        return x, y, weight

    def _picked(self, batches: Batches, whole: Arrays) -> Iterator[Arrays]:
        """Each batch as the engine picks its rows; where all rows of an epoch are few, at once."""
        engine = current()[0]
        take, size = engine.kernels["take"], self.batch_size
        order = as_tensor_of(batches.rows(len(batches)))._array  # type: ignore[arg-type]
        starts = range(0, len(self.data), size)

        def pick(t: Any, rows: Any) -> Any:
            return Tensor(take(t._array, rows, axis=0), engine)

        def parts(t: Any) -> Iterable[Any]:
            if t is None:
                return (None for _ in starts)
            if t.spec.nbytes <= TOGETHER:
                return split(pick(t, order), tuple(starts[1:]))
            return (pick(t, order[start : start + size]) for start in starts)

        x, *rest = whole
        narrow = self._narrow
        first = parts(x) if narrow is None else (narrow(order[start : start + size]) for start in starts)
        yield from zip(first, *map(parts, rest), strict=True)

    def _in_turn(self, batches: Batches) -> Iterator[Batch]:
        while batches.batch < len(batches):
            yield batches.together(self._count)

    def _ahead(self, batches: Batches) -> Iterator[Batch]:
        """Each array is handed out while the next one is gathered."""
        some = batches.together(self._count)
        while batches.batch < len(batches):
            waiting = self._threads().submit(batches.together, self._count)
            yield some
            some = waiting.result()
        yield some

    def _threads(self) -> Any:
        """The one thread that gathers; made when it is first needed."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(1, "sujeong-feed")
        return self._pool


def host_is_idle() -> bool:
    """Whether steps run elsewhere, so that the processor has time to gather."""
    return current()[1] != "cpu"


def _readable(host: np.ndarray) -> bool:
    """Whether an engine may read an array where it lies: row after row, in memory that it could write to."""
    return host.flags.c_contiguous and host.flags.writeable


def _parts(host: np.ndarray | None, cuts: tuple[int, ...]) -> tuple[Any, ...]:
    """An array as a tensor a batch; they share its memory."""
    if host is None:
        return (None,) * (len(cuts) + 1)
    whole = as_tensor_of(host)
    return split(whole, cuts) if cuts else (whole,)
