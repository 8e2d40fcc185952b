"""Attention compiled: head by head, in the cache, with the heads as they lie in one matrix of features.

Queries, keys and values are parts of one product, with the heads of a place beside each other; the plain
kernel (`attention.py`) copies them apart, and their gradients together. `attention.h` explains and computes
it. More than a little work in bfloat16 is done by the processor's units for tiles (`attention_tiles.h`), if
it has them and keys and features fill them; with other units for 16 bits it is left to the library. A few
queries are computed as `few_queries.py` says.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from . import few_queries
from ._processor import has_matrix_units, has_units_for_16_bits
from ._texts import text_of

FEATURES = 16
"""Features of a head come in multiples of it: a vector of the widest registers."""
FEWEST_QUERIES = few_queries.MOST_QUERIES + 1
MOST_WEIGHTS = 1 << 20
"""Of a head, for its gradient, which holds them and the scores' at once."""
FEW_WEIGHTS = 1 << 17
"""Of all heads: up to here sums of floats are faster, even if the processor has units for 16 bits."""
_SPLIT, _FEW_HEADS = 64, 64
TILES = "tiles.h", "of_heads.h", "softened.h", "tile_sums.h", "attention_tiles.h", "attention_call.h"
DEPTH = 32
"""What one product of the processor's units for tiles sums over."""


def _text(attributes: Mapping[str, Any], q: Spec, k: Spec, v: Spec, *_: Spec) -> str | None:
    features = q.shape[-1], v.shape[-1]
    if attributes["rate"] or q.ndim not in (3, 4) or q.shape[-2] < FEWEST_QUERIES or not k.size:
        return None
    if any(n % FEATURES or not n for n in features) or not prod(q.shape[:-2]):
        return None
    few = prod(q.shape[:-1]) * k.shape[-2] <= FEW_WEIGHTS
    if q.dtype == dtypes.bfloat16 and not few:
        if has_matrix_units() and _fills_tiles(q, k, v):
            return text_of(q.dtype, *TILES)
        if has_units_for_16_bits():
            return None
    return text_of(q.dtype, "of_heads.h", "softened.h", "attention.h", "attention_call.h")


def _fills_tiles(q: Spec, k: Spec, v: Spec) -> bool:
    return not (q.shape[-1] % DEPTH or v.shape[-1] % DEPTH or k.shape[-2] % DEPTH)


def _gradient_text(attributes: Mapping[str, Any], g: Spec, q: Spec, k: Spec, v: Spec, *_: Spec) -> str | None:
    return _text(attributes, q, k, v) if q.shape[-2] * k.shape[-2] <= MOST_WEIGHTS else None


def _ready(x: Any) -> Any:
    """With heads as an axis, and features that follow each other."""
    x = x if x.dim() == 4 else x.unsqueeze(1)
    return x if x.stride(-1) == 1 else x.contiguous()


def _beside(like: Any, width: int) -> Any:
    """Memory for (N, heads, places, width), where the heads of a place lie beside each other."""
    n, heads, places = like.shape[:3]
    return like.new_empty((n, places, heads, width)).transpose(1, 2)


def _steps(*arrays: Any) -> list[int]:
    return [step for a in arrays for step in ((0, 0, 0) if a is None else a.stride()[:3])]


def _bound(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
    """Attention as a function of tensors: with its weights, or the result alone."""
    causal, masked = attributes["causal"], attributes["masked"]
    scale = ctypes.c_double(attributes["scale"])

    def attention(q: Any, k: Any, v: Any, *rest: Any, weights: bool = True, **_: Any) -> Any:
        shape = q.shape
        q, k, v = _ready(q), _ready(k), _ready(v)
        n, heads, queries, _ = q.shape
        y = _beside(q, v.shape[-1])
        p = q.new_empty((n, heads, queries, k.shape[2])) if weights else None
        mask: Any = None
        if masked:
            mask = rest[0] if len(shape) == 4 or rest[0].dim() < 3 else rest[0].unsqueeze(-3)
            mask = mask.expand(n, heads, queries, k.shape[2])
        parts = 1 if n * heads >= _FEW_HEADS else -(-queries // _SPLIT)
        sizes = [
            n,
            heads,
            queries,
            k.shape[2],
            q.shape[3],
            v.shape[3],
            causal,
            parts,
            *_steps(q, k, v, y),
            *[0] * 9,
        ]
        sizes += mask.stride() if masked else [0] * 4
        _call(function, 0, sizes, scale, (None, q, k, v, mask, p, y, None, None, None))
        y = y.view(*shape[:-1], y.shape[-1]) if len(shape) == 4 else y.squeeze(1)
        return y if p is None else (y, p.view(*shape[:-1], p.shape[-1]))

    return attention


def _bound_alone(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
    attention = _bound(function, attributes, *specs)
    return lambda *arrays, **_: attention(*arrays, weights=False)


def _bound_gradient(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
    """Its gradient as a function of tensors."""
    causal, scale = attributes["causal"], ctypes.c_double(attributes["scale"])

    def attention_gradient(g: Any, q: Any, k: Any, v: Any, p: Any, **_: Any) -> Any:
        shapes = [x.shape for x in (q, k, v)]
        g, q, k, v, p = _ready(g), _ready(q), _ready(k), _ready(v), p.contiguous()
        made = [_beside(x, x.shape[-1]) for x in (q, k, v)]
        n, heads, queries, _ = q.shape
        sizes = [n, heads, queries, k.shape[2], q.shape[3], v.shape[3], causal, 1, *_steps(q, k, v, g, *made)]
        _call(function, 1, [*sizes, *[0] * 4], scale, (g, q, k, v, None, p, None, *made))
        return tuple([d if len(s) == 4 else d.squeeze(1) for d, s in zip(made, shapes, strict=True)])

    return attention_gradient


def _call(function: Any, back: int, sizes: list[int], scale: Any, arrays: tuple[Any, ...]) -> None:
    numbers = (ctypes.c_int64 * len(sizes))(*sizes)
    pointers = [None if a is None else a.data_ptr() for a in arrays]
    function(back, ctypes.addressof(numbers), ctypes.addressof(scale), *pointers)


COMPILED = {
    "attention": few_queries.beside(few_queries.FORMS["attention"], NativeForm(_text, _bound)),
    "attention_blocks": few_queries.beside(
        few_queries.FORMS["attention_blocks"], NativeForm(_text, _bound_alone)
    ),
    "attention_gradient": NativeForm(_gradient_text, _bound_gradient),
}
