"""A function with its own gradient, inside a program: two bodies, one for the value, one for the gradient.

    y, r = body(x)          r: what the gradient reads of the forward computation
    dx   = backward(dy, r)

A program that is differentiated afterwards, such as the body of a loop, so keeps the gradient that was given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...autodiff.arguments import bare
from ...autodiff.custom import RECORDED, enclosed, refuse_others
from ...autodiff.reverse import filled
from ...core import modes, tree
from ...core.dispatch import apply
from ...core.node import Leaf
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor, as_tensor
from ...ops.arithmetic import add
from ..ir import Program
from ..replay import evaluate
from .bodies import close, flows, trace
from .neutral import neutral
from .pull import differentiable, pull


def _infer(*specs: Spec, body: Program, backward: Program, results: int, to: tuple[int, ...]) -> Any:
    return tuple(s.spec for s in body.outputs)


def _readable(*inputs: Tensor, body: Program, backward: Program, results: int, to: tuple[int, ...]) -> Any:
    if not any(flows(inputs)):
        return evaluate(body, *inputs)
    read: list[Tensor] = []

    def call(*tensors: Tensor) -> tuple[list[Tensor], Callable[[Any], list[Any]]]:
        out = evaluate(body, *tensors)
        read[:] = out[results:]
        return list(out[:results]), lambda g: _spread(
            evaluate(backward, *g, *out[results:]), to, len(tensors)
        )

    values = enclosed(body.name, call, inputs)
    return (*values, *[bare(r) for r in read])


CUSTOM = Op("custom_gradient", _infer, readable=_readable, keeps_output=True, partial=True, may_alias=True)


@neutral("custom_gradient")
def _run(*arrays: Any, body: Any, backward: Any, results: int, to: tuple[int, ...]) -> Any:
    return body.run(*arrays)


def _spread(values: Sequence[Any], to: Sequence[int], count: int) -> list[Any]:
    out: list[Any] = [None] * count
    for i, value in zip(to, values, strict=True):
        out[i] = value
    return out


def recorded(name: str, call: Callable[..., Any], xs: Sequence[Tensor]) -> Any:
    """Writes a function with its own gradient into the program that is being recorded.

    Args:
        name: its name.
        call: `call(*xs)` gives a tree and a function from a tree like it to a list like `xs`.
        xs: its tensors.

    Returns:
        The tree.
    """
    recorder = modes.recorder.get()
    inputs = [recorder.lift(x, name) for x in xs]
    backward: list[Callable[[Any], list[Any]]] = []

    def forward(tensors: list[Tensor]) -> Any:
        start = Leaf().serial
        value, back = call(*tensors)
        refuse_others(name, [as_tensor(v, name) for v in tree.leaves(value)], start, tensors)
        backward.append(back)
        return value

    each = tree.flatten(inputs)[1]
    body = trace(recorder, name, forward, (each,), [x.spec for x in inputs], flows(inputs))
    to: list[int] = []

    def pulled(g: Any) -> list[Any]:
        found = backward[0](g)
        to[:] = [i for i, part in enumerate(found) if part is not None]
        return [found[i] for i in to]

    specs = [y.spec for y in body.outputs]
    floats = [s.dtype.is_differentiable for s in specs]
    back = trace(body.recorder, f"gradient of {name}", pulled, (body.structure,), specs, floats)
    read, (second,) = close((back, back.outputs))
    captures, (first,) = close((body, [*body.outputs, *read]))
    settings = {"results": len(specs), "to": tuple(to)}
    out = apply(CUSTOM, *inputs, *captures, body=first, backward=second, **settings)
    return tree.unflatten(body.structure, list(out[: len(specs)]))


RECORDED.append(recorded)


@CUSTOM.gradient
def _gradient(
    g: Any,
    y: Any,
    *inputs: Tensor,
    body: Program,
    backward: Program,
    results: int,
    to: tuple[int, ...],
) -> tuple[Any, ...]:
    seeds = [filled(v.spec, v, 0) if part is None else part for part, v in zip(g[:results], y, strict=False)]
    out = _spread(evaluate(backward, *seeds, *y[results:]), to, len(inputs))
    further = {j: g[j] for j in range(results, len(y)) if g[j] is not None}
    if further:  # the gradient's own gradient reaches what it read of the forward computation
        wanted = differentiable(inputs)
        for i, part in zip(wanted, pull(body, inputs, wanted, further), strict=True):
            out[i] = part if out[i] is None else add(out[i], part)
    return tuple(out)
