"""Where maxima lay, as a byte each: the element of the window instead of the place in the image.

    %1, %2 = max_pool %0             %2: int64      ->      %1, %2 = max_pool_steps %0               %2: uint8
    %4 = max_pool_scatter %3 %2                             %4 = max_pool_steps_scatter %3 %2

A training step writes the places and reads them again: in eight bytes each, two to four times what the values
take. Done where gradients alone read them and the engine has both compiled; the same results to the bit.
"""

from __future__ import annotations

from math import prod

from ...compiling import compiler
from ...core import dtypes
from ...ops.pooling_primitives import MAX_POOL, SCATTER
from ...ops.pooling_steps import MAX_POOL_STEPS, MOST, STEPS_SCATTER
from ..ir import Equation, Program, Symbol
from ..native.kernel import compiled_text
from .fusion import ready, wanted
from .rewrite import on_others, readers, rebuilt, results


def pool_places(program: Program) -> Program:
    """The program with places of maxima as bytes.

    Args:
        program: any program.

    Returns:
        The same results, to the bit.
    """
    pools = [e for e in program.equations if e.op is MAX_POOL]
    if not pools or not wanted(program, program.engine.native):
        return program
    read_by, handed = readers(program), set(results(program))
    new: dict[Equation, Equation] = {}
    for pool in pools:
        places = pool.outputs[1]
        reading = read_by.get(places, [])
        if places not in handed and reading and all(e.op is SCATTER for e in reading):
            new |= _in_bytes(program, pool, reading)
    return rebuilt(program, [new.get(e, e) for e in program.equations]) if new else program


def _in_bytes(program: Program, pool: Equation, scatters: list[Equation]) -> dict[Equation, Equation]:
    """The equations with bytes in place of some others; nothing where the engine cannot run them."""
    if prod(pool.attributes["window"]) > MOST:
        return {}
    values, places = pool.outputs
    steps = Symbol(places.spec.like(dtype=dtypes.uint8), places.index)
    new = {pool: on_others(pool, pool.inputs, (values, steps), MAX_POOL_STEPS)}
    new |= {e: on_others(e, (e.inputs[0], steps), e.outputs, STEPS_SCATTER) for e in scatters}
    texts = [text for e in new.values() if (text := compiled_text(program.engine, e)) is not None]
    if len(texts) < len(new):
        return {}
    ready((), texts)  # built now, if kernels are
    return new if all(compiler.load(text) is not None for text in texts) else {}
