"""Which equations only copy or view variables that the program reads: what can be kept from run to run."""

from __future__ import annotations

from .control.neutral import MARKS
from .ir import Equation, Program, Symbol

COPIES, VIEWS = frozenset({"astype", "concat"}), frozenset({"reshape", "permute_dims", *MARKS})
"""What is kept: copies, and views of them. A view of the variable itself is not: it costs nothing, and where
it is handed out the variable's own memory is."""


def copies(program: Program) -> tuple[dict[Symbol, Equation], set[Symbol]]:
    """What is made of variables alone that the program does not change.

    Args:
        program: any program.

    Returns:
        Symbol -> the equation that makes it, of copies and views; and which of them are no mere views.
    """
    changed = {id(v) for v, _ in program.updates}
    read = {s for v, s in program.state if id(v) not in changed}
    makers: dict[Symbol, Equation] = {}
    copied: set[Symbol] = set()
    for e in program.equations:
        if e.op.name in COPIES | VIEWS and e.inputs and all(s in read or s in makers for s in e.inputs):
            makers[e.outputs[0]] = e
            if e.op.name in COPIES or e.inputs[0] in copied:
                copied.add(e.outputs[0])
    return makers, copied
