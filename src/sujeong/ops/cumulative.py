"""Running sums, products and differences along an axis.

cumulative_sum    y_i = x_1 + ... + x_i        dx_j = g_j + ... + g_n
cumulative_prod   y_i = x_1 ... x_i            dx_j = sum over i >= j of g_i (the other factors of y_i)
diff              y_i = x_(i+1) - x_i
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ._build import normalize_axis
from .arithmetic import multiply, subtract
from .comparison import not_equal
from .joining import concat
from .reduction import widened
from .slicing import narrow, put


def _along(op: str, x: Tensor, axis: int | None) -> int:
    """The axis, which may be left out only where there is no choice."""
    if axis is None:
        if x.ndim != 1:
            fix = "say which one: axis=-1."
            raise ArgumentError(
                message(op, "several axes to choose from, or none.", received=x.shape, fix=fix)
            )
        return 0
    return normalize_axis(op, axis, x.ndim)


def _one_before(x: Tensor, axis: int, value: float) -> Tensor:
    """The values behind one more in front of them, a constant."""
    shape = x.shape
    start = tuple(1 if i == axis else 0 for i in range(len(shape)))
    return put(x, start, (1,) * len(shape), (*shape[:axis], shape[axis] + 1, *shape[axis + 1 :]), value)


CUMULATIVE_SUM = Op("cumulative_sum", same, keeps_inputs=False)


def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Tensor:
    """Running sums along an axis: y_i = x_1 + ... + x_i.

    Args:
        x: tensor with at least one axis.
        axis: along which axis; may be left out for a vector.
        dtype: element type of the result; default: that of `x`; int64 for truth values and signed integers,
            uint64 for unsigned ones.
        include_initial: begin with the sum of nothing, 0; the axis becomes one longer.

    Returns:
        The running sums, shape of `x` (one longer along `axis` with `include_initial`).

    Raises:
        ArgumentError: there is no such axis, or it was left out and there is not exactly one.

    Example:
        >>> import sujeong as sj
        >>> print(sj.cumulative_sum(sj.asarray([1.0, 2.0, 3.0])))
        [1. 3. 6.]
    """
    x = as_tensor(x, "cumulative_sum")
    axis = _along("cumulative_sum", x, axis)
    y = apply(CUMULATIVE_SUM, widened(x, dtype), axis=axis, reverse=False)
    return _one_before(y, axis, 0) if include_initial else y


@CUMULATIVE_SUM.gradient
def _cumulative_sum_gradient(g: Tensor, y: Any, x: Any, axis: int, reverse: bool) -> tuple[Any, ...]:
    return (apply(CUMULATIVE_SUM, g, axis=axis, reverse=not reverse),)


def _cumulative_prod_readable(x: Tensor, axis: int) -> Tensor:
    """Products of the last 1, 2, 4, 8, ... factors: no division, so zeros do no harm to the gradient.

    Hillis and Steele, "Data parallel algorithms", 1986.
    """
    shape, reach = x.shape, 1
    while reach < shape[axis]:
        before = narrow(x, axis, 0, shape[axis] - reach)
        start = tuple(reach if i == axis else 0 for i in range(len(shape)))
        x = multiply(x, put(before, start, (1,) * len(shape), shape, 1))
        reach *= 2
    return x


CUMULATIVE_PROD = Op("cumulative_prod", same, readable=_cumulative_prod_readable)


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Tensor:
    """Running products along an axis: y_i = x_1 x_2 ... x_i.

    Args:
        x: tensor with at least one axis.
        axis: along which axis; may be left out for a vector.
        dtype: element type of the result; default: that of `x`; int64 for truth values and signed integers,
            uint64 for unsigned ones.
        include_initial: begin with the product of nothing, 1; the axis becomes one longer.

    Returns:
        The running products, shape of `x` (one longer along `axis` with `include_initial`). Their gradient
        is right also where factors are zero.

    Raises:
        ArgumentError: there is no such axis, or it was left out and there is not exactly one.

    Example:
        >>> import sujeong as sj
        >>> print(sj.cumulative_prod(sj.asarray([1.0, 2.0, 3.0])))
        [1. 2. 6.]
    """
    x = as_tensor(x, "cumulative_prod")
    axis = _along("cumulative_prod", x, axis)
    y = apply(CUMULATIVE_PROD, widened(x, dtype), axis=axis)
    return _one_before(y, axis, 1) if include_initial else y


def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along an axis: y_i = x_(i+1) - x_i; for truth values, whether they differ.

    Args:
        x: tensor with at least one axis.
        axis: along which axis.
        n: how many times; 0 gives `x` itself.
        prepend: values to put in front first, of the shape of `x` except along `axis`.
        append: values to put behind first, likewise.

    Returns:
        The differences; the axis is `n` shorter, but not below 0.

    Raises:
        ArgumentError: there is no such axis, or `n` is negative.
        ShapeError: `prepend` or `append` does not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.diff(sj.asarray([1.0, 4.0, 9.0])))
        [3. 5.]
    """
    x = as_tensor(x, "diff")
    axis = normalize_axis("diff", axis, x.ndim)
    if n < 0:
        raise ArgumentError(
            message("diff", "differences cannot be taken a negative number of times.", received=n)
        )
    if prepend is not None or append is not None:
        x = concat([part for part in (prepend, x, append) if part is not None], axis=axis)
    for _ in range(n):
        size = x.shape[axis]
        if size == 0:
            break
        later, earlier = narrow(x, axis, 1, size - 1), narrow(x, axis, 0, size - 1)
        x = not_equal(later, earlier) if x.dtype.kind == "bool" else subtract(later, earlier)
    return x
