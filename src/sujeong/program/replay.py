"""Replaying a program: a generated Python function of bound kernel calls.

    def run(v0, v1, v2):
        v3 = matmul(v0, v1)
        v4 = add(v3, v2)
        del v3                  # each value goes as soon as nothing reads it
        return (v4,)

There is no graph to walk and nothing to look up while it runs. Where an engine has a kernel that may
overwrite its inputs (an optimiser's update), it is used for variables that nothing else can see, and where
it has one for many variables, one call is made for all; where it has one that writes its result over an
input, for values that nobody reads again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..compiling.compiler import loaded
from ..core import modes
from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..errors import EngineError, SujeongError, add_context, message
from .buffers import Buffers, overwrites, shared_updates, shown_state
from .control.neutral import MARKS, NEUTRAL, REPLAYS
from .ir import Equation, Phase, Program, Symbol
from .joint import Groups, columns, joined, own_inputs
from .native.chain import CHAIN
from .native.kernel import FUSED, compiled_call, compiled_text
from .native.updates import UPDATED
from .reuse import Plan, reuses


class Tripped(Exception):  # noqa: N818 - not an error of the user: `guard` turns it into one
    """A guard of a program did not hold; no variable was changed."""


class Runner:
    """A program made ready to run.

    Attributes:
        run: arrays of the inputs, then of the state -> arrays of outputs, updates and gradients.
        source: the generated function, readable.
        owned: for each state variable, whether its buffer is overwritten, so that it must not be shared.
        shown: for each state variable, whether the buffer of its first value is handed out.
        shared: for each update, whether its buffer may also belong to somebody else.
        compiled: whether compiled kernels are among its calls.

    Args:
        program: after all passes.
        reuse: whether results are written over what nobody reads again.
        joint: whether updates of several variables are one call.
        lent: inputs that belong to the program, so that it may write over them.
        further: symbols that it gives behind the gradients.
    """

    def __init__(
        self,
        program: Program,
        *,
        reuse: bool = True,
        joint: bool = True,
        lent: Sequence[Symbol] = (),
        further: Sequence[Symbol] = (),
    ) -> None:
        self.program = program
        compiled = functools.partial(_is_compiled, program.engine)
        self.compiled = program.device == "cpu" and any(map(compiled, program.equations))
        buffers = Buffers(program)
        plan = overwrites(program, buffers, lent)
        targets = {s for t in plan.values() for s in t}
        self.owned = [s in targets for _, s in program.state]
        self.shown = shown_state(program, buffers)
        self.shared = shared_updates(program, buffers)
        order = _state_last(program, plan)
        over = reuses(program, buffers, order, list(plan)) if reuse else None
        groups = joined(program, buffers, order, plan) if joint else {}
        self.source, names, self._lines = _generate(program, order, plan, over, groups, further)
        scope: dict[str, Any] = dict(names)
        exec(compile(self.source, self._file, "exec"), scope)  # noqa: S102 - our own text, no user's
        self.run: Callable[..., tuple[Any, ...]] = scope["run"]

    @property
    def _file(self) -> str:
        return f"<program {self.program.name} {id(self):x}>"

    def explain(self, error: Exception) -> NoReturn:
        """Raises the error of a run in our own words, with the operation and the user's line."""
        at, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._file:
                at = self._lines.get(trace.tb_lineno)
            trace = trace.tb_next
        if at is None or isinstance(error, (Tripped, MemoryError)):
            raise error
        if at.op is CHAIN and isinstance(error, SujeongError):  # `Plain` has said it
            raise error
        if not isinstance(error, SujeongError):
            what = f"the {self.program.engine.name} engine failed: {type(error).__name__}: {error}"
            error = EngineError(message(at.op.name, what, received=", ".join(str(s.spec) for s in at.inputs)))
        add_context(error, f"in the program of {self.program.name!r}, recorded at {at.place}")
        raise error from None


class Plain:
    """The equations of a chain one by one, for input that it refuses: they say what is wrong with it.

    Args:
        program: that the chain is part of.
        e: the chain.
    """

    def __init__(self, program: Program, e: Equation) -> None:
        self._program, self._equation = program, e

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        """Arrays of the inputs -> arrays of the results."""
        e = self._equation
        part = Program(self._program.name, self._program.engine, self._program.device)
        part.inputs, part.outputs = list(e.inputs), list(e.outputs)
        part.equations = list(e.attributes["chain"].equations)
        part.guards = list(e.attributes["chain"].guards)
        runner = Runner(part, reuse=False, joint=False)
        try:
            return runner.run(*arrays)
        except Exception as error:  # noqa: BLE001 - explained in our own words, and raised
            runner.explain(error)


def _is_compiled(engine: Any, e: Equation) -> bool:
    """Whether an equation runs as a compiled kernel: a group, or an operation with steps of its own."""
    if e.op in (FUSED, CHAIN, UPDATED):
        return True
    text = compiled_text(engine, e)
    return text is not None and loaded(text) is not None


def _state_last(program: Program, plan: dict[int, tuple[Symbol, ...]]) -> list[int]:
    """The order of the equations: what overwrites state, and what follows from it, at the end.

    If anything before fails, no variable has been changed.
    """
    late: set[Symbol] = set()
    last = []
    for i, e in enumerate(program.equations):
        if i in plan or not late.isdisjoint(e.inputs):
            late.update(e.outputs)
            last.append(i)
    first = set(range(len(program.equations))).difference(last)
    return sorted(first) + last


