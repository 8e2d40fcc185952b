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
from .ir import Program, Symbol
from .passes.rewrite import results

LEAST = 4096
"""Bytes from which it pays."""


def reuses(program: Program, buffers: Buffers, order: Sequence[int], taken: Sequence[int]) -> dict[int, int]:
    """Equations that may use a kernel of `engine.reuses`, each with the position of the input it overwrites.

    Args:
        program: the program.
        buffers: its groups of symbols that may share memory.
        order: in which its equations run.
        taken: equations that overwrite variables already.

    Returns:
        Number of the equation -> position of the input.
    """
    last: dict[int, int] = {}
    for at, i in enumerate(order):
        for s in program.equations[i].inputs:
            last[buffers.group(s)] = at
    fixed = {buffers.group(s) for s in (*results(program), *_given(program))}
    fixed |= {buffers.group(s) for e in program.equations if e.programs for s in e.outputs}
    fresh = {s for e in program.equations if not e.op.may_alias for s in e.outputs}
    plan: dict[int, int] = {}
    for at, i in enumerate(order):
        e = program.equations[i]
        kernels = program.engine.reuses.get(e.op.name)
        if kernels is None or i in taken or e.several or not e.outputs[0].dtype.is_floating:
            continue
        beside = Counter(buffers.group(s) for s in e.inputs)
        for position in kernels:
            s = e.inputs[position]
            group = buffers.group(s)
            ends = last[group] == at and beside[group] == 1 and group not in fixed
            if ends and s in fresh and s.spec == e.outputs[0].spec and s.spec.nbytes >= LEAST:
                plan[i] = position
                break
    return plan


def _given(program: Program) -> list[Symbol]:
    """What the program did not make: arguments, variables, constants."""
    return [*program.inputs, *(s for _, s in program.state), *program.constants]
