"""Updates of large variables by one compiled call, which reads gradients in 16 bits as they are.

    %5 = astype float32 %4
    %6, %7, %8 = adam_update %0 %1 %2 %5 %3 %9      ->      %6, %7, %8, %16, %17, %18 = updated
    %16, %17, %18 = adam_update %10 ... %3 %9                   %0 %1 %2 %4, %10 ..., %3 %9

It comes last, when nothing else can fail. Small variables are part of a chain by then. The call can also
write the new values in 16 bits: whether somebody reads these, `kept` finds out. Used if its function lies in
the cache, as kernels of groups are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ...compiling import compiler
from ...core import dtypes
from ..ir import Equation, Program, Symbol
from ..native.updated import UPDATES
from ..native.updates import Member, Updates
from .fusion import builds
from .rewrite import rebuilt, results


def updates(program: Program) -> Program:
    """The program with one call for the updates that nothing follows, where the engine and the cache have it.

    Args:
        program: after chains.

    Returns:
        The same results, to rounding.
    """
    engine = program.engine
    if engine.updated is None or program.device != "cpu" or not compiler.enabled():
        return program
    if builds() is None and not compiler.folder().is_dir():
        return program
    groups = _groups(program)
    if not groups:
        return program
    calls, gone = _calls(program, groups)
    texts = builds()
    if texts is not None:
        texts += [c.text for c, _ in calls]
        compiler.build([c.text for c, _ in calls])
    for call, _ in calls:
        call.function = compiler.load(call.text)
        if call.function is None:
            return program
    rest = [e for e in program.equations if e not in gone]
    return rebuilt(program, rest + [call.equation(e.place, e.phase) for call, e in calls])


def _groups(program: Program) -> list[list[Equation]]:
    """The updates that can be made last, those of one call together."""
    read = {s for e in program.equations for s in e.inputs} | set(program.guards)
    groups: dict[Hashable, list[Equation]] = {}
    for e in program.equations:
        if e.op.name in UPDATES and read.isdisjoint(e.outputs) and _fits(e):
            shared = e.inputs[len(e.outputs) + 1 :]
            settings = sorted((k, repr(v)) for k, v in e.attributes.items())
            groups.setdefault((e.op.name, tuple(settings), shared), []).append(e)
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
    for group in groups:
        members = []
        for e in group:
            states = len(e.outputs)
            gradient = e.inputs[states]
            cast = makers.get(gradient)
            if cast is not None and times[gradient] == 1 and _widens(cast):
                gradient = cast.inputs[0]
                gone.add(cast)
            members.append(Member(e.inputs[:states], gradient, e.outputs))
        gone.update(group)
        first = group[0]
        shared = first.inputs[len(first.outputs) + 1 :]
        calls.append((Updates(first.op.name, members, shared, first.attributes), group[-1]))
    return calls, gone


def _widens(e: Equation) -> bool:
    return e.op.name == "astype" and e.inputs[0].dtype is dtypes.bfloat16
