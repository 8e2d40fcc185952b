"""Whole numbers near a number, division with a rest, and the next number that a type can hold.

    floor, ceil, trunc, round       constant between jumps: no gradient
    a // b = floor(a / b)           no gradient
    a % b  = a - b (a // b)         da = g,  db = -g (a // b)

The rest has the sign of the divisor, as in Python.
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor, as_tensor
from ._build import NUMERIC, REAL, binary_infer, floating_pair, need, pair, unary_infer, unbroadcast
from .arithmetic import multiply, negative


def _nothing(g: Any, y: Any, *inputs: Any) -> tuple[None, ...]:
    """The gradient rule of a function that is constant between jumps."""
    return (None,) * len(inputs)


def _whole(op: Op, x: Any, kinds: tuple[str, ...] = REAL) -> Tensor:
    """Rounds; whole numbers are themselves."""
    x = as_tensor(x, op.name)
    need(op.name, x, kinds)
    return x if x.dtype.is_integer else apply(op, x)


FLOOR = Op("floor", unary_infer("floor", REAL), keeps_inputs=False)
CEIL = Op("ceil", unary_infer("ceil", REAL), keeps_inputs=False)
TRUNC = Op("trunc", unary_infer("trunc", REAL), keeps_inputs=False)
ROUND = Op("round", unary_infer("round", NUMERIC), keeps_inputs=False)
FLOOR_DIVIDE = Op("floor_divide", binary_infer("floor_divide", kinds=REAL), keeps_inputs=False)
for _op in (FLOOR, CEIL, TRUNC, ROUND, FLOOR_DIVIDE):
    _op.gradient(_nothing)


def floor(x: Any, /) -> Tensor:
    """Rounds down: the greatest whole number that is not greater.

    Args:
        x: tensor, array or number of any shape, real.

    Returns:
        Whole numbers, shape and element type of `x`. No gradient flows.

    Raises:
        DTypeError: `x` is boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.floor(sj.asarray([-1.5, 1.5])))
        [-2.  1.]
    """
    return _whole(FLOOR, x)


def ceil(x: Any, /) -> Tensor:
    """Rounds up: the smallest whole number that is not smaller.

    Args:
        x: tensor, array or number of any shape, real.

    Returns:
        Whole numbers, shape and element type of `x`. No gradient flows.

    Raises:
        DTypeError: `x` is boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.ceil(sj.asarray([-1.5, 1.5])))
        [-1.  2.]
    """
    return _whole(CEIL, x)


def trunc(x: Any, /) -> Tensor:
    """Rounds towards zero: drops the fraction.

    Args:
        x: tensor, array or number of any shape, real.

    Returns:
        Whole numbers, shape and element type of `x`. No gradient flows.

    Raises:
        DTypeError: `x` is boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.trunc(sj.asarray([-1.5, 1.5])))
        [-1.  1.]
    """
    return _whole(TRUNC, x)


def round(x: Any, /) -> Tensor:
    """Rounds to the nearest whole number; halves go to the even neighbour.

    Args:
        x: tensor, array or number of any shape; the parts of complex numbers are rounded each.

    Returns:
        Whole numbers, shape and element type of `x`. No gradient flows.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.round(sj.asarray([0.5, 1.5, 2.6])))
        [0. 2. 3.]
    """
    return _whole(ROUND, x, NUMERIC)


def floor_divide(x1: Any, x2: Any, /) -> Tensor:
    """Divides and rounds down: y = floor(x1 / x2).

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast. An integer divided by 0 gives 0.

    Returns:
        Whole numbers, of the broadcast shape. No gradient flows.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.floor_divide(sj.asarray([7, -7]), 2))
        [ 3 -4]
    """
    a, b = pair("floor_divide", x1, x2)
    if a.dtype.kind not in REAL:
        need("floor_divide", a, REAL)
    return apply(FLOOR_DIVIDE, a, b)


REMAINDER = Op("remainder", binary_infer("remainder", kinds=REAL))


def remainder(x1: Any, x2: Any, /) -> Tensor:
    """The rest of a division: y = x1 - x2 floor(x1 / x2), with the sign of x2.

    Args:
        x1: tensor, array or number of any shape, real.
        x2: the same; shapes must broadcast. The rest of an integer divided by 0 is 0.

    Returns:
        The rests, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.remainder(sj.asarray([7, -7]), 3))
        [1 2]
    """
    a, b = pair("remainder", x1, x2)
    if a.dtype.kind not in REAL:
        need("remainder", a, REAL)
    return apply(REMAINDER, a, b)


@REMAINDER.gradient
def _remainder_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return (
        lambda: unbroadcast(g, a),
        lambda: unbroadcast(negative(multiply(g, floor_divide(a, b))), b),
    )


NEXTAFTER = Op("nextafter", binary_infer("nextafter", kinds=REAL), keeps_inputs=False)


def nextafter(x1: Any, x2: Any, /) -> Tensor:
    """The next number that the element type can hold, from x1 in the direction of x2.

    Args:
        x1: tensor, array or number of any shape, real; integers become float32.
        x2: the same; shapes must broadcast.

    Returns:
        The neighbours, of the broadcast shape; x2 where both are equal.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> float(sj.nextafter(sj.asarray(1.0), 2.0)) - 1
        1.1920928955078125e-07
    """
    return apply(NEXTAFTER, *floating_pair("nextafter", x1, x2))


@NEXTAFTER.gradient
def _nextafter_gradient(g: Tensor, y: Any, a: Any, b: Any) -> tuple[Any, ...]:
    return lambda: unbroadcast(g, a), None
