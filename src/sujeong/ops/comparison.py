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
from ._build import binary_infer, broadcast_shapes, pair, same_dtypes, unbroadcast

EQUAL = Op("equal", binary_infer("equal", dtypes.bool_))
GREATER = Op("greater", binary_infer("greater", dtypes.bool_))


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


def greater(x1: Any, x2: Any, /) -> Tensor:
    """Where the first value is greater: y = (x1 > x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.greater(sj.asarray([1, 3]), 2))
        [False  True]
    """
    return apply(GREATER, *pair("greater", x1, x2))


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
