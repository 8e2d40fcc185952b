"""What a program asks of variables that it only reads, done once and kept from run to run.

    casts    the same numbers in 16 bits, in mixed precision: the program takes them as further inputs
    lays     the same numbers in the order in memory that a kernel reads best: the variable takes that order

Weights in prediction are such variables, and frozen layers in training. What was kept is made anew as soon
as a variable holds another value, whoever gave it: every change puts a new tensor in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Tensor
from ..core.variable import Variable
from .ir import Equation, Program, Symbol
from .passes.rewrite import rebuilt
from .replay import kernel_of


class Cast:
    """A variable in another element type.

    Args:
        variable: read only.
        make: gives the array for the variable's own.
    """

    __slots__ = ("array", "make", "seen", "variable")

    def __init__(self, variable: Variable, make: Callable[[Any], Any]) -> None:
        self.variable, self.make = variable, make
        self.seen: Tensor | None = None
        self.array: Any = None

    def __call__(self) -> Any:
        """The array for the present value."""
        tensor = self.variable._value
        if tensor is not self.seen:
            self.array = self.make(tensor._array)
            self.seen = tensor
        return self.array


class Lay:
    """The order in memory of a variable's numbers.

    Args:
        variable: read only.
        make: gives the same numbers as a kernel likes them to lie.
    """

    __slots__ = ("array", "make", "variable")

    def __init__(self, variable: Variable, make: Callable[[Any], Any]) -> None:
        self.variable, self.make = variable, make
        self.array: Any = None

    def __call__(self) -> None:
        """Sees to it that the present value lies so."""
        tensor = self.variable._value
        if tensor._array is not self.array:
            self.array = tensor._array = self.make(tensor._array)


def kept(program: Program) -> tuple[Program, list[Cast], list[Lay]]:
    """Takes out of a program what can be kept.

    Args:
        program: after all passes.

    Returns:
        The program, whose inputs after its own are the casts; these; and the orders.
    """
    engine = program.engine
    changed = {id(v) for v, _ in program.updates}
    read = {s: v for v, s in program.state if id(v) not in changed}
    taken = [
        e for e in program.equations if e.op.name == "astype" and e.inputs[0] in read and e.outputs[0].shape
    ]
    wishes: dict[Symbol, Callable[..., Any]] = {}
    for e in program.equations:
        for position, lay in engine.lays.get(e.op.name, {}).items():
            wishes[e.inputs[position]] = lay
    lays = [Lay(v, wishes[s]) for s, v in read.items() if s in wishes]
    if not taken:
        return program, [], lays
    away = {id(e) for e in taken}
    new = rebuilt(
        program,
        [e for e in program.equations if id(e) not in away],
        inputs=[*program.inputs, *(e.outputs[0] for e in taken)],
    )
    return new, [Cast(read[e.inputs[0]], _cast(engine, e, wishes.get(e.outputs[0]))) for e in taken], lays


def _cast(engine: Any, e: Equation, lay: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """The kernel of a cast, and how its result is to lie."""
    kernel, attributes = kernel_of(engine, e), e.attributes

    def make(array: Any) -> Any:
        found = kernel(array, **attributes)
        return found if lay is None else lay(found)

    return make
