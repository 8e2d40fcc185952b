"""Common subexpressions: what has been computed is not computed again.

Two equations are the same if they have the same operation, the same inputs and the same attributes; two
constants if they have the same bits. A `recompute` mark gives its result a symbol of its own, so what is
computed a second time on purpose, to keep less in memory, stays computed twice.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from ...core.tensor import Tensor
from ..ir import Equation, Phase, Program, Symbol
from .rewrite import Renames, rebuilt, with_inputs

SMALL = 4096
"""Bytes up to which constants are compared; larger ones are hardly ever equal."""


def common(program: Program, within_phases: bool = False) -> Program:
    """The program with equal constants and equal equations joined.

    Args:
        program: any program.
        within_phases: whether the forward pass shares nothing with what follows it.

    Returns:
        The same results, to the bit.
    """
    names = Renames()
    values: dict[Hashable, Symbol] = {}
    constants: dict[Symbol, Tensor] = {}
    for symbol, value in program.constants.items():
        key = _bits(value)
        if key in values:
            names[symbol] = values[key]
        else:
            values[key] = symbol
            constants[symbol] = value
    known: dict[Hashable, Equation] = {}
    kept: list[Equation] = []
    for e in program.equations:
        e = with_inputs(e, names.all(e.inputs))
        key = (within_phases and e.phase is Phase.FORWARD, _key(e))
        first = known.setdefault(key, e)
        if first is e:
            kept.append(e)
            continue
        for old, new in zip(e.outputs, first.outputs, strict=True):
            names[old] = new
    same = len(kept) == len(program.equations) and len(constants) == len(program.constants)
    return program if same else rebuilt(program, kept, names, constants)


def _bits(value: Tensor) -> Hashable:
    spec = value.spec
    if spec.nbytes > SMALL:
        return id(value)
    return spec, value.numpy().tobytes()


def _key(e: Equation) -> Hashable:
    """What makes equations equal; an equation that cannot be compared equals itself only."""
    if e.op.name == "recompute":
        return id(e)
    try:
        attributes = tuple(sorted((k, _attribute(v)) for k, v in e.attributes.items()))
        key = (e.op.name, e.op, tuple([s.index for s in e.inputs]), attributes)
        hash(key)
    except TypeError:
        return id(e)
    return key


def _attribute(value: Any) -> tuple[Any, ...]:
    """An attribute with its type, and numbers by their digits: 1 and 1.0, 0.0 and -0.0 are not the same."""
    return type(value).__name__, repr(value) if isinstance(value, (int, float, complex)) else value
