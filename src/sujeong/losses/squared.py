"""Squared errors.

    half of the sum    E = 1/2 sum_k (y_k - t_k)^2         dE/dy = y - t
    mean               E = 1/K sum_k (y_k - t_k)^2         dE/dy = 2 (y - t) / K

y the prediction, t the target, k over the last axis (the features of a sample). The two differ in
the factor K / 2, and so in the learning rate that suits them.
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..ops.reduction import sum as total
from ..ops.statistics import mean
from ._shapes import matched
from ._weighing import reduced


def half_squared_error(
    target: Any, prediction: Any, *, reduction: str = "mean", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """Half of the sum of squares: E = 1/2 sum_k (y_k - t_k)^2 a sample; the mean over the samples.

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
        >>> t, y = sj.asarray([[0.0, 1.0]]), sj.asarray([[0.5, 0.0]])
        >>> print(sj.losses.half_squared_error(t, y))
        0.625
    """
    t, y = matched("half_squared_error", target, prediction)
    error = y - t
    squares = error * error / 2
    losses = total(squares, axis=-1) if squares.ndim > 1 else squares
    return reduced("half_squared_error", losses, reduction, sample_weight, mask)


def mean_squared_error(
    target: Any, prediction: Any, *, reduction: str = "mean", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The mean of squares: E = mean_k (y_k - t_k)^2 a sample; the mean over the samples.

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
        >>> print(sj.losses.mean_squared_error(sj.asarray([0.0, 1.0]), sj.asarray([0.5, 0.0])))
        0.625
    """
    t, y = matched("mean_squared_error", target, prediction)
    error = y - t
    return reduced("mean_squared_error", featureless(error * error), reduction, sample_weight, mask)


def featureless(losses: Tensor) -> Tensor:
    """One loss a sample: the mean over the last axis, unless that is the axis of the samples itself.

    Args:
        losses: one a feature (..., k), or one a sample (n,).

    Returns:
        One loss a sample (...).
    """
    return mean(losses, axis=-1) if losses.ndim > 1 else losses
