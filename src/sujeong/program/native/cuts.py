"""Cuts at places that are found when they run, and picked rows, as stages of a chain.

    dynamic_slice   y[i] = x[start + i]        dynamic_update  y = x, but y[start + i] = value[i]
    take            y[j] = x[at[j]]

An update is two stages. The first one looks at the place and refuses what leaves the array; it runs before
anything is written, so the second one may write over a variable: a cache of keys grows without being copied.
Axes that are taken whole are one with the axis ahead of them: what lies together is copied at once.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

from ...core import dtypes
from ...core.spec import Spec
from ..ir import Equation, Symbol
from .expressions import CTYPES
from .stages import Stage, parameters

Fresh = Callable[[Spec], Symbol]
"""What makes further values."""
_WHOLE = (dtypes.int32, dtypes.int64)


class _Axis(NamedTuple):
    """Axes as one.

    Attributes:
        size: elements of the array along it.
        part: elements of the cut.
        start: the first of them, in units; as text where it is found when it runs.
        unit: elements.
    """

    size: int
    part: int
    start: int | str
    unit: int


class _Text:
    """Text of a cut, and its whole numbers: they are arguments, so that other sizes are the same text.

    Args:
        e: the cut.
        part: its shape.
    """

    def __init__(self, e: Equation, part: tuple[int, ...]) -> None:
        self._places, self._start = e.attributes["axes"], e.attributes["start"]
        self._whole, self._part = e.inputs[0].shape, part
        self.sizes: list[int] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Of the whole numbers."""
        return tuple([f"n{i}" for i in range(len(self.sizes))])

    def number(self, value: int) -> str:
        """The name of a whole number."""
        self.sizes.append(value)
        return f"n{len(self.sizes) - 1}"

    def checks(self, first: int) -> str:
        """Puts places into b, and refuses what leaves the array; input `first` has the first of them."""
        lines = []
        for n, axis in enumerate(self._places):
            size, room = self._whole[axis], self._whole[axis] - self._part[axis]
            lines.append(
                f"  b[{n}] = int64_t(*i{first + n}), b[{n}] += b[{n}] < 0 ? {self.number(size)} : 0;"
            )
            lines.append(f"  if (b[{n}] < 0 || b[{n}] > {self.number(room)}) return false;")
        return "\n".join(lines)

    def copied(self, to: str, source: str) -> str:
        """Loops over what lies apart, around a copy; `{whole}`, `{cut}`: places in the array and the cut."""
        lines, whole, cut = [], "0", "0"
        *apart, together = self._axes()
        for j, axis in enumerate(apart):
            part = self.number(axis.part)
            lines.append(f"  for (int64_t j{j} = 0; j{j} < {part}; ++j{j})")
            whole = f"({whole}) * {self.number(axis.size)} + {self._begin(axis)} + j{j}"
            cut = f"({cut}) * {part} + j{j}"
        size = self.number(together.part)
        whole, cut = (
            f"({whole}) * {self.number(together.size)} + {self._begin(together)}",
            f"({cut}) * {size}",
        )
        places = {"whole": whole, "cut": cut}
        copy = f"memcpy({to.format(**places)}, {source.format(**places)}, {size} * sizeof *o0);"
        return "\n".join([*lines, f"    {copy}"])

    def _begin(self, axis: _Axis) -> str:
        if isinstance(axis.start, int):
            return self.number(axis.start * axis.unit)
        return f"{axis.start} * {self.number(axis.unit)}"

    def _axes(self) -> list[_Axis]:
        """As few axes as there can be; elements along the last one lie together."""
        found = [_Axis(1, 1, 0, 1)]
        for i, (size, part) in enumerate(zip(self._whole, self._part, strict=True)):
            start = f"b[{self._places.index(i)}]" if i in self._places else self._start[i]
            if part == size or found[-1].size == 1:  # of what is taken whole, the start can only be 0
                ahead = found.pop()
                begin, unit = (ahead.start, ahead.unit * size) if part == size else (start, 1)
                found.append(_Axis(ahead.size * size, ahead.part * part, begin, unit))
            else:
                found.append(_Axis(size, part, start, 1))
        return found


def _known(e: Equation, arrays: int) -> bool:
    """Whether there is text for the element types of an equation, whose indices follow its arrays."""
    return e.inputs[0].dtype in CTYPES and all(s.dtype in _WHOLE for s in e.inputs[arrays:])


def _slice(e: Equation, fresh: Fresh) -> list[Stage] | None:
    """A part of an array."""
    if not _known(e, 1):
        return None
    text = _Text(e, e.attributes["shape"])
    checks, copied = text.checks(1), text.copied("o0 + {cut}", "i0 + {whole}")
    body = f"""static bool stage({parameters(text.names, e.inputs, e.outputs)}) {{
  int64_t b[{len(e.attributes["axes"]) + 1}];
{checks}
{copied}
  return true;
}}
"""
    return [Stage(body, e.inputs, e.outputs, tuple(text.sizes), refuses=True)]


def _update(e: Equation, fresh: Fresh) -> list[Stage] | None:
    """An array with a part replaced: the place is looked at, then the part is written."""
    if not _known(e, 2):
        return None
    x, value, *starts = e.inputs
    stages: list[Stage] = []
    given: tuple[Symbol, ...] = (x, value)
    if starts:
        begins = fresh(Spec((len(starts),), dtypes.int64))
        text = _Text(e, value.shape)
        checks = text.checks(0)
        body = f"""static bool stage({parameters(text.names, tuple(starts), (begins,))}) {{
  int64_t* b = o0;
{checks}
  return true;
}}
"""
        stages.append(Stage(body, tuple(starts), (begins,), tuple(text.sizes), refuses=True))
        given = (x, value, begins)
    text = _Text(e, value.shape)
    size, copied = text.number(prod(x.shape)), text.copied("o0 + {whole}", "i1 + {cut}")
    body = f"""static void stage({parameters(text.names, given, e.outputs)}) {{
  {"const int64_t* b = i2;" if starts else ""}
  if (o0 != i0) memcpy(o0, i0, {size} * sizeof *o0);
{copied}
}}
"""
    return [*stages, Stage(body, given, e.outputs, tuple(text.sizes), over={0: 0})]


_TAKE = """
  for (int64_t j = 0; j < J; ++j) {
    const int64_t at = int64_t(i1[j]);
    if (at < (negative ? -S : 0) || at >= S) return false;
  }
  for (int64_t a = 0; a < A; ++a)
    for (int64_t j = 0; j < J; ++j) {
      const int64_t at = int64_t(i1[j]) + (i1[j] < 0 ? S : 0);
      memcpy(o0 + (a * J + j) * B, i0 + (a * S + at) * B, B * sizeof *o0);
    }
  return true;
}
"""


def _take(e: Equation, fresh: Fresh) -> list[Stage] | None:
    """Rows of an axis by their places."""
    if not _known(e, 1):
        return None
    (x, indices), axis = e.inputs, e.attributes["axis"]
    negative = int(e.attributes.get("negative", True))
    sizes = (prod(x.shape[:axis]), prod(indices.shape), prod(x.shape[axis + 1 :]), x.shape[axis], negative)
    names = ("A", "J", "B", "S", "negative")
    text = f"static bool stage({parameters(names, e.inputs, e.outputs)}) {{{_TAKE}"
    return [Stage(text, e.inputs, e.outputs, sizes, refuses=True)]


CUTS: dict[str, Callable[[Equation, Fresh], list[Stage] | None]] = {
    "dynamic_slice": _slice,
    "dynamic_update": _update,
    "take": _take,
}
"""Operation -> its stages; they read a part of an array, which may be a large one."""
