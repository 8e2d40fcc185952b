"""Absolute errors: what is far off counts in proportion, and not by its square.

absolute   E = mean_k |e_k|                           e = y - t,  dE/de = sign(e)
Huber      E = mean_k  e^2 / 2           |e| <= d     smooth near 0
                       d |e| - d^2 / 2   |e| > d      straight far off
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops.extremes import minimum
from ..ops.magnitude import abs as absolute
from ._shapes import matched
from ._weighing import reduced
from .squared import featureless


def mean_absolute_error(
    target: Any, prediction: Any, *, reduction: str = "mean", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The mean of absolute errors: E = mean_k |y_k - t_k| a sample; the mean over the samples.

    Args:
        target: t (n,) or (..., k); numbers.
        prediction: y, of the same shape.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` one a sample: the shape without the last axis, or (n,).

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.mean_absolute_error(sj.asarray([0.0, 1.0]), sj.asarray([0.5, 0.0])))
        0.75
    """
    t, y = matched("mean_absolute_error", target, prediction)
    return reduced("mean_absolute_error", featureless(absolute(y - t)), reduction, sample_weight, mask)


def huber(
    target: Any,
    prediction: Any,
    *,
    delta: float = 1.0,
    reduction: str = "mean",
    sample_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The Huber loss: a parabola up to an error of delta, a straight line beyond.

    Args:
        target: t (n,) or (..., k); numbers.
        prediction: y, of the same shape.
        delta: d > 0, where the line begins.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` one a sample: the shape without the last axis, or (n,).

    Raises:
        ShapeError: the shapes differ.
        ArgumentError: delta is not positive.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.huber(sj.asarray([0.0, 0.0]), sj.asarray([1.0, 3.0]), reduction="none"))
        [0.5 2.5]

    Huber, "Robust Estimation of a Location Parameter", 1964.
    """
    if not delta > 0:
        raise ArgumentError(message("huber", "delta is out of range.", received=delta, expected="delta > 0"))
    t, y = matched("huber", target, prediction)
    size = absolute(y - t)
    near = minimum(size, delta)
    return reduced(
        "huber", featureless(near * near / 2 + delta * (size - near)), reduction, sample_weight, mask
    )
