"""Picked rows that only their mean reads: both become one operation, and the rows are never all in memory.

    %2 = take axis=0 %0 %1             %0: float32[20000, 64]   %1: int64[256, 64]
    %3 = mean axis=(1,) %2        ->   %3 = take_mean over=(1,) %0 %1

The engine picks some rows, takes their means, and picks the next into the same memory: for the means of 64
words' vectors, a 64th of what the two operations need. Done where the engine has such a kernel, the rows are
many, nobody else reads them, and each mean is of rows that one place along the first axis names.
"""

from __future__ import annotations

from collections import Counter

from ...ops.take_mean import TAKE_MEAN
from ..ir import Equation, Program, Symbol
from .rewrite import rebuilt, results

LEAST = 1 << 21
"""Bytes of the rows from which it pays; fewer are read from the cache."""


def gathered(program: Program) -> Program:
    """The program with means of picked rows as one operation each.

    Args:
        program: any program.

    Returns:
        The same results, to the bit.
    """
    if TAKE_MEAN.name not in program.engine.kernels:
        return program
    readers = Counter(s for e in program.equations for s in e.inputs)
    readers.update(results(program))
    made = {s: e for e in program.equations for s in e.outputs}
    gone: set[Equation] = set()
    kept = []
    for e in program.equations:
        take = made.get(e.inputs[0]) if e.op.name == "mean" else None
        if take is not None and readers[e.inputs[0]] == 1 and _fits(take, e):
            gone.add(take)
            e = _joined(take, e)
        kept.append(e)
    return rebuilt(program, [e for e in kept if e not in gone]) if gone else program


def _fits(take: Equation, mean: Equation) -> bool:
    """Whether means of picked rows can be taken a piece of the first axis at a time."""
    if take.op.name != "take" or take.attributes["axis"] != 0 or take.outputs[0].spec.nbytes < LEAST:
        return False
    indices: Symbol = take.inputs[1]
    over = mean.attributes["axis"]
    return bool(over) and all(0 < axis < len(indices.shape) for axis in over)


def _joined(take: Equation, mean: Equation) -> Equation:
    attributes = {
        "over": tuple(mean.attributes["axis"]),
        "keepdims": mean.attributes["keepdims"],
        "by": take.attributes.get("by", "take"),
        "negative": take.attributes.get("negative", True),
    }
    return Equation(TAKE_MEAN, take.inputs, attributes, mean.outputs, False, take.place, mean.phase)
