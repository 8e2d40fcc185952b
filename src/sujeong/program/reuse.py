"""Which operations may write their result over an input: memory that nobody reads again is used anew.

An input may be overwritten if it is the work of an equation (no argument, variable, constant), if this is
the last use of it and of all its views, if it is not handed out, and if the result has its shape and element
type. The numbers are the same to the bit; what is saved is fresh memory, which costs a read before it is
written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .buffers import Buffers
from .ir import Equation, Program, Symbol
from .native.kernel import FUSED
from .passes.rewrite import results

LEAST = 4096
"""Bytes from which it pays; for a compiled kernel it always does, an array less to make."""


Plan = dict[int, dict[int, int]]
"""Number of an equation -> position of a result -> position of the input that it is written over."""


def reuses(program: Program, buffers: Buffers, order: Sequence[int], taken: Sequence[int]) -> Plan:
    """Equations that may write results over inputs: by a kernel of `engine.reuses`, or a compiled one.

    Args:
        program: the program.
        buffers: its groups of symbols that may share memory.
        order: in which its equations run.
        taken: equations that overwrite variables already.

    Returns:
        The plan.
    """
    last: dict[int, int] = {}
    for at, i in enumerate(order):
        for s in program.equations[i].inputs:
            last[buffers.group(s)] = at
    fixed = {buffers.group(s) for s in (*results(program), *_given(program))}
    fixed |= {buffers.group(s) for e in program.equations if e.programs for s in e.outputs}
    fresh = {s for e in program.equations if not e.op.may_alias for s in e.outputs}
    plan: Plan = {}
    for at, i in enumerate(order):
        e = program.equations[i]
        if i in taken:
            continue
        beside = Counter(buffers.group(s) for s in e.inputs)
        free = {
            position
            for position, s in enumerate(e.inputs)
            if last[group := buffers.group(s)] == at
            and beside[group] == 1
            and group not in fixed
            and s in fresh
            and (e.op is FUSED or s.spec.nbytes >= LEAST)
        }
        found = _pairs(program, e, free)
        if found:
            plan[i] = found
    return plan


def _pairs(program: Program, e: Equation, free: set[int]) -> dict[int, int]:
    """Position of a result -> position of one of the free inputs, as the kernel of an equation allows."""
    if e.op is FUSED:
        allowed = e.attributes["kernel"].over
    elif e.several or not e.outputs[0].dtype.is_floating:
        return {}
    else:
        allowed = {0: program.engine.reuses.get(e.op.name, ())}
    found: dict[int, int] = {}
    for out, positions in allowed.items():
        for position in positions:
            if position in free and e.inputs[position].spec == e.outputs[out].spec:
                found[out] = position
                free.discard(position)
                break
    return found


def _given(program: Program) -> list[Symbol]:
    """What the program did not make: arguments, variables, constants."""
    return [*program.inputs, *(s for _, s in program.state), *program.constants]
