"""Picked rows that only their mean, or a cast to 16 bits, reads: both become one operation.

    %2 = take axis=0 %0 %1             %0: float32[20000, 64]   %1: int64[256, 64]
    %3 = mean axis=(1,) %2        ->   %3 = take_mean over=(1,) %0 %1

    %2 = take axis=0 %0 %1
    %3 = astype bfloat16 %2       ->   %3 = take_as bfloat16 %0 %1

The rows are then never all in memory: for the means of 64 words' vectors, a 64th of what the two operations
need; for a cast, a third. Done where the engine has such a kernel and nobody else reads the rows; of means,
where the rows are many and each mean is of rows that one place along the first axis names.
"""

from __future__ import annotations

from collections import Counter

from ...ops.take_as import TAKE_AS
from ...ops.take_mean import TAKE_MEAN
from ..ir import Equation, Program, Symbol
from .rewrite import rebuilt, results

LEAST = 1 << 21
"""Bytes of the rows from which it pays for means; fewer are read from the cache."""


def gathered(program: Program) -> Program:
    """The program with means and casts of picked rows as one operation each.

    Args:
        program: any program.

    Returns:
        The same results, to the bit.
    """
    if not {TAKE_MEAN.name, TAKE_AS.name} <= program.engine.kernels.keys():
        return program
    readers = Counter(s for e in program.equations for s in e.inputs)
    readers.update(results(program))
    made = {s: e for e in program.equations for s in e.outputs}
    gone: set[Equation] = set()
    kept = []
    for e in program.equations:
        take = made.get(e.inputs[0]) if e.op.name in ("mean", "astype") else None
        if take is not None and readers[e.inputs[0]] == 1 and take.op.name == "take":
            joined = _mean(take, e) if e.op.name == "mean" else _cast(take, e)
            if joined is not None:
                gone.add(take)
                e = joined
        kept.append(e)
    return rebuilt(program, [e for e in kept if e not in gone]) if gone else program


def _mean(take: Equation, mean: Equation) -> Equation | None:
    """Both in one, where means of picked rows can be taken a piece of the first axis at a time."""
    if take.attributes["axis"] != 0 or take.outputs[0].spec.nbytes < LEAST:
        return None
    indices: Symbol = take.inputs[1]
    over = mean.attributes["axis"]
    if not over or not all(0 < axis < len(indices.shape) for axis in over):
        return None
    attributes = {"over": tuple(over), "keepdims": mean.attributes["keepdims"], **_refusing(take)}
    return Equation(TAKE_MEAN, take.inputs, attributes, mean.outputs, False, take.place, mean.phase)


def _cast(take: Equation, cast: Equation) -> Equation | None:
    """Both in one, where what is written is smaller than what is read."""
    x, y = take.inputs[0], cast.outputs[0]
    if take.attributes["axis"] != 0 or not x.dtype.is_floating or y.dtype.itemsize >= x.dtype.itemsize:
        return None
    attributes = {"dtype": y.dtype, **_refusing(take)}
    return Equation(TAKE_AS, take.inputs, attributes, cast.outputs, False, take.place, cast.phase)


def _refusing(take: Equation) -> dict[str, object]:
    """What an index outside is told."""
    return {"by": take.attributes.get("by", "take"), "negative": take.attributes.get("negative", True)}
