"""Where the boxes of a graph stand: in columns, inputs left, result right, with room for what edges carry.

1. Column: one more than the furthest input; a source stands just before its first reader.
2. Order within a column: as a walk back from the result meets the boxes, then by the mean place of their
   neighbours as long as fewer edges cross.
3. Height: each box as near to its neighbours as the room between boxes allows (isotonic regression).

Sugiyama, Tagawa and Toda, 1981, "Methods for visual understanding of hierarchical system structures".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

APART, BEND, GAP = 0.14, 0.38, 0.08  # between boxes, where edges bend, beside what an edge carries; inches


@dataclass
class Place:
    """Where a box, or an edge on its way past a column, stands.

    Attributes:
        size: width and height in inches.
        column: from the left.
        y: of the middle, downwards.
        x: of the left side.
        before: what it reads: (place, height of what the edge carries), from the top.
        after: who reads it: (place, number of the input there).
    """

    size: tuple[float, float]
    column: int = 0
    y: float = 0.0
    x: float = 0.0
    before: list[tuple[Place, float]] = field(default_factory=list)
    after: list[tuple[Place, int]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """Its own height, or that of all that its edges carry."""
        return max(self.span, sum(h for _, h in self.before))

    @property
    def span(self) -> float:
        """Its own height, or as much as all its inputs reach."""
        reach = 2 * max(-self.port(0), self.port(len(self.before) - 1)) + 0.2 if self.before else 0.0
        return max(self.size[1], reach)

    def port(self, number: int) -> float:
        """Where its input `number` arrives, from its middle."""
        heights = [h for _, h in self.before]
        return sum(heights[:number]) + heights[number] / 2 - sum(heights) / 2


@dataclass(frozen=True)
class Arrangement:
    """A graph in the plane, in inches; y downwards.

    Attributes:
        size: width and height of all.
        boxes: left side, middle (from the top) and height of each box: it is as high as its inputs reach.
        routes: for each edge its start, then both ends of each level piece; it bends on its way to the next.
    """

    size: tuple[float, float]
    boxes: list[tuple[float, float, float]]
    routes: list[list[tuple[float, float]]]


def arrange(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    carried: Sequence[tuple[float, float]],
) -> Arrangement:
    """Arranges a graph without cycles.

    Args:
        sizes: width and height of each box, in inches.
        edges: (source, target) of each edge; the inputs of a box in their order.
        carried: width and height of what each edge carries, written just before its target.

    Returns:
        Where everything stands.
    """
    boxes = [Place(size) for size in sizes]
    for place, column in zip(boxes, _columns(len(sizes), edges), strict=True):
        place.column = column
    everything, ends, passed = list(boxes), [], []
    for (source, target), (_, height) in zip(edges, carried, strict=True):
        at, way = boxes[source], []
        for column in range(at.column + 1, boxes[target].column):
            between = Place((0.0, 0.12), column)
            _join(at, between, 0.12)
            at = between
            way.append(between)
        everything += way
        passed.append(way)
        ends.append(len(boxes[target].before))
        _join(at, boxes[target], height)
    columns = _ordered(boxes, everything)
    _set_heights(columns)
    top = min(p.y - p.height / 2 for p in everything)
    for place in everything:
        place.y -= top
    needed = [0.0] * (len(columns) + 1)
    for (_, target), (width, _) in zip(edges, carried, strict=True):
        needed[boxes[target].column] = max(needed[boxes[target].column], width + 2 * GAP)
    x = 0.0
    for number, column_places in enumerate(columns):
        x += (BEND if number else 0) + needed[number]
        width = max(p.size[0] for p in column_places)
        for place in column_places:
            place.x = x + (width - place.size[0] if not place.before and number == 0 else 0)
            if place.size[0] == 0:
                place.size = (width, place.size[1])
        x += width
    routes = []
    for (source, target), way, port in zip(edges, passed, ends, strict=True):
        start, end = boxes[source], boxes[target]
        points = [(start.x + start.size[0], start.y)]
        for between in way:
            left = between.x - needed[between.column]
            points += [(left, between.y), (between.x + between.size[0], between.y)]
        y = end.y + end.port(port)
        points += [(end.x - needed[end.column], y), (end.x, y)]
        routes.append(points)
    bottom = max(p.y + p.height / 2 for p in everything)
    return Arrangement((x, bottom), [(p.x, p.y, p.span) for p in boxes], routes)


def _join(source: Place, target: Place, height: float) -> None:
    source.after.append((target, len(target.before)))
    target.before.append((source, height))


def _columns(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The column of each box."""
    column = [0] * count
    for _ in range(count):
        before = list(column)
        for source, target in edges:
            column[target] = max(column[target], column[source] + 1)
        if column == before:
            break
    targets = {t for _, t in edges}
    for box in set(range(count)) - targets:
        readers = [column[t] for s, t in edges if s == box]
        column[box] = min(readers) - 1 if readers else 0
    return column


