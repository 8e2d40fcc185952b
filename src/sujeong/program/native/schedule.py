"""The order in which a kernel computes a group: sweeps over the matrix, and stages within a row.

    sweep      a walk over all rows. What sums up a column (or everything) is known when it ends, so what
               reads that waits for the next: of batch norm, mean, variance, result
    stage      a loop over one row. What sums up a row is known when the loop ends, so what reads that
               waits for the next: of softmax, maximum, sum, result; the row stays in the cache

A FULL value that a later sweep reads is read back if it is a result of the group, else computed again: to
compute costs less than to write and read. Within a row, heavy values are kept in a buffer of one row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..ir import Equation, Symbol
from .expressions import ALIASES, ELEMENTWISE, REDUCTIONS
from .frame import Frame, Kind, kinds

MOST_SWEEPS = 4
SMALL = (Kind.COLUMN, Kind.SCALAR)


@dataclass
class Sweep:
    """One walk over the matrix.

    Attributes:
        equations: FULL and ROW equations, and reductions, in order.
        loaded: FULL and ROW values that earlier sweeps wrote and this one reads back.
        stage: symbol -> stage in which a FULL value is first known, or from which on a ROW value is.
        buffered: heavy FULL values that a later stage reads.
        written: results of this sweep; what a later stage needs of them it reads back.
    """

    equations: list[Equation] = field(default_factory=list)
    loaded: set[Symbol] = field(default_factory=set)
    stage: dict[Symbol, int] = field(default_factory=dict)
    buffered: set[Symbol] = field(default_factory=set)
    written: set[Symbol] = field(default_factory=set)

    @property
    def stages(self) -> int:
        """How many loops over a row there are."""
        return 1 + max(
            [self.stage[s] for e in self.equations for s in _looped(e, self.stage)],
            default=0,
        )


def _looped(e: Equation, stage: dict[Symbol, int]) -> list[Symbol]:
    """The values whose stage says in which loop an equation runs."""
    return [e.inputs[0]] if e.op.name in REDUCTIONS else [s for s in e.outputs if s in stage]


@dataclass
class Schedule:
    """A group in order.

    Attributes:
        frame: rows and columns.
        kinds: symbol -> what part of the matrix it is.
        inputs: what the group reads.
        outputs: what others read of it.
        before: for each sweep, COLUMN and SCALAR equations that run ahead of it; and a last list for the end.
        sweeps: the walks.
        maker: symbol -> its equation.
        ready: symbol -> number of the sweep in which (COLUMN, SCALAR: ahead of which) it is known.
    """

    frame: Frame
    kinds: dict[Symbol, Kind]
    inputs: list[Symbol]
    outputs: list[Symbol]
    before: list[list[Equation]]
    sweeps: list[Sweep]
    maker: dict[Symbol, Equation]
    ready: dict[Symbol, int]


def scheduled(equations: list[Equation], outputs: Iterable[Symbol], frame: Frame) -> Schedule | None:
    """Puts a group in order.

    Args:
        equations: of the group, each after those that it reads.
        outputs: the results that are read outside.
        frame: the frame to see them in.

    Returns:
        The schedule; `None` where the group does not fit the frame, or needs too many sweeps.
    """
    found = kinds(equations, frame)
    if found is None:
        return None
    maker = {s: e for e in equations for s in e.outputs}
    inputs = list(dict.fromkeys(s for e in equations for s in e.inputs if s not in maker))
    ready, count = _ready(equations, found)
    if count > MOST_SWEEPS:
        return None
    before: list[list[Equation]] = [[] for _ in range(count + 1)]
    for e in equations:
        if found[e.outputs[0]] in SMALL and e.op.name not in REDUCTIONS:
            before[ready[e.outputs[0]]].append(e)
    schedule = Schedule(frame, found, inputs, list(outputs), before, [], maker, ready)
    schedule.sweeps = [_sweep(schedule, equations, number) for number in range(count)]
    return schedule


def fits(equations: list[Equation], found: dict[Symbol, Kind]) -> bool:
    """Whether a group has a schedule, without making it: few enough sweeps.

    Args:
        equations: of the group, each after those that it reads.
        found: symbol -> what part of the matrix it is.
    """
    return _ready(equations, found)[1] <= MOST_SWEEPS


def _ready(equations: list[Equation], found: dict[Symbol, Kind]) -> tuple[dict[Symbol, int], int]:
    """The sweep in which each value is known, and how many sweeps there are."""
    ready: dict[Symbol, int] = {}
    count = 0
    for e in equations:
        out = e.outputs[0]
        at = 0
        for s in e.inputs:
            at = max(at, ready.setdefault(s, 0))
        small = found[out] in SMALL
        ready[out] = at
        if e.op.name in REDUCTIONS:
            count = max(count, at + 1)
            if small:
                ready[out] = at + 1
        elif not small:
            count = max(count, at + 1)
    return ready, count


def _swept(e: Equation, ready: dict[Symbol, int], found: dict[Symbol, Kind]) -> int:
    """The sweep in which an equation runs; -1 for what runs between sweeps."""
    (out,) = e.outputs
    if e.op.name in REDUCTIONS:
        return ready[e.inputs[0]]
    return ready[out] if found[out] not in SMALL else -1


def _sweep(schedule: Schedule, equations: list[Equation], number: int) -> Sweep:
    """What one walk computes: results that are ready in it, sums over it, and all that these read."""
    sweep = Sweep()
    maker, ready, found = schedule.maker, schedule.ready, schedule.kinds
    wanted: set[Equation] = set()
    written = set(schedule.outputs)
    todo: list[Equation] = []
    for e in equations:
        (out,) = e.outputs
        if _swept(e, ready, found) == number and (
            out in written or (e.op.name in REDUCTIONS and found[out] in SMALL)
        ):
            todo.append(e)
    while todo:
        e = todo.pop()
        if e in wanted:
            continue
        wanted.add(e)
        for s in e.inputs:
            if s not in maker or found[s] in SMALL:
                continue
            if ready[s] < number and s in written:
                sweep.loaded.add(s)
            else:
                todo.append(maker[s])
    sweep.equations = [e for e in equations if e in wanted]
    sweep.written = {s for s in written if found[s] not in SMALL and ready[s] == number}
    _stages(schedule, sweep)
    return sweep


def _stages(schedule: Schedule, sweep: Sweep) -> None:
    """Numbers the loops over a row, and finds what must be kept from one to the next."""
    stage, found = sweep.stage, schedule.kinds
    for s in (*schedule.inputs, *sweep.loaded):
        if found[s] not in SMALL:
            stage[s] = 0
    for e in sweep.equations:
        (out,) = e.outputs
        at = max([stage[s] for s in e.inputs if found[s] not in SMALL], default=0)
        if e.op.name not in REDUCTIONS:
            stage[out] = at
        elif found[out] is Kind.ROW:
            stage[out] = at + 1
    for e in sweep.equations:
        at = stage[_looped(e, stage)[0]] if _looped(e, stage) else 0
        todo = [(s, at) for s in e.inputs]
        while todo:  # through values that are computed again
            s, when = todo.pop()
            if s not in stage or found[s] is not Kind.FULL or stage[s] >= when or s not in schedule.maker:
                continue
            if s in sweep.loaded or s in sweep.written:
                continue
            if heavy(schedule.maker[s]):
                sweep.buffered.add(s)
            else:
                todo += [(x, when) for x in schedule.maker[s].inputs]


def heavy(e: Equation) -> bool:
    """Whether a value costs so much that it is kept for the next stage."""
    name = e.op.name
    return name not in ALIASES and name in ELEMENTWISE and ELEMENTWISE[name].heavy
