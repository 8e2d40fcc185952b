"""Comparing element by element, and choosing by the result.

    y = a > b  (a truth value an element)            y = where(c, a, b):  a where c holds, b elsewhere

A comparison has no gradient: it is constant except where it jumps. `where` sends each gradient back
to the operand that was chosen.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, message
from ._build import (
    NUMERIC,
    ORDERED,
    binary_infer,
    broadcast_shapes,
    need,
    numeric,
    pair,
    same_dtypes,
    unary_infer,
    unbroadcast,
)

EQUAL = Op("equal", binary_infer("equal", dtypes.bool_))
NOT_EQUAL = Op("not_equal", binary_infer("not_equal", dtypes.bool_))
GREATER = Op("greater", binary_infer("greater", dtypes.bool_, ORDERED))
GREATER_EQUAL = Op("greater_equal", binary_infer("greater_equal", dtypes.bool_, ORDERED))
LESS = Op("less", binary_infer("less", dtypes.bool_, ORDERED))
LESS_EQUAL = Op("less_equal", binary_infer("less_equal", dtypes.bool_, ORDERED))
ISNAN = Op("isnan", unary_infer("isnan", NUMERIC, dtypes.bool_))
ISINF = Op("isinf", unary_infer("isinf", NUMERIC, dtypes.bool_))
ISFINITE = Op("isfinite", unary_infer("isfinite", NUMERIC, dtypes.bool_))


def _ordered(name: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Two operands of an ordered element type."""
    a, b = pair(name, x1, x2)
    if a.dtype.kind == "complex":
        need(name, a, ORDERED)
    return a, b


def equal(x1: Any, x2: Any, /) -> Tensor:
    """Where two values are equal: y = (x1 = x2).

    Args:
        x1: tensor, array or number of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN equals nothing.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.equal(sj.asarray([1, 2]), 2))
        [False  True]
    """
    return apply(EQUAL, *pair("equal", x1, x2))


def not_equal(x1: Any, x2: Any, /) -> Tensor:
    """Where two values differ: y = (x1 != x2).

    Args:
        x1: tensor, array or number of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN differs from everything.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.not_equal(sj.asarray([1, 2]), 2))
        [ True False]
    """
    return apply(NOT_EQUAL, *pair("not_equal", x1, x2))


def greater(x1: Any, x2: Any, /) -> Tensor:
    """Where the first value is greater: y = (x1 > x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN is not greater.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex, and complex numbers have no order.

    Example:
        >>> import sujeong as sj
        >>> print(sj.greater(sj.asarray([1, 2, 3]), 2))
        [False False  True]
    """
    return apply(GREATER, *_ordered("greater", x1, x2))


def greater_equal(x1: Any, x2: Any, /) -> Tensor:
    """Where the first value is greater or equal: y = (x1 >= x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN is neither.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex, and complex numbers have no order.

    Example:
        >>> import sujeong as sj
        >>> print(sj.greater_equal(sj.asarray([1, 2, 3]), 2))
        [False  True  True]
    """
    return apply(GREATER_EQUAL, *_ordered("greater_equal", x1, x2))


def less(x1: Any, x2: Any, /) -> Tensor:
    """Where the first value is smaller: y = (x1 < x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN is not smaller.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex, and complex numbers have no order.

    Example:
        >>> import sujeong as sj
        >>> print(sj.less(sj.asarray([1, 2, 3]), 2))
        [ True False False]
    """
    return apply(LESS, *_ordered("less", x1, x2))


def less_equal(x1: Any, x2: Any, /) -> Tensor:
    """Where the first value is smaller or equal: y = (x1 <= x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape. NaN is neither.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex, and complex numbers have no order.

    Example:
        >>> import sujeong as sj
        >>> print(sj.less_equal(sj.asarray([1, 2, 3]), 2))
        [ True  True False]
    """
    return apply(LESS_EQUAL, *_ordered("less_equal", x1, x2))


def isnan(x: Any, /) -> Tensor:
    """Where a value is not a number.

    Args:
        x: tensor, array or number of any shape; a complex number with a NaN in a part counts.

    Returns:
        Truth values, shape of `x`.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.isnan(sj.asarray([1.0, float('inf'), float('nan')])))
        [False False  True]
    """
    return apply(ISNAN, numeric("isnan", x))


def isinf(x: Any, /) -> Tensor:
    """Where a value is infinite, of either sign.

    Args:
        x: tensor, array or number of any shape; a complex number with an infinite part counts.

    Returns:
        Truth values, shape of `x`.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.isinf(sj.asarray([1.0, float('inf'), float('nan')])))
        [False  True False]
    """
    return apply(ISINF, numeric("isinf", x))


def isfinite(x: Any, /) -> Tensor:
    """Where a value is a finite number: neither infinite nor NaN.

    Args:
        x: tensor, array or number of any shape; both parts of a complex number must be finite.

    Returns:
        Truth values, shape of `x`.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.isfinite(sj.asarray([1.0, float('inf'), float('nan')])))
        [ True False False]
    """
    return apply(ISFINITE, numeric("isfinite", x))


def _where_infer(c: Spec, a: Spec, b: Spec) -> Spec:
    return Spec(broadcast_shapes("where", c.shape, a.shape, b.shape), same_dtypes("where", a, b))


WHERE = Op("where", _where_infer, keeps_inputs=(0,))


def where(condition: Any, x1: Any, x2: Any, /) -> Tensor:
    """Chooses element by element: x1 where the condition holds, x2 elsewhere.

    Args:
        condition: truth values of any shape.
        x1: tensor, array or number.
        x2: the same; all three shapes must broadcast.

    Returns:
        The chosen values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the condition is not boolean.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([-1.0, 2.0])
        >>> print(sj.where(x > 0, x, 0))
        [0. 2.]
    """
    c = as_tensor(condition, "where")
    if c.dtype is not dtypes.bool_:
        fix = "compare first, such as x != 0."
        raise DTypeError(message("where", "the condition must be boolean.", received=c.spec, fix=fix))
    return apply(WHERE, c, *pair("where", x1, x2))


@WHERE.gradient
def _where_gradient(g: Tensor, y: Any, c: Tensor, a: Any, b: Any) -> tuple[Any, ...]:
    return (
        None,
        lambda: unbroadcast(where(c, g, 0), a),
        lambda: unbroadcast(where(c, 0, g), b),
    )
