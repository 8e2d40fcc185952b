"""A loop that goes on as long as a condition holds: searches, iterations until convergence.

    c_0 = init,   c_{i+1} = f(c_i)   while p(c_i),   gives c_n

Gradient: n is not known beforehand, so nothing can be kept. A first loop counts the trips; a second one
walks back and computes c_{i} from c_0 anew before each of its steps:

    for i = n-1 ... 0:   (dc_i, dw_i) = f'(c_i)^T dc_{i+1},   dw = sum_i dw_i

That takes time of order n^2 and memory that does not grow with n. It is written with `while_loop` itself,
so gradients of any order follow. Where n is known, `scan` is the better loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...autodiff.reverse import filled
from ...core import modes, tree
from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor, as_tensor
from ...errors import ArgumentError, ShapeError, message
from ...ops.arithmetic import add, subtract
from ...ops.comparison import greater
from ..ir import Program
from ..replay import evaluate
from .bodies import check_carry, close, flows, name_of, trace
from .cond import truth
from .neutral import neutral
from .pull import differentiable, pull


def _infer(*specs: Spec, condition: Program, body: Program, carry: int) -> tuple[Spec, ...]:
    for program in (condition, body):
        if tuple(s.spec for s in program.inputs) != specs:
            expected = ", ".join(str(s.spec) for s in program.inputs)
            received = ", ".join(map(str, specs))
            text = message("while_loop", "the body does not fit.", received=received, expected=expected)
            raise ShapeError(text)
    return tuple(s.spec for s in body.outputs)


def _readable(*inputs: Tensor, condition: Program, body: Program, carry: int) -> tuple[Tensor, ...]:
    state, rest = inputs[:carry], inputs[carry:]
    while bool(evaluate(condition, *state, *rest)[0]):
        state = evaluate(body, *state, *rest)
    return state


WHILE = Op("while_loop", _infer, readable=_readable, partial=True, may_alias=True)


@neutral("while_loop")
def _run(*arrays: Any, condition: Any, body: Any, carry: int) -> tuple[Any, ...]:
    state, rest = arrays[:carry], arrays[carry:]
    test, step = condition.run, body.run
    while test(*state, *rest)[0]:
        state = step(*state, *rest)
    return state


def while_loop(condition: Callable[[Any], Any], function: Callable[[Any], Any], init: Any) -> Any:
    """Repeats `carry = function(carry)` as long as `condition(carry)` holds.

    Eager it is Python's loop. While recording it is one operation whose parts are recorded once; on a GPU
    each trip waits for the condition. Gradients of any order flow to `init` and to whatever the function
    reads from around it; in the recorded form they take time of order n^2 for n trips, and constant memory.

    Args:
        condition: takes the carry, gives one truth value.
        function: takes the carry, gives the next one: same structure, shapes and element types.
        init: the first carry, a tree of tensors.

    Returns:
        The first carry for which the condition does not hold.

    Raises:
        ArgumentError: the carry is empty or changes its kind.
        DTypeError: the condition is not a truth value.
        RecordError: while recording: the function writes to a variable.

    Example:
        >>> import sujeong as sj
        >>> halve = sj.jit(lambda x: sj.while_loop(lambda v: v > 1, lambda v: v / 2, x))
        >>> print(halve(sj.asarray(10.0)))
        0.625
    """
    leaves, structure = tree.flatten(init)
    if not leaves:
        text = message("while_loop", "there is nothing to carry.", fix="give init a tensor that changes.")
        raise ArgumentError(text)
    carry = [as_tensor(v, "while_loop") for v in leaves]
    before = (structure, [c.spec for c in carry])
    recorder = modes.recorder.get()
    if recorder is not None:
        return _record(recorder, condition, function, structure, carry)
    while bool(truth("while_loop", condition(tree.unflatten(structure, carry)))):
        leaves, found = tree.flatten(function(tree.unflatten(structure, carry)))
        carry = [as_tensor(v, "while_loop") for v in leaves]
        check_carry("while_loop", before, (found, [c.spec for c in carry]))
    return tree.unflatten(structure, carry)


def _record(
    recorder: Any, condition: Any, function: Any, structure: tree.Structure, carry: list[Tensor]
) -> Any:
    inputs = [recorder.lift(c, "while_loop") for c in carry]
    specs, requires = [c.spec for c in inputs], flows(inputs)
    while True:  # a carry that starts without a gradient may come out with one
        step = trace(recorder, name_of(function, "body"), function, (structure,), specs, requires)
        check_carry("while_loop", (structure, specs), (step.structure, [t.spec for t in step.outputs]))
        after = [a or b for a, b in zip(requires, flows(step.outputs), strict=True)]
        if after == requires:
            break
        requires = after
    name = name_of(condition, "condition")
    test = trace(
        recorder, name, lambda c: truth("while_loop", condition(c)), (structure,), specs, [False] * len(specs)
    )
    captures, (ask, body) = close((test, test.outputs), (step, step.outputs))
    out = apply(WHILE, *inputs, *captures, condition=ask, body=body, carry=len(inputs))
    return tree.unflatten(structure, list(out))


@WHILE.gradient
def _gradient(
    g: Any, y: Any, *inputs: Tensor, condition: Program, body: Program, carry: int
) -> tuple[Any, ...]:
    first, rest = list(inputs[:carry]), list(inputs[carry:])
    of_carry = [i for i in range(carry) if first[i].dtype.is_differentiable]
    of_rest = differentiable(rest)
    wanted = [*of_carry, *(carry + i for i in of_rest)]

    def goes_on(c: Any) -> Tensor:
        return evaluate(condition, *c, *rest)[0]

    def step(c: Any) -> list[Tensor]:
        return list(evaluate(body, *c, *rest))

    trips, _ = while_loop(lambda s: goes_on(s[1]), lambda s: (add(s[0], 1), step(s[1])), (0, first))

    def back(state: Any) -> Any:
        i, slope, total = state
        left = subtract(i, 1)
        _, c = while_loop(lambda s: greater(left, s[0]), lambda s: (add(s[0], 1), step(s[1])), (0, first))
        found = pull(body, [*c, *rest], wanted, dict(zip(of_carry, slope, strict=True)))
        n = len(of_carry)
        return left, found[:n], [add(t, d) for t, d in zip(total, found[n:], strict=True)]

    slope = [filled(first[i].spec, first[i], 0) if g[i] is None else g[i] for i in of_carry]
    total = [filled(rest[i].spec, rest[i], 0) for i in of_rest]
    _, slope, total = while_loop(lambda s: greater(s[0], 0), back, (trips, slope, total))
    out: list[Any] = [None] * len(inputs)
    for i, value in zip(wanted, [*slope, *total], strict=True):
        out[i] = value
    return tuple(out)
