"""What a program will cost, counted from shapes alone: nothing runs, nothing is allocated.

parameters   numbers in the variables it reads
flops        additions, multiplications and the like
bytes        read and written by each operation, views not counted
peak         the most bytes alive at once: arguments, variables, each value until its last use
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..core.op import Op
from ..core.spec import Spec
from .buffers import Buffers, overwrites
from .control.neutral import MARKS
from .ir import Equation, Program, Symbol
from .recorder import Recorder, record_readable

# Operations that give a view wherever they can, although in most cases they cannot.
_COPIES = {"astype", "flip", "im2col"}

# Operations that only move numbers.
_MOVES = {
    *("astype", "concat", "copy", "dynamic_slice", "dynamic_update", "flip", "nonzero", "pick_along"),
    *("place_along", "put_slice", "rows", "stack", "take", "take_along_axis", "checked_index", "where"),
    *("one_hot", "pad", "roll", "tril", "triu"),
}

# Operations that do one step for each number that goes in, not for each that comes out.
_REDUCTIONS = {"all", "any", "argmax", "argmin", "index_add", "max", "min", "scatter_add_along_axis", "sum"}


@dataclass(frozen=True)
class Line:
    """What all uses of one operation cost.

    Attributes:
        times: how often it runs.
        flops: its floating-point operations.
        read: bytes that it reads.
        written: bytes that it writes.
    """

    times: int = 0
    flops: int = 0
    read: int = 0
    written: int = 0

    def __add__(self, other: Line) -> Line:
        return Line(
            self.times + other.times,
            self.flops + other.flops,
            self.read + other.read,
            self.written + other.written,
        )

    def __mul__(self, times: int) -> Line:
        return Line(self.times * times, self.flops * times, self.read * times, self.written * times)


@dataclass(frozen=True)
class Cost:
    """What a program costs.

    Attributes:
        name: the program's name.
        parameters: numbers in the variables that it reads.
        trainable: those of them that are trained.
        parameter_bytes: their bytes.
        peak_bytes: the most bytes alive at once, arguments and variables included.
        by_op: operation -> what its uses cost.
        exact: `False` where a loop without a known number of trips was counted as one trip.
    """

    name: str
    parameters: int
    trainable: int
    parameter_bytes: int
    peak_bytes: int
    by_op: dict[str, Line] = field(default_factory=dict)
    exact: bool = True

    @property
    def total(self) -> Line:
        """All operations together."""
        return sum(self.by_op.values(), Line())

    @property
    def flops(self) -> int:
        """Floating-point operations of a run."""
        return self.total.flops

    @property
    def bytes_read(self) -> int:
        """Bytes read in a run."""
        return self.total.read

    @property
    def bytes_written(self) -> int:
        """Bytes written in a run."""
        return self.total.written

    def __str__(self) -> str:
        rows = sorted(self.by_op.items(), key=lambda item: (-item[1].flops, -item[1].written, item[0]))
        table: list[tuple[str, ...]] = [("operation", "times", "flops", "read", "written")]
        table += [_cells(name, line) for name, line in rows]
        table.append(_cells("total", self.total))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            f"program {self.name}",
            f"{self.parameters:,} parameters, {self.trainable:,} trainable, {_size(self.parameter_bytes)}",
            "",
        ]
        for name, *numbers in table:
            cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
            lines.append("  ".join([name.ljust(widths[0]), *cells]))
        lines += ["", f"peak memory {_size(self.peak_bytes)}"]
        if not self.exact:
            lines.append("at least: a loop whose number of trips is not known counts as one trip")
        return "\n".join(lines)


def _cells(name: str, line: Line) -> tuple[str, ...]:
    return name, f"{line.times:,}", _short(line.flops), _size(line.read), _size(line.written)


def _short(number: float, units: str = " kMGTP") -> str:
    """A number with three digits and a unit: 12345 -> 12.3 k."""
    if number < 1000:
        return f"{number:.0f}"
    step = 0
    while number >= 999.5 and step < len(units) - 1:
        number, step = number / 1000, step + 1
    digits = 2 if number < 9.995 else 1 if number < 99.95 else 0
    return f"{number:.{digits}f} {units[step]}"


def _size(number: float) -> str:
    short = _short(number)
    return short + ("B" if " " in short else " B")


def cost(program: Program) -> Cost:
    """Counts what a program costs.

    Args:
        program: the program.

    Returns:
        The cost; printed, it is a table.
    """
    counter = _Counter(program)
    by_op: dict[str, Line] = {}
    for e in program.equations:
        for name, line in counter.lines(e).items():
            by_op[name] = by_op.get(name, Line()) + line
    variables = [v for v, _ in program.state]
    return Cost(
        program.name,
        sum(v.size for v in variables),
        sum(v.size for v in variables if v.trainable),
        sum(v.spec.nbytes for v in variables),
        counter.peak(),
        by_op,
        counter.exact,
    )


class _Counter:
    """Counts the equations of one program; programs inside are counted once each."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.exact = True
        self._inside: dict[int, Cost] = {}

    def inside(self, program: Program) -> Cost:
        """The cost of a program that an equation holds."""
        found = self._inside.get(id(program))
        if found is None:
            found = self._inside[id(program)] = cost(program)
            self.exact = self.exact and found.exact
        return found

    def lines(self, e: Equation) -> dict[str, Line]:
        """What one equation costs, by operation."""
        specs = [s.spec for s in e.inputs]
        if e.programs:
            return self._control(e)
        if _is_view(e):
            return {e.op.name: Line(1)}
        read = sum(s.nbytes for s in specs)
        written = sum(s.spec.nbytes for s in e.outputs)
        return {e.op.name: Line(1, self._flops(e.op, specs, e), read, written)}

    def _control(self, e: Equation) -> dict[str, Line]:
        """A loop or a branch: its bodies, times their trips; of a branch the dearer one."""
        bodies = {key: self.inside(p) for key, p in e.programs.items()}
        times, own = 1, Line(1)
        if e.op.name == "scan":
            chosen, times = [bodies["body"]], e.attributes["length"]
            own = Line(1, 0, 0, sum(s.spec.nbytes for s in e.outputs[e.attributes["carry"] :]))
        elif e.op.name == "cond":
            chosen = [max(bodies.values(), key=lambda c: c.flops)]
        elif e.op.name == "while_loop":
            chosen = list(bodies.values())
            self.exact = False
        else:
            chosen = [bodies["body"]]
        lines = {e.op.name: own}
        for body in chosen:
            for name, line in body.by_op.items():
                lines[name] = lines.get(name, Line()) + line * times
        return lines

    def _flops(self, op: Op, specs: list[Spec], e: Equation) -> int:
        if op.flops is not None:
            return op.flops(*specs, **e.attributes)
        if op.name in _MOVES or not specs:
            return 0
        if op.name in _REDUCTIONS:
            return max(s.size for s in specs)
        if op.readable is not None:
            scratch = Recorder(op.name, self.program.engine, self.program.device)
            return self.inside(record_readable(scratch, op, specs, e.attributes)[0]).flops
        return sum(s.spec.size for s in e.outputs)

    def peak(self) -> int:
        """The most bytes alive at once."""
        program = self.program
        buffers = Buffers(program, _is_view)
        plan = overwrites(program, Buffers(program))
        always: list[Symbol] = [*program.inputs, *program.constants, *(s for _, s in program.state)]
        held = {buffers.group(s) for s in always}
        results = [*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads)]
        kept = {buffers.group(s) for s in results}
        last = {buffers.group(s): i for i, e in enumerate(program.equations) for s in (*e.inputs, *e.outputs)}
        live = most = sum(s.spec.nbytes for s in always)
        sizes: dict[int, int] = {}
        for i, e in enumerate(program.equations):
            reused = len(plan.get(i, ()))
            for s in e.outputs[reused:] if not _is_view(e) else ():
                sizes[buffers.group(s)] = s.spec.nbytes
                live += s.spec.nbytes
            inner = [self.inside(p) for p in e.programs.values()]
            extra = max(
                (c.peak_bytes - _given(p) for c, p in zip(inner, e.programs.values(), strict=True)), default=0
            )
            most = max(most, live + extra)
            for g in {buffers.group(s) for s in (*e.inputs, *e.outputs)}:
                if last[g] == i and g not in kept and g not in held:
                    live -= sizes.pop(g, 0)
        return most


def _is_view(e: Equation) -> bool:
    """Whether the result needs no memory of its own."""
    return (e.op.may_alias and e.op.name not in _COPIES and not e.programs) or e.op.name in MARKS


def _given(program: Program) -> int:
    """Bytes that a program inside gets from around it."""
    return sum(s.spec.nbytes for s in program.inputs)
