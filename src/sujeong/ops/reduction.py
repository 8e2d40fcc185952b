"""Sums, means and extremes along axes.

    y[i] = sum_j x[i, j]        dx[i, j] = g[i]
    y[i] = max_j x[i, j]        dx[i, j] = g[i] / (number of maxima)  where x[i, j] is one of them
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ._build import SUM, Shape, _sum_infer, cast, normalize_axes
from .arithmetic import divide, multiply
from .comparison import equal
from .shaping import broadcast_to, reshape

Axis = int | tuple[int, ...] | None


def _kept(shape: Shape, axes: Shape) -> Shape:
    """The shape with reduced axes kept as 1."""
    return tuple(1 if i in axes else s for i, s in enumerate(shape))


def sum(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """Adds up along axes: y = sum over `axis` of x.

    Args:
        x: tensor of any shape.
        axis: one axis, several, or `None` for all.
        dtype: element type of the result; default: that of `x`, small integers and truth values int64.
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
    x = as_tensor(x, "sum")
    if dtype is not None:
        x = cast(x, dtypes.as_dtype(dtype))
    elif x.dtype.kind in ("bool", "int"):
        x = cast(x, dtypes.int64)
    elif x.dtype.kind == "uint":
        x = cast(x, dtypes.uint64)
    return apply(SUM, x, axis=normalize_axes("sum", axis, x.ndim), keepdims=keepdims)


@SUM.gradient
def _sum_gradient(g: Tensor, y: Any, x: Any, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    return (broadcast_to(reshape(g, _kept(x.shape, axis)), x.shape),)


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
    x = as_tensor(x, "mean")
    if not x.dtype.is_differentiable:
        x = cast(x, dtypes.float32)
    axes = normalize_axes("mean", axis, x.ndim)
    shape, n = x.shape, 1
    for a in axes:
        n *= shape[a]
    return divide(apply(SUM, x, axis=axes, keepdims=keepdims), n)


def _extreme_infer(name: str) -> Any:
    def infer(x: Spec, axis: Shape, keepdims: bool) -> Spec:
        if any(x.shape[a] == 0 for a in axis):
            raise ArgumentError(message(name, "nothing to choose from: the axis is empty.", received=x))
        return _sum_infer(x, axis, keepdims)

    return infer


MAX = Op("max", _extreme_infer("max"), keeps_output=True)


def max(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The greatest value along axes.

    Args:
        x: tensor of any shape, real.
        axis: one axis, several, or `None` for all.
        keepdims: keep the reduced axes with size 1.

    Returns:
        The maxima; NaN where there is one. Equal maxima share the gradient.

    Raises:
        ArgumentError: there is no such axis, or it is empty.

    Example:
        >>> import sujeong as sj
        >>> print(sj.max(sj.asarray([[1.0, 5.0], [3.0, 4.0]]), axis=1))
        [5. 4.]
    """
    x = as_tensor(x, "max")
    return apply(MAX, x, axis=normalize_axes("max", axis, x.ndim), keepdims=keepdims)


@MAX.gradient
def _extreme_gradient(g: Tensor, y: Tensor, x: Tensor, axis: Shape, keepdims: bool) -> tuple[Any, ...]:
    kept = _kept(x.shape, axis)
    chosen = cast(equal(x, reshape(y, kept)), g.dtype)
    share = divide(chosen, apply(SUM, chosen, axis=axis, keepdims=True))
    return (multiply(reshape(g, kept), share),)
