"""Programs that an engine runs in a way of its own, such as a whole step in one launch.

The engine gets the program without its checks: guards become results, for it to look at when it likes, so
`Tripped` may come late. What it must keep: a step whose guard does not hold changes no variable, and neither
does any step after it until the host has been told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core.executors import Executor, Job
from ..core.tensor import Tensor
from .ir import Program
from .passes.order import switched_off
from .passes.rewrite import rebuilt
from .replay import Runner, Tripped

CHOOSES = frozenset({"cond", "while_loop"})
"""Operations whose kernel asks for a truth value to know what to do next."""


class TrippedLate(Tripped):
    """A guard did not hold, and the host was told later; no variable was changed since.

    Attributes:
        step: number of the step among the runs of its program, from 1.
        late: how many steps ran after it, without effect.
        arguments: tensors that the step was called with, in the order of the leaves of its arguments.
    """

    def __init__(self, step: int, late: int, arguments: list[Tensor]) -> None:
        super().__init__(f"a guard did not hold in step {step}, {late} steps ago; nothing was changed since")
        self.step, self.late, self.arguments = step, late, arguments


def executor_of(program: Program) -> Executor | None:
    """The engine's own way to run a program.

    Args:
        program: after all passes.

    Returns:
        The executor; `None` if the engine has none for it, or `graphs` is switched off.
    """
    make = program.engine.executor
    if make is None or "graphs" in switched_off():
        return None
    return make(job_of(program), program.device)  # type: ignore[no-any-return]


def job_of(program: Program) -> Job:
    """What an engine has to know of a program; nothing is generated before it asks.

    Args:
        program: after all passes.

    Returns:
        The job.
    """
    variables = list(dict.fromkeys([v for v, _ in (*program.state, *program.updates)]))
    place = {v: i for i, v in enumerate(variables)}
    off = switched_off()

    def make() -> tuple[Any, list[bool]]:
        runner = Runner(unguarded(program), reuse="reuse" not in off, joint="joint" not in off)
        return runner.run, runner.owned

    return Job(
        name=program.name,
        operations=frozenset(_operations(program)),
        refusal=_refusal(program),
        variables=variables,
        reads=[place[v] for v, _ in program.state],
        writes=[place[v] for v, _ in program.updates],
        outputs=len(program.outputs),
        flags=len(program.guards),
        urgent=program.precision == "mixed_float16",  # its scale is found by steps that overflow
        make=make,
        tripped=lambda step, late, arrays: TrippedLate(
            step, late, [Tensor(a, program.engine) for a in arrays]
        ),
    )


def unguarded(program: Program) -> Program:
    """The program with its guards as further results instead of checks."""
    new = rebuilt(program, program.equations)
    new.outputs, new.guards = [*new.outputs, *new.guards], []
    return new.check()


def _operations(program: Program) -> Iterator[str]:
    for e in program.equations:
        yield e.op.name
        for body in e.programs.values():
            yield from _operations(body)


def _refusal(program: Program) -> str | None:
    if program.grads or program.cleared or program.adds_to:
        return "it sets gradients of variables"
    chosen = CHOOSES.intersection(_operations(program))
    if chosen:
        return f"{min(chosen)} asks for a value to go on"
    return None
