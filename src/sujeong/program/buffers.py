"""Which symbols of a program may share memory: what may be overwritten, what must be copied.

An operation with `may_alias` (reshape, a loop that hands its carry through) can give a view of an input, so
its inputs and outputs are taken as one group. All other operations give fresh memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from .ir import Equation, Program, Symbol
from .native.chain import CHAIN
from .native.updates import UPDATED


class Buffers:
    """The groups of symbols that may share memory.

    Args:
        program: the program.
        shares: whether an equation's results may share memory with its inputs.
    """

    def __init__(self, program: Program, shares: Callable[[Equation], bool] | None = None) -> None:
        self._parent: dict[int, int] = {}
        for e in program.equations:
            if e.op.may_alias if shares is None else shares(e):
                for s in (*e.inputs, *e.outputs):
                    self._parent[self.group(s)] = self.group(e.outputs[0])

    def group(self, symbol: Symbol) -> int:
        """The number of a symbol's group."""
        at = symbol.index
        while (up := self._parent.get(at, at)) != at:
            self._parent[at] = self._parent.get(up, up)
            at = up
        return at


def overwrites(
    program: Program, buffers: Buffers, lent: Iterable[Symbol] = ()
) -> dict[int, tuple[Symbol, ...]]:
    """Equations that may use a kernel of `engine.updates`, each with the state symbols that it overwrites.

    The kernel overwrites its first inputs. Each must be a variable's first value, and neither it nor a view
    of it may be read later, read beside it, or handed out. Nothing is overwritten before the last guard.

    Args:
        program: the program.
        buffers: its groups of symbols that may share memory.
        lent: inputs that are nobody else's.

    Returns:
        Number of an equation -> what it overwrites.
    """
    plan: dict[int, tuple[Symbol, ...]] = {}
    state = {*(s for _, s in program.state), *lent}
    handed = {buffers.group(s) for s in _results(program)}
    last = {buffers.group(s): i for i, e in enumerate(program.equations) for s in e.inputs}
    made = {s.index for e in program.equations for s in e.outputs}
    waiting = {s.index for s in program.guards} & made  # what is given is checked before anything runs
    for i, e in enumerate(program.equations):
        waiting -= {s.index for s in e.outputs}
        targets = _asked(program, e)
        if not targets or waiting:
            continue
        beside = Counter(buffers.group(s) for s in e.inputs)
        groups = [buffers.group(t) for t in targets]
        own = [
            t in state and last[g] == i and beside[g] == 1 and g not in handed
            for t, g in zip(targets, groups, strict=True)
        ]
        several = e.op is CHAIN or e.op is UPDATED
        if several:  # variables, each for itself
            targets = tuple([t for t, mine in zip(targets, own, strict=True) if mine])
        if all(own) or (several and targets):
            plan[i] = targets
    return plan


def _asked(program: Program, e: Equation) -> tuple[Symbol, ...]:
    """What an equation would overwrite."""
    if e.op is CHAIN:
        return tuple(e.attributes["chain"].overwritten)
    if e.op is UPDATED:
        return tuple(e.attributes["updates"].overwritten)
    update = program.engine.updates.get(e.op.name)
    return () if update is None else e.inputs[: update.overwrites]


def shared_updates(program: Program, buffers: Buffers) -> list[bool]:
    """For each update, whether its memory may be somebody else's too: an argument, a constant, a result."""
    elsewhere = {
        buffers.group(s)
        for s in (
            *program.inputs,
            *program.constants,
            *program.outputs,
            *(s for _, s in program.state),
            *(s for _, s in program.grads),
            *(s for e in program.equations for s in _from_bodies(e)),
        )
    }
    times = Counter(buffers.group(s) for _, s in program.updates)
    return [buffers.group(s) in elsewhere or times[buffers.group(s)] > 1 for _, s in program.updates]


def shown_state(program: Program, buffers: Buffers) -> list[bool]:
    """For each state variable, whether the memory of its first value is handed out."""
    handed = {buffers.group(s) for s in _results(program)}
    return [buffers.group(s) in handed for _, s in program.state]


def _results(program: Program) -> list[Symbol]:
    return [*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads)]


def _from_bodies(e: Equation) -> tuple[Symbol, ...]:
    """Results that may be a constant of a program inside."""
    return e.outputs if e.programs else ()
