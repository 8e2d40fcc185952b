"""Operations with indices as stages of a chain: pick, add up, find the greatest, look at labels.

An index outside the axis, or a label that is no class, is refused: the stage says so, and the plain kernel
then says which one.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from ...core import dtypes
from ..ir import Equation
from .expressions import CTYPES
from .stages import Stage, parameters

_PLACE = """
  for (int64_t a = 0; a < A; ++a)
    for (int64_t j = 0; j < J; ++j)
      for (int64_t b = 0; b < B; ++b) {{
        const int64_t from = (a * J + j) * B + b;
        int64_t at = int64_t(i1[from]);
        at = at < 0 ? at + S : at;
        if (at < 0 || at >= S) return false;
        {}
      }}
  return true;
}}
"""
_TAKE = _PLACE.format("o0[from] = i0[(a * S + at) * B + b];")
_ADD = "  for (int64_t n = 0; n < A * S * B; ++n) o0[n] = 0;" + _PLACE.format(
    "o0[(a * S + at) * B + b] += i0[from];"
)
_BEST = """
  for (int64_t a = 0; a < A; ++a)
    for (int64_t b = 0; b < B; ++b) {{
      int64_t best = 0;
      auto value = i0[a * S * B + b];
      for (int64_t s = 1; s < S; ++s) {{
        const auto x = i0[(a * S + s) * B + b];
        if (x {} value || (x != x && value == value)) value = x, best = s;
      }}
      o0[a * B + b] = best;
    }}
}}
"""
_LABELS = """
  for (int64_t n = 0; n < size; ++n) {
    if (i0[n] < 0 || i0[n] >= classes) return false;
    o0[n] = i0[n];
  }
  return true;
}
"""
_WHOLE = (dtypes.int32, dtypes.int64)
_REAL = (dtypes.float32, dtypes.float64)


def _moved(e: Equation) -> Stage | None:
    """`take_along_axis`, or its gradient."""
    x, indices = e.inputs
    adds = e.op.name == "scatter_add_along_axis"
    if x.dtype not in (_REAL if adds else CTYPES) or indices.dtype not in _WHOLE:
        return None
    axis, shape = e.attributes["axis"], indices.shape
    size = e.attributes["size"] if adds else x.shape[axis]
    sizes = (prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]), size)
    text = f"static bool stage({parameters(('A', 'J', 'B', 'S'), e.inputs, e.outputs)}) {{"
    return Stage(text + (_ADD if adds else _TAKE), e.inputs, e.outputs, sizes, refuses=True)


def _best(e: Equation) -> Stage | None:
    """The place of the greatest or the smallest element; of the first NaN where there is one."""
    (x,) = e.inputs
    if x.dtype not in (*_REAL, *_WHOLE):
        return None
    axis, shape = e.attributes["axis"], x.shape
    sizes = (prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]))
    text = f"static void stage({parameters(('A', 'S', 'B'), e.inputs, e.outputs)}) {{"
    return Stage(text + _BEST.format(">" if e.op.name == "argmax" else "<"), e.inputs, e.outputs, sizes)


def _labels(e: Equation) -> Stage | None:
    """A check of labels."""
    (labels,) = e.inputs
    if labels.dtype not in _WHOLE:
        return None
    sizes = (prod(labels.shape), e.attributes["classes"])
    text = f"static bool stage({parameters(('size', 'classes'), e.inputs, e.outputs)}) {{"
    return Stage(text + _LABELS, e.inputs, e.outputs, sizes, refuses=True)


INDICES: dict[str, Callable[[Equation], Stage | None]] = {
    "take_along_axis": _moved,
    "scatter_add_along_axis": _moved,
    "argmax": _best,
    "argmin": _best,
    "checked_labels": _labels,
}
"""Operation -> its stage; `None` for element types that are left to the engine."""
