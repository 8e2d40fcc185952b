"""Dead code: what nobody reads is not computed.

Going backwards, an equation stays if a result or a later equation that stays reads one of its outputs. What
is dropped cannot complain either: an index out of range that nobody uses raises in eager use only.
"""

from __future__ import annotations

from ..ir import Program
from .rewrite import rebuilt, results


def dead_code(program: Program) -> Program:
    """The program without equations and constants that no result depends on.

    Args:
        program: any program.

    Returns:
        The same results, from no more equations.
    """
    wanted = set(results(program))
    kept = []
    for e in reversed(program.equations):
        if not wanted.isdisjoint(e.outputs):
            wanted.update(e.inputs)
            kept.append(e)
    constants = {s: value for s, value in program.constants.items() if s in wanted}
    if len(kept) == len(program.equations) and len(constants) == len(program.constants):
        return program
    return rebuilt(program, kept[::-1], constants=constants)
