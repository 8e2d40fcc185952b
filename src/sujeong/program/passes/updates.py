"""Updates of large variables by one compiled call, which reads gradients in 16 bits as they are.

    %5 = astype float32 %4
    %6, %7, %8 = adam_update %0 %1 %2 %5 %3 %9      ->      %6, %7, %8, %16, %17, %18 = updated
    %16, %17, %18 = adam_update %10 ... %3 %9                   %0 %1 %2 %4, %10 ..., %3 %9

    %5 = index_add %4 %ids              ->      %6, %7, %8 = updated %0 %1 %2 %4 %ids ...
    %6, %7, %8 = adam_update %0 %1 %2 %5 ...

A gradient that is a sum of picked rows is never in memory (`native/summed.py`), where an equation before has
read the same ids: then they are right.

It comes last, when nothing else can fail. Small variables are part of a chain by then. The call can also
write the new values in 16 bits: whether somebody reads these, `kept` finds out. Used if its function lies in
the cache, as kernels of groups are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from ...core import dtypes
from ..ir import Equation, Program, Symbol
from ..joint import alike, own_inputs
from ..native.chain import CHAIN
from ..native.summed import Summed, summed
from ..native.updated import UPDATES
from ..native.updates import Member, Updates
from .fusion import ready, wanted
from .rewrite import rebuilt, results


def updates(program: Program) -> Program:
    """The program with one call for the updates that nothing follows, where the engine and the cache have it.

    Args:
        program: after chains.

    Returns:
        The same results, to rounding.
    """
    if not wanted(program, program.engine.updated):
        return program
    calls, gone = _calls(program, _groups(program))
    if not calls or not ready([call for call, _ in calls]):
        return program
    rest = [e for e in program.equations if e not in gone]
    return rebuilt(program, rest + [call.equation(e.place, e.phase) for call, e in calls])


def _groups(program: Program) -> list[list[Equation]]:
    """The updates that can be made last, those of one call together."""
    read = {s for e in program.equations for s in e.inputs} | set(program.guards)
    groups: dict[Hashable, list[Equation]] = {}
    for e in program.equations:
        if e.op.name in UPDATES and read.isdisjoint(e.outputs) and _fits(e):
            groups.setdefault(alike(e, own_inputs(program, e)), []).append(e)
    return list(groups.values())


def _fits(e: Equation) -> bool:
    """Whether everything has 32 bits, and something is to be done."""
    return all(s.dtype is dtypes.float32 for s in e.inputs) and bool(e.inputs[0].spec.nbytes)


def _calls(
    program: Program, groups: Iterable[list[Equation]]
) -> tuple[list[tuple[Updates, Equation]], set[Equation]]:
    """The call of each group, with one of its equations; and the equations that it takes the place of."""
    makers = {s: e for e in program.equations for s in e.outputs}
    times: dict[Symbol, int] = {}
    for s in (*(s for e in program.equations for s in e.inputs), *results(program)):
        times[s] = times.get(s, 0) + 1
    calls, gone = [], set()
    known = _Known(program, makers)
    for group in groups:
        members = []
        for e in group:
            *state, gradient = e.inputs[: own_inputs(program, e)]
            maker, sums = makers.get(gradient), None
            if maker is not None and times[gradient] == 1:
                sums = known.sums(maker)
                if sums is not None or _widens(maker):
                    gradient = maker.inputs[0]
                    gone.add(maker)
            members.append(Member(tuple(state), gradient, e.outputs, sums=sums))
        gone.update(group)
        first = group[0]
        shared = first.inputs[own_inputs(program, first) :]
        calls.append((Updates(first.op.name, members, shared, first.attributes), group[-1]))
    return calls, gone


def _widens(e: Equation) -> bool:
    return e.op.name == "astype" and e.inputs[0].dtype is dtypes.bfloat16


class _Known:
    """Ids that an equation of a program has found to be right for a table.

    Args:
        program: any program.
        makers: symbol -> the equation that makes it.
    """

    def __init__(self, program: Program, makers: Mapping[Symbol, Equation]) -> None:
        self._makers = makers
        self._right = {self._key(e.inputs[1:], e.inputs[0].shape[0]) for e in _all(program) if _looks(e)}

    def sums(self, e: Equation) -> Summed | None:
        """An equation's result as sums that need not look at their ids."""
        if e.op.name not in ("index_add", "embedding_bag_gradient"):
            return None
        right = self._key(e.inputs[1:], e.attributes["size"]) in self._right
        return summed(e) if right else None

    def _key(self, ids: Iterable[Symbol], size: int) -> Hashable:
        return size, tuple([self._root(s) for s in ids])

    def _root(self, s: Symbol) -> Symbol:
        """The symbol whose numbers these are, in whatever shape."""
        while s in self._makers and self._makers[s].op.name == "reshape":
            s = self._makers[s].inputs[0]
        return s


def _all(program: Program) -> Iterator[Equation]:
    """The equations of a program and of its chains."""
    for e in program.equations:
        yield from e.attributes["chain"].equations if e.op is CHAIN else (e,)


def _looks(e: Equation) -> bool:
    """Whether an equation refuses ids outside of its table's rows."""
    always = ("take_mean", "take_as", "embedding_bag")
    return e.op.name in always or (e.op.name == "take" and e.attributes["axis"] == 0)
