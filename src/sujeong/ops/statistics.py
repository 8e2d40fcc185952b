"""Mean, spread and order statistics along axes.

mean      m = (1/n) sum_i x_i
var       v = (1/(n - c)) sum_i (x_i - m)^2         c = 0: of all there is; c = 1: estimated from a sample
std       s = sqrt(v)
quantile  the sorted values, read at place q (n - 1), straight lines between neighbours
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ._build import RESHAPE, SUM, Shape, _sum_infer, cast, floating, normalize_axes, normalize_axis
from .arithmetic import add, divide, multiply, subtract
from .comparison import equal, where
from .exponential import sqrt
from .joining import concat
from .reduction import Axis, kept, ordered
from .shaping import broadcast_to, reshape
from .slicing import narrow
from .sorting import sort


def _count(x: Tensor | Spec, axes: Shape) -> int:
    """How many numbers are reduced to one."""
    shape, n = x.shape, 1
    for a in axes:
        n *= shape[a]
    return n


def _working(x: Tensor) -> Tensor:
    """16-bit numbers as float32: their sums would overflow or lose the small ones."""
    return cast(x, dtypes.float32) if x.dtype.kind == "float" and x.dtype.bits == 16 else x


def _mean_readable(x: Tensor, axis: Shape, keepdims: bool) -> Tensor:
    y = divide(apply(SUM, _working(x), axis=axis, keepdims=keepdims), _count(x, axis))
    return cast(y, x.dtype)


MEAN = Op("mean", _sum_infer, readable=_mean_readable, keeps_inputs=False)


def mean(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The arithmetic mean along axes: y = (1/n) sum over `axis` of x.

    Args:
        x: tensor of any shape; integers become float32.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The means; NaN where there is nothing to average.

    Raises:
        ArgumentError: there is no such axis.

    Example:
        >>> import sujeong as sj
        >>> print(sj.mean(sj.asarray([1.0, 2.0, 6.0])))
        3.0
    """
    x = floating("mean", x)
    return apply(MEAN, x, axis=normalize_axes("mean", axis, x.ndim), keepdims=keepdims)


