"""Who may look at whom: masks of places, and the places that a cache holds.

query_mask (batch, T)    value_mask, key_mask (batch, S)    attention_mask (T, S), (batch, T, S) or with heads
place i of the new ones, put in from place n on, sees places 0 to n + i of the cache
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ..ops.arithmetic import add
from ..ops.comparison import less_equal
from ..ops.dynamic import slice_update
from ..ops.gathering import host_indices
from ..ops.logic import logical_and

Cache = tuple[Tensor, Tensor]
"""Keys (batch, heads, length, key_dim) and values (batch, heads, length, value_dim) of the places so far."""


def joined(query: Any, value: Any, key: Any, places: Any) -> Tensor | None:
    """All masks in one.

    Args:
        query: (batch, T) or `None`.
        value: (batch, S) or `None`.
        key: (batch, S) or `None`.
        places: (T, S), (batch, T, S), (batch, heads, T, S) or `None`.

    Returns:
        Truth values with the axes (batch, heads, T, S), some of size 1; `None` where all may be seen.
    """
    masks = []
    if query is not None:
        masks.append(_truths("query_mask", query, (2,))[:, None, :, None])
    for name, mask in (("value_mask", value), ("key_mask", key)):
        if mask is not None:
            masks.append(_truths(name, mask, (2,))[:, None, None, :])
    if places is not None:
        places = _truths("attention_mask", places, (2, 3, 4))
        masks.append(places[:, None] if places.ndim == 3 else places)
    return reduce(logical_and, masks) if masks else None


def _truths(name: str, mask: Any, axes: tuple[int, ...]) -> Tensor:
    mask = as_tensor(mask, "MultiHeadAttention")
    if mask.dtype is not dtypes.bool_:
        fix = "True: may be seen; make it by a comparison, such as ids != 0."
        what = f"{name} holds truth values."
        raise DTypeError(message("MultiHeadAttention", what, received=mask.spec, fix=fix))
    if mask.ndim not in axes:
        expected = " or ".join(str(n) for n in axes) + " axes"
        what = f"{name} has the wrong number of axes."
        raise ShapeError(message("MultiHeadAttention", what, received=mask.shape, expected=expected))
    return mask


def remembered(cache: Cache, k: Tensor, v: Tensor, position: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Keys and values with new ones put in, and which of them each new place sees.

    Args:
        cache: keys and values so far.
        k: new keys (batch, heads, t, key_dim).
        v: new values (batch, heads, t, value_dim).
        position: place of the first new one, a whole number or a tensor.

    Returns:
        Keys, values, and truth values (t, length).
    """
    if position is None:
        fix = "layer(x, cache=cache, position=n), n places are in the cache already."
        raise ArgumentError(message("MultiHeadAttention", "a cache needs a position.", fix=fix))
    keys, values = cache
    t, length = k.shape[2], keys.shape[2]
    keys = slice_update(keys, k, (0, 0, position, 0))
    values = slice_update(values, v, (0, 0, position, 0))
    places, own = host_indices(np.arange(length), k), host_indices(np.arange(t)[:, None], k)
    return keys, values, less_equal(places, add(own, position))
