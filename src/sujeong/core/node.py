"""How a tensor was made: one node an operation, linked to the nodes of its inputs.

Nodes point only backwards, so dropping the last tensor of a computation frees all of it. The serial
number grows with each node: sorting by it is a topological order, without recursion.
"""

from __future__ import annotations

from itertools import count
from typing import Any

_serial = count().__next__


class Node:
    """One operation as it happened.

    Attributes:
        op: the operation; `None` for a leaf and for one result of several.
        attributes: its attributes.
        parents: nodes of the inputs, `None` where an input carries no gradient.
        inputs: each input as a tensor where the gradient rule reads it, else as a spec.
        output: the resulting array (or tuple of arrays) where the rule reads it, else specs.
        engine: the engine of the output.
        serial: order of creation.
    """

    __slots__ = ("attributes", "engine", "inputs", "op", "output", "parents", "serial")

    def __init__(
        self, op: Any, attributes: Any, parents: tuple[Any, ...], inputs: Any, output: Any, engine: Any
    ) -> None:
        self.op, self.attributes, self.parents = op, attributes, parents
        self.inputs, self.output, self.engine = inputs, output, engine
        self.serial = _serial()


class Kept(Node):
    """An operation that remembers all that it read and gave, not only what its gradient rule reads.

    Attributes:
        read: the inputs, as tensors.
        gave: the resulting array, or the tuple of them.
    """

    __slots__ = ("gave", "read")

    def __init__(self, node: Node, read: tuple[Any, ...], gave: Any) -> None:
        super().__init__(node.op, node.attributes, node.parents, node.inputs, node.output, node.engine)
        self.read, self.gave = read, gave


class Part(Node):
    """One of the several results of an operation."""

    __slots__ = ("index",)

    def __init__(self, parent: Node, index: int) -> None:
        super().__init__(None, None, (parent,), (), None, parent.engine)
        self.index = index


class Leaf(Node):
    """A value that gradients are asked for: a tensor made with `requires_grad`, or a variable's value.

    Attributes:
        owner: the variable whose `.grad` is filled, or the leaf itself.
        grad: the gradient that `backward` filled in.
    """

    __slots__ = ("grad", "owner")

    def __init__(self, owner: Any = None) -> None:
        self.op = self.attributes = self.output = self.engine = None  # made at each update: no other call
        self.grad: Any = None
        self.parents = self.inputs = ()
        self.serial = _serial()
        self.owner = self if owner is None else owner
