"""Triangles of matrices: what lies below a diagonal, or above it.

tril   y[i, j] = x[i, j] where j <= i + k, else 0        dx = tril(g)
triu   y[i, j] = x[i, j] where j >= i + k, else 0        dx = triu(g)
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.tensor import Tensor, as_tensor
from ..errors import ShapeError, message

TRIL = Op("tril", same, keeps_inputs=False)
TRIU = Op("triu", same, keeps_inputs=False)


def _triangle(op: Op, x: Any, k: int) -> Tensor:
    x = as_tensor(x, op.name)
    shape = x.shape
    if len(shape) < 2:
        raise ShapeError(message(op.name, "needs two axes or more.", received=shape))
    if k:  # diagonals far outside are all alike
        k = max(min(int(k), shape[-1] + 1), -shape[-2] - 1)
    return apply(op, x, diagonal=k)


def tril(x: Any, /, *, k: int = 0) -> Tensor:
    """The lower triangle of matrices; zeros above it.

    Args:
        x: tensor (..., n, m).
        k: up to which diagonal: 0 the main one, positive above, negative below.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: there are fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> print(sj.tril(sj.ones((2, 2))))
        [[1. 0.]
         [1. 1.]]
    """
    return _triangle(TRIL, x, k)


def triu(x: Any, /, *, k: int = 0) -> Tensor:
    """The upper triangle of matrices; zeros below it.

    Args:
        x: tensor (..., n, m).
        k: from which diagonal on: 0 the main one, positive above, negative below.

    Returns:
        Tensor of the same shape.

    Raises:
        ShapeError: there are fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> print(sj.triu(sj.ones((2, 2))))
        [[1. 1.]
         [0. 1.]]
    """
    return _triangle(TRIU, x, k)


@TRIL.gradient
def _tril_gradient(g: Tensor, y: Any, x: Any, diagonal: int) -> tuple[Any, ...]:
    return (apply(TRIL, g, diagonal=diagonal),)


@TRIU.gradient
def _triu_gradient(g: Tensor, y: Any, x: Any, diagonal: int) -> tuple[Any, ...]:
    return (apply(TRIU, g, diagonal=diagonal),)
