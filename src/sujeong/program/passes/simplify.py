"""Simplification: operations that change nothing, and chains that are one operation.

    reshape(reshape(x)) = reshape(x)        permute(permute(x)) = permute(x)        -(-x) = x
    x * 1 = x      x / 1 = x      x - 0 = x      reshape, permute, broadcast, cast to what x is = x
    the sum, product, maximum, minimum over no axis = x
    16 bits, cast to 32 and back = the 16 bits

Only what is equal to the bit: x + 0 stays, since -0 + 0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..ir import Equation, Program, Symbol
from .rewrite import Renames, rebuilt, with_inputs

Made = dict[Symbol, Equation]
NEUTRAL = {"multiply": 1, "divide": 1, "subtract": 0}
"""Operation -> the second operand that changes nothing; for `multiply` the first one too."""


def simplify(program: Program) -> Program:
    """The program with needless operations taken out.

    Args:
        program: any program.

    Returns:
        The same results, to the bit.
    """
    names = Renames()
    made: Made = {}
    kept: list[Equation] = []
    changed = False
    for before in program.equations:
        e = with_inputs(before, names.all(before.inputs))
        rule = RULES.get(e.op.name)
        simpler = rule(e, made, program) if rule is not None else e
        changed = changed or simpler is not before
        if isinstance(simpler, Symbol):
            names[e.outputs[0]] = simpler
            continue
        kept.append(simpler)
        made.update((s, simpler) for s in simpler.outputs)
    return rebuilt(program, kept, names) if changed else program


def _mark(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    return e.inputs[0]


def _same_shape(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    x, y = e.inputs[0], e.outputs[0]
    return x if x.shape == y.shape else e


def _reshape(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    before = made.get(e.inputs[0])
    if before is not None and before.op.name == "reshape":
        e = with_inputs(e, before.inputs)
    return _same_shape(e, made, program)


def _permute(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    axes = tuple(e.attributes["axes"])
    before = made.get(e.inputs[0])
    if before is not None and before.op.name == "permute_dims":
        axes = tuple(before.attributes["axes"][a] for a in axes)
        e = with_inputs(e, before.inputs, axes=axes)
    return e.inputs[0] if axes == tuple(range(len(axes))) else e


def _cast(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    x, y = e.inputs[0], e.outputs[0]
    if x.dtype is y.dtype:
        return x
    before = made.get(x)
    widened = before is not None and before.op.name == "astype" and before.inputs[0].dtype is y.dtype
    if widened and y.dtype.is_floating and x.dtype.is_floating and x.dtype.itemsize > y.dtype.itemsize:
        return before.inputs[0]  # type: ignore[union-attr]
    return e


def _over_no_axis(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    nothing = e.attributes.get("axis") == () and e.inputs[0].spec == e.outputs[0].spec
    return e.inputs[0] if nothing else e


def _negative(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    before = made.get(e.inputs[0])
    return before.inputs[0] if before is not None and before.op.name == "negative" else e


def _with_neutral(e: Equation, made: Made, program: Program) -> Equation | Symbol:
    x, other = e.inputs
    if _all_equal(program, other, NEUTRAL[e.op.name]) and x.spec == e.outputs[0].spec:
        return x
    if e.op.name == "multiply" and _all_equal(program, x, 1) and other.spec == e.outputs[0].spec:
        return other
    return e


def _all_equal(program: Program, symbol: Symbol, number: int) -> bool:
    """Whether a symbol is a constant whose every element is a number (and no negative zero)."""
    value = program.constants.get(symbol)
    if value is None or value.dtype.kind == "bool":
        return False
    host = value.numpy()
    return bool(np.all(host == number)) and not np.signbit(host.real).any()


RULES: dict[str, Callable[[Equation, Made, Program], Equation | Symbol]] = {
    "stop_gradient": _mark,
    "identity": _mark,
    "reshape": _reshape,
    "broadcast_to": _same_shape,
    "permute_dims": _permute,
    "astype": _cast,
    "negative": _negative,
    "sum": _over_no_axis,
    "prod": _over_no_axis,
    "max": _over_no_axis,
    "min": _over_no_axis,
    "multiply": _with_neutral,
    "divide": _with_neutral,
    "subtract": _with_neutral,
}
