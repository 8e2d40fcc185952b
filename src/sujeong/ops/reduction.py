"""Sums, products and extremes along axes, and the truth of all or any.

y[i] = sum_j x[i, j]           dx[i, j] = g[i]
y[i] = prod_j x[i, j]          dx[i, j] = g[i] prod of the others, also where some of them are zero
y[i] = max_j x[i, j]           dx[i, j] = g[i] / (number of maxima)  where x[i, j] is one of them
y[i] = ln sum_j e^x[i, j]      dx[i, j] = g[i] e^(x[i, j] - y[i])
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ._build import ORDERED, SUM, Shape, _sum_infer, cast, floating, need, normalize_axes
from .arithmetic import add, divide, multiply, subtract
from .comparison import equal, where
from .exponential import exp, log
from .shaping import broadcast_to, permute_dims, reshape
from .slicing import narrow, put

Axis = int | tuple[int, ...] | None


def kept(shape: Shape, axes: Shape) -> Shape:
    """The shape with reduced axes kept as 1."""
    return tuple(1 if i in axes else s for i, s in enumerate(shape))


def widened(x: Tensor, dtype: Any) -> Tensor:
    """A tensor in the element type of its total: the one asked for, else 64 bits for integers."""
    if dtype is not None:
        return cast(x, dtypes.as_dtype(dtype))
    kind = x.dtype.kind
    if kind == "float":
        return x
    if kind in ("bool", "int"):
        return cast(x, dtypes.int64)
    return cast(x, dtypes.uint64) if kind == "uint" else x


def ordered(op: str, x: Any) -> Tensor:
    """An operand as a tensor of numbers that have an order."""
    x = as_tensor(x, op)
    need(op, x, ORDERED)
    return x


def sum(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """Adds up along axes: y = sum over `axis` of x.

    Args:
        x: tensor of any shape.
        axis: one axis, several, or `None` for all.
        dtype: element type of the result; default: that of `x`; int64 for truth values and signed integers,
            uint64 for unsigned ones.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The sums; without the reduced axes unless `keepdims`. The sum of nothing is 0.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sum(sj.asarray([[1.0, 2.0], [3.0, 4.0]]), axis=0))
        [4. 6.]
    """
    x = widened(as_tensor(x, "sum"), dtype)
    return apply(SUM, x, axis=normalize_axes("sum", axis, x.ndim), keepdims=keepdims)


@SUM.gradient
def _sum_gradient(g: Tensor, y: Any, x: Any, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    return (broadcast_to(reshape(g, kept(x.shape, axis)), x.shape),)


def _prod_readable(x: Tensor, axis: Shape, keepdims: bool) -> Tensor:
    """Multiplies the first half with the second, again and again: no division, so zeros do no harm."""
    spec = _sum_infer(x.spec, axis, keepdims)
    rest = tuple(i for i in range(x.ndim) if i not in axis)
    y = permute_dims(x, rest + axis)
    n = 1
    for a in axis:
        n *= x.shape[a]
    y = reshape(y, (*[x.shape[i] for i in rest], n))  # (..., n)
    last = len(rest)
    if n == 0:
        y, n = put(y, (0,) * y.ndim, (1,) * y.ndim, (*y.shape[:-1], 1), 1), 1
    while n > 1:
        if n % 2:
            y, n = put(y, (0,) * y.ndim, (1,) * y.ndim, (*y.shape[:-1], n + 1), 1), n + 1
        n //= 2
        y = multiply(narrow(y, last, 0, n), narrow(y, last, n, n))
    return reshape(y, spec.shape)


PROD = Op("prod", _sum_infer, readable=_prod_readable)  # its gradient is that of the readable form


def prod(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """Multiplies along axes: y = product over `axis` of x.

    Args:
        x: tensor of any shape.
        axis: one axis, several, or `None` for all.
        dtype: element type of the result; default: that of `x`; int64 for truth values and signed integers,
            uint64 for unsigned ones.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The products; without the reduced axes unless `keepdims`. The product of nothing is 1.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.prod(sj.asarray([[1.0, 2.0], [3.0, 4.0]]), axis=0))
        [3. 8.]
    """
    x = widened(as_tensor(x, "prod"), dtype)
    return apply(PROD, x, axis=normalize_axes("prod", axis, x.ndim), keepdims=keepdims)


def _extreme_infer(name: str) -> Any:
    def infer(x: Spec, axis: Shape, keepdims: bool) -> Spec:
        if 0 in [x.shape[a] for a in axis]:
            raise ArgumentError(message(name, "nothing to choose from: the axis is empty.", received=x))
        return _sum_infer(x, axis, keepdims)

    return infer


MAX = Op("max", _extreme_infer("max"), keeps_output=True)
MIN = Op("min", _extreme_infer("min"), keeps_output=True)


def max(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The greatest value along axes.

    Args:
        x: tensor of any shape, not complex.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The maxima; NaN where there is one. Equal maxima share the gradient.

    Raises:
        ArgumentError: there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.max(sj.asarray([[1.0, 5.0], [3.0, 4.0]]), axis=1))
        [5. 4.]
    """
    x = ordered("max", x)
    return apply(MAX, x, axis=normalize_axes("max", axis, x.ndim), keepdims=keepdims)


