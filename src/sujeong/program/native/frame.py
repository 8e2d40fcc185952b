"""The frame of a group: every value seen as part of one matrix of rows and columns.

    x (N, H, W, C), statistics over N, H, W     rows N H W, columns C
    x (N, T, F), statistics over F              rows N T, columns F
    x and y of any shape, nothing else          flat: one row of all elements

In it a value is FULL (a number for each row and column), ROW (one a row), COLUMN (one a column) or SCALAR.
A group of equations has a frame if each of its values is one of the four, and each equation reads them as
broadcasting would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from math import prod

from ..ir import Equation, Symbol
from .expressions import REDUCTIONS

Shape = tuple[int, ...]


class Kind(Enum):
    """What part of the matrix a value is."""

    FULL = "full"
    ROW = "row"
    COLUMN = "column"
    SCALAR = "scalar"


@dataclass(frozen=True)
class Frame:
    """Sizes of the matrix.

    Attributes:
        size: all its elements.
        columns: elements a row; `None` where it makes no difference (flat).
    """

    size: int
    columns: int | None

    @property
    def rows(self) -> int:
        """Number of rows; all elements where the frame is flat."""
        return self.size if self.columns is None else self.size // self.columns

    def kind(self, symbol: Symbol) -> Kind | None:
        """What a value of this shape can be."""
        shape, size = symbol.shape, prod(symbol.shape)
        if size == self.size:
            return Kind.FULL
        if size == 1:
            return Kind.SCALAR
        if self.columns is None:
            return None
        column, row = size == self.columns, size == self.rows
        if column and row:  # a square: what stands alone is a row of columns, as in broadcasting
            row = len(shape) > 1 and shape[-1] == 1
            column = not row
        return Kind.COLUMN if column else Kind.ROW if row else None

    def split(self, shape: Shape) -> int | None:
        """How many leading axes of a FULL value's shape are rows; `None` where none fits."""
        if self.columns is None:
            return len(shape)
        size, at = 1, len(shape)
        while size < self.columns and at:
            at -= 1
            size *= shape[at]
        return at if size == self.columns else None

    def stretched(self, shape: Shape, to: Shape) -> Kind | None:
        """What a value of one shape is, where broadcasting stretches it to a FULL shape."""
        shape = (1,) * (len(to) - len(shape)) + shape
        if shape == to:
            return Kind.FULL
        if prod(shape) == 1:
            return Kind.SCALAR
        at = self.split(to)
        if at is None:
            return None
        if shape[at:] == to[at:] and prod(shape[:at]) == 1:
            return Kind.COLUMN
        return Kind.ROW if shape[:at] == to[:at] and prod(shape[at:]) == 1 else None


def own_frame(e: Equation) -> Frame | None:
    """The frame that an equation alone asks for; `None` where it has none."""
    if e.op.name in REDUCTIONS:
        shape, axes = e.inputs[0].shape, e.attributes["axis"]
        over = [i in axes for i in range(len(shape)) if shape[i] > 1]
        size = prod(shape)
        if all(over):
            return Frame(size, None)
        if not any(over):
            return None  # over axes of size 1: nothing is added up
        at = over.index(not over[0])
        if any(o == over[0] for o in over[at:]):
            return None  # axes before and behind: no matrix
        long = [s for s in shape if s > 1]
        return Frame(size, prod(long[at:]))
    out = e.outputs[0].shape
    size = prod(out)
    columns = None
    for s in e.inputs:
        n = prod(s.shape)
        if n in (1, size):
            continue
        padded = (1,) * (len(out) - len(s.shape)) + s.shape
        ones = [i for i, (a, b) in enumerate(zip(padded, out, strict=True)) if a != b]
        if e.op.name == "reshape" or not ones:
            return None
        leading = ones[-1] < min(i for i, a in enumerate(padded) if a > 1)
        found = n if leading else size // n
        if columns not in (None, found):
            return None
        columns = found
    return Frame(size, columns)


def kinds(equations: Iterable[Equation], frame: Frame) -> dict[Symbol, Kind] | None:
    """What each value of some equations is in a frame; `None` where one does not fit.

    Args:
        equations: in order.
        frame: the frame.

    Returns:
        Symbol -> kind, for inputs and results.
    """
    found: dict[Symbol, Kind] = {}
    if frame.size < 2 or frame.columns == 1 or frame.rows < 1:
        return None
    for e in equations:
        for s in (*e.inputs, *e.outputs):
            kind = frame.kind(s)
            if kind is None:
                return None
            found[s] = kind
        if not _fits(e, frame, found):
            return None
    return found


def _fits(e: Equation, frame: Frame, found: dict[Symbol, Kind]) -> bool:
    """Whether an equation reads its inputs as the kinds that they are."""
    (out,) = e.outputs
    kind = found[out]
    if e.op.name in REDUCTIONS:
        return found[e.inputs[0]] is Kind.FULL and _reduced(e, frame) is kind
    if e.op.name == "reshape":
        return found[e.inputs[0]] is kind
    if kind is Kind.FULL:
        return all(frame.stretched(s.shape, out.shape) is found[s] for s in e.inputs)
    return all(found[s] in (kind, Kind.SCALAR) for s in e.inputs)


def _reduced(e: Equation, frame: Frame) -> Kind | None:
    """What is left after a reduction of a FULL value."""
    shape, axes = e.inputs[0].shape, e.attributes["axis"]
    if all(i in axes or n == 1 for i, n in enumerate(shape)):
        return Kind.SCALAR
    at = frame.split(shape)
    if at is None or frame.columns is None:
        return None
    over = {i for i in axes if shape[i] > 1}
    if over == {i for i in range(at, len(shape)) if shape[i] > 1}:
        return Kind.ROW
    return Kind.COLUMN if over == {i for i in range(at) if shape[i] > 1} else None
