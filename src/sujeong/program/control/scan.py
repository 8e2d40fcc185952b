"""A loop over the rows of tensors, with a value carried along: recurrent layers, simulations, folds.

    c_0 = init,   (c_{i+1}, y_i) = f(c_i, x_i),   gives c_n and all y

Gradient: a scan the other way round, whose carry is the gradient of c. Each step recomputes f's gradient
from c_i, so the forward loop also keeps all c_i, as further rows:

    (dc_i, dx_i, dw_i) = f'(c_i, x_i)^T (dc_{i+1}, dy_i),   dw = sum_i dw_i
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...core import modes, tree
from ...core.dispatch import apply
from ...core.engine import current
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor, as_tensor
from ...errors import ArgumentError, ShapeError, message
from ...ops.grids import arange
from ...ops.joining import stack
from ..ir import Program
from ..replay import evaluate
from .bodies import Body, check_carry, close, flows, name_of, trace
from .neutral import REPLAYS, neutral
from .rows import empty_rows, rows


def _infer(
    *specs: Spec, body: Program, carry: int, slices: int, length: int, reverse: bool, saved: bool
) -> tuple[Spec, ...]:
    whole = specs[carry : carry + slices]
    given = [*specs[:carry], *(s.like(shape=s.shape[1:]) for s in whole), *specs[carry + slices :]]
    expected = [s.spec for s in body.inputs]
    if given != expected or any(s.shape[0] != length for s in whole):
        text = message("scan", f"the body does not fit {length} rows.", received=given, expected=expected)
        raise ShapeError(text)
    out = [s.spec for s in body.outputs]
    return (*out[:carry], *(s.like(shape=(length, *s.shape)) for s in out[carry:]))


def _readable(
    *inputs: Tensor, body: Program, carry: int, slices: int, length: int, reverse: bool, saved: bool
) -> tuple[Tensor, ...]:
    state, rest = inputs[:carry], inputs[carry + slices :]
    parts = [rows(x) for x in inputs[carry : carry + slices]]
    ys: list[tuple[Tensor, ...]] = []
    for i in _order(length, reverse):
        out = evaluate(body, *state, *[part[i] for part in parts], *rest)
        state = out[:carry]
        ys.append(out[carry:])
    if not ys:
        blank = empty_rows(0, [s.spec for s in body.outputs[carry:]], body.engine, body.device)
        return (*state, *(Tensor(array, body.engine) for array in blank))
    return (*state, *_stacked(ys, reverse))


SCAN = Op("scan", _infer, readable=_readable, keeps_output=True, partial=True, may_alias=True)


@neutral("scan")
def _run(*arrays: Any, body: Any, carry: int, slices: int, length: int, reverse: bool, saved: bool) -> Any:
    state, whole, rest = arrays[:carry], arrays[carry : carry + slices], arrays[carry + slices :]
    program = body.program
    ys = empty_rows(length, [s.spec for s in program.outputs[carry:]], program.engine, program.device)
    run = body.run
    for i in _order(length, reverse):
        out = run(*state, *[x[i, ...] for x in whole], *rest)
        state = out[:carry]
        for y, row in zip(ys, out[carry:], strict=True):
            y[i, ...] = row
    return (*state, *ys)


def scan(
    function: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Goes over the rows of tensors, carrying a value along.

    Eager it is a Python loop. While recording it is one operation whose body is recorded once, whatever the
    number of rows. Gradients of any order flow to `init`, `xs` and to whatever the function reads from
    around it; the recorded form keeps the carry before each row for them, nothing else.

    Args:
        function: `function(carry, x)` gives `(new carry, y)`, all of them trees; `x` has one row of each
            tensor of `xs`. The carry keeps its structure, shapes and element types.
        init: the first carry.
        xs: a tree of tensors (n, ...); `None` if only the carry matters, then `x` is `None`.
        length: n, needed only without `xs`.
        reverse: whether to go from the last row to the first; each `y` stays with its row.

    Returns:
        The last carry, and the tree of all `y`, stacked: (n, ...).

    Raises:
        ArgumentError: n is not known, or the carry changes its kind.
        ShapeError: the tensors of `xs` differ in their number of rows.
        RecordError: while recording: the function writes to a variable.

    Example:
        >>> import sujeong as sj
        >>> total, sums = sj.scan(lambda c, x: (c + x, c + x), 0.0, sj.asarray([1.0, 2.0, 3.0]))
        >>> print(total, sums)
        6.0 [1. 3. 6.]
    """
    starts, inner = tree.flatten(init)
    wholes, outer = tree.flatten(xs)
    carry = [as_tensor(v, "scan") for v in starts]
    slices = [as_tensor(v, "scan") for v in wholes]
    count = _count(slices, length)
    recorder = modes.recorder.get()
    if recorder is None:
        return _loop(function, (inner, carry), (outer, slices), count, reverse)
    if not carry and not slices:  # an operation needs something to work on
        return scan(lambda c, _: function(init, None), init, arange(count), count, reverse)
    return _record(recorder, function, (inner, carry), (outer, slices), count, reverse)


def _order(count: int, reverse: bool) -> range:
    return range(count - 1, -1, -1) if reverse else range(count)


