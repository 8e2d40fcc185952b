"""Products with the Jacobian, from the left and from the right: vjp and jvp.

    vjp(f, x)       = f(x),  u -> u^T J           one row of the Jacobian for one backward pass
    jvp(f, x, v)    = f(x),  J v                  the gradient, with respect to u, of u^T J, times v

Forward mode needs no rules of its own: u^T J is linear in u, so differentiating it once more gives J v.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..core import tree
from ..core.tensor import Tensor, as_tensor, leaf
from ..errors import DTypeError, GradientError, message
from .arguments import Opened, close, differentiating, nested, zeros_if_none
from .reverse import filled, walk


def open_all(primals: Sequence[Any], op: str) -> list[Opened]:
    """All arguments with new leaves; at least one must have a floating-point leaf."""
    opened = [Opened(p, op) for p in primals]
    if not any(o.xs for o in opened):
        fix = "make one floating-point: 3.0 instead of 3, sj.asarray(x, dtype=sj.float32)."
        received = ", ".join(type(p).__name__ for p in primals) or "no arguments"
        raise DTypeError(message(op, "no argument holds a floating-point value.", received=received, fix=fix))
    return opened


def vjp(function: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of a function, and the map from an output gradient to the inputs' gradients.

    Args:
        function: from trees of tensors to a tree of tensors.
        *primals: where to evaluate it.

    Returns:
        `(value, pull)`: `pull(u)` gives a tuple with u^T J for each argument, zeros where it is not used,
        `None` at leaves that are not floating-point. It may be called several times.

    Raises:
        DTypeError: no argument holds a floating-point value.
        GradientError: `u` does not look like the value.

    Example:
        >>> import sujeong as sj
        >>> value, pull = sj.vjp(lambda x: x * x, sj.asarray([1.0, 2.0]))
        >>> pull(sj.asarray([1.0, 1.0]))[0].tolist()
        [2.0, 4.0]
    """
    opened = open_all(primals, "vjp")
    with differentiating():
        leaves, structure = tree.flatten(function(*[o.tree for o in opened]))
    ys = [as_tensor(y, "vjp") for y in leaves]
    xs = [x for o in opened for x in o.xs]
    nodes = [x._node for x in xs]
    deep = True if nested() else None

    def pull(u: Any) -> Any:
        us, theirs = tree.flatten(u)
        if theirs != structure:
            what = "the output gradient must look like the output."
            raise GradientError(message("vjp", what, received=theirs, expected=structure))
        rest = iter(zeros_if_none(walk(ys, us, nodes, deep)[0], xs))
        return tuple([o.close([next(rest) for _ in o.xs]) for o in opened])

    return tree.unflatten(structure, close(ys, nodes)), pull


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function, and its derivative along a direction: J v.

    Args:
        function: from trees of tensors to a tree of tensors.
        primals: where to evaluate it, one entry an argument.
        tangents: the direction, like `primals`; at leaves that are not floating-point it does not matter.

    Returns:
        `(value, J v)`, both like the output.

    Raises:
        DTypeError: no argument holds a floating-point value.
        GradientError: the tangents do not look like the arguments.

    Example:
        >>> import sujeong as sj
        >>> value, slope = sj.jvp(lambda x: x * x, [sj.asarray(3.0)], [sj.asarray(1.0)])
        >>> float(value), float(slope)
        (9.0, 6.0)
    """
    opened = open_all(primals, "jvp")
    if len(tangents) != len(primals):
        received = f"{len(tangents)} for {len(primals)}"
        raise GradientError(message("jvp", "there must be one tangent an argument.", received=received))
    vs = directions(opened, tangents, "jvp")
    xs = [x for o in opened for x in o.xs]
    with differentiating():
        leaves, structure = tree.flatten(function(*[o.tree for o in opened]))
        ys = [as_tensor(y, "jvp") for y in leaves]
        live = [i for i, y in enumerate(ys) if y._node is not None and y.dtype.is_differentiable]
        us = [leaf(filled(ys[i].spec, ys[i], 0)) for i in live]
        slopes: list[Any] = [None] * len(ys)
        pulled, _ = walk([ys[i] for i in live], us, [x._node for x in xs], True)
        pairs = [(g, v) for g, v in zip(pulled, vs, strict=True) if g is not None and g._node is not None]
        found, _ = walk([g for g, _ in pairs], [v for _, v in pairs], [u._node for u in us], None)
        for i, slope in zip(live, found, strict=True):
            slopes[i] = slope
    nodes = [t._node for t in (*xs, *us)]
    values, slopes = close((ys, zeros_if_none(slopes, ys)), nodes)
    return tree.unflatten(structure, values), tree.unflatten(structure, slopes)


def directions(opened: Sequence[Opened], tangents: Sequence[Any], op: str) -> list[Tensor]:
    """One tangent for each floating-point leaf of the arguments."""
    found = [
        o.like(t, op, f"the tangent of argument {i}")
        for i, (o, t) in enumerate(zip(opened, tangents, strict=True))
    ]
    return [as_tensor(v, op) for part in found for v in part]
