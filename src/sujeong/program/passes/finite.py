"""Whether a gradient is finite, asked of the rows that it is the sum of.

    %5 = index_add %4 %ids                             %5 = index_add %4 %ids
    %6 = all_finite %0 %5                      ->      %7 = multiply %4 n ; %6 = all_finite %0 %7
    ... = adam_update %1 %2 %3 %5                      ... = adam_update %1 %2 %3 %5

A guard would have the sums in memory, which the update makes on its way (`native/summed.py`). Infinity and
NaN never leave a sum, and n rows add up to no more than n times the greatest: what the new question lets
through, the old one would have. It also stops where rows above 3e38 / n would just not have added up to
infinity.
"""

from __future__ import annotations

from math import prod

import numpy as np

from ...core import dtypes
from ...core.op import OPS
from ...core.tensor import Tensor
from ..ir import Equation, Program, Symbol
from ..native.summed import summed
from ..native.updated import UPDATES
from .fusion import wanted
from .rewrite import readers, rebuilt, results, symbols, with_inputs

STRETCHED = frozenset({"broadcast_to", "reshape"})
"""Operations whose result has the numbers of the input and no others."""


def finite(program: Program) -> Program:
    """The program with such questions asked of rows, where an update can make the sums itself.

    Args:
        program: any program.

    Returns:
        The same results; of numbers near the greatest, perhaps a guard that does not hold.
    """
    asked = [e for e in program.equations if e.op.name == "all_finite"]
    if not asked or not wanted(program, program.engine.updated):
        return program
    makers = {s: e for e in program.equations for s in e.outputs}
    read_by, handed = readers(program), set(results(program))
    fresh = 1 + max(s.index for s in symbols(program))
    constants = dict(program.constants)
    equations: list[Equation] = []
    for e in program.equations:
        if e in asked:
            inputs = list(e.inputs)
            for n, s in enumerate(e.inputs):
                sums = makers.get(s)
                if s in handed or not summed(sums) or not _of_question_and_update(read_by[s]):
                    continue
                rows = _rows(sums.inputs[0], makers)  # type: ignore[union-attr]
                count, inputs[n] = Symbol(rows.spec.like(shape=()), fresh), Symbol(rows.spec, fresh + 1)
                fresh += 2
                constants[count] = _number(program, prod(sums.inputs[1].shape))  # type: ignore[union-attr]
                equations.append(
                    Equation(OPS["multiply"], (rows, count), {}, (inputs[n],), False, e.place, e.phase)
                )
            e = with_inputs(e, tuple(inputs))
        equations.append(e)
    found = len(equations) > len(program.equations)
    return rebuilt(program, equations, constants=constants) if found else program


def _of_question_and_update(reading: list[Equation]) -> bool:
    """Whether one question and one update read a value, and nothing else."""
    return sorted(e.op.name in UPDATES for e in reading) == [False, True] and any(
        e.op.name == "all_finite" for e in reading
    )


def _rows(s: Symbol, makers: dict[Symbol, Equation]) -> Symbol:
    """The fewest numbers that are those of a value."""
    while s in makers and makers[s].op.name in STRETCHED:
        s = makers[s].inputs[0]
    return s


def _number(program: Program, value: int) -> Tensor:
    engine = program.engine
    return Tensor(engine.from_host(np.asarray(value, np.float32), dtypes.float32, program.device), engine)
