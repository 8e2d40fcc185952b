"""Replaying a program: a generated Python function of bound kernel calls.

    def run(v0, v1, v2):
        v3 = matmul(v0, v1)
        v4 = add(v3, v2)
        del v3                  # each value goes as soon as nothing reads it
        return (v4,)

There is no graph to walk and nothing to look up while it runs. Where an engine has a kernel that may
overwrite its inputs (an optimiser's update), it is used for variables that nothing else can see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Tensor
from ..core.dispatch import apply
from .ir import Equation, Program, Symbol


class Tripped(Exception):  # noqa: N818 - not an error of the user: `guard` turns it into one
    """A guard of a program did not hold; no variable was changed."""


class Runner:
    """A program made ready to run.

    Attributes:
        run: arrays of the inputs, then of the state -> arrays of outputs, updates and gradients.
        source: the generated function, readable.
        owned: for each state variable, whether its buffer is overwritten, so that it must not be shared.
        leaked: for each update, whether its buffer is also handed out as a result.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        plan = _overwrites(program)
        self.owned = [s in plan.values() for _, s in program.state]
        shown = _aliases(program, program.outputs)
        self.leaked = [s in shown for _, s in program.updates]
        self.source, names = _generate(program, plan)
        scope: dict[str, Any] = dict(names)
        exec(compile(self.source, f"<program {program.name}>", "exec"), scope)
        self.run: Callable[..., tuple[Any, ...]] = scope["run"]


def _generate(program: Program, plan: dict[int, Symbol]) -> tuple[str, dict[str, Any]]:
    """The text of the function, and the objects that it names."""
    names: dict[str, Any] = {}
    kept = {s.index for s in (*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads))}
    last: dict[int, int] = {}
    for i, e in enumerate(program.equations):
        for s in (*e.inputs, *e.outputs):
            last[s.index] = i
    ends: dict[int, list[int]] = {}
    for index, i in last.items():
        if index not in kept:
            ends.setdefault(i, []).append(index)
    for symbol, value in program.constants.items():
        names[f"v{symbol.index}"] = value._array
    fixed = {s.index for s in program.constants}
    arguments = ", ".join(f"v{s.index}" for s in (*program.inputs, *(s for _, s in program.state)))
    lines = [f"def run({arguments}):"]
    guards = {s.index for s in program.guards}
    names["Tripped"] = Tripped
    for i, e in enumerate(program.equations):
        lines.append("    " + _call(program, e, i, plan, names))
        lines += [f"    if not v{s.index}: raise Tripped" for s in e.outputs if s.index in guards]
        gone = [f"v{x}" for x in sorted(ends.get(i, ())) if x not in fixed]
        if gone:
            lines.append(f"    del {', '.join(gone)}")
    results = [*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads)]
    lines.append("    return (" + "".join(f"v{s.index}, " for s in results) + ")")
    return "\n".join(lines), names


def _call(program: Program, e: Equation, i: int, plan: dict[int, Symbol], names: dict[str, Any]) -> str:
    table = program.engine.updates if i in plan else program.engine.kernels
    kernel = f"{e.op.name}_" if i in plan else e.op.name
    names[kernel] = table[e.op.name]
    arguments = [f"v{s.index}" for s in e.inputs]
    for key, value in e.attributes.items():
        constant = f"a{i}_{key}"
        names[constant] = Runner(value) if isinstance(value, Program) else value
        arguments.append(f"{key}={constant}")
    left = ", ".join(f"v{s.index}" for s in e.outputs) + ("," if e.several and len(e.outputs) == 1 else "")
    return f"{left} = {kernel}({', '.join(arguments)})"


def _aliases(program: Program, symbols: list[Symbol]) -> set[Symbol]:
    """All symbols whose buffers the given ones may share: back and forth through operations that give views."""
    group: dict[Symbol, Symbol] = {}

    def root(s: Symbol) -> Symbol:
        while group.get(s, s) is not s:
            s = group[s]
        return s

    every: list[Symbol] = []
    for e in program.equations:
        every += [*e.inputs, *e.outputs]
        if e.op.may_alias:
            for a in e.inputs:
                for b in e.outputs:
                    group[root(a)] = root(b)
    roots = {root(s) for s in symbols}
    return {s for s in every if root(s) in roots} | set(symbols)


def _overwrites(program: Program) -> dict[int, Symbol]:
    """Equations that may use a kernel of `engine.updates`, each with the state symbol that it overwrites.

    The kernel overwrites its first inputs. Each must be a variable's first value, and neither it nor a
    view of it may be read later or handed out.
    """
    plan: dict[int, Symbol] = {}
    state = {s for _, s in program.state}
    handed = {*program.outputs, *(s for _, s in program.grads)}
    last: dict[Symbol, int] = {}
    for i, e in enumerate(program.equations):
        for s in e.inputs:
            last[s] = i
    waiting = {s.index for s in program.guards}
    for i, e in enumerate(program.equations):
        waiting -= {s.index for s in e.outputs}
        update = program.engine.updates.get(e.op.name)
        if update is None or waiting:
            continue
        targets = e.inputs[: update.overwrites]
        if len(set(targets)) != len(targets) or not all(t in state for t in targets):
            continue
        views = [_aliases(program, [t]) for t in targets]
        safe = all(last.get(s, -1) <= i and s not in handed for view in views for s in view if s not in e.outputs)
        if safe and all(last[t] == i for t in targets):
            plan[i] = targets[0]
            for t in targets[1:]:
                plan[-len(plan) - 1] = t
    return plan


def evaluate(program: Program, *values: Tensor) -> tuple[Tensor, ...]:
    """Runs a program one operation at a time, so that gradients are noted: the readable form of a replay.

    Args:
        program: the program.
        *values: tensors of the inputs, then of the state.

    Returns:
        Tensors of the outputs, then of the updates.
    """
    known: dict[Symbol, Tensor] = dict(program.constants)
    known.update(zip((*program.inputs, *(s for _, s in program.state)), values, strict=True))
    for e in program.equations:
        if e.inputs:
            out = apply(e.op, *[known[s] for s in e.inputs], **e.attributes)
        else:
            out = Tensor(program.engine.kernels[e.op.name](**e.attributes), program.engine)
        known.update(zip(e.outputs, out if e.several else (out,), strict=True))
    return tuple(known[s] for s in (*program.outputs, *(s for _, s in program.updates)))
