"""Elements picked by an index of their own, and added up at one, as stages of a chain.

An index outside the axis is refused: the stage says so, and the plain kernel then says which one.
"""

from __future__ import annotations

from math import prod

from ...core import dtypes
from ..ir import Equation
from .expressions import CTYPES
from .stages import Stage, parameters

_PLACE = """
  for (int64_t a = 0; a < A; ++a)
    for (int64_t j = 0; j < J; ++j)
      for (int64_t b = 0; b < B; ++b) {
        const int64_t from = (a * J + j) * B + b;
        int64_t at = int64_t(i1[from]);
        at = at < 0 ? at + S : at;
        if (at < 0 || at >= S) return false;
"""
_ENDS = {
    "take_along_axis": "        o0[from] = i0[(a * S + at) * B + b];\n      }\n  return true;\n}\n",
    "scatter_add_along_axis": "        o0[(a * S + at) * B + b] += i0[from];\n      }\n  return true;\n}\n",
}
_SIGNED = (dtypes.int32, dtypes.int64)


def picked(e: Equation) -> Stage | None:
    """`take_along_axis`, or its gradient, as a stage.

    Args:
        e: the equation.

    Returns:
        The stage; `None` for element types that are left to the engine.
    """
    x, indices = e.inputs
    adds = e.op.name == "scatter_add_along_axis"
    types = (dtypes.float32, dtypes.float64) if adds else tuple(CTYPES)
    if x.dtype not in types or indices.dtype not in _SIGNED:
        return None
    axis, shape = e.attributes["axis"], indices.shape
    size = e.attributes["size"] if adds else x.shape[axis]
    sizes = (prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]), size)
    text = f"static bool stage({parameters(('A', 'J', 'B', 'S'), e.inputs, e.outputs)}) {{"
    if adds:
        text += "\n  for (int64_t n = 0; n < A * S * B; ++n) o0[n] = 0;"
    return Stage(text + _PLACE + _ENDS[e.op.name], e.inputs, e.outputs, sizes, refuses=True)
