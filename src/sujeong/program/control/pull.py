"""The vector-Jacobian product of a program, by replaying it: what all gradients of loops are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...autodiff.reverse import alias, filled, gradients
from ...core import modes
from ...core.tensor import Tensor, leaf
from ..ir import Program
from ..replay import evaluate


def pull(
    program: Program, inputs: Sequence[Tensor], wanted: Sequence[int], seeds: Mapping[int, Any]
) -> list[Tensor]:
    """Gradients of a program's results with respect to some of its inputs.

    Args:
        program: the program.
        inputs: all its inputs.
        wanted: positions of the inputs to differentiate by.
        seeds: position of a result -> its gradient; the other results have none.

    Returns:
        One gradient for each of `wanted`, zeros where nothing depends on it.
    """
    again = modes.grad_enabled.get()  # whether the gradients will be differentiated themselves
    fresh = list(inputs)
    for i in wanted:
        fresh[i] = alias(fresh[i]) if again and fresh[i]._node is not None else leaf(fresh[i])
    with modes.enable_grad():
        out = evaluate(program, *fresh)
    live = [(out[j], g) for j, g in seeds.items() if out[j]._node is not None]
    sources = [fresh[i] for i in wanted]
    found: list[Any] = [None] * len(sources)
    if live and sources:
        graph = None if again else False
        found = gradients([y for y, _ in live], sources, [g for _, g in live], create_graph=graph)
    return [filled(x.spec, x, 0) if g is None else g for g, x in zip(found, sources, strict=True)]


def differentiable(tensors: Sequence[Tensor]) -> list[int]:
    """Positions of the tensors that a gradient may be asked for."""
    return [i for i, t in enumerate(tensors) if t._node is not None and t.dtype.is_differentiable]
