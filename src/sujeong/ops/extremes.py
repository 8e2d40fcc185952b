"""The greater and the smaller of two, and the nearest value between two bounds, element by element.

    y = max(a, b)      da = g where a > b,  db = g where b > a,  half each where a = b
    y = min(a, b)      the same with a < b

At a tie the function has a kink: half is the middle of the two slopes, does not depend on the order of
the operands, and agrees with `sj.max`, whose equal maxima share the gradient too.
"""

from __future__ import annotations

import builtins
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, message
from ._build import ORDERED, REAL, binary_infer, cast, need, pair, unbroadcast
from .arithmetic import add, multiply
from .comparison import greater, greater_equal

_WIDE = (dtypes.float32, dtypes.float64)
_WHOLE = 1 << 53  # up to here float64 holds every whole number
_ENDS = (float("inf"), float("-inf"))


def _half(over: Tensor, at_least: Tensor, g: Tensor) -> Tensor:
    """g, half of it at ties, or none of it."""
    return multiply(g, multiply(add(cast(over, g.dtype), cast(at_least, g.dtype)), 0.5))


MAXIMUM = Op("maximum", binary_infer("maximum", kinds=ORDERED))


def maximum(x1: Any, x2: Any, /) -> Tensor:
    """The greater of two values, element by element.

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        The greater values, of the broadcast shape; NaN where either is NaN. Ties halve the gradient.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.maximum(sj.asarray([-1.0, 2.0]), 0))
        [0. 2.]
    """
    a, b = pair("maximum", x1, x2)
    need("maximum", a, ORDERED)
    return apply(MAXIMUM, a, b)


@MAXIMUM.gradient
def _maximum_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return (
        lambda: unbroadcast(_half(greater(a, b), greater_equal(a, b), g), a),
        lambda: unbroadcast(_half(greater(b, a), greater_equal(b, a), g), b),
    )


MINIMUM = Op("minimum", binary_infer("minimum", kinds=ORDERED))


def minimum(x1: Any, x2: Any, /) -> Tensor:
    """The smaller of two values, element by element.

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        The smaller values, of the broadcast shape; NaN where either is NaN. Ties halve the gradient.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.minimum(sj.asarray([-1.0, 2.0]), 0))
        [-1.  0.]
    """
    a, b = pair("minimum", x1, x2)
    need("minimum", a, ORDERED)
    return apply(MINIMUM, a, b)


@MINIMUM.gradient
def _minimum_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return (
        lambda: unbroadcast(_half(greater(b, a), greater_equal(b, a), g), a),
        lambda: unbroadcast(_half(greater(a, b), greater_equal(a, b), g), b),
    )


def _clip_readable(x: Tensor, min: Any, max: Any) -> Tensor:
    if min is not None:
        x = maximum(x, min)
    return x if max is None else minimum(x, max)


CLIP = Op("clip", same, readable=_clip_readable)  # between two numbers, or on one side of one


def clip(x: Any, /, min: Any = None, max: Any = None) -> Tensor:
    """The nearest value between two bounds: y = minimum(maximum(x, min), max).

    Args:
        x: tensor, array or number of any shape, real.
        min: lower bound, a number or a tensor that broadcasts with `x`; default: none.
        max: upper bound, the same. Where the bounds cross, the upper one holds.

    Returns:
        The clipped values, of the broadcast shape and the element type of `x`; NaN where any of the
        three is NaN. Whole numbers as bounds may lie outside of what the element type can hold.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: `x` is boolean or complex, or a bound is a fraction and `x` whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.clip(sj.asarray([-3.0, 0.5, 3.0]), -1, 1))
        [-1.   0.5  1. ]
    """
    x = as_tensor(x, "clip")
    need("clip", x, REAL)
    dtype = x.dtype
    if min is None and max is None:
        return x
    if dtype.is_integer:
        min, max = _nearest(min, dtype), _nearest(max, dtype)
    if _exact(min, dtype) and _exact(max, dtype):
        return apply(CLIP, x, min=min, max=max)
    x = _clip_readable(x, min, max)
    if x.dtype is not dtype and dtype.is_integer and not x.dtype.is_integer:
        fix = "round the bounds, or cast x with sj.astype(x, sj.float32)."
        raise DTypeError(
            message("clip", "whole numbers need whole bounds.", received=f"{dtype} and {x.dtype}", fix=fix)
        )
    return cast(x, dtype)


def _nearest(bound: Any, dtype: dtypes.DType) -> Any:
    """A whole bound brought into the range of an integer type, so that it says the same."""
    if not isinstance(bound, int):
        return bound
    low, high = dtypes.integer_range(dtype)
    return builtins.min(builtins.max(int(bound), low), high)


def _exact(bound: Any, dtype: dtypes.DType) -> bool:
    """Whether a bound is a number that each engine reads as the element type does: none that is rounded
    twice, none that overflows, no NaN.
    """
    kind = bound.__class__
    if dtype.is_integer:
        return bound is None or kind is int
    if kind is float or kind is int:
        return dtype in _WIDE and (-_WHOLE < bound < _WHOLE or bound in _ENDS)
    return bound is None
