"""Which equations of a program become one kernel.

Each equation starts as a node of its own. In the order of the program, a node is merged with the nodes that
make its inputs, if

    - one frame holds the values of both (`frame.py`), in few enough sweeps (`schedule.py`),
    - no way leads from one to the other through a third node: it would have to run before and after.

Who depends on whom is kept as sets of bits, one integer a node, so that the second question costs a few
operations on integers.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from ...core.op import OPS
from ..ir import Equation, Phase, Program, Symbol
from .expressions import ALIASES, known
from .frame import Frame, Kind, kinds, own_frame
from .schedule import Schedule, fits, scheduled

MOST = 96
"""Equations of a group at most: a compiler's time grows with them."""


@dataclass
class Node:
    """Equations that run as one.

    Attributes:
        places: their places in the program.
        frame: the frame that they share; `None` for what no kernel can compute.
        above: bits of the nodes that it depends on.
        forward: whether one of them is of the forward pass.
        found: what their values are in the frame; not asked again when the node grows.
    """

    places: list[int]
    frame: Frame | None
    above: int
    forward: bool
    found: dict[Symbol, Kind] | None = None


class Groups:
    """The nodes of a program.

    Args:
        program: the program.
    """

    def __init__(self, program: Program) -> None:
        self.program, self.equations = program, program.equations
        self.maker = {s: i for i, e in enumerate(self.equations) for s in e.outputs}
        self.readers: dict[Symbol, list[int]] = {}
        for i, e in enumerate(self.equations):
            for s in e.inputs:
                self.readers.setdefault(s, []).append(i)
        kept = (*program.outputs, *(s for _, s in program.updates), *(s for _, s in program.grads))
        self.handed = {*kept, *program.guards}
        self.nodes: dict[int, Node] = {}
        self.of: list[int] = list(range(len(self.equations)))
        for i, e in enumerate(self.equations):
            above = 0
            for s in e.inputs:
                if s in self.maker:
                    n = self.of[self.maker[s]]
                    above |= self.nodes[n].above | (1 << n)
            frame = own_frame(e) if known(e) else None
            self.nodes[i] = Node([i], frame, above, e.phase is Phase.FORWARD)
            if frame is not None:
                for s in e.inputs:
                    if s in self.maker and self.of[self.maker[s]] != self.of[i]:
                        self._merge(self.of[self.maker[s]], self.of[i], s)

    def inputs(self, node: int) -> set[Symbol]:
        """What a node reads and does not make."""
        places = self.nodes[node].places
        made = {s for i in places for s in self.equations[i].outputs}
        return {s for i in places for s in self.equations[i].inputs} - made

    def results(self, places: Sequence[int]) -> list[Symbol]:
        """What is read outside of some equations, in order."""
        inside = set(places)
        return [
            s
            for i in places
            for s in self.equations[i].outputs
            if s in self.handed or any(r not in inside for r in self.readers.get(s, ()))
        ]

    def _merge(self, first: int, second: int, link: Symbol) -> None:
        """Merges two nodes, the first of which makes a link that the second reads, if that can be."""
        a, b = self.nodes[first], self.nodes[second]
        if a.frame is None or b.frame is None or len(a.places) + len(b.places) > MOST:
            return
        frame = _common(a.frame, b.frame)
        if frame is None or self._kept_for_later(a, b) or self._strangers(first, second, link):
            return
        bit = 1 << first
        for s in self.inputs(second):
            n = self.of[self.maker[s]] if s in self.maker else first
            if n != first and self.nodes[n].above & bit:
                return
        one, other = self._kinds(b, frame), self._kinds(a, frame)
        if one is None or other is None:
            return
        places, found = sorted(a.places + b.places), other | one
        if not fits([self.equations[i] for i in places], found):
            return
        more = a.above | (b.above & ~bit)
        self.nodes[first] = Node(places, frame, more, a.forward or b.forward, found)
        del self.nodes[second]
        for i in b.places:
            self.of[i] = first
        gone, now = ~(1 << second), more | bit
        either = bit | 1 << second
        for node in self.nodes.values():
            if node.above & either:
                node.above = (node.above & gone) | now

    def _kinds(self, node: Node, frame: Frame) -> dict[Symbol, Kind] | None:
        """What the values of a node are in a frame; `None` where they do not fit it."""
        if node.found is None or node.frame != frame:
            return kinds([self.equations[i] for i in node.places], frame)
        return node.found

    def _strangers(self, first: int, second: int, link: Symbol) -> bool:
        """Whether two nodes that both walk through matrices have only a small value between them.

        Two batches that pass one batch norm meet in its moving averages alone: nothing would be read once
        instead of twice, and the first would wait for the second.
        """
        a, b = self.nodes[first].frame, self.nodes[second].frame
        if a is None or b is None or a.size != b.size or prod(link.shape) == a.size:
            return False
        made = {s for i in self.nodes[first].places for s in self.equations[i].outputs}
        known = made | self.inputs(first)
        return not any(prod(s.shape) == a.size and s in known for s in self.inputs(second))

    def _kept_for_later(self, a: Node, b: Node) -> bool:
        """Whether the second node is the backward pass of values of the first.

        What it computes of them alone would be known at once, and be kept until its gradient comes: memory
        for what can be computed again.
        """
        if a.frame is None or b.frame is None or b.frame.size < a.frame.size:
            return False
        if not a.forward:  # one equation is enough: moving averages beside it are not of that pass
            return False
        second = [self.equations[i] for i in b.places]
        return any(e.phase is not Phase.FORWARD and prod(e.outputs[0].shape) == b.frame.size for e in second)

    def kernels(self) -> list[tuple[list[int], Schedule, list[Equation]]]:
        """The groups that are worth a kernel: two operations that compute, or one long sum over rows.

        Returns:
            For each the places of its equations, its schedule, and the views of its results that follow it:
            a reshape of a value is no second result.
        """
        found = []
        for node in self.nodes.values():
            e = [self.equations[i] for i in node.places]
            if node.frame is None or not _worth(e, node.frame):
                continue
            makers = {s: x for x in e for s in x.outputs}
            outputs: list[Symbol] = []
            views: list[Equation] = []
            for s in self.results(node.places):
                root = s
                while root in makers and makers[root].op.name in VIEWS and _same_size(makers[root]):
                    root = makers[root].inputs[0]
                if root is not s:
                    views.append(_view(makers[s], root))
                if root in makers and root not in outputs:
                    outputs.append(root)
            schedule = scheduled(e, outputs, node.frame)
            if schedule is not None:
                found.append((node.places, schedule, views))
        return found

    def order(self, groups: dict[int, list[Equation]]) -> list[Equation]:
        """The equations with groups put in, each after all that it reads.

        Args:
            groups: number of a group's node -> the equations that stand for it.

        Returns:
            All equations in an order that stays near that of the program.
        """
        return ordered(self.equations, self.of, groups)