def _ordered(boxes: list[Place], everything: list[Place]) -> list[list[Place]]:
    """The places of each column from the top."""
    columns: list[list[Place]] = [[] for _ in range(max(p.column for p in everything) + 1)]
    seen: set[int] = set()
    stack = [p for p in boxes if not p.after]
    while stack:
        place = stack.pop()
        if id(place) in seen:
            continue
        seen.add(id(place))
        columns[place.column].append(place)
        stack += [p for p, _ in reversed(place.before)]
    best, fewest = [list(c) for c in columns], _crossings(columns)
    for turn in range(8):
        if fewest == 0:
            break
        for column in columns if turn % 2 else reversed(columns):
            rank = {id(p): i for other in columns for i, p in enumerate(other)}
            column.sort(key=lambda p: _mean_rank(p, rank, forwards=bool(turn % 2)))
        crossings = _crossings(columns)
        if crossings < fewest:
            best, fewest = [list(c) for c in columns], crossings
    return best


def _mean_rank(place: Place, rank: dict[int, int], forwards: bool) -> float:
    neighbours = place.before if forwards else place.after
    if not neighbours:
        return rank[id(place)]
    ranks = [rank[id(p)] + (0.0 if forwards else 0.01 * n) for p, n in neighbours]
    return float(np.mean(ranks))


def _crossings(columns: list[list[Place]]) -> int:
    """How many pairs of edges between two neighbouring columns cross."""
    total = 0
    for left, right in pairwise(columns):
        rank = {id(p): i for i, p in enumerate(left)}
        ends = [(rank[id(p)], (i, n)) for i, q in enumerate(right) for n, (p, _) in enumerate(q.before)]
        total += sum((a[0] - b[0]) * (1 if a[1] > b[1] else -1) < 0 for a in ends for b in ends) // 2
    return total


def _set_heights(columns: list[list[Place]]) -> None:
    """Heights of all places: each between its neighbours as far as there is room."""
    for turn in range(40):
        forwards = turn % 2 == 0
        for column in columns if forwards else reversed(columns):
            wanted = []
            for place in column:
                inputs = [p.y - place.port(n) for n, (p, _) in enumerate(place.before)]
                readers = [p.y + p.port(n) for p, n in place.after]
                near = (inputs or readers) if forwards else (readers or inputs)
                wanted.append(float(np.mean(near)) if near and turn else place.y)
            gaps = [(a.height + b.height) / 2 + APART for a, b in pairwise(column)]
            for place, y in zip(column, _spaced(wanted, gaps), strict=True):
                place.y = y


def _spaced(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The numbers nearest to the wanted ones, in their order and at least the gaps apart."""
    offsets = np.concatenate([[0.0], np.cumsum(gaps)]) if len(wanted) > 1 else np.zeros(len(wanted))
    blocks: list[tuple[float, int]] = []  # (mean, how many): neighbours in the wrong order are pooled
    for value in np.asarray(wanted, float) - offsets:
        mean, many = float(value), 1
        while blocks and blocks[-1][0] > mean:
            other, more = blocks.pop()
            mean, many = (mean * many + other * more) / (many + more), many + more
        blocks.append((mean, many))
    levels = [mean for mean, many in blocks for _ in range(many)]
    return [float(level + offset) for level, offset in zip(levels, offsets, strict=True)]
