"""The four basic operations and the sign, element by element.

    y = a + b, a - b, a * b, a / b, -a      shapes broadcast:  (..., n) with (..., 1) gives (..., n)

Gradients flow to each operand and are summed back over the axes that were stretched (`unbroadcast`).
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, message
from ._build import ASTYPE, binary_infer, cast, pair, unbroadcast

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


SUBTRACT = Op("subtract", binary_infer("subtract"), keeps_inputs=False)


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
    a, b = pair("subtract", x1, x2)
    if a.dtype is dtypes.bool_:
        fix = "use sj.logical_xor, or cast with sj.astype(x, sj.int32)."
        raise DTypeError(message("subtract", "truth values cannot be subtracted.", fix=fix))
    return apply(SUBTRACT, a, b)


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
    return lambda: unbroadcast(multiply(g, _conj(b)), a), lambda: unbroadcast(multiply(g, _conj(a)), b)


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
        lambda: unbroadcast(divide(g, _conj(b)), a),
        lambda: unbroadcast(negative(multiply(divide(g, _conj(b)), _conj(divide(a, b)))), b),
    )


NEGATIVE = Op("negative", same, keeps_inputs=False)


def negative(x: Any, /) -> Tensor:
    """Changes the sign: y = -x.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The negated values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.negative(sj.asarray([1.0, -2.0])))
        [-1.  2.]
    """
    return apply(NEGATIVE, as_tensor(x, "negative"))


@NEGATIVE.gradient
def _negative_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (negative(g),)


def _conj(x: Tensor) -> Tensor:
    if x.dtype.kind != "complex":
        return x
    from .complexes import conj

    return conj(x)


@ASTYPE.gradient
def _astype_gradient(g: Tensor, y: Any, x: Any, dtype: dtypes.DType) -> tuple[Any, ...]:
    return (cast(g, x.dtype) if x.dtype.is_differentiable else None,)
