"""The four basic operations and their kin, element by element.

    y = a + b, a - b, a * b, a / b, -a, +a, 1 / a, a^2      shapes broadcast:  (..., n) with (..., 1)

Gradients flow to each operand and are summed back over the axes that were stretched (`unbroadcast`).
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor, as_tensor
from ._build import NUMERIC, binary_infer, cast, conjugate, floating, numeric, pair, unary_infer, unbroadcast

ADD = Op("add", binary_infer("add"), keeps_inputs=False)


def add(x1: Any, x2: Any, /) -> Tensor:
    """Adds element by element: y = x1 + x2.

    Args:
        x1: tensor, array or number of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        The sum, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.add(sj.asarray([1.0, 2.0]), 10))
        [11. 12.]
    """
    return apply(ADD, *pair("add", x1, x2))


@ADD.gradient
def _add_gradient(g: Tensor, y: Any, a: Any, b: Any) -> tuple[Any, ...]:
    return lambda: unbroadcast(g, a), lambda: unbroadcast(g, b)


SUBTRACT = Op("subtract", binary_infer("subtract", kinds=NUMERIC), keeps_inputs=False)


def subtract(x1: Any, x2: Any, /) -> Tensor:
    """Subtracts element by element: y = x1 - x2.

    Args:
        x1: tensor, array or number of any shape, not boolean.
        x2: the same; shapes must broadcast.

    Returns:
        The difference, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: both are boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.subtract(sj.asarray([1.0, 2.0]), 10))
        [-9. -8.]
    """
    return apply(SUBTRACT, *pair("subtract", x1, x2))


@SUBTRACT.gradient
def _subtract_gradient(g: Tensor, y: Any, a: Any, b: Any) -> tuple[Any, ...]:
    return lambda: unbroadcast(g, a), lambda: unbroadcast(negative(g), b)


MULTIPLY = Op("multiply", binary_infer("multiply"))


def multiply(x1: Any, x2: Any, /) -> Tensor:
    """Multiplies element by element: y = x1 * x2.

    Args:
        x1: tensor, array or number of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        The product, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.multiply(sj.asarray([1.0, 2.0]), 10))
        [10. 20.]
    """
    return apply(MULTIPLY, *pair("multiply", x1, x2))


@MULTIPLY.gradient
def _multiply_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return lambda: unbroadcast(multiply(g, conjugate(b)), a), lambda: unbroadcast(
        multiply(g, conjugate(a)), b
    )


DIVIDE = Op("divide", binary_infer("divide"))


def divide(x1: Any, x2: Any, /) -> Tensor:
    """Divides element by element: y = x1 / x2; integers give float32.

    Args:
        x1: tensor, array or number of any shape.
        x2: the same; shapes must broadcast. Zero gives infinity or NaN, as IEEE 754 says.

    Returns:
        The quotient, of the broadcast shape, floating-point.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.divide(sj.asarray([1, 2]), 4))
        [0.25 0.5 ]
    """
    a, b = pair("divide", x1, x2)
    if not a.dtype.is_differentiable:
        a, b = cast(a, dtypes.float32), cast(b, dtypes.float32)
    return apply(DIVIDE, a, b)


@DIVIDE.gradient
def _divide_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    # d(a/b)/db = -a/b^2, written as -(g/b)(a/b) so that b^2 cannot overflow
    return (
        lambda: unbroadcast(divide(g, conjugate(b)), a),
        lambda: unbroadcast(negative(multiply(divide(g, conjugate(b)), conjugate(divide(a, b)))), b),
    )


NEGATIVE = Op("negative", unary_infer("negative", NUMERIC), keeps_inputs=False)


def negative(x: Any, /) -> Tensor:
    """Changes the sign: y = -x.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The negated values, shape of `x`; unsigned integers wrap around.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.negative(sj.asarray([1.0, -2.0])))
        [-1.  2.]
    """
    return apply(NEGATIVE, as_tensor(x, "negative"))


@NEGATIVE.gradient
def _negative_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (negative(g),)


def positive(x: Any, /) -> Tensor:
    """The same numbers: y = +x.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The tensor.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.positive(sj.asarray([1.0, -2.0])))
        [ 1. -2.]
    """
    return numeric("positive", x)


def reciprocal(x: Any, /) -> Tensor:
    """One divided by each element: y = 1 / x.

    Args:
        x: tensor, array or number of any shape; integers become float32, 0 gives infinity.

    Returns:
        The reciprocals, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.reciprocal(sj.asarray([2.0, 4.0])))
        [0.5  0.25]
    """
    return divide(1, floating("reciprocal", x))


def square(x: Any, /) -> Tensor:
    """Each element times itself: y = x^2.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The squares, shape of `x`.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.square(sj.asarray([2.0, -3.0])))
        [4. 9.]
    """
    x = numeric("square", x)
    return apply(MULTIPLY, x, x)
