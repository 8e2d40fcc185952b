"""What passes share: a program again with other equations, and symbols under other names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...core.op import Op
from ...core.tensor import Tensor
from ..ir import Equation, Program, Symbol


class Renames:
    """Symbols that turned out to be others. A chain of them ends at the last.

    A pass reads equations through it, so that what follows sees the symbol that stayed.
    """

    def __init__(self) -> None:
        self._to: dict[Symbol, Symbol] = {}

    def __setitem__(self, old: Symbol, new: Symbol) -> None:
        self._to[old] = self[new]

    def __getitem__(self, symbol: Symbol) -> Symbol:
        while symbol in self._to:
            symbol = self._to[symbol]
        return symbol

    def all(self, symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
        """Each symbol under its present name."""
        return tuple([self[s] for s in symbols])


def with_inputs(e: Equation, inputs: tuple[Symbol, ...], **attributes: Any) -> Equation:
    """An equation that reads other symbols, and has some attributes changed."""
    if inputs == e.inputs and not attributes:
        return e
    changed = {**e.attributes, **attributes}
    return Equation(e.op, inputs, changed, e.outputs, e.several, e.place, e.phase)


def on_others(
    e: Equation, inputs: tuple[Symbol, ...], outputs: tuple[Symbol, ...], op: Op | None = None
) -> Equation:
    """The same operation, or another one with the same attributes, on other symbols."""
    return Equation(op or e.op, inputs, e.attributes, outputs, e.several, e.place, e.phase)


def symbols(program: Program) -> Iterator[Symbol]:
    """All symbols of a program: what it is given, and what its equations define."""
    yield from (*program.inputs, *(s for _, s in program.state), *program.constants)
    yield from (s for e in program.equations for s in e.outputs)


def readers(program: Program) -> dict[Symbol, list[Equation]]:
    """Symbol -> the equations that read it, once for each time."""
    found: dict[Symbol, list[Equation]] = {}
    for e in program.equations:
        for s in e.inputs:
            found.setdefault(s, []).append(e)
    return found


def rebuilt(
    program: Program,
    equations: list[Equation],
    renames: Renames | None = None,
    constants: Mapping[Symbol, Tensor] | None = None,
    inputs: Iterable[Symbol] | None = None,
) -> Program:
    """A program with the same arguments and results, computed by other equations.

    Args:
        program: the program as it was; it is not changed.
        equations: the equations of the new one, which read symbols under their present names.
        renames: the names, for its results.
        constants: its constants; default those of the program.
        inputs: its inputs; default those of the program.

    Returns:
        The checked program.
    """
    names = renames or Renames()
    new = Program(program.name, program.engine, program.device)
    new.precision = program.precision
    new.inputs, new.state = list(program.inputs if inputs is None else inputs), list(program.state)
    new.constants = dict(program.constants if constants is None else constants)
    new.equations = equations
    new.outputs = list(names.all(program.outputs))
    new.updates = [(v, names[s]) for v, s in program.updates]
    new.grads = [(v, names[s]) for v, s in program.grads]
    new.cleared, new.adds_to = list(program.cleared), list(program.adds_to)
    new.guards = list(dict.fromkeys(names.all(program.guards)))
    return new.check()


def results(program: Program) -> list[Symbol]:
    """Everything that must be computed: outputs, new values, gradients, guards."""
    return [
        *program.outputs,
        *(s for _, s in program.updates),
        *(s for _, s in program.grads),
        *program.guards,
    ]