@MEAN.gradient
def _mean_gradient(g: Tensor, y: Any, x: Any, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    return (broadcast_to(reshape(divide(g, _count(x, axis)), kept(x.shape, axis)), x.shape),)


def _var_readable(x: Tensor, axis: Shape, correction: float, keepdims: bool) -> Tensor:
    wide = _working(x)
    away = subtract(wide, apply(MEAN, wide, axis=axis, keepdims=True))
    total = apply(SUM, multiply(away, away), axis=axis, keepdims=keepdims)
    return cast(divide(total, max(_count(x, axis) - correction, 0)), x.dtype)


def _spread_infer(x: Spec, axis: Shape, correction: float, keepdims: bool) -> Spec:
    return _sum_infer(x, axis, keepdims)


VAR = Op("var", _spread_infer, readable=_var_readable)


@VAR.gradient
def _var_gradient(
    g: Tensor, y: Any, x: Tensor, axis: Shape, correction: float, keepdims: bool
) -> tuple[Any, ...]:
    wide = _working(x)  # dx = 2 g (x - m) / (n - c); what goes through the mean adds up to 0
    away = subtract(wide, apply(MEAN, wide, axis=axis, keepdims=True))
    g = cast(reshape(g, kept(x.shape, axis)), wide.dtype)
    slope = divide(multiply(multiply(g, 2), away), max(_count(x, axis) - correction, 0))
    return (cast(slope, x.dtype),)


def var(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The variance along axes: y = (1/(n - correction)) sum over `axis` of (x - mean)^2.

    Args:
        x: tensor of any shape, not complex; integers become float32.
        axis: one axis, several, or `None` for all.
        correction: 0 for the variance of these very numbers; 1 to estimate that of the population from
            which they are a sample (Bessel).
        keepdims: keep the reduced axes with size 1.

    Returns:
        The variances; NaN or infinite where n - correction is not positive.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([1.0, 2.0, 6.0])
        >>> print(sj.var(x), sj.var(x, correction=1))
        4.6666665 7.0
    """
    x = as_tensor(x, "var")
    if x.dtype.kind != "float":
        x = floating("var", ordered("var", x))
    axes = normalize_axes("var", axis, x.ndim)
    return apply(VAR, x, axis=axes, correction=correction, keepdims=keepdims)


def _std_readable(x: Tensor, axis: Shape, correction: float, keepdims: bool) -> Tensor:
    return cast(sqrt(apply(VAR, _working(x), axis=axis, correction=correction, keepdims=keepdims)), x.dtype)


STD = Op("std", _spread_infer, readable=_std_readable)


def std(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The standard deviation along axes: the square root of the variance.

    Args:
        x: tensor of any shape, not complex; integers become float32.
        axis: one axis, several, or `None` for all.
        correction: 0 for these very numbers, 1 to estimate from a sample; see `sj.var`.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The deviations, in the units of `x`. Where all values are equal the gradient is not finite.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.std(sj.asarray([1.0, 3.0])))
        1.0
    """
    x = as_tensor(x, "std")
    if x.dtype.kind != "float":
        x = floating("std", ordered("std", x))
    axes = normalize_axes("std", axis, x.ndim)
    return apply(STD, x, axis=axes, correction=correction, keepdims=keepdims)


def quantile(
    x: Any, q: float | Sequence[float], /, *, axis: int | None = None, keepdims: bool = False
) -> Tensor:
    """The values below which given shares of the data lie, with straight lines between neighbours.

    With the n values sorted, y is read at place q (n - 1), counted from 0.

    Args:
        x: tensor of any shape, not complex; integers become float32.
        q: a share from 0 (least) to 1 (greatest), or several.
        axis: along which axis; `None` takes all values together.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The quantiles; several shares make a first axis of their own. NaN where there is one. The gradient
        flows to the one or two values that the result was made of.

    Raises:
        ArgumentError: a share lies outside 0 to 1, there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.quantile(sj.asarray([4.0, 1.0, 2.0, 3.0]), [0.0, 0.5, 1.0]))
        [1.  2.5 4. ]
    """
    return _quantile("quantile", x, q, axis, keepdims)


def median(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The middle of the sorted values; halfway between the two middle ones if their number is even.

    Args:
        x: tensor of any shape, not complex; integers become float32.
        axis: along which axis; `None` takes all values together.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The medians; NaN where there is one.

    Raises:
        ArgumentError: there is no such axis, or it is empty.
        DTypeError: the values are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.median(sj.asarray([9.0, 1.0, 2.0])))
        2.0
    """
    return _quantile("median", x, 0.5, axis, keepdims)


def _quantile(op: str, x: Any, q: float | Sequence[float], axis: int | None, keepdims: bool) -> Tensor:
    x = floating(op, ordered(op, x))
    shares = [float(s) for s in (q if isinstance(q, Sequence) else (q,))]
    if not all(0.0 <= s <= 1.0 for s in shares):
        raise ArgumentError(message(op, "a share lies outside 0 to 1.", received=q, expected="0 <= q <= 1"))
    shape = x.shape
    if axis is None:
        x, axis = apply(RESHAPE, x, shape=(x.size,)), 0
        out = (1,) * len(shape) if keepdims else ()
    else:
        axis = normalize_axis(op, axis, len(shape))
        out = shape[:axis] + (1,) * keepdims + shape[axis + 1 :]
    n = x.shape[axis]
    if n == 0:
        raise ArgumentError(message(op, "the axis is empty.", received=x.spec, expected="at least one value"))
    row = sort(x, axis=axis)
    found = []
    for s in shares:
        place = s * (n - 1)
        low = floor(place)
        a = narrow(row, axis, low, 1)
        if place > low:
            b = narrow(row, axis, low + 1, 1)
            a = where(equal(a, b), a, add(a, multiply(subtract(b, a), place - low)))  # inf - inf is no number
        found.append(a)
    last = narrow(row, axis, n - 1, 1)  # NaN is sorted to the end
    whole = equal(last, last)
    found = [where(whole, y, last) for y in found]
    if not isinstance(q, Sequence):
        return apply(RESHAPE, found[0], shape=out)
    return concat([apply(RESHAPE, y, shape=(1, *out)) for y in found])
