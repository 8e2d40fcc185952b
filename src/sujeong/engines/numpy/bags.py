"""Kernel of bags of words: the words of a bag stand side by side, so each bag is one piece of a reduction."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.ranges import check_indices
from ...ops.embedding_bag import bad_offsets
from ._wrap import silent


def _embedding_bag(table: Any, ids: Any, offsets: Any, combiner: str, padding_id: int | None) -> Any:
    error = bad_offsets(offsets, ids.size)
    if error is not None:
        raise error
    check_indices("embedding_bag", ids, table.shape[0], 0, False)
    if padding_id is not None:
        real = ids != padding_id
        offsets = np.concatenate(([0], np.cumsum(real)))[offsets]
        ids = ids[real]
    y = np.zeros((offsets.size, table.shape[1]), table.dtype)
    counts = np.diff(offsets, append=ids.size)
    full = np.flatnonzero(counts)
    if full.size:
        reduce = np.maximum if combiner == "max" else np.add
        y[full] = reduce.reduceat(table[ids], offsets[full], axis=0)
    if combiner == "mean":
        y /= np.maximum(counts, 1)[:, None].astype(y.dtype)
    return y


KERNELS = {"embedding_bag": silent(_embedding_bag)}
