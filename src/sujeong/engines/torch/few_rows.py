"""Products with a few rows, compiled: y (R, N) = x (R, K) w (K, N), R at most 4.

With so few rows each weight is read once and used R times, so that the time is that of reading w: forwards,
by all threads. The library prepares for many rows, and reads slower. w may also lie the
other way round (N, K), as shared embeddings do; then each result is a sum along a row. `few_rows.h` computes
both; neither the number of threads nor that of rows changes a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import torch

from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import text_of

MOST_ROWS = 4
FEWEST_WEIGHTS = 4096  # below, the call itself is what takes time


def _text(_: Mapping[str, Any], x: Spec, w: Spec) -> str | None:
    """The text for a product of these specs; `None` where it is not for this kernel."""
    if w.ndim != 2 or x.ndim < 2 or w.size < FEWEST_WEIGHTS or not 0 < prod(x.shape[:-1]) <= MOST_ROWS:
        return None
    return text_of(x.dtype, "few_rows.h")


def _bound(function: Any, _: Mapping[str, Any], x: Spec, w: Spec) -> Callable[[Any, Any], Any]:
    """The product as a function of two tensors."""
    rows, (k, n) = prod(x.shape[:-1]), w.shape
    shape = (*x.shape[:-1], n)
    empty, plain, turned = torch.empty, (n, 1), (1, k)

    def product(a: Any, b: Any) -> Any:
        strides = b.stride()
        if strides != plain and strides != turned:
            b, strides = b.contiguous(), plain
        if not a.is_contiguous():
            a = a.contiguous()
        y = empty(shape, dtype=a.dtype)
        function(strides != plain, rows, k, n, a.data_ptr(), b.data_ptr(), y.data_ptr())
        return y

    return product


def _sizes(_: Mapping[str, Any], x: Spec, w: Spec) -> tuple[int, ...]:
    """What the function takes ahead of the arrays, for w in C order."""
    return 0, prod(x.shape[:-1]), *w.shape


COMPILED = {"matmul": NativeForm(_text, _bound, _sizes, {1: 0})}
