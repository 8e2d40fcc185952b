"""Max pooling ahead of relu, which then has the maxima alone to go through.

    %1 = relu %0                                      %2, %3 = max_pool %0
    %4, %3 = max_pool %1                              %4 = relu %2
    %6 = max_pool_scatter %5 %3            ->         %6 = relu_gradient %5 %4
    %7 = relu_gradient %6 %1                          %7 = max_pool_scatter %6 %3
    %8 = sum axis=(0, 1, 2) %7                        %8 = sum axis=(0, 1, 2) %6

Relu keeps the order of numbers, so the maximum of a window stays its maximum; where none is above 0, another
place may be named, but no gradient flows to either. Done where nobody else reads what relu gives. A sum over
all places is that of what was scattered to them. Values are equal but for the sign of a zero, sums to
rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from ...ops.activations.rectifiers import RELU, RELU_GRADIENT
from ...ops.pooling_primitives import MAX_POOL, MAX_POOL_VALUES, SCATTER
from ..ir import Equation, Program, Symbol
from .rewrite import on_others, readers, rebuilt, results, symbols, with_inputs

Readers = dict[Symbol, list[Equation]]


def pooled(program: Program) -> Program:
    """The program with max pooling ahead of relu.

    Args:
        program: any program.

    Returns:
        The same results, to rounding.
    """
    if not any(e.op in (MAX_POOL, MAX_POOL_VALUES) for e in program.equations):
        return program
    reading, handed = readers(program), set(results(program))
    fresh = count(1 + max(s.index for s in symbols(program)))
    new: dict[Equation, list[Equation]] = {}
    for e in program.equations:
        if e.op is RELU:
            new |= _moved(e, reading, handed, fresh)
    kept = [one for e in program.equations for one in new.get(e, [e])]
    scattered = {e.outputs[0]: e.inputs[0] for e in kept if e.op is SCATTER}
    found = [_over_what_was_scattered(e, scattered) for e in kept]
    return rebuilt(program, found) if found != program.equations else program


def _moved(
    relu: Equation, read_by: Readers, handed: set[Symbol], fresh: Iterator[int]
) -> dict[Equation, list[Equation]]:
    """What stands in place of a relu, the max pooling behind it, and their gradients; nothing if it stays.

    Args:
        relu: the equation.
        read_by: symbol -> the equations that read it.
        handed: results of the program.
        fresh: numbers for further symbols.

    Returns:
        Equation -> what stands in its place.
    """
    (x,), (y,) = relu.inputs, relu.outputs
    reading = read_by.get(y, [])
    pools = [e for e in reading if e.op in (MAX_POOL, MAX_POOL_VALUES)]
    masks = [e for e in reading if e.op is RELU_GRADIENT and e.inputs[0] is not y]
    if len(pools) != 1 or len(pools) + len(masks) != len(reading) or y in handed:
        return {}
    (pool,) = pools
    best, *places = pool.outputs
    scatters = [e for s in places for e in read_by.get(s, [])]
    ways = {e: read_by.get(e.outputs[0], []) for e in scatters}
    alone = all(e.op is SCATTER and len(ways[e]) == 1 and e.outputs[0] not in handed for e in scatters)
    if not alone or handed.intersection(places) or {e for way in ways.values() for e in way} != set(masks):
        return {}

    greatest = Symbol(best.spec, next(fresh))
    new = {
        relu: [],
        pool: [on_others(pool, (x,), (greatest, *places)), on_others(relu, (greatest,), (best,))],
    }
    for scatter, (mask,) in ways.items():
        g, at = scatter.inputs
        flowing = Symbol(g.spec, next(fresh))
        new[scatter] = [
            on_others(mask, (g, best), (flowing,)),
            on_others(scatter, (flowing, at), mask.outputs),
        ]
        new[mask] = []
    return new


def _over_what_was_scattered(e: Equation, scattered: dict[Symbol, Symbol]) -> Equation:
    """A sum over all places of an array that few were scattered into, as the sum of these."""
    if e.op.name != "sum" or e.inputs[0] not in scattered:
        return e
    over_places = tuple(e.attributes["axis"]) == tuple(range(len(e.inputs[0].shape) - 1))
    return with_inputs(e, (scattered[e.inputs[0]],)) if over_places else e
