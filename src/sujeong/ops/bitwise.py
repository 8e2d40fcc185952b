"""Bit by bit: and, or, exclusive or, not, and shifts, on whole numbers and truth values.

    6 & 3 = 2      6 | 3 = 7      6 ^ 3 = 5      ~6 = -7      1 << 3 = 8      8 >> 2 = 2

Whole numbers have no gradients.
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor, as_tensor
from ._build import BITS, WHOLE, binary_infer, need, pair, unary_infer

BITWISE_AND = Op("bitwise_and", binary_infer("bitwise_and", kinds=BITS))
BITWISE_OR = Op("bitwise_or", binary_infer("bitwise_or", kinds=BITS))
BITWISE_XOR = Op("bitwise_xor", binary_infer("bitwise_xor", kinds=BITS))
BITWISE_INVERT = Op("bitwise_invert", unary_infer("bitwise_invert", BITS))
LEFT_SHIFT = Op("bitwise_left_shift", binary_infer("bitwise_left_shift", kinds=WHOLE))
RIGHT_SHIFT = Op("bitwise_right_shift", binary_infer("bitwise_right_shift", kinds=WHOLE))


def bitwise_and(x1: Any, x2: Any, /) -> Tensor:
    """The bits that both have: y = x1 & x2.

    Args:
        x1: tensor, array or number of any shape, whole numbers or truth values.
        x2: the same; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_and(sj.asarray([6, 5]), 3))
        [2 1]
    """
    return apply(BITWISE_AND, *pair("bitwise_and", x1, x2))


def bitwise_or(x1: Any, x2: Any, /) -> Tensor:
    """The bits that either has: y = x1 | x2.

    Args:
        x1: tensor, array or number of any shape, whole numbers or truth values.
        x2: the same; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_or(sj.asarray([6, 5]), 3))
        [7 7]
    """
    return apply(BITWISE_OR, *pair("bitwise_or", x1, x2))


def bitwise_xor(x1: Any, x2: Any, /) -> Tensor:
    """The bits that one has and the other has not: y = x1 ^ x2.

    Args:
        x1: tensor, array or number of any shape, whole numbers or truth values.
        x2: the same; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_xor(sj.asarray([6, 5]), 3))
        [5 6]
    """
    return apply(BITWISE_XOR, *pair("bitwise_xor", x1, x2))


def bitwise_invert(x: Any, /) -> Tensor:
    """The bits that it has not: y = ~x, which is -x - 1 for signed whole numbers.

    Args:
        x: tensor, array or number of any shape, whole numbers or truth values.

    Returns:
        The values, shape of `x`.

    Raises:
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_invert(sj.asarray([6, -1])))
        [-7  0]
    """
    return apply(BITWISE_INVERT, as_tensor(x, "bitwise_invert"))


def bitwise_left_shift(x1: Any, x2: Any, /) -> Tensor:
    """Moves bits to the left: y = x1 * 2^x2; bits beyond the width are lost.

    Args:
        x1: tensor, array or number of any shape, whole numbers.
        x2: by how many bits, at least 0; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_left_shift(sj.asarray([1, 3]), 2))
        [ 4 12]
    """
    a, b = pair("bitwise_left_shift", x1, x2)
    need("bitwise_left_shift", a, WHOLE)
    return apply(LEFT_SHIFT, a, b)


def bitwise_right_shift(x1: Any, x2: Any, /) -> Tensor:
    """Moves bits to the right: y = floor(x1 / 2^x2); the sign stays.

    Args:
        x1: tensor, array or number of any shape, whole numbers.
        x2: by how many bits, at least 0; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: the numbers are not whole.

    Example:
        >>> import sujeong as sj
        >>> print(sj.bitwise_right_shift(sj.asarray([8, -8]), 2))
        [ 2 -2]
    """
    a, b = pair("bitwise_right_shift", x1, x2)
    need("bitwise_right_shift", a, WHOLE)
    return apply(RIGHT_SHIFT, a, b)
