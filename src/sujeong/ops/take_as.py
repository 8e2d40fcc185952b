"""Rows picked by index in a smaller element type as one operation: `passes/gathered.py` makes it of the two.

    y = astype(take(x, i, axis=0), dtype)          x (S, F...)          i (N...)          y (N..., F...)

A batch on its way to a step that computes in 16 bits: its rows are read once, and what is written is half as
large. Derivatives are those of the readable form.
"""

from __future__ import annotations

from ..core.dispatch import apply
from ..core.dtypes import DType
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ._build import ASTYPE
from .gathering import TAKE


def _infer(x: Spec, indices: Spec, dtype: DType, by: str, negative: bool) -> Spec:
    return Spec((*indices.shape, *x.shape[1:]), dtype)


def _readable(x: Tensor, indices: Tensor, dtype: DType, by: str, negative: bool) -> Tensor:
    rows = apply(TAKE, x, indices, axis=0, by=by, negative=negative)
    return apply(ASTYPE, rows, dtype=dtype)


TAKE_AS = Op("take_as", _infer, readable=_readable)
