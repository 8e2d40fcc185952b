"""Functions with a gradient of one's own.

y, backward = f(x)          dx = backward(dy)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..core import modes, tree
from ..core.node import Leaf, Node, Part
from ..core.op import Op
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import GradientError, message
from .reverse import filled, frontier

RECORDED: list[Callable[..., Any]] = []
"""How such a function is written into a program; filled in by the room of programs."""


def custom_gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a function its own gradient.

    `function(*args)` returns its value and a function `backward(g)`, which takes a gradient that looks like
    the value and gives one that looks like the argument: a tuple for several arguments, `None` where there
    is none. Both are written in operations, so the gradient can be differentiated again.

    Args:
        function: as above. What it reads from around it must not require a gradient: pass it as an argument.

    Returns:
        A function that gives the value only.

    Raises:
        GradientError: when it is called: it does not return a pair, or reads a variable that is not among
            its arguments; when gradients are computed: they do not look like the arguments.

    Example:
        >>> import sujeong as sj
        >>> @sj.custom_gradient
        ... def reverse_gradient(x):
        ...     return x, lambda g: -g
        >>> float(sj.grad(lambda x: reverse_gradient(x) * 2)(1.0))
        -2.0
    """
    name = getattr(function, "__name__", "function")

    @functools.wraps(function)
    def wrapped(*args: Any) -> Any:
        leaves, structure = tree.flatten(args)
        places = [i for i, v in enumerate(leaves) if isinstance(v, Operand)]
        xs = [as_tensor(leaves[i], name) for i in places]
        if not modes.grad_enabled.get() or all(x._node is None for x in xs):
            return split(function(*args), name)[0]

        def call(*tensors: Tensor) -> tuple[Any, Callable[[Any], list[Any]]]:
            for i, x in zip(places, tensors, strict=True):
                leaves[i] = x
            inside = tree.unflatten(structure, leaves)
            value, backward = split(function(*inside), name)
            return value, lambda g: _for_leaves(backward(g), inside, places, name)

        run = RECORDED[0] if modes.recorder.get() is not None else enclosed
        return run(name, call, xs)

    return wrapped


def split(out: Any, name: str) -> tuple[Any, Callable[..., Any]]:
    """The value and the backward function of what a function with its own gradient returned."""
    if not isinstance(out, tuple) or len(out) != 2 or not callable(out[1]):
        received = f"a tuple of {len(out)}" if isinstance(out, tuple) else type(out).__name__
        fix = "return y, backward where backward(g) gives the gradient of the arguments."
        what = f"{name} must return its value and a function for the gradient."
        raise GradientError(message("custom_gradient", what, received=received, fix=fix))
    return out


def _for_leaves(found: Any, args: tuple[Any, ...], places: list[int], name: str) -> list[Any]:
    """The gradient of each tensor among the arguments, `None` where there is none."""
    if len(args) == 1 and not (isinstance(found, tuple) and len(found) == 1):
        found = (found,)
    if not isinstance(found, tuple) or len(found) != len(args):
        received = f"a tuple of {len(found)}" if isinstance(found, tuple) else type(found).__name__
        what = f"the gradient of {name} must be one entry an argument."
        raise GradientError(message("custom_gradient", what, received=received, expected=len(args)))
    leaves: list[Any] = []
    for i, (g, argument) in enumerate(zip(found, args, strict=True)):
        own, structure = tree.flatten(argument)
        parts, theirs = tree.flatten(g)
        if g is None:
            parts = [None] * len(own)
        elif theirs != structure:
            what = f"the gradient of argument {i} of {name} must look like it."
            raise GradientError(message("custom_gradient", what, received=theirs, expected=structure))
        for part, value in zip(parts, own, strict=True):
            if part is not None and isinstance(value, Operand) and part.shape != value.shape:  # type: ignore[attr-defined]
                what = f"the gradient of argument {i} of {name} has another shape."
                text = message("custom_gradient", what, received=part.shape, expected=value.shape)  # type: ignore[attr-defined]
                raise GradientError(text)
        leaves += parts
    return [leaves[i] for i in places]


def enclosed(name: str, call: Callable[..., Any], xs: Sequence[Tensor]) -> Any:
    """Runs a function and notes its own gradient in place of the one of its operations.

    Args:
        name: for errors.
        call: `call(*xs)` gives a tree and a function from a tree like it to a list like `xs`.
        xs: its tensors.

    Returns:
        The tree.
    """
    start = Leaf().serial
    value, backward = call(*xs)
    leaves, structure = tree.flatten(value)
    ys = [as_tensor(v, name) for v in leaves]
    refuse_others(name, ys, start, xs)

    def rule(g: Any, specs: Any) -> tuple[Any, ...]:
        seeds = [filled(s, xs[0], 0) if part is None else part for part, s in zip(g, specs, strict=True)]
        return tuple(backward(tree.unflatten(structure, seeds)))

    return tree.unflatten(structure, noted(f"gradient of {name}", ys, [x._node for x in xs], rule))


def refuse_others(name: str, ys: Sequence[Tensor], start: int, xs: Sequence[Tensor]) -> None:
    """Refuses a function whose value depends on more that requires a gradient than its arguments."""
    own = {id(x._node) for x in xs}
    for node in frontier(ys, start):
        if id(node) not in own:
            owner = node.owner if isinstance(node, Leaf) else None
            who = (
                f"variable {owner.name!r}"
                if isinstance(owner, Variable)
                else "a tensor that requires a gradient"
            )
            what = f"{name} reads {who} that is not among its arguments, so its gradient would be lost."
            raise GradientError(message("custom_gradient", what, fix="pass it as an argument."))


def noted(
    name: str, ys: Sequence[Tensor], parents: Sequence[Node | None], rule: Callable[..., Any]
) -> list[Tensor]:
    """The same values, made by one node whose gradient is a rule made on the fly.

    Args:
        name: of the operation.
        ys: the values.
        parents: the nodes that the rule gives gradients for.
        rule: `rule(g, specs)` gives one entry a parent; `g` is a tuple with `None` where nothing came.

    Returns:
        The values.
    """
    op = Op(name, partial=True, register=False)
    op.gradient_rule = rule
    if not ys:
        return []
    engine = ys[0]._engine
    node = Node(op, {}, tuple(parents), (), tuple([y.spec for y in ys]), engine)
    return [
        Tensor(y._array, engine, Part(node, i) if y.dtype.is_differentiable else None)
        for i, y in enumerate(ys)
    ]
