"""The graph of a result as boxes and edges, with the value and the gradient that each edge carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.flows import Flows, flows
from ..core import modes
from ..core.node import Kept, Leaf, Node, Part
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import ArgumentError, GradientError, message

MOST = 60


@dataclass(frozen=True)
class Box:
    """A point of the graph.

    Attributes:
        label: name of the operation, the input or the result; `""` for a value without a name.
        kind: `"operation"`, `"variable"` (gradients flow to it), `"constant"` or `"result"`.
    """

    label: str
    kind: str


@dataclass(frozen=True)
class Edge:
    """A value on its way from the box that made it to one that reads it.

    Attributes:
        source: number of the box that made it.
        target: number of the box that reads it.
        place: which input of the target it is.
        shape: of the value.
        value: the value; `None` where nobody kept it.
        gradient: what flows back through this edge, of the shape of the value; `None` where nothing does.
    """

    source: int
    target: int
    place: int
    shape: tuple[int, ...]
    value: np.ndarray | None
    gradient: np.ndarray | None


@dataclass(frozen=True)
class Computation:
    """A graph.

    Attributes:
        boxes: its points; the last one is the result.
        edges: its edges.
    """

    boxes: list[Box]
    edges: list[Edge]


def trace(
    result: Tensor | Callable[[], Tensor],
    *,
    names: Mapping[str, Any] | None = None,
    gradient: Any = None,
    most: int = MOST,
) -> Computation:
    """Reads off how a result was made.

    Args:
        result: a tensor, or a function without arguments that computes one; of a function all values are
            kept, of a tensor those which the gradient rules read, unless it was made inside of
            `sj.inspect.keep_values()`.
        names: name -> tensor or variable, for the labels of inputs and of the result. Variables have their
            own names.
        gradient: dL/d(result); needed unless the result is a single number.
        most: the most boxes allowed.

    Returns:
        The graph.

    Raises:
        GradientError: no gradient flows to the result, so that no operation was noted.
        ArgumentError: the graph has too many boxes to be read.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(3.0, name="w")
        >>> graph = sj.inspect.trace(lambda: w * 2.0 + 1.0)
        >>> [box.label for box in graph.boxes]
        ['w', '2', 'multiply', '1', 'add', '']
        >>> [float(edge.value) for edge in graph.edges]
        [3.0, 2.0, 6.0, 1.0, 7.0]
    """
    if not isinstance(result, Operand) and callable(result):
        with modes.keep_values():
            result = result()
    output = as_tensor(result, "draw")
    if output._node is None:
        raise GradientError(
            message(
                "draw",
                "there is no graph: the result was made of nothing that requires a gradient.",
                received=output.spec,
                fix="make the inputs with requires_grad=True, or use variables, outside sj.no_grad().",
            )
        )
    graph = _Reader(output, flows(output, gradient), names or {}).read()
    if len(graph.boxes) > most:
        raise ArgumentError(
            message(
                "draw",
                "the graph is too large to be read.",
                received=f"{len(graph.boxes)} boxes",
                expected=f"at most {most}",
                fix="draw a smaller computation (a few samples, one layer, one part of the loss), "
                "or set most=... to draw it all the same.",
            )
        )
    return graph


class _Reader:
    """Collects boxes and edges, oldest first."""

    def __init__(self, output: Tensor, found: Flows, names: Mapping[str, Any]) -> None:
        self.output, self.found = output, found
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.number: dict[int, int] = {}  # id(node), or id(array) of a constant -> box
        self.values = _known_values(output, found.order)
        self.nodes: dict[int, str] = {}
        self.arrays: dict[int, str] = {}
        for name, value in names.items():
            tensor = as_tensor(value, "draw")
            self.arrays[id(tensor._array)] = name
            if tensor._node is not None:
                self.nodes[id(tensor._node)] = name

    def read(self) -> Computation:
        for node in reversed(self.found.order):
            if isinstance(node, Part):
                continue
            if isinstance(node, Leaf):
                own = node.owner.name if isinstance(node.owner, Variable) else ""
                self._add(id(node), Box(self.nodes.get(id(node), own), "variable"))
                continue
            sources = [self._source(node, place) for place in range(len(node.parents))]
            target = self._add(id(node), Box(node.op.name, "operation"))
            for place, (source, shape, value) in enumerate(sources):
                part = self.found.parts.get((id(node), place))
                self.edges.append(Edge(source, target, place, shape, value, _host(part)))
        node = self.output._node
        end = self._add(0, Box(self.nodes.get(id(node), ""), "result"))
        value, total = _host(self.output), _host(self.found.totals[id(node)])
        self.edges.append(Edge(self._of(node), end, 0, self.output.shape, value, total))
        return Computation(self.boxes, self.edges)

    def _add(self, key: int, box: Box) -> int:
        self.number[key] = len(self.boxes)
        self.boxes.append(box)
        return self.number[key]

    def _of(self, node: Node) -> int:
        return self.number[id(node.parents[0] if isinstance(node, Part) else node)]

    def _source(self, node: Node, place: int) -> tuple[int, tuple[int, ...], np.ndarray | None]:
        """Box, shape and value of one input of an operation."""
        parent = node.parents[place]
        read = (node.read if isinstance(node, Kept) else node.inputs)[place] if node.inputs else None
        shape = () if read is None else tuple(read.shape)
        if parent is not None:
            return self._of(parent), shape, self.values.get(id(parent))
        if not isinstance(read, Tensor):
            return self._add(-len(self.boxes) - 1, Box("", "constant")), shape, None
        key, value = id(read._array), _host(read)
        if key not in self.number or not shape:  # a number is written beside each operation that reads it
            label = self.arrays.get(key, "" if shape or value is None else f"{value:.4g}")
            self._add(key, Box(label, "constant"))
        return self.number[key], shape, value


def _known_values(output: Tensor, order: list[Node]) -> dict[int, np.ndarray]:
    """id(node) -> its value, where the node, a reader of it or a variable still holds it."""
    known: dict[int, Any] = {id(output._node): output}
    for node in order:
        if isinstance(node, Part):
            parent = node.parents[0]
            gave = parent.gave if isinstance(parent, Kept) else parent.output
            _note(known, node, gave[node.index], node.engine)
            continue
        if isinstance(node, Leaf):
            if isinstance(node.owner, Variable) and node.owner._value._node is node:
                known[id(node)] = node.owner._value
            continue
        if not isinstance(node.output, tuple):
            _note(known, node, node.gave if isinstance(node, Kept) else node.output, node.engine)
        read = node.read if isinstance(node, Kept) else node.inputs
        for parent, x in zip(node.parents, read, strict=False):
            if parent is not None and isinstance(x, Tensor):
                known[id(parent)] = x
    return {key: host for key, value in known.items() if (host := _host(value)) is not None}


def _note(known: dict[int, Any], node: Node, array: Any, engine: Any) -> None:
    """Notes an array of an engine; a spec says nothing of the values."""
    if not isinstance(array, Spec):
        known[id(node)] = Tensor(array, engine)


def _host(value: Any) -> np.ndarray | None:
    return np.array(value.numpy()) if isinstance(value, Tensor) else None