def _count(slices: list[Tensor], length: int | None) -> int:
    if any(x.ndim == 0 for x in slices):
        text = message("scan", "a zero-dimensional tensor has no rows.", received=[x.shape for x in slices])
        raise ShapeError(text)
    counts = {x.shape[0] for x in slices} | (set() if length is None else {length})
    if not counts:
        raise ArgumentError(message("scan", "how many rows?", fix="give xs or length."))
    if len(counts) > 1:
        received = [x.shape for x in slices]
        expected = "one number of rows" if length is None else f"length={length} rows in each"
        raise ShapeError(message("scan", "the numbers of rows differ.", received=received, expected=expected))
    return int(counts.pop())


def _pair(out: Any) -> tuple[Any, Any]:
    if not isinstance(out, tuple) or len(out) != 2:
        received = f"a tuple of {len(out)}" if isinstance(out, tuple) else type(out).__name__
        fix = "return carry, y; y may be None."
        raise ArgumentError(message("scan", "the function must give (carry, y).", received=received, fix=fix))
    return out


def _stacked(ys: Sequence[Sequence[Tensor]], reverse: bool) -> list[Tensor]:
    return [stack(column[::-1] if reverse else column) for column in zip(*ys, strict=True)]


Parts = tuple[tree.Structure, list[Tensor]]


def _loop(function: Any, carried: Parts, sliced: Parts, count: int, reverse: bool) -> tuple[Any, Any]:
    inner, carry = carried
    outer, slices = sliced
    before = (inner, [c.spec for c in carry])
    parts = [rows(x) for x in slices]
    ys: list[list[Tensor]] = []
    shape: tree.Structure | None = None
    for i in _order(count, reverse):
        out = function(tree.unflatten(inner, carry), tree.unflatten(outer, [part[i] for part in parts]))
        found, y = _pair(out)
        leaves, structure = tree.flatten(found)
        carry = [as_tensor(v, "scan") for v in leaves]
        check_carry("scan", before, (structure, [c.spec for c in carry]))
        leaves, structure = tree.flatten(y)
        if shape is not None and structure != shape:
            what = "y must be the same tree for each row."
            raise ArgumentError(message("scan", what, received=structure, expected=shape))
        shape = structure
        ys.append([as_tensor(v, "scan") for v in leaves])
    last = tree.unflatten(inner, carry)
    return (
        (last, _no_rows(function, carried, sliced))
        if shape is None
        else (
            last,
            tree.unflatten(shape, _stacked(ys, reverse)),
        )
    )


def _no_rows(function: Any, carried: Parts, sliced: Parts) -> Any:
    """What an empty loop gives: the body is recorded only to learn the shapes."""
    some = [*carried[1], *sliced[1]]
    engine, device = (some[0]._engine, some[0].device) if some else current()
    with modes.no_grad():
        body = _body(None, function, carried, sliced, [False] * len(some), (engine, device))
    n = carried[0].count
    blank = empty_rows(0, [t.spec for t in body.outputs[n:]], engine, device)
    return tree.unflatten(body.structure.children[1], [Tensor(array, engine) for array in blank])


def _body(
    recorder: Any, function: Any, carried: Parts, sliced: Parts, requires: list[bool], target: Any = None
) -> Body:
    specs = [c.spec for c in carried[1]] + [x.spec.like(shape=x.shape[1:]) for x in sliced[1]]
    structures = (carried[0], sliced[0])
    name = name_of(function, "body")
    body = trace(recorder, name, lambda c, x: _pair(function(c, x)), structures, specs, requires, target)
    n = carried[0].count
    after = body.structure.children[0], [t.spec for t in body.outputs[:n]]
    check_carry("scan", (carried[0], specs[:n]), after)
    return body


def _record(
    recorder: Any, function: Any, carried: Parts, sliced: Parts, count: int, reverse: bool
) -> tuple[Any, Any]:
    n = carried[0].count
    inputs = [recorder.lift(t, "scan") for t in (*carried[1], *sliced[1])]
    requires = flows(inputs)
    while True:  # a carry that starts without a gradient may come out with one
        body = _body(recorder, function, carried, sliced, requires)
        after = [a or b for a, b in zip(requires, flows(body.outputs[:n]), strict=False)]
        if after == requires[:n]:
            break
        requires[:n] = after
    saved = modes.grad_enabled.get() and (any(requires) or body.reads_gradients)
    captures, (program,) = close((body, body.outputs + body.inputs[:n] if saved else body.outputs))
    out: tuple[Tensor, ...] = ()
    if program.outputs:
        settings = {"slices": len(sliced[1]), "length": count, "reverse": reverse, "saved": saved}
        out = apply(SCAN, *inputs, *captures, body=program, carry=n, **settings)
    shapes = body.structure.children
    return tree.unflatten(carried[0], list(out[:n])), tree.unflatten(
        shapes[1], list(out[n : n + shapes[1].count])
    )


def _replay(*inputs: Tensor, body: Program, carry: int, saved: bool, **settings: Any) -> tuple[Tensor, ...]:
    """A recorded scan once more; where a gradient will be asked for, with the carries kept."""
    if saved or modes.recorder.get() is None or not any(flows(inputs)):
        return apply(SCAN, *inputs, body=body, carry=carry, saved=saved, **settings)  # type: ignore[no-any-return]
    kept = Program(body.name, body.engine, body.device)
    kept.__dict__.update(body.__dict__, outputs=[*body.outputs, *body.inputs[:carry]])
    out = apply(SCAN, *inputs, body=kept, carry=carry, saved=True, **settings)
    return out[: len(body.outputs)]  # type: ignore[no-any-return]


REPLAYS["scan"] = _replay
