"""What flows through each edge of a graph on the way back, not only what arrives at the leaves.

dL/dx = sum over the operations that read x of (dL/dy) dy/dx: `totals` holds the left side for every value,
`parts` the terms of the sum, one an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core import modes
from ..core.node import Node
from ..core.tensor import Tensor
from .reverse import _reachable, _run_rule, _seed, _Sums, _sweep


@dataclass(frozen=True)
class Flows:
    """The gradients of a result in its graph.

    Attributes:
        order: the nodes, newest first.
        totals: id(node) -> dL/d(its value); a list for an operation with several results; `None` where
            nothing came.
        parts: (id(node), place of an input) -> the term that this reading of the input adds.
    """

    order: list[Node]
    totals: dict[int, Any]
    parts: dict[tuple[int, int], Tensor]


def flows(output: Tensor, gradient: Any = None) -> Flows:
    """Runs the backward pass and keeps every gradient; no `.grad` is filled.

    Args:
        output: the result, made with gradients; a single number unless `gradient` is given.
        gradient: dL/d(output), of its shape.

    Returns:
        The gradients by node and by edge.

    Raises:
        GradientError: the result has several numbers and no gradient is given.
    """
    order = _reachable([output._node])
    totals: dict[int, Any] = {id(n): None for n in order}
    parts: dict[tuple[int, int], Tensor] = {}
    with modes.no_grad():
        sums = _Sums()
        sums.add(output._node, _seed(output, gradient))
        _sweep(order, set(totals), sums, totals)
        for node in order:
            g = totals[id(node)]
            if node.op is None or g is None:
                continue
            wanted = [p is not None for p in node.parents]
            for place, part in enumerate(_run_rule(node, g, wanted)):
                if part is not None:
                    parts[id(node), place] = part
    return Flows(order, totals, parts)
