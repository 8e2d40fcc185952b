"""Chains: neighbours that have compiled functions become one, where calls cost more than what they compute.

    %2 = matmul %0 %1 ; %4 = fused %2 %3 ; %6 = matmul %4 %5      ->      %6 = chain (3 stages) %0 %1 %3 %5

Only small values are chained: large ones gain nothing, and the library's products have threads. What has no
compiled function and reads nothing of a chain runs ahead of it, so checks of the input do; what reads
something of it ends it. Updates of variables join a chain only where nothing but views follows: if a later
equation failed, no variable must have been changed. Those of large variables follow the chain with the
rest: a guard in it must hold before they write over anything. A cache that a step puts rows into is written
over, however large it is: within a chain, what may refuse runs first. Chains are used if all that a program
needs lie in the cache, as kernels of groups are.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from ...core.op import OPS
from ...core.spec import Spec
from ..copies import copies
from ..ir import Equation, Phase, Program, Symbol
from ..native.chain import CHAIN, Chain
from ..native.cuts import CUTS
from ..native.indices import INDICES
from ..native.lying import Lie, lying
from ..native.products import product
from ..native.stages import Stage, formed, single
from ..native.updated import UPDATES, updated
from .dead_code import dead_code
from .fusion import ready, wanted
from .rewrite import readers, rebuilt, results, symbols

MOST_BYTES = 1 << 18
"""Of a value that may be part of a chain."""
MOST_UPDATED = 1 << 17
"""Bytes of a variable whose update may be part of one: with more, threads pay (`updates`)."""
MOST_TOGETHER = 1 << 22
"""Bytes of all values that a chain makes: its room stays with the program."""
FEWEST = 2
"""Equations that have stages, of a chain."""
OWN = INDICES | dict.fromkeys(UPDATES, updated)
"""Operation -> its stage, where it has a text of its own."""


def chains(program: Program) -> Program:
    """The program with runs of small compiled equations as one, where the engine and the cache have them.

    Args:
        program: after fusion.

    Returns:
        The same results, to rounding.
    """
    if not wanted(program, program.engine.chained):
        return program
    found, made = chained(program)
    return found if ready(made) else program


def chained(program: Program) -> tuple[Program, list[Chain]]:
    """A program with chains, before anything is built.

    Args:
        program: any program.

    Returns:
        The program, which runs once each of its chains has its function, and the chains.
    """
    links = _Links(program)
    for e in program.equations:
        links.add(e)
    links.end(True)
    return (dead_code(rebuilt(program, links.equations)) if links.chains else program), links.chains


class _Links:
    """A program cut into chains, equation by equation.

    Attributes:
        equations: of the new program so far.
        chains: so far.

    Args:
        program: any program.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.equations: list[Equation] = []
        self.chains: list[Chain] = []
        self._readers = readers(program)
        self._fresh = 1 + max((s.index for s in symbols(program)), default=0)
        self._handed = set(results(program))
        self._guards = set(program.guards)
        state, new = {s for _, s in program.state}, {s for _, s in program.updates}
        self._grown = {
            e
            for e in program.equations
            if e.op.name == "dynamic_update" and e.inputs[0] in state and e.outputs[0] in new
        }
        makers, copied = copies(program)
        self._fixed = {makers[s] for s in copied}
        self._large_updates: list[Equation] = []
        self._begin()

    def _begin(self) -> None:
        self._run: list[tuple[Equation, Stage | None]] = []
        self._lies: dict[Symbol, Lie] = {}
        self._made: set[Symbol] = set()
        self._bytes = 0

    def add(self, e: Equation) -> None:
        """Takes the next equation: into the run, ahead of it, or behind it."""
        if self._bytes > MOST_TOGETHER:
            self.end(False)
        if any(s in update.outputs for update in self._large_updates for s in e.inputs):
            self.end(False)
            self._release()
        outside = self._outside(e)
        if e.op.name == "astype" and not outside and self._turned_cast(e):
            return
        lie = None if outside else lying(e, self._lies)
        stages = [] if outside or lie is not None else self._stages(e)
        if lie is None and not stages and e.op.name in self.program.engine.updates:
            self._large_updates.append(e)
            return
        if lie is None and not stages:
            if any(s in self._made or s in self._lies for s in e.inputs):
                self.end(False)
            self.equations.append(e)
            return
        if lie is not None:
            self._lies[e.outputs[0]] = lie
        else:
            self._made.update(e.outputs)
            if e not in self._grown and not any(stage.updates for stage in stages):
                self._bytes += sum(s.spec.nbytes for s in e.outputs)
        self._run += [(e, stage) for stage in stages] or [(e, None)]

    def _new(self, spec: Spec) -> Symbol:
        """A further value."""
        self._fresh += 1
        return Symbol(spec, self._fresh - 1)

    def _turned_cast(self, e: Equation) -> bool:
        """Takes a cast of a turned value as a cast of what it turns, turned: in order, as memory is read."""
        (source,), (out,) = e.inputs, e.outputs
        root, turned = self._lies.get(source, Lie(source, False))
        if not turned or root.shape != (*out.shape[:-2], out.shape[-1], out.shape[-2]):
            return False
        cast = self._new(root.spec.like(dtype=out.dtype))
        n = len(out.shape)
        axes = (*range(n - 2), n - 1, n - 2)
        view = Equation(OPS["permute_dims"], (cast,), {"axes": axes}, (out,), False, e.place, e.phase)
        self._readers[cast] = [view]
        self.add(Equation(e.op, (root,), e.attributes, (cast,), False, e.place, e.phase))
        self.add(view)
        return True

    def _outside(self, e: Equation) -> bool:
        """Whether an equation is never part of a chain: it is large, empty, or kept from run to run."""
        empty = any(not s.spec.nbytes for s in (*e.inputs, *e.outputs))
        written = e.inputs[1:2] if e in self._grown else e.outputs  # of a variable, a part is written over
        most = MOST_UPDATED if e.op.name in UPDATES else MOST_BYTES
        return empty or e in self._fixed or any(s.spec.nbytes > most for s in written)

    def _large(self, e: Equation) -> bool:
        """Whether an equation reads so much that its time is not that of its call."""
        return any(s.spec.nbytes > MOST_BYTES for s in e.inputs)

    def _stages(self, e: Equation) -> list[Stage]:
        """The compiled functions of an equation, reading the roots of its inputs; none where it has none."""
        lies = [self._lies.get(s, Lie(s, False)) for s in e.inputs]
        turned = tuple([at.turned for at in lies])
        name = e.op.name
        stage, several = formed(self.program.engine, e, turned), None
        if stage is not None:
            pass
        elif name in CUTS:
            several = None if any(turned) else CUTS[name](e, self._new)
        elif self._large(e):
            pass
        elif name == "matmul":
            stage = product(e, turned)
        elif any(turned):
            pass
        elif name in OWN:
            stage = OWN[name](e)
        else:
            stage = single(e, self.program.constants)
        roots = dict(zip(e.inputs, [at.root for at in lies], strict=True))
        found = several or ([] if stage is None else [stage])
        return [replace(stage, inputs=tuple([roots.get(s, s) for s in stage.inputs])) for stage in found]

    def end(self, last: bool) -> None:
        """Ends the run: a chain, or two where updates wait for what follows.

        Args:
            last: whether the program ends here.
        """
        run = self._run
        self._begin()
        late: set[Symbol] = set()
        first: list[tuple[Equation, Stage | None]] = []
        then: list[tuple[Equation, Stage | None]] = []
        for e, stage in run:
            if (stage is not None and stage.updates) or not late.isdisjoint(e.inputs):
                late.update(e.outputs)
                then.append((e, stage))
            else:
                first.append((e, stage))
        if last:
            self._close(first + then)
            self._release()
        else:
            self._close(first)
            self._close(then)

    def _release(self) -> None:
        """Puts the updates that waited into the program."""
        self.equations += self._large_updates
        self._large_updates = []

    def _close(self, run: list[tuple[Equation, Stage | None]]) -> None:
        """Puts a run into the program."""
        stages = [stage for _, stage in run if stage is not None]
        inside = dict.fromkeys(e for e, _ in run)
        if len({e for e, stage in run if stage is not None}) < FEWEST:
            self.equations += inside
            return
        views = [e for e, stage in run if stage is None]
        asked = {s for e in inside for s in e.outputs if self._leaves(s, inside)}
        again: list[Equation] = []
        for e in reversed(views):
            if e.outputs[0] in asked:
                again.insert(0, e)
                asked.add(e.inputs[0])
        outputs = [s for stage in stages for s in stage.outputs if s in asked]
        chain = Chain(stages, list(inside), outputs, self._guards)
        self.chains.append(chain)
        place = run[0][0].place
        self.equations.append(
            Equation(CHAIN, chain.inputs, {"chain": chain}, chain.outputs, True, place, Phase.APART)
        )
        self.equations += again

    def _leaves(self, symbol: Symbol, inside: Container[Equation]) -> bool:
        """Whether a value is read outside of some equations, or handed out."""
        return symbol in self._handed or any(e not in inside for e in self._readers.get(symbol, ()))
