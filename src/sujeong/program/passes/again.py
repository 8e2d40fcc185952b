"""Again: what the backward pass can compute from what it reads anyway is not kept for it.

    forward    %2 = gelu %1 ; %3 = matmul %2 %w         forward    %2 = gelu %1 ; %3 = matmul %2 %w
    backward   %5 = matmul %2^T %4                 ->   backward   %6 = gelu %1 ; %5 = matmul %6^T %4
               %7 = gelu_gradient %1 ...                           %7 = gelu_gradient %1 ...

Between the passes %1 alone is held. The gradient's kernel, which reads %1 and computes most of gelu on its
way, writes %6 beside its result: what is computed twice within the backward pass is computed once (`common`).
So are the results of a layer norm, whose statistics are few numbers. Those of a batch norm stay: sums over
rows take a sweep of their own, and writing its result beside them costs more than holding it. So do casts of
what is given to 16 bits: no kernel of the backward pass reads the 32.

Where a held value is only a shift or a cast of one that a library made, and that nobody else reads, the
library's is held instead of it: that saves writing the other.
"""

from __future__ import annotations

from math import prod

from ..ir import Equation, Phase, Program, Symbol
from ..native.expressions import ALIASES, REDUCTIONS, known
from .common import common
from .rewrite import Renames, rebuilt, results, with_inputs

LEAST = 1 << 16
"""Bytes of a value that is worth it."""
FEW = 8
"""How many times smaller than a value what is no matrix beside it must be: statistics of rows, a bias."""
LONGEST = 24
"""Equations that lead to a value, at most."""


def again(program: Program) -> Program:
    """The program with such values computed a second time, where the backward pass first reads them.

    Args:
        program: one in which composites are taken apart.

    Returns:
        The same results, to rounding.
    """
    found = _Kept(program)
    for e in program.equations:
        for s in e.outputs:
            found.look_at(s)
    if not found.ways:
        return program
    return common(_written(program, found), within_phases=True)


class _Kept:
    """What is held from the forward pass for the backward pass, as far as it is decided.

    Attributes:
        ways: value -> the equations that compute it again, in order.
    """

    def __init__(self, program: Program) -> None:
        self.ways: dict[Symbol, list[Equation]] = {}
        self.maker = {s: e for e in program.equations for s in e.outputs}
        self.readers: dict[Symbol, int] = {}
        self.held: set[Symbol] = set()  # at the latest from here on
        for e in program.equations:
            for s in set(e.inputs):
                self.readers[s] = self.readers.get(s, 0) + 1
                if e.phase is not Phase.FORWARD:
                    self.held.add(s)
        self.given = set(results(program))

    def look_at(self, s: Symbol) -> None:
        """Lets go of a value if it can be had again from what is held."""
        if s not in self.held or s in self.given or s.spec.nbytes < LEAST or not self._made_forward(s):
            return
        inputs = [u for u in self.maker[s].inputs if _large(u, s)]
        instead = set(inputs) if len(inputs) == 1 and self._is_raw(inputs[0], s) else set()
        self.held |= instead
        way: list[Equation] = []
        if self._leads(s, s, way, set()) and not self._is_cast_of_given(way):
            self.ways[s] = way
            instead = {s}
        self.held -= instead

    def _made_forward(self, s: Symbol) -> bool:
        e = self.maker.get(s)
        return e is not None and e.phase is Phase.FORWARD and known(e) and e.op.name not in REDUCTIONS

    def _is_cast_of_given(self, way: list[Equation]) -> bool:
        """Whether all that is done is to make an argument or a variable smaller."""
        given = all(s not in self.maker for s in way[0].inputs)
        plain = all(e.op.name in ALIASES or e.op.name == "astype" for e in way)
        return given and plain and way[-1].outputs[0].dtype.itemsize < way[0].inputs[0].dtype.itemsize

    def _is_raw(self, u: Symbol, s: Symbol) -> bool:
        """Whether a library made it, for this one reader, and it is no larger."""
        e = self.maker.get(u)
        alone = self.readers[u] == 1 and u not in self.given and u.spec.nbytes <= s.spec.nbytes
        return e is not None and not known(e) and alone and u not in self.held

    def _leads(self, s: Symbol, to: Symbol, way: list[Equation], seen: set[Symbol]) -> bool:
        """Whether a value follows from what is held; `way` then has the equations."""
        if s in seen:
            return True
        if not self._made_forward(s) or len(way) >= LONGEST:
            return False
        seen.add(s)
        for u in self.maker[s].inputs:
            of_rows = not _large(u, to) and u.shape[-1:] in ((), (1,))
            at_hand = (u in self.held and _large(u, to)) or u not in self.maker or of_rows
            if not at_hand and not self._leads(u, to, way, seen):
                return False
        way.append(self.maker[s])
        return True


def _large(u: Symbol, s: Symbol) -> bool:
    return prod(u.shape) * FEW > prod(s.shape)


def _written(program: Program, found: _Kept) -> Program:
    """The program with the second computations in place."""
    symbols = [*program.inputs, *(s for _, s in program.state), *program.constants, *found.maker]
    count = 1 + max(s.index for s in symbols)
    names, equations = Renames(), []
    left = dict(found.ways)
    for e in program.equations:
        if e.phase is not Phase.FORWARD:
            for s in e.inputs:
                if s not in left:
                    continue
                copies = Renames()
                for step in left.pop(s):
                    (out,) = step.outputs
                    new = Symbol(out.spec, count)
                    count += 1
                    inputs = copies.all(step.inputs)
                    equations.append(
                        Equation(
                            step.op, inputs, step.attributes, (new,), step.several, step.place, Phase.APART
                        )
                    )
                    copies[out] = new
                names[s] = copies[s]
            e = with_inputs(e, names.all(e.inputs))
        equations.append(e)
    return rebuilt(program, equations)