def min(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The least value along axes.

    Args:
        x: tensor of any shape, not complex.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The minima; NaN where there is one. Equal minima share the gradient.

    Raises:
        ArgumentError: there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.min(sj.asarray([[1.0, 5.0], [3.0, 4.0]]), axis=1))
        [1. 3.]
    """
    x = ordered("min", x)
    return apply(MIN, x, axis=normalize_axes("min", axis, x.ndim), keepdims=keepdims)


@MAX.gradient
@MIN.gradient
def _extreme_gradient(g: Tensor, y: Tensor, x: Tensor, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    full = kept(x.shape, axis)
    chosen = cast(equal(x, reshape(y, full)), g.dtype)
    share = divide(chosen, apply(SUM, chosen, axis=axis, keepdims=True))
    return (multiply(reshape(g, full), share),)


def _logsumexp_readable(x: Tensor, axis: Shape, keepdims: bool) -> Tensor:
    """The greatest value goes out of the sum first, so that e^x cannot overflow."""
    if 0 in [x.shape[a] for a in axis]:
        return log(apply(SUM, exp(x), axis=axis, keepdims=keepdims))
    m = apply(MAX, x.detach(), axis=axis, keepdims=True)
    m = where(equal(multiply(m, 0), 0), m, 0)  # infinite maxima stay inside, inf - inf would be NaN
    y = log(apply(SUM, exp(subtract(x, m)), axis=axis, keepdims=keepdims))
    return add(y, reshape(m, y.shape))


LOGSUMEXP = Op("logsumexp", _sum_infer, readable=_logsumexp_readable, keeps_output=True)


def logsumexp(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The logarithm of a sum of exponentials, without overflow: y = ln sum over `axis` of e^x.

    Args:
        x: tensor of any shape, not complex; integers become float32.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The values; -inf where there is nothing to add up. Its gradient is the softmax.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logsumexp(sj.asarray([1000.0, 0.0])))
        1000.0
    """
    x = as_tensor(x, "logsumexp")
    if x.dtype.kind != "float":
        x = floating("logsumexp", ordered("logsumexp", x))
    return apply(LOGSUMEXP, x, axis=normalize_axes("logsumexp", axis, x.ndim), keepdims=keepdims)


@LOGSUMEXP.gradient
def _logsumexp_gradient(g: Tensor, y: Tensor, x: Tensor, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    full = kept(x.shape, axis)
    y = reshape(y, full)
    y = where(equal(y, float("-inf")), 0, y)  # where every x is -inf: e^-inf = 0, not NaN
    return (multiply(reshape(g, full), exp(subtract(x, y))),)


def _truth_infer(x: Spec, axis: Shape, keepdims: bool) -> Spec:
    return _sum_infer(x, axis, keepdims).like(dtype=dtypes.bool_)


ALL = Op("all", _truth_infer, keeps_inputs=False)
ANY = Op("any", _truth_infer, keeps_inputs=False)


def all(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all values along axes are true, that is, not zero.

    Args:
        x: tensor of any shape and element type. NaN is true.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        Truth values; true where there is nothing to test.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.all(sj.asarray([[1, 2], [0, 3]]), axis=1))
        [ True False]
    """
    x = cast(as_tensor(x, "all"), dtypes.bool_)
    return apply(ALL, x, axis=normalize_axes("all", axis, x.ndim), keepdims=keepdims)


def any(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any value along axes is true, that is, not zero.

    Args:
        x: tensor of any shape and element type. NaN is true.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        Truth values; false where there is nothing to test.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.any(sj.asarray([[1, 2], [0, 0]]), axis=1))
        [ True False]
    """
    x = cast(as_tensor(x, "any"), dtypes.bool_)
    return apply(ANY, x, axis=normalize_axes("any", axis, x.ndim), keepdims=keepdims)
