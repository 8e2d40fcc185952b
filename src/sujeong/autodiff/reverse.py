"""Reverse mode: gradients of a result with respect to what it was made of.

    y = f(x1, ..., xn):   dL/dx_i = sum over the operations that read x_i of  (dL/dy) dy/dx_i

Nodes are visited from the newest to the oldest (their serial numbers are a topological order), each
gradient rule runs once, and gradients that meet at a node are added. The rules are written in
operations, so running them with gradients enabled gives a graph that can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from ..core import modes
from ..core.dispatch import apply
from ..core.node import Leaf, Node, Part
from ..core.op import Op, same
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import GradientError, ShapeError, message
from ..ops._build import cast
from ..ops.arithmetic import add
from ..ops.filling import FULL

IDENTITY = Op("identity", same, keeps_inputs=False, may_alias=True)


def _reachable(roots: list[Node], stops: Container[int] = ()) -> list[Node]:
    """All nodes behind the roots, not beyond the stops, newest first, without recursion."""
    seen = {id(n) for n in roots}
    stack, found = list(roots), []
    while stack:
        node = stack.pop()
        found.append(node)
        if id(node) in stops:
            continue
        for parent in node.parents:
            if parent is not None and id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    found.sort(key=lambda n: n.serial, reverse=True)
    return found


def filled(spec: Spec, like: Tensor, value: float) -> Tensor:
    """A constant of a spec, on the engine and device of another tensor."""
    engine = like._engine
    kernel = engine.kernels[FULL.name]
    return Tensor(kernel(shape=spec.shape, value=value, dtype=spec.dtype, device=like.device), engine)


def _seed(output: Tensor, given: Any) -> Tensor:
    """The gradient of a result with respect to itself: what came, or one for a single number."""
    if given is None:
        if output.size != 1:
            raise GradientError(
                message(
                    "backward",
                    "the gradient of several numbers at once needs a direction.",
                    received=output.spec,
                    expected="a single number, such as a loss",
                    fix="reduce it first (sj.mean, sj.sum), or give the output gradient.",
                )
            )
        return filled(output.spec, output, 1)
    given = as_tensor(given, "backward")
    if given.shape != output.shape:
        what = "the output gradient must look like the output."
        raise ShapeError(message("backward", what, received=given.shape, expected=output.shape))
    return cast(given, output.dtype)


class _Sums:
    """Gradients collected so far, by node; those of an operation with several results in one list."""

    def __init__(self) -> None:
        self.by_node: dict[int, Any] = {}

    def add(self, node: Node, g: Tensor) -> None:
        if isinstance(node, Part):
            self.by_node[id(node)] = g if id(node) not in self.by_node else add(self.by_node[id(node)], g)
            return
        have = self.by_node.get(id(node))
        self.by_node[id(node)] = g if have is None else add(have, g)

    def pop(self, node: Node) -> Any:
        return self.by_node.pop(id(node), None)


def _run_rule(node: Node, g: Any, wanted: list[bool]) -> list[Any]:
    """Calls the gradient rule of one operation; entries that nobody wants are not computed."""
    op = node.op
    inputs = node.inputs
    if op.gradient_rule is None:  # a composite without a rule of its own: differentiate its readable form
        return _through_readable(node, g, wanted)
    several = isinstance(g, list)
    if op.keeps_output:
        y: Any = (
            tuple([_result(a, p) for a, p in zip(node.output, _parts(node), strict=True)])
            if isinstance(node.output, tuple)
            else Tensor(node.output, node.engine, node)
        )
    else:
        y = node.output
    if several and op.partial:
        g = tuple(g)
    elif several:
        first = next(x for x in g if x is not None)
        specs = [a if isinstance(a, Spec) else node.engine.spec(a) for a in node.output]
        g = tuple(filled(s, first, 0) if x is None else x for x, s in zip(g, specs, strict=True))
    entries = op.gradient_rule(g, y, *inputs, **node.attributes)
    if len(entries) != len(node.parents):
        text = message(op.name, "its gradient rule has the wrong length.", received=len(entries))
        raise GradientError(text)
    return [(e() if callable(e) else e) if want else None for e, want in zip(entries, wanted, strict=True)]


def _parts(node: Node) -> list[Part]:
    return [Part(node, i) for i in range(len(node.output))]


def _result(array: Any, part: Part) -> Any:
    """One of several results, as its gradient rule sees it: a tensor if it was kept, else a spec."""
    return array if isinstance(array, Spec) else Tensor(array, part.engine, part)


def _through_readable(node: Node, g: Any, wanted: list[bool]) -> list[Any]:
    """The gradient of a fused kernel: that of its readable form, recomputed from the inputs."""
    if node.op.readable is None:
        text = message(node.op.name, "this operation has no gradient.", fix="use sj.stop_gradient around it.")
        raise GradientError(text)
    with modes.enable_grad():
        again = [alias(x) if w else x for x, w in zip(node.inputs, wanted, strict=True)]
        y = node.op.readable(*again, **node.attributes)
    ys, gs = ([y], [g]) if isinstance(y, Tensor) else (list(y), list(g))
    kept = [(a, b) for a, b in zip(ys, gs, strict=True) if b is not None and a._node is not None]
    sources = [x for x, w in zip(again, wanted, strict=True) if w]
    if not kept:
        return [None] * len(wanted)
    found = iter(
        gradients([a for a, _ in kept], sources, [b for _, b in kept], create_graph=modes.grad_enabled.get())
    )
    return [next(found) if w else None for w in wanted]


def alias(x: Tensor) -> Tensor:
    """The same value as a new point of the graph, still linked to the old one."""
    if x._node is None:
        return Tensor(x._array, x._engine, Leaf())
    return apply(IDENTITY, x)


def _sweep(
    order: list[Node], wanted: set[int], sums: _Sums, ends: dict[int, Any], beyond: bool = True
) -> None:
    """One pass from the newest node to the oldest; `ends` collects the gradients asked for."""
    for node in order:
        key = id(node)
        if key not in wanted:
            continue
        g = sums.pop(node)
        if g is None:
            continue
        if key in ends:
            ends[key] = g
            if not beyond:
                continue
        if isinstance(node, Part):
            parent = node.parents[0]
            slots = sums.by_node.setdefault(id(parent), [None] * len(parent.output))
            have = slots[node.index]  # a rule that reads this result made a second part of it
            slots[node.index] = g if have is None else add(have, g)
            continue
        if node.op is None:
            continue
        wants = [p is not None and id(p) in wanted for p in node.parents]
        for parent, part in zip(node.parents, _run_rule(node, g, wants), strict=True):
            if part is not None:
                sums.add(parent, part)


def gradients(
    outputs: Tensor | Sequence[Tensor],
    sources: Sequence[Any],
    output_gradients: Sequence[Any] | None = None,
    *,
    create_graph: bool | None = None,
) -> list[Tensor | None]:
    """Gradients of results with respect to tensors or variables they were made of.

    Args:
        outputs: one result or several; a single number each, unless `output_gradients` are given.
        sources: tensors that require a gradient, or variables.
        output_gradients: dL/d(output) for each output, of its shape.
        create_graph: whether the gradients can be differentiated again; default: only if the results
            also depend on something else that requires a gradient.

    Returns:
        A gradient for each source, of its shape; `None` where the results do not depend on it.

    Raises:
        GradientError: nothing in the results requires a gradient, or a source does not.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, 2.0]))
        >>> (g,) = sj.gradients(sj.sum(w * w), [w])
        >>> print(g)
        [2. 4.]
    """
    ys = [outputs] if isinstance(outputs, Operand) else list(outputs)
    ys = [as_tensor(y, "gradients") for y in ys]
    xs = [as_tensor(x, "gradients") for x in sources]
    seeds = list(output_gradients) if output_gradients is not None else [None] * len(ys)
    for x, source in zip(xs, sources, strict=True):
        if x._node is None:
            name = f"variable {source.name!r}" if isinstance(source, Variable) else f"a tensor {x.spec}"
            fix = "make it with requires_grad=True; a variable needs trainable=True."
            raise GradientError(message("gradients", f"{name} requires no gradient.", fix=fix))
    if all(y._node is None for y in ys):
        fix = "compute the result from variables, outside sj.no_grad()."
        raise GradientError(
            message("gradients", "the result depends on nothing that requires a gradient.", fix=fix)
        )
    return walk(ys, seeds, [x._node for x in xs], create_graph)[0]


def walk(
    ys: Sequence[Tensor],
    seeds: Sequence[Any],
    ends: Sequence[Node],
    create_graph: bool | None,
    beyond: bool = True,
) -> tuple[list[Any], bool]:
    """Gradients of results with respect to nodes they were made from.

    Args:
        ys: the results; those without a node are passed over.
        seeds: the gradient of each, `None` for one.
        ends: the nodes.
        create_graph: as in `gradients`.
        beyond: whether an end that another end was made from also counts what flows through that one.

    Returns:
        A gradient for each node, `None` where nothing depends on it; and whether the results, or the seeds,
        also depend on something else that requires a gradient.
    """
    live = [(y, s) for y, s in zip(ys, seeds, strict=True) if y._node is not None]
    found: dict[int, Any] = {id(n): None for n in ends}
    order = _reachable([y._node for y, _ in live], () if beyond else found)
    wanted, others = _between(order, found)
    others = others or any(isinstance(s, Operand) and as_tensor(s)._node is not None for _, s in live)
    again = others if create_graph is None else create_graph
    with modes.backward_pass(again):
        sums = _Sums()
        for y, s in live:
            if id(y._node) in wanted:
                sums.add(y._node, _seed(y, s))
        _sweep(order, wanted, sums, found, beyond)
    return [found[id(n)] for n in ends], others


def frontier(ys: Sequence[Tensor], start: int) -> list[Node]:
    """The nodes from before a moment, and the leaves, that results made since then were made from.

    Args:
        ys: the results.
        start: the serial number of the moment.

    Returns:
        The nodes, each once.
    """
    found: dict[int, Node] = {}
    seen: set[int] = set()
    stack = [y._node for y in ys if y._node is not None]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.serial <= start or isinstance(node, Leaf):
            found[id(node)] = node
        else:
            stack += [p for p in node.parents if p is not None]
    return list(found.values())


def _between(order: list[Node], ends: dict[int, Any]) -> tuple[set[int], bool]:
    """Nodes on a path to one of the ends, and whether a leaf is reached that is not an end."""
    wanted: set[int] = set()
    others = False
    for node in reversed(order):
        if id(node) in ends or any(p is not None and id(p) in wanted for p in node.parents):
            wanted.add(id(node))
        if isinstance(node, Leaf) and id(node) not in ends:
            others = True
    return wanted, others


def backward(output: Tensor, gradient: Any = None, *, create_graph: bool = False) -> None:
    """Fills `.grad` of every leaf that a result was made of, adding to what is there.

    Args:
        output: the result, a single number unless `gradient` is given.
        gradient: dL/d(output), of its shape.
        create_graph: whether the gradients can be differentiated again.

    Raises:
        GradientError: the result depends on nothing that requires a gradient.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([1.0, 2.0], requires_grad=True)
        >>> sj.sum(x * x).backward()
        >>> print(x.grad)
        [2. 4.]
    """
    output = as_tensor(output, "backward")
    if output._node is None:
        fix = "make the inputs with requires_grad=True, or use variables, outside sj.no_grad()."
        raise GradientError(
            message("backward", "the result depends on nothing that requires a gradient.", fix=fix)
        )
    order = _reachable([output._node])
    leaves = [n for n in order if isinstance(n, Leaf)]
    ends: dict[int, Any] = {id(n): None for n in leaves}
    wanted, _ = _between(order, ends)
    with modes.backward_pass(create_graph):
        sums = _Sums()
        sums.add(output._node, _seed(output, gradient))
        _sweep(order, wanted, sums, ends)
        for node in leaves:
            g = ends[id(node)]
            if g is not None:
                have = node.owner.grad
                node.owner.grad = g if have is None else add(have, g)


@IDENTITY.gradient
def _identity_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (g,)


Tensor.backward = backward
