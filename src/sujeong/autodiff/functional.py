"""The gradient of a function, as a function: grad and value_and_grad.

grad(f)(x) = df/dx         f gives one number; apply it again for higher derivatives
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..core import tree
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import GradientError, message
from .arguments import as_number, bare, close, differentiating, nested, open_chosen, zeros_if_none
from .reverse import gradients, walk


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
        argnums: which positional arguments to differentiate by; each may be a tree, in which leaves that
            are not floating-point (whole numbers, texts) are handed on and have the gradient `None`.
        has_aux: whether `function` returns `(value, aux)`.
        variables: differentiate by these variables instead of arguments.

    Returns:
        A function giving `(value, gradient)`, or `((value, aux), gradient)`. The gradient looks like the
        argument, a tuple for several `argnums`, a list for `variables`; zeros where it is not used.

    Raises:
        GradientError: the value is not one floating-point number.
        DTypeError: an argument has nothing floating-point to differentiate by.
        ArgumentError: there is no such argument.

    Example:
        >>> import sujeong as sj
        >>> value, g = sj.value_and_grad(lambda x: sj.sum(x * x))(sj.asarray([1.0, 2.0]))
        >>> float(value), g.tolist()
        (5.0, [2.0, 4.0])
    """

    @functools.wraps(function)
    def by_variables(*args: Any, **kwargs: Any) -> Any:
        chosen = list(variables or ())
        with differentiating():
            value, aux = _call(function, args, kwargs, has_aux)
        xs = [as_tensor(v) for v in chosen]
        grads: Any = gradients(value, chosen, create_graph=True if nested() else None)
        if not nested():
            value, aux = close((value, aux), [x._node for x in xs])
        return _together(value, aux, zeros_if_none(grads, xs), has_aux)

    @functools.wraps(function)
    def by_arguments(*args: Any, **kwargs: Any) -> Any:
        call, opened = open_chosen(args, argnums, "grad")
        with differentiating():
            value, aux = _call(function, call, kwargs, has_aux)
        xs = [x for o in opened for x in o.xs]
        nodes = [x._node for x in xs]
        found, others = walk([value], [None], nodes, None)
        rest = iter(zeros_if_none(found, xs))
        trees = tuple([o.close([next(rest) for _ in o.xs]) for o in opened])
        value, aux = value if others else bare(value), close(aux, nodes)
        return _together(value, aux, trees[0] if isinstance(argnums, int) else trees, has_aux)

    return by_arguments if variables is None else by_variables


def _together(value: Tensor, aux: Any, grads: Any, has_aux: bool) -> Any:
    return ((value, aux), grads) if has_aux else (value, grads)


def _call(function: Callable[..., Any], args: Any, kwargs: Any, has_aux: bool) -> tuple[Tensor, Any]:
    out = function(*args, **kwargs)
    aux = None
    if has_aux:
        if not isinstance(out, tuple) or len(out) != 2:
            what = "with has_aux=True the function returns (value, aux)."
            raise GradientError(message("grad", what, received=type(out).__name__))
        out, aux = out
    return as_number(out, "grad"), aux


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
        A function giving the gradient; see `value_and_grad`.

    Raises:
        GradientError: the value is not one floating-point number.
        DTypeError: an argument has nothing floating-point to differentiate by.
        ArgumentError: there is no such argument.

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


def stop_gradient(x: Any) -> Any:
    """The same values, through which no gradient flows.

    Args:
        x: a tensor, or a tree of them.

    Returns:
        The same, cut off; what is neither a tensor nor a variable stays as it is.

    Example:
        >>> import sujeong as sj
        >>> float(sj.grad(lambda x: x * sj.stop_gradient(x))(3.0))
        3.0
    """
    return tree.map(lambda t: as_tensor(t).detach() if isinstance(t, Operand) else t, x)