def _generate(
    program: Program,
    order: list[int],
    plan: dict[int, tuple[Symbol, ...]],
    over: Plan | None,
    groups: Groups,
    further: Sequence[Symbol],
) -> tuple[str, dict[str, Any], dict[int, Equation]]:
    """The text of the function, the objects that it names, and the equation of each line."""
    names: dict[str, Any] = {"Tripped": Tripped}
    results = [*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads), *further]
    kept = {s.index for s in results}
    together = {j for members in groups.values() for j in members[1:]}  # they run where the first one does
    lines_of = {i: [program.equations[j] for j in groups.get(i, (i,))] for i in order if i not in together}
    last = {s.index: i for i, es in lines_of.items() for e in es for s in (*e.inputs, *e.outputs)}
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
    made = {s.index for e in program.equations for s in e.outputs}
    lines += [f"    if not v{index}: raise Tripped" for index in sorted(guards - made)]  # given, not computed
    places: dict[int, Equation] = {}
    for i, (e, *more) in lines_of.items():
        call = _joint(program, [e, *more], i, names) if more else _call(program, e, i, plan, over, names)
        lines.append("    " + call)
        places[len(lines)] = e
        lines += [f"    if not v{s.index}: raise Tripped" for s in e.outputs if s.index in guards]
        gone = [f"v{x}" for x in sorted(ends.get(i, ())) if x not in fixed]
        if gone:
            lines.append(f"    del {', '.join(gone)}")
    lines.append("    return (" + "".join(f"v{s.index}, " for s in results) + ")")
    return "\n".join(lines), names, places


def _call(
    program: Program,
    e: Equation,
    i: int,
    plan: dict[int, tuple[Symbol, ...]],
    over: Plan | None,
    names: dict[str, Any],
) -> str:
    arguments = [f"v{s.index}" for s in e.inputs]
    left = ", ".join(f"v{s.index}" for s in e.outputs) + ("," if e.several and len(e.outputs) == 1 else "")
    if e.op.name in MARKS:
        return f"{left} = {arguments[0]}"
    if e.op is FUSED:
        written = over.get(i, {}) if over else {}
        names[f"fused_{i}"] = e.attributes["kernel"].bound(program.engine, written)
        return f"{left} = fused_{i}({', '.join(arguments)})"
    if e.op is UPDATED:
        names[f"updated_{i}"] = e.attributes["updates"].bound(program.engine, plan.get(i, ()))
        return f"{left} = updated_{i}({', '.join(arguments)})"
    if e.op is CHAIN:
        chain = e.attributes["chain"]
        written = {out: n for out, n in chain.over.items() if chain.inputs[n] in plan.get(i, ())}
        made = {s for other in program.equations for s in other.outputs}
        plain = Plain(program, e)
        names[f"chain_{i}"] = chain.bound(program.engine, written, plain, program.constants, made)
        return f"{left} = chain_{i}({', '.join(arguments)})"
    special = compiled_call(program.engine, e) if program.device == "cpu" else None
    if special is not None:
        names[f"compiled_{i}"] = special
        return f"{left} = compiled_{i}({', '.join([*arguments, *_attributes(e, i, names)])})"
    kernel, function = e.op.name, kernel_of(program.engine, e)
    spare = e.inputs and (e.op.name, e.inputs[0].dtype) in program.engine.spares
    if spare:
        kernel = f"{e.op.name}_{e.inputs[0].dtype}"
    elif i in plan:
        kernel, function = f"{e.op.name}_", program.engine.updates[e.op.name]
    elif over and i in over:
        position = over[i][0]
        kernel, function = f"{e.op.name}_over_{position}", program.engine.reuses[e.op.name][position]
    names[kernel] = function
    arguments += _attributes(e, i, names, over is not None)
    return f"{left} = {kernel}({', '.join(arguments)})"


def _joint(program: Program, equations: list[Equation], i: int, names: dict[str, Any]) -> str:
    """The one call of several updates."""
    e = equations[0]
    left, arguments = columns(equations, own_inputs(program, e))
    kernel = f"{e.op.name}_joint"
    names[kernel] = program.engine.joint[e.op.name]
    return f"{left} = {kernel}({', '.join([*arguments, *_attributes(e, i, names)])})"


def _attributes(e: Equation, i: int, names: dict[str, Any], reuse: bool = True) -> list[str]:
    """The attributes of an equation as keywords; their values get names."""
    found = []
    for key, value in e.attributes.items():
        constant = f"a{i}_{key}"
        names[constant] = Runner(value, reuse=reuse) if isinstance(value, Program) else value
        found.append(f"{key}={constant}")
    return found


def kernel_of(engine: Any, e: Equation) -> Callable[..., Any]:
    """The kernel that computes an equation: the engine's (the spare one for its type), or a neutral one."""
    spare = engine.spares.get((e.op.name, e.inputs[0].dtype)) if e.inputs else None
    if spare is not None:
        return spare  # type: ignore[no-any-return]
    kernel: Callable[..., Any] = engine.kernels.get(e.op.name) or NEUTRAL[e.op.name]
    return kernel


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
        if e.phase is Phase.APART:
            with modes.no_grad():
                out = _again(program, e, known)
        else:
            with modes._set(modes.backward, e.phase is Phase.BACKWARD):
                out = _again(program, e, known)
        known.update(zip(e.outputs, out if e.several else (out,), strict=True))
    return tuple(known[s] for s in (*program.outputs, *(s for _, s in program.updates)))


def _again(program: Program, e: Equation, known: dict[Symbol, Tensor]) -> Any:
    """One operation of a program on tensors, as when it was recorded."""
    if not e.inputs:
        engine = modes.recorder.get() or program.engine
        return Tensor(engine.kernels[e.op.name](**e.attributes), engine)
    inputs = [known[s] for s in e.inputs]
    replay = REPLAYS.get(e.op.name)
    return apply(e.op, *inputs, **e.attributes) if replay is None else replay(*inputs, **e.attributes)
