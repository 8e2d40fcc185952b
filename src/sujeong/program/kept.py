"""What a program asks of variables that it only reads, done once and kept from run to run.

    derived    the same numbers in 16 bits, in another shape, beside others: the program takes them as inputs
    lays       the same numbers in the order in memory that a kernel reads best: the variable takes that order

Weights in prediction are such variables, and frozen layers in training. What was kept is made anew as soon
as a variable holds another value, whoever gave it: every change puts a new tensor in. It costs the memory of
the copies: half of the weights more in mixed precision.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_not
from typing import Any

from ..core.tensor import Tensor
from ..core.variable import Variable
from .control.neutral import MARKS
from .copies import copies
from .ir import Equation, Program, Symbol
from .passes.rewrite import rebuilt, results
from .replay import kernel_of


class Derived:
    """An array that is made of variables alone.

    Args:
        equations: that make it, in order.
        sources: the variables, each with the symbol of its value.
        lay: how the result is to lie.
        engine: whose kernels make it.
    """

    __slots__ = ("array", "calls", "lay", "result", "seen", "sources")

    def __init__(
        self,
        equations: list[Equation],
        sources: list[tuple[Variable, Symbol]],
        lay: Callable[[Any], Any] | None,
        engine: Any,
    ) -> None:
        self.sources, self.lay = sources, lay
        self.calls = [(None if e.op.name in MARKS else kernel_of(engine, e), e) for e in equations]
        self.result = equations[-1].outputs[0]
        self.seen: list[Tensor] = []
        self.array: Any = None

    def __call__(self) -> Any:
        """The array for the present values."""
        now = [variable._value for variable, _ in self.sources]
        if not self.seen or any(map(is_not, now, self.seen)):
            self.array = self._made(now)
            self.seen = now
        return self.array

    def _made(self, tensors: list[Tensor]) -> Any:
        known = {symbol: t._array for (_, symbol), t in zip(self.sources, tensors, strict=True)}
        for kernel, e in self.calls:
            inputs = [known[s] for s in e.inputs]
            known[e.outputs[0]] = inputs[0] if kernel is None else kernel(*inputs, **e.attributes)
        found = known[self.result]
        return found if self.lay is None else self.lay(found)


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


def kept(program: Program) -> tuple[Program, list[Derived], list[Lay]]:
    """Takes out of a program what can be kept.

    Args:
        program: after all passes.

    Returns:
        The program, whose inputs after its own are the derived arrays; these; and the orders.
    """
    changed = {id(v) for v, _ in program.updates}
    read = {s: v for v, s in program.state if id(v) not in changed}
    wishes: dict[Symbol, Callable[..., Any]] = {}
    for e in program.equations:
        for position, lay in program.engine.lays.get(e.op.name, {}).items():
            wishes[e.inputs[position]] = lay
    lays = [Lay(v, wishes[s]) for s, v in read.items() if s in wishes]
    makers, copied = copies(program)
    handed = set(results(program))
    inside = {id(makers[s]) for s in copied - handed}
    rest = [e for e in program.equations if id(e) not in inside]
    asked = [s for s in dict.fromkeys(s for e in rest for s in e.inputs) if s in copied - handed]
    if not asked:
        return program, [], lays
    derived = []
    for symbol in asked:
        equations = _needed(symbol, makers)
        sources = [(v, s) for s, v in read.items() if any(s in e.inputs for e in equations)]
        derived.append(Derived(equations, sources, wishes.get(symbol), program.engine))
    return rebuilt(program, rest, inputs=[*program.inputs, *asked]), derived, lays


def _needed(symbol: Symbol, makers: dict[Symbol, Equation]) -> list[Equation]:
    """The equations that make a symbol, in order."""
    found: dict[int, Equation] = {}

    def visit(s: Symbol) -> None:
        e = makers.get(s)
        if e is not None and id(e) not in found:
            for source in e.inputs:
                visit(source)
            found[id(e)] = e

    visit(symbol)
    return list(found.values())