LONG = 1 << 20
"""Elements from which a sum over rows alone is worth a kernel, which walks along rows, not columns."""


def _worth(equations: list[Equation], frame: Frame) -> bool:
    """Whether a kernel saves more than its call costs."""
    computing = [e for e in equations if e.op.name not in ALIASES]
    if len(computing) > 1:
        return True
    if not computing or computing[0].op.name != "sum" or frame.size < LONG or frame.columns is None:
        return False
    return prod(computing[0].outputs[0].shape) == frame.columns < frame.rows


VIEWS = frozenset({"reshape", "identity", "stop_gradient"})


def _same_size(e: Equation) -> bool:
    return prod(e.inputs[0].shape) == prod(e.outputs[0].shape)


def _view(e: Equation, root: Symbol) -> Equation:
    """A reshape of a root to what an equation gives."""
    (out,) = e.outputs
    return Equation(OPS["reshape"], (root,), {"shape": out.shape}, (out,), False, e.place, e.phase)


def _common(a: Frame, b: Frame) -> Frame | None:
    """A frame for both."""
    if a.size == b.size:
        if a.columns is None or b.columns is None or a.columns == b.columns:
            return Frame(a.size, a.columns if b.columns is None else b.columns)
        return None
    return a if a.size > b.size else b


def ordered(equations: list[Equation], of: list[int], groups: dict[int, list[Equation]]) -> list[Equation]:
    """Kahn's algorithm: of what is ready, first what stood first; a group stands where its last one did."""
    units: dict[int, list[int]] = {}
    for i, n in enumerate(of):
        units.setdefault(n if n in groups else -1 - i, []).append(i)
    made: dict[Symbol, int] = {}
    for unit, places in units.items():
        for i in places:
            made.update((s, unit) for s in equations[i].outputs)
    waits: dict[int, set[int]] = {}
    frees: dict[int, list[int]] = {}
    for unit, places in units.items():
        before = {made[s] for i in places for s in equations[i].inputs if s in made} - {unit}
        waits[unit] = before
        for other in before:
            frees.setdefault(other, []).append(unit)
    heap = [(places[-1], unit) for unit, places in units.items() if not waits[unit]]
    heapq.heapify(heap)
    found: list[Equation] = []
    while heap:
        _, unit = heapq.heappop(heap)
        found += groups[unit] if unit in groups else [equations[units[unit][0]]]
        for other in frees.get(unit, ()):
            waits[other].discard(unit)
            if not waits[other]:
                heapq.heappush(heap, (units[other][-1], other))
    return found
