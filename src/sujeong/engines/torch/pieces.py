"""Kernels that go through rows a piece at a time, in memory of one piece, where torch would copy all of them.

Each piece is what torch would do with those rows, in the same order, so results are the same to the bit.
"""

from __future__ import annotations

from typing import Any

import torch

PIECE = 1 << 20
"""Bytes of a piece: it stays in the cache between writing and reading, and calls cost nothing beside it."""

_HALF = (torch.float16, torch.bfloat16)


def index_add(out: Any, axis: int, indices: Any, g: Any) -> Any:
    """Adds values where their indices say.

    Args:
        out: what is added to.
        axis: its axis.
        indices: of any shape.
        g: values, with the axes of the indices in the place of the axis.

    Returns:
        `out`.

    Raises:
        IndexError: torch refuses an index; `out` then holds some of the sums.
    """
    after = g.shape[axis + indices.ndim :]
    # Torch adds 16-bit values to one place in float32, and rounds once: not in pieces.
    whole = axis != 0 or indices.ndim < 2 or g.dtype in _HALF or g.is_contiguous() or g.nbytes < 2 * PIECE
    if whole:
        flat = g.reshape((*g.shape[:axis], indices.numel(), *after))
        return out.index_add_(axis, indices.reshape(-1), flat)
    step = _step(g.nbytes, len(g))
    rows = g.new_empty((step, *g.shape[1:]))
    for part, places in zip(g.split(step), indices.split(step), strict=True):
        piece = rows[: len(part)].copy_(part)
        out.index_add_(0, places.reshape(-1), piece.view(-1, *after))
    return out


def take_mean(x: Any, indices: Any, over: tuple[int, ...], keepdims: bool) -> Any:
    """Means of rows that are picked by index.

    Args:
        x: (S, F...).
        indices: (N, T...), not negative.
        over: axes among T..., as they lie in the picked rows.
        keepdims: whether they stay, with size 1.

    Returns:
        The means.

    Raises:
        IndexError: torch refuses an index.
    """
    shape = (*indices.shape, *x.shape[1:])
    left = [1 if i in over else n for i, n in enumerate(shape) if keepdims or i not in over]
    y = x.new_empty(left)
    if not y.numel() or not indices.numel():
        return y.fill_(torch.nan)
    step = _step(indices.numel() * x[0].nbytes, len(indices))
    rows = x.new_empty((step * indices[0].numel(), *x.shape[1:]))
    for places, out in zip(indices.split(step), y.split(step), strict=True):
        piece = rows[: places.numel()]
        torch.index_select(x, 0, places.reshape(-1), out=piece)
        torch.mean(piece.view(*places.shape, *x.shape[1:]), over, keepdims, out=out)
    return y


def _step(size: int, count: int) -> int:
    """How many of some equal parts are a piece."""
    return max(1, min(count, PIECE * count // size))
