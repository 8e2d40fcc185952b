"""Functions of functions: grad, value_and_grad, vjp, jvp.

    grad(f)(x)      = df/dx                       f gives one number
    vjp(f, x)       = f(x),  u -> u^T J           one row of the Jacobian for one backward pass
    jvp(f, x, v)    = f(x),  J v                  the gradient, with respect to u, of u^T J, times v

Forward mode needs no rules of its own: u^T J is linear in u, so differentiating it once more gives J v.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..core import modes, tree
from ..core.node import Leaf
from ..core.tensor import Operand, Tensor, as_tensor, leaf
from ..core.variable import Variable
from ..errors import ArgumentError, GradientError, message
from .reverse import alias, filled, gradients


def _fresh(value: Any, op: str) -> Tensor:
    """A new leaf (or alias, inside another gradient) for one argument."""
    x = as_tensor(value, op)
    return alias(x) if x._node is not None and modes.grad_enabled.get() else leaf(x)


def _open(value: Any, op: str) -> tuple[Any, list[Tensor], tree.Structure]:
    leaves, structure = tree.flatten(value)
    xs = [_fresh(v, op) for v in leaves]
    return tree.unflatten(structure, xs), xs, structure


def _zeros_if_none(g: Any, x: Tensor) -> Tensor:
    return filled(x.spec, x, 0) if g is None else g


def value_and_grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    *,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """A function that gives the value of `function` and its gradient.

    Args:
        function: gives one number (and, with `has_aux`, anything beside it).
        argnums: which positional arguments to differentiate by; each may be a tree.
        has_aux: whether `function` returns `(value, aux)`.
        variables: differentiate by these variables instead of arguments.

    Returns:
        A function giving `(value, gradient)`, or `((value, aux), gradient)`. The gradient looks like the
        argument, a tuple for several `argnums`, a list for `variables`.

    Raises:
        GradientError: the value is not one number, or depends on none of the arguments.

    Example:
        >>> import sujeong as sj
        >>> value, g = sj.value_and_grad(lambda x: sj.sum(x * x))(sj.asarray([1.0, 2.0]))
        >>> float(value), g.tolist()
        (5.0, [2.0, 4.0])
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if variables is not None:
            with modes.enable_grad():
                value, aux = _call(function, args, kwargs, has_aux)
            found = gradients(value, variables)
            grads: Any = [_zeros_if_none(g, v.value) for g, v in zip(found, variables, strict=True)]
            value = _close(value, [v.value for v in variables])
        else:
            chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
            if any(not -len(args) <= i < len(args) for i in chosen):
                text = message("grad", "there is no such argument.", received=f"argnums={argnums}, {len(args)} arguments")
                raise ArgumentError(text)
            opened = {i % len(args): _open(args[i], "grad") for i in chosen}
            filled_args = [opened[i][0] if i in opened else a for i, a in enumerate(args)]
            with modes.enable_grad():
                value, aux = _call(function, filled_args, kwargs, has_aux)
            xs = [x for i in chosen for x in opened[i % len(args)][1]]
            found = [_zeros_if_none(g, x) for g, x in zip(_grads_or_none(value, xs), xs, strict=True)]
            rest = iter(found)
            trees = tuple(
                tree.unflatten(opened[i % len(args)][2], [next(rest) for _ in opened[i % len(args)][1]])
                for i in chosen
            )
            grads = trees[0] if isinstance(argnums, int) else trees
            value = _close(value, xs)
        return ((value, aux), grads) if has_aux else (value, grads)

    return wrapped


def _grads_or_none(value: Tensor, xs: list[Tensor]) -> list[Any]:
    return [None] * len(xs) if value._node is None else gradients(value, xs)


def _close(value: Tensor, xs: list[Tensor]) -> Tensor:
    """Drops the graph of a value unless an outer gradient still needs it."""
    from .reverse import _reachable

    if value._node is None:
        return value
    own = {id(x._node) for x in xs}
    outer = any(isinstance(n, Leaf) and id(n) not in own for n in _reachable([value._node]))
    return value if outer else value.detach()


def _call(function: Callable[..., Any], args: Any, kwargs: Any, has_aux: bool) -> tuple[Tensor, Any]:
    out = function(*args, **kwargs)
    aux = None
    if has_aux:
        if not isinstance(out, tuple) or len(out) != 2:
            text = message("grad", "with has_aux=True the function returns (value, aux).", received=type(out).__name__)
            raise GradientError(text)
        out, aux = out
    if not isinstance(out, (Operand, int, float)):
        text = message("grad", "the function must return one number.", received=type(out).__name__)
        raise GradientError(text)
    value = as_tensor(out, "grad")
    if value.size != 1:
        fix = "reduce it (sj.sum, sj.mean), or use sj.jacobian."
        raise GradientError(message("grad", "the function must return one number.", received=value.spec, fix=fix))
    return value, aux


def grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    *,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """A function that gives the gradient of `function`; apply it again for higher derivatives.

    Args:
        function: gives one number (and, with `has_aux`, anything beside it).
        argnums: which positional arguments to differentiate by; each may be a tree.
        has_aux: whether `function` returns `(value, aux)`; then the result is `(gradient, aux)`.
        variables: differentiate by these variables instead of arguments.

    Returns:
        A function giving the gradient.

    Raises:
        GradientError: the value is not one number.

    Example:
        >>> import sujeong as sj
        >>> cube = lambda x: x * x * x
        >>> float(sj.grad(sj.grad(cube))(2.0))
        12.0
    """
    both = value_and_grad(function, argnums, has_aux=has_aux, variables=variables)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, g = both(*args, **kwargs)
        return (g, value[1]) if has_aux else g

    return wrapped


def vjp(function: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of a function, and the map from an output gradient to the inputs' gradients.

    Args:
        function: from trees of tensors to a tree of tensors.
        *primals: where to evaluate it.

    Returns:
        `(value, pull)`: `pull(u)` gives a tuple with u^T J for each argument.

    Example:
        >>> import sujeong as sj
        >>> value, pull = sj.vjp(lambda x: x * x, sj.asarray([1.0, 2.0]))
        >>> pull(sj.asarray([1.0, 1.0]))[0].tolist()
        [2.0, 4.0]
    """
    opened = [_open(p, "vjp") for p in primals]
    with modes.enable_grad():
        out = function(*[o[0] for o in opened])
    ys, structure = tree.flatten(out)
    ys = [as_tensor(y, "vjp") for y in ys]
    xs = [x for o in opened for x in o[1]]

    def pull(u: Any) -> Any:
        us, theirs = tree.flatten(u)
        if theirs != structure:
            text = message("vjp", "the output gradient must look like the output.", received=theirs, expected=structure)
            raise GradientError(text)
        live = [(y, v) for y, v in zip(ys, us, strict=True) if y._node is not None]
        found: list[Any] = [None] * len(xs)
        if live:
            outer = any(as_tensor(v)._node is not None for _, v in live) or None
            found = gradients([y for y, _ in live], xs, [v for _, v in live], create_graph=outer)
        rest = iter([_zeros_if_none(g, x) for g, x in zip(found, xs, strict=True)])
        return tuple(tree.unflatten(o[2], [next(rest) for _ in o[1]]) for o in opened)

    return tree.unflatten(structure, [_close(y, xs) for y in ys]), pull


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function, and its derivative along a direction: J v.

    Args:
        function: from trees of tensors to a tree of tensors.
        primals: where to evaluate it, one entry an argument.
        tangents: the direction, like `primals`.

    Returns:
        `(value, J v)`, both like the output.

    Example:
        >>> import sujeong as sj
        >>> value, slope = sj.jvp(lambda x: x * x, [sj.asarray(3.0)], [sj.asarray(1.0)])
        >>> float(value), float(slope)
        (9.0, 6.0)
    """
    opened = [_open(p, "jvp") for p in primals]
    xs = [x for o in opened for x in o[1]]
    vs = [as_tensor(v, "jvp") for t in tangents for v in tree.leaves(t)]
    if len(vs) != len(xs) or any(v.shape != x.shape for v, x in zip(vs, xs, strict=False)):
        received = f"{[v.shape for v in vs]} for {[x.shape for x in xs]}"
        raise GradientError(message("jvp", "tangents must look like the arguments.", received=received))
    with modes.enable_grad():
        out = function(*[o[0] for o in opened])
        ys, structure = tree.flatten(out)
        ys = [as_tensor(y, "jvp") for y in ys]
        us = [leaf(filled(y.spec, y, 0)) if y._node is not None else None for y in ys]
        live = [(y, u) for y, u in zip(ys, us, strict=True) if u is not None]
        slopes: list[Any] = [None] * len(ys)
        if live:
            pulled = gradients([y for y, _ in live], xs, [u for _, u in live], create_graph=True)
            pairs = [(g, v) for g, v in zip(pulled, vs, strict=True) if g is not None and g._node is not None]
            if pairs:
                found = iter(gradients([g for g, _ in pairs], [u for _, u in live], [v for _, v in pairs]))
                slopes = [next(found) if u is not None else None for u in us]
    slopes = [_zeros_if_none(s, y) for s, y in zip(slopes, ys, strict=True)]
    values = [_close(y, xs) for y in ys]
    slopes = [_close(s, xs) for s in slopes]
    return tree.unflatten(structure, values), tree.unflatten(structure, slopes)


def stop_gradient(x: Any) -> Any:
    """The same values, through which no gradient flows.

    Args:
        x: a tensor, or a tree of them.

    Returns:
        The same, cut off.

    Example:
        >>> import sujeong as sj
        >>> float(sj.grad(lambda x: x * sj.stop_gradient(x))(3.0))
        3.0
    """
    return tree.map(lambda t: as_tensor(t, "stop_gradient").detach(), x)
