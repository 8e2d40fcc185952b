"""Constant folding: what depends on constants only is computed once, when the program is made.

An equation without inputs (`zeros`, `arange`) is a constant too. The engine's own kernel computes, so the
bits are those of every run. Large results stay equations, or a program would hold its intermediate values
for ever.
"""

from __future__ import annotations

from ...core.tensor import Tensor
from ..ir import Program
from ..replay import kernel_of
from .rewrite import rebuilt

LARGEST = 64 * 1024
"""Bytes of a result that is kept."""


def folding(program: Program) -> Program:
    """The program with small results of constants computed.

    Args:
        program: any program.

    Returns:
        The same results, to the bit.
    """
    constants = dict(program.constants)
    kept = []
    for e in program.equations:
        small = all(s.spec.nbytes <= LARGEST for s in e.outputs)
        known = all(s in constants for s in e.inputs)
        if not (small and known) or e.programs or e.op.name == "recompute":
            kept.append(e)
            continue
        out = kernel_of(program.engine, e)(*[constants[s]._array for s in e.inputs], **e.attributes)
        arrays = out if e.several else (out,)
        for symbol, array in zip(e.outputs, arrays, strict=True):
            constants[symbol] = Tensor(array, program.engine)
    return rebuilt(program, kept, constants=constants) if len(kept) < len(program.equations) else program
