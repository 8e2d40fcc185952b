"""A branch: one of two functions, chosen by a truth value.

y = true(x) if p else false(x)        dx = (true's gradient) if p else (false's gradient)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core import dtypes, modes, tree
from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor, as_tensor
from ...errors import ArgumentError, DTypeError, ShapeError, message
from ...ops.shaping import reshape
from ..ir import Program
from ..replay import evaluate
from .bodies import close, flows, name_of, trace
from .neutral import neutral
from .pull import differentiable, pull


def truth(op: str, value: Any) -> Tensor:
    """One truth value, zero-dimensional."""
    flag = as_tensor(value, op)
    if flag.dtype is not dtypes.bool_:
        fix = "compare first, such as x != 0."
        raise DTypeError(message(op, "the condition must be a truth value.", received=flag.spec, fix=fix))
    if flag.size != 1:
        fix = "reduce it with sj.all or sj.any, or choose element by element with sj.where."
        raise ShapeError(message(op, "the condition must be one truth value.", received=flag.spec, fix=fix))
    return reshape(flag, ())


def _infer(p: Spec, *specs: Spec, true: Program, false: Program) -> tuple[Spec, ...]:
    for branch in (true, false):
        if tuple(s.spec for s in branch.inputs) != specs:
            expected = ", ".join(str(s.spec) for s in branch.inputs)
            received = ", ".join(map(str, specs))
            raise ShapeError(message("cond", "a branch does not fit.", received=received, expected=expected))
    return tuple(s.spec for s in true.outputs)


def _readable(p: Tensor, *inputs: Tensor, true: Program, false: Program) -> tuple[Tensor, ...]:
    return evaluate(true if bool(p) else false, *inputs)


COND = Op("cond", _infer, readable=_readable, partial=True, may_alias=True)


@neutral("cond")
def _run(p: Any, *arrays: Any, true: Any, false: Any) -> tuple[Any, ...]:
    return (true if p else false).run(*arrays)  # type: ignore[no-any-return]


def cond(
    predicate: Any, true_function: Callable[..., Any], false_function: Callable[..., Any], *operands: Any
) -> Any:
    """Runs one of two functions: `true_function(*operands)` if the predicate holds, else the other.

    Eager, and for a Python truth value, it is Python's `if`. While recording, both functions are recorded
    and only the chosen one runs. On a GPU the choice waits for the predicate. Gradients of any order flow
    through the chosen branch.

    Args:
        predicate: one truth value.
        true_function: takes the operands, gives a tree of tensors.
        false_function: the same, with results of the same shapes and element types.
        *operands: trees of tensors; the functions may also read tensors and variables from around them.

    Returns:
        What the chosen function gives.

    Raises:
        DTypeError: the predicate is not a truth value.
        ShapeError: it is more than one.
        ArgumentError: while recording: the two results differ in structure, shape or element type.
        RecordError: while recording: a function writes to a variable.

    Example:
        >>> import sujeong as sj
        >>> f = sj.jit(lambda x: sj.cond(sj.sum(x) > 0, lambda x: x * 2, lambda x: -x, x))
        >>> print(f(sj.asarray([1.0, 2.0])), f(sj.asarray([-1.0, -2.0])))
        [2. 4.] [1. 2.]
    """
    recorder = modes.recorder.get()
    if not isinstance(predicate, bool):
        predicate = truth("cond", predicate)
    if recorder is None or isinstance(predicate, bool):
        return true_function(*operands) if predicate else false_function(*operands)
    leaves, structure = tree.flatten(operands)
    values = [recorder.lift(as_tensor(v, "cond"), "cond") for v in leaves]
    specs, requires = [v.spec for v in values], flows(values)
    bodies = [
        trace(recorder, name_of(f, name), f, structure.children, specs, requires)
        for f, name in ((true_function, "true"), (false_function, "false"))
    ]
    a, b = bodies
    if a.structure != b.structure or [t.spec for t in a.outputs] != [t.spec for t in b.outputs]:
        received = " and ".join(
            f"{x.structure} of {', '.join(str(t.spec) for t in x.outputs)}" for x in bodies
        )
        what = "the two branches must give results of the same structure, shapes and element types."
        fix = "reshape one of them, or cast it with sj.astype."
        raise ArgumentError(message("cond", what, received=received, fix=fix))
    captures, (true, false) = close((a, a.outputs), (b, b.outputs))
    if not a.outputs:
        return tree.unflatten(a.structure, [])
    chosen = recorder.lift(predicate, "cond")
    return tree.unflatten(a.structure, list(apply(COND, chosen, *values, *captures, true=true, false=false)))


@COND.gradient
def _gradient(g: Any, y: Any, p: Tensor, *inputs: Tensor, true: Program, false: Program) -> tuple[Any, ...]:
    wanted = differentiable(inputs)
    at = [j for j, part in enumerate(g) if part is not None]

    def back(branch: Program) -> Callable[..., list[Tensor]]:
        return lambda values, parts: pull(branch, values, wanted, dict(zip(at, parts, strict=True)))

    found = cond(p, back(true), back(false), list(inputs), [g[j] for j in at])
    entries: list[Any] = [None] * (1 + len(inputs))
    for i, part in zip(wanted, found, strict=True):
        entries[1 + i] = part
    return tuple(entries)
