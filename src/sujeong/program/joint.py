"""Which updates are done in one call: those of all variables that one step of an optimiser changes.

    v8, v9 = adam_update_(v1, v2, v3, v4, rate, step)           [v8, v18], [v9, v19] = adam_update_joint(
    v18, v19 = adam_update_(v11, v12, v13, v14, rate, step)         [v1, v11], [v2, v12], ..., rate, step)

A call costs microseconds whatever its arrays hold, and a network has many variables of few numbers. Equations
that overwrite variables are joined if they have the same operation, attributes, element type and shared
inputs (rate, number of the step), and if the later ones may as well run where the first one does: what they
read is there, and nothing in between reads what they overwrite.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from .buffers import Buffers
from .ir import Equation, Program, Symbol

Groups = dict[int, list[int]]


def joined(
    program: Program, buffers: Buffers, order: Sequence[int], plan: Mapping[int, tuple[Symbol, ...]]
) -> Groups:
    """The updates that run in one call, by the engine's kernels in `Engine.joint`.

    Args:
        program: the program.
        buffers: its groups of symbols that may share memory.
        order: in which its equations run, one by one.
        plan: equations that overwrite variables, each with the symbols that it overwrites.

    Returns:
        Number of the first equation of each group -> numbers of all its equations, two or more.
    """
    kernels = program.engine.joint
    made = {s: at for at, i in enumerate(order) for s in program.equations[i].outputs}
    starts: dict[Hashable, int] = {}
    groups: Groups = {}
    for at, i in enumerate(order):
        e = program.equations[i]
        kernel = kernels.get(e.op.name) if i in plan else None
        if kernel is None or e.inputs[0].spec.nbytes > kernel.largest:
            continue
        key = alike(e, own_inputs(program, e))
        start = starts.setdefault(key, at)
        between = {buffers.group(s) for j in order[start:at] for s in program.equations[j].inputs}
        ready = all(made.get(s, -1) < start for s in e.inputs)
        if not ready or not between.isdisjoint(buffers.group(s) for s in plan[i]):
            starts[key] = start = at  # a new group begins here
        groups.setdefault(order[start], []).append(i)
    return {first: members for first, members in groups.items() if len(members) > 1}


def own_inputs(program: Program, e: Equation) -> int:
    """How many inputs of an update belong to its variable: weights, slots, gradient. The rest is shared."""
    return int(program.engine.updates[e.op.name].overwrites) + 1


def columns(equations: Sequence[Equation], own: int) -> tuple[str, list[str]]:
    """The text of a joint call: what it defines, and its arguments; a list for each position.

    Args:
        equations: the members of a group.
        own: how many inputs of each are its own.

    Returns:
        The left side, and the arguments.
    """
    left = [_listed(column) for column in zip(*[e.outputs for e in equations], strict=True)]
    right = [_listed(column) for column in zip(*[e.inputs[:own] for e in equations], strict=True)]
    return ", ".join(left), [*right, *(f"v{s.index}" for s in equations[0].inputs[own:])]


def _listed(symbols: Sequence[Symbol]) -> str:
    return "[" + ", ".join(f"v{s.index}" for s in symbols) + "]"


def alike(e: Equation, own: int) -> Hashable:
    """What updates of one call have in common; numbers by their digits, since 0.0 and -0.0 are equal.

    Args:
        e: an update.
        own: how many of its inputs belong to its variable.

    Returns:
        A key.
    """
    attributes: list[tuple[str, Any]] = sorted((k, repr(v)) for k, v in e.attributes.items())
    return e.op.name, e.inputs[0].dtype, tuple(attributes), tuple([s.index for s in e.inputs[own:]])
