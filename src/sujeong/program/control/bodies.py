"""Bodies: functions that are recorded inside a recording, and run as part of it.

What a body reads from around it, tensors and variables, becomes further inputs of its program, the same
for all bodies of one operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...core import modes, tree
from ...core.engine import current
from ...core.spec import Spec
from ...core.tensor import Tensor, as_tensor
from ...errors import ArgumentError, message
from ..ir import Program
from ..recorder import Recorder
from ..recording import recording


class Body:
    """A recorded body, before it is closed.

    Attributes:
        recorder: where it was written down.
        inputs: its arguments.
        outputs: its results.
        structure: how the results stood together.
    """

    def __init__(
        self, recorder: Recorder, inputs: list[Tensor], outputs: list[Tensor], structure: tree.Structure
    ) -> None:
        self.recorder, self.inputs, self.outputs, self.structure = recorder, inputs, outputs, structure

    @property
    def reads_gradients(self) -> bool:
        """Whether something that it reads from around it requires a gradient."""
        return any(outer._node is not None for outer, _, _ in self.recorder.captured.values())


def flows(tensors: Sequence[Tensor]) -> list[bool]:
    """For each tensor, whether a gradient may be asked for that flows to it."""
    on = modes.grad_enabled.get()
    return [on and t._node is not None and t.dtype.is_differentiable for t in tensors]


def trace(
    parent: Recorder | None,
    name: str,
    function: Callable[..., Any],
    structures: Sequence[tree.Structure],
    specs: Sequence[Spec],
    requires: Sequence[bool],
    target: tuple[Any, str] | None = None,
) -> Body:
    """Records a function inside a recording.

    Args:
        parent: the recording around it; `None` where only the specs of its results are asked for.
        name: of the program.
        function: takes one tree for each structure, gives a tree.
        structures: of its arguments.
        specs: of all leaves of its arguments, in order.
        requires: for each leaf, whether gradients flow to it.
        target: engine and device, if there is no recording around it; default the chosen ones.

    Returns:
        The body, not yet closed.
    """
    if parent is not None:
        target = parent.target, parent.target_device
    engine, device = target or current()
    recorder = Recorder(name, engine, device, parent)
    inputs = [recorder.input(s, r) for s, r in zip(specs, requires, strict=True)]
    rest, arguments = inputs, []
    for structure in structures:
        arguments.append(tree.unflatten(structure, rest[: structure.count]))
        rest = rest[structure.count :]
    with recording(recorder):
        leaves, structure = tree.flatten(function(*arguments))
        outputs = [recorder.lift(as_tensor(v, name), name) for v in leaves]
    return Body(recorder, inputs, outputs, structure)


def close(*bodies: tuple[Body, list[Tensor]]) -> tuple[list[Tensor], list[Program]]:
    """Closes the bodies of one operation: drops what is not needed, and gives all the same further inputs.

    Args:
        *bodies: each with the results that are wanted.

    Returns:
        The tensors that they read from around them, and their programs, which take these last.
    """
    outer: dict[tuple[int, int], Tensor] = {}
    own = []
    for body, outputs in bodies:
        used = _prune(body.recorder.program, outputs)
        mine = {}
        for around, inside, _ in body.recorder.captured.values():
            if inside._array.index in used:
                key = id(around._array), id(around._node)
                outer[key], mine[key] = around, inside._array
        own.append(mine)
    programs = []
    for (body, outputs), mine in zip(bodies, own, strict=True):
        recorder = body.recorder
        recorder.program.inputs += [mine.get(key) or recorder.symbol(t.spec) for key, t in outer.items()]
        programs.append(recorder.finish(outputs))
    return list(outer.values()), programs


def _prune(program: Program, outputs: list[Tensor]) -> set[int]:
    """Drops what no result needs, since a body may run many times; gives the symbols that are left."""
    used = {t._array.index for t in outputs}
    kept = []
    for e in reversed(program.equations):
        if any(s.index in used for s in e.outputs):
            kept.append(e)
            used |= {s.index for s in e.inputs}
    program.equations = kept[::-1]
    program.constants = {s: v for s, v in program.constants.items() if s.index in used}
    return used


def name_of(function: Any, default: str) -> str:
    """The name of a user's function, for the program."""
    return getattr(function, "__name__", default)


def check_carry(op: str, before: tuple[tree.Structure, list[Spec]], after: tuple[Any, list[Spec]]) -> None:
    """Refuses a body whose carry comes out unlike it went in."""
    if after[0] != before[0]:
        what = "the carry must come out as the tree that went in."
        fix = "return the same dict, list or tuple, with the same keys."
        raise ArgumentError(message(op, what, received=after[0], expected=before[0], fix=fix))
    if after[1] != before[1]:
        raise ArgumentError(
            message(
                op,
                "the carry must keep its shapes and element types.",
                received=", ".join(map(str, after[1])),
                expected=", ".join(map(str, before[1])),
                fix="start from a value of the final kind, such as sj.zeros(shape, dtype=...) or 0.0 "
                "instead of 0, or cast inside with sj.astype.",
            )
        )
