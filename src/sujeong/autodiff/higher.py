"""Whole tables of derivatives, and the second derivative along a direction.

jacobian(f)(x)[i, j] = df_i / dx_j            hessian(f)(x)[i, j] = d^2 f / dx_i dx_j
hvp(f, x, v) = H v = d/dx <df/dx, v>          two backward passes, however many numbers x has
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..core import tree
from ..core.tensor import Tensor, as_tensor
from ..errors import GradientError, message
from ..ops._build import cast, counted_like
from ..ops.arithmetic import add, multiply
from ..ops.comparison import equal
from ..ops.joining import stack
from ..ops.reduction import sum as total
from ..ops.shaping import reshape
from .arguments import close, differentiating, nested, open_chosen, zeros_if_none
from .functional import grad
from .products import directions
from .reverse import filled, walk


def jacobian(function: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """A function that gives all first derivatives of `function`, by one backward pass an output number.

    Args:
        function: from trees of tensors to a tree of tensors.
        argnums: which positional arguments to differentiate by.

    Returns:
        A function giving a tree like the output, whose leaves are trees like the argument (a tuple of
        them for several `argnums`): for an output of shape (m...) and an input of shape (n...) the
        derivatives have the shape (m..., n...).

    Raises:
        GradientError: an output is not floating-point.
        DTypeError: an argument has nothing floating-point to differentiate by.
        ArgumentError: there is no such argument.

    Example:
        >>> import sujeong as sj
        >>> print(sj.jacobian(lambda x: x * x)(sj.asarray([1.0, 3.0])))
        [[2. 0.]
         [0. 6.]]
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        call, opened = open_chosen(args, argnums, "jacobian")
        with differentiating():
            leaves, structure = tree.flatten(function(*call, **kwargs))
        xs = [x for o in opened for x in o.xs]
        deep = True if nested() else None
        tables = []
        for y in [as_tensor(v, "jacobian") for v in leaves]:
            rest = iter(_table(y, xs, deep))
            trees = tuple([o.close([next(rest) for _ in o.xs]) for o in opened])
            tables.append(trees[0] if isinstance(argnums, int) else trees)
        return close(tree.unflatten(structure, tables), [x._node for x in xs])

    return wrapped


def _table(y: Tensor, xs: list[Tensor], deep: bool | None) -> list[Tensor]:
    """The derivatives of all numbers of one output by all inputs: (y..., x...) for each x."""
    if not y.dtype.is_differentiable:
        what = "only floating-point results have derivatives."
        raise GradientError(message("jacobian", what, received=y.spec, fix="return them apart."))
    rows = []
    for i in range(y.size if y._node is not None else 0):
        seed = reshape(cast(equal(counted_like(y, y.size), i), y.dtype), y.shape)
        found, _ = walk([y], [seed], [x._node for x in xs], deep)
        rows.append(zeros_if_none(found, xs))
    if not rows:
        return [filled(x.spec.like(shape=y.shape + x.shape), x, 0) for x in xs]
    columns = zip(*rows, strict=True)
    return [reshape(stack(c), y.shape + x.shape) for c, x in zip(columns, xs, strict=True)]


def hessian(function: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """A function that gives all second derivatives of `function`.

    Args:
        function: gives one number.
        argnums: which positional arguments to differentiate by; each may be a tree.

    Returns:
        A function giving, for an argument of shape (n...), the derivatives (n..., n...); for trees and for
        several `argnums` a tree like the gradient whose leaves are trees like the gradient.

    Raises:
        GradientError: the value is not one number.

    Example:
        >>> import sujeong as sj
        >>> print(sj.hessian(lambda x: x[0] * x[0] * x[1])(sj.asarray([1.0, 3.0])))
        [[6. 2.]
         [2. 0.]]
    """
    return jacobian(grad(function, argnums), argnums)


def hvp(
    function: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Any,
    argnums: int | Sequence[int] | None = None,
) -> Any:
    """The Hessian times a vector, without the Hessian: H v = d/dx <df/dx, v>.

    Args:
        function: gives one number.
        primals: where to evaluate it, one entry an argument.
        tangents: the vector: like the argument if `argnums` is a number, else one entry for each of them.
        argnums: which arguments to differentiate by; default all.

    Returns:
        H v, like `tangents`.

    Raises:
        GradientError: the value is not one number, or the tangents do not look like the arguments.

    Example:
        >>> import sujeong as sj
        >>> f = lambda x: x[0] * x[0] * x[1]
        >>> print(sj.hvp(f, [sj.asarray([1.0, 3.0])], [sj.asarray([1.0, 0.0])])[0])
        [6. 2.]
    """
    chosen = tuple(range(len(primals))) if argnums is None else argnums
    single = isinstance(chosen, int)
    _, opened = open_chosen(primals, chosen, "hvp")
    given = [tangents] if single else list(tangents)
    if len(given) != len(opened):
        received = f"{len(given)} for {len(opened)}"
        raise GradientError(message("hvp", "there must be one tangent an argument.", received=received))
    vs = directions(opened, given, "hvp")

    def slope(*args: Any) -> Tensor:
        gs = tree.leaves(grad(function, chosen)(*args))
        parts = [total(multiply(g, v)) for g, v in zip(gs, vs, strict=True)]
        return functools.reduce(add, parts)

    return grad(slope, chosen)(*primals)
