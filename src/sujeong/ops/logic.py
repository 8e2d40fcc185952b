"""Truth values: and, or, exclusive or, not. Numbers count as true where they are not 0."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor, as_tensor
from ._build import NUMBERS, binary_infer, cast, unary_infer

LOGICAL_AND = Op("logical_and", binary_infer("logical_and", kinds=("bool",)))
LOGICAL_OR = Op("logical_or", binary_infer("logical_or", kinds=("bool",)))
LOGICAL_XOR = Op("logical_xor", binary_infer("logical_xor", kinds=("bool",)))
LOGICAL_NOT = Op("logical_not", unary_infer("logical_not", ("bool",)))


def _truths(op: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Two operands as truth values on one engine."""
    if isinstance(x1, NUMBERS):
        b = as_tensor(x2, op)
        return Tensor(b._engine.scalar(bool(x1), dtypes.bool_, b.device), b._engine), cast(b, dtypes.bool_)
    a = as_tensor(x1, op)
    if isinstance(x2, NUMBERS):
        b = Tensor(a._engine.scalar(bool(x2), dtypes.bool_, a.device), a._engine)
    else:
        b = as_tensor(x2, op)
    return cast(a, dtypes.bool_), cast(b, dtypes.bool_)


def logical_and(x1: Any, x2: Any, /) -> Tensor:
    """Where both hold.

    Args:
        x1: truth values (numbers: not 0) of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logical_and(sj.asarray([True, False]), True))
        [ True False]
    """
    return apply(LOGICAL_AND, *_truths("logical_and", x1, x2))


def logical_or(x1: Any, x2: Any, /) -> Tensor:
    """Where at least one holds.

    Args:
        x1: truth values (numbers: not 0) of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logical_or(sj.asarray([True, False]), False))
        [ True False]
    """
    return apply(LOGICAL_OR, *_truths("logical_or", x1, x2))


def logical_xor(x1: Any, x2: Any, /) -> Tensor:
    """Where exactly one holds.

    Args:
        x1: truth values (numbers: not 0) of any shape.
        x2: the same; shapes must broadcast.

    Returns:
        Truth values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logical_xor(sj.asarray([True, False]), True))
        [False  True]
    """
    return apply(LOGICAL_XOR, *_truths("logical_xor", x1, x2))


def logical_not(x: Any, /) -> Tensor:
    """Where it does not hold.

    Args:
        x: truth values (numbers: not 0) of any shape.

    Returns:
        Truth values, shape of `x`.

    Example:
        >>> import sujeong as sj
        >>> print(sj.logical_not(sj.asarray([True, False])))
        [False  True]
    """
    return apply(LOGICAL_NOT, cast(as_tensor(x, "logical_not"), dtypes.bool_))
