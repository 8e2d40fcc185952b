"""Clipping: gradients that are too large are cut, so that one bad batch cannot throw the weights away.

    by value          g <- min(max(g, -c), c)                    each element by itself; the direction changes
    by norm           g <- g c / max(|g|, c)                     each variable by itself
    by global norm    g <- g c / max(sqrt(sum_i |g_i|^2), c)     all variables together; the direction stays

|g| is the Euclidean length. A gradient no longer than c is left as it is. Where the length is not finite,
all that is cut by it becomes NaN: clipping hides no failure.
"""

from __future__ import annotations

from ..core import dtypes
from ..core.tensor import Tensor
from ..ops._build import cast
from ..ops.exponential import sqrt
from ..ops.extremes import maximum, minimum
from ..ops.reduction import sum as total


def clip_by_value(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Cuts each element to -limit..limit.

    Args:
        gradients: tensors of any shapes.
        limit: c > 0.

    Returns:
        The cut gradients.

    Example:
        >>> import sujeong as sj
        >>> print(sj.optim.clip_by_value([sj.asarray([3.0, -0.5])], 1.0)[0])
        [ 1.  -0.5]
    """
    return [maximum(minimum(g, limit), -limit) for g in gradients]


def clip_by_norm(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Shortens each gradient that is longer than the limit.

    Args:
        gradients: tensors of any shapes.
        limit: c > 0, the greatest length.

    Returns:
        The gradients, none longer than the limit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.optim.clip_by_norm([sj.asarray([3.0, 4.0])], 1.0)[0])
        [0.6 0.8]
    """
    return [_shortened(g, sqrt(_square(g)), limit) for g in gradients]


def clip_by_global_norm(gradients: list[Tensor], limit: float) -> list[Tensor]:
    """Shortens all gradients by one factor where together they are longer than the limit.

    Args:
        gradients: tensors of any shapes.
        limit: c > 0, the greatest length of all of them as one vector.

    Returns:
        The gradients, together no longer than the limit.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.optim.clip_by_global_norm([sj.asarray([3.0]), sj.asarray([4.0])], 1.0)
        >>> print(a, b)
        [0.6] [0.8]
    """
    if not gradients:
        return []
    norm = global_norm(gradients)
    return [_shortened(g, norm, limit) for g in gradients]


def global_norm(gradients: list[Tensor]) -> Tensor:
    """The length of all gradients as one vector: sqrt(sum_i |g_i|^2).

    Args:
        gradients: one tensor or more, of any shapes.

    Returns:
        The length, zero-dimensional, float64.

    Example:
        >>> import sujeong as sj
        >>> print(sj.optim.global_norm([sj.asarray([3.0]), sj.asarray([4.0])]))
        5.0
    """
    squares = [_square(g) for g in gradients]
    whole = squares[0]
    for square in squares[1:]:
        whole = whole + square
    return sqrt(whole)


def _square(g: Tensor) -> Tensor:
    wide = cast(g, dtypes.float32) if g.dtype.bits < 32 else g  # 300^2 overflows float16
    return cast(total(wide * wide), dtypes.float64)


def _shortened(g: Tensor, norm: Tensor, limit: float) -> Tensor:
    scale = limit / maximum(norm, limit) + (norm - norm)  # the last term is 0, or NaN beside an infinity
    return g * cast(scale, g.dtype)
