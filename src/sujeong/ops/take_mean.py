"""Means of rows picked by index as one operation, for programs: `passes/gathered.py` makes it of the two.

    y = mean(take(x, i), over)          x (S, F...)          i (N, T...), the axes `over` among T...

A text as the mean of its words' vectors: the vectors of all texts are far more than the means, and each is
read once. Derivatives are those of the readable form.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from .gathering import TAKE
from .statistics import MEAN

Shape = tuple[int, ...]


def _infer(x: Spec, indices: Spec, over: Shape, keepdims: bool, by: str, negative: bool) -> Spec:
    shape = (*indices.shape, *x.shape[1:])
    left = [1 if i in over else n for i, n in enumerate(shape) if keepdims or i not in over]
    return x.like(shape=tuple(left))


def _readable(x: Tensor, indices: Tensor, over: Shape, keepdims: bool, by: str, negative: bool) -> Tensor:
    rows = apply(TAKE, x, indices, axis=0, by=by, negative=negative)
    return apply(MEAN, rows, axis=over, keepdims=keepdims)


def _work(x: Spec, indices: Spec, **_: Any) -> int:
    return indices.size * prod(x.shape[1:])


TAKE_MEAN = Op("take_mean", _infer, readable=_readable, flops=_work)
