"""Figures for predicted numbers.

MAE  = mean |y - t|          MSE = mean (y - t)^2          RMSE = sqrt(MSE), in the unit of the target

R2   = 1 - sum (t - y)^2 / sum (t - mean t)^2              1 perfect, 0 no better than the mean
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.tensor import Tensor
from ..ops._build import cast
from ..ops.comparison import equal, where
from ..ops.exponential import sqrt
from ..ops.magnitude import abs as absolute
from ..ops.reduction import sum as total
from ..ops.shaping import reshape
from ..ops.statistics import mean
from ..ops.weights import over
from .metric import Metric, Weights, matched


class _Error(Metric):
    """A weighted mean of errors; several outputs of a sample are averaged first."""

    totals = ("total", "weight")

    def error(self, difference: Tensor) -> Tensor:
        """What a difference costs; elementwise."""
        raise NotImplementedError

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weighted sum of the errors, sum of the weights."""
        t, y = _paired(self.name, target, prediction)
        errors = self.error(y - t)
        return weights.total(mean(errors, axis=-1) if errors.ndim > 1 else errors)

    def conclude(self, total: Tensor, weight: Tensor) -> Tensor:  # type: ignore[override]
        """Sum over weight."""
        return total / weight


class MeanAbsoluteError(_Error):
    """The mean absolute error: mean |y - t|.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.MeanAbsoluteError()
        >>> metric.update(sj.asarray([1.0, 2.0]), sj.asarray([1.5, 4.0]))
        >>> print(metric.result())
        1.25
    """

    def error(self, difference: Tensor) -> Tensor:
        """The size of the difference."""
        return absolute(difference)


class MeanSquaredError(_Error):
    """The mean squared error: mean (y - t)^2.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.MeanSquaredError()
        >>> metric.update(sj.asarray([1.0, 2.0]), sj.asarray([2.0, 4.0]))
        >>> print(metric.result())
        2.5
    """

    def error(self, difference: Tensor) -> Tensor:
        """The square of the difference."""
        return difference * difference


class RootMeanSquaredError(MeanSquaredError):
    """The root of the mean squared error, in the unit of the target.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.RootMeanSquaredError()
        >>> metric.update(sj.asarray([1.0, 2.0]), sj.asarray([4.0, 6.0]))
        >>> round(float(metric.result()), 4)
        3.5355
    """

    def conclude(self, total: Tensor, weight: Tensor) -> Tensor:  # type: ignore[override]
        """Root of sum over weight."""
        return sqrt(total / weight)


class R2(Metric):
    """The part of the target's variance that the prediction explains; the mean over several outputs.

    The variance is gathered around a running mean, so that a large mean of the target does no harm.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.R2()
        >>> metric.update(sj.asarray([1.0, 2.0, 3.0]), sj.asarray([1.0, 2.0, 4.0]))
        >>> print(metric.result())
        0.5
    """

    totals = ("weight", "mean", "spread", "error")

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weight, mean of the target, its squares around that mean, squared errors; by output."""
        t, y = _paired(self.name, target, prediction)
        outputs = t.shape[-1] if t.ndim > 1 else 1
        w = weights.of(t[..., 0] if t.ndim > 1 else t)
        n = w.size
        w, t, y = reshape(w, (n, 1)), reshape(t, (n, outputs)), reshape(y, (n, outputs))
        if weights.mask is not None:
            t, y = where(equal(w, 0), 0, t), where(equal(w, 0), 0, y)
        whole = total(w)
        middle = over(total(w * t, axis=0), whole)
        return whole, middle, total(w * (t - middle) ** 2, axis=0), total(w * (t - y) ** 2, axis=0)

    def merge(self, before: tuple[Tensor, ...], batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Two groups as one: the spread grows by the distance of their means."""
        (n, mean_a, spread_a, error_a), (m, mean_b, spread_b, error_b) = before, batch
        whole = n + m
        share = over(m, whole)
        apart = mean_b - mean_a
        spread = spread_a + spread_b + apart**2 * (n * share)
        return whole, mean_a + apart * share, spread, error_a + error_b

    def conclude(self, weight: Tensor, middle: Tensor, spread: Tensor, error: Tensor) -> Tensor:  # type: ignore[override]
        """1 - error / spread; for a target that does not vary 1 if it is met, else 0."""
        flat = equal(spread, 0)
        each = 1 - error / where(flat, 1, spread)
        each = where(flat, cast(equal(error, 0), dtypes.float64), each)
        return where(equal(weight, 0), float("nan"), mean(each))


def _paired(name: str, target: Any, prediction: Any) -> tuple[Tensor, Tensor]:
    t, y = matched(name, target, prediction)
    return cast(t, dtypes.float64), cast(y, dtypes.float64)


def mean_absolute_error(
    target: Any, prediction: Any, *, sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The mean absolute error of one batch: mean |y - t|.

    Args:
        target: numbers (n,) or (..., k).
        prediction: of the same shape.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The figure, zero-dimensional.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.mean_absolute_error(sj.asarray([1.0, 2.0]), sj.asarray([1.5, 4.0])))
        1.25
    """
    return MeanAbsoluteError().once(target, prediction, sample_weight, mask)


def root_mean_squared_error(
    target: Any, prediction: Any, *, sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The root of the mean squared error of one batch.

    Args:
        target: numbers (n,) or (..., k).
        prediction: of the same shape.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The figure, zero-dimensional.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.root_mean_squared_error(sj.asarray([1.0, 2.0]), sj.asarray([4.0, 5.0])))
        3.0
    """
    return RootMeanSquaredError().once(target, prediction, sample_weight, mask)


def r2(target: Any, prediction: Any, *, sample_weight: Any = None, mask: Any = None) -> Tensor:
    """R2 of one batch; see `R2`.

    Args:
        target: numbers (n,) or (..., k).
        prediction: of the same shape.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The figure, zero-dimensional.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.r2(sj.asarray([1.0, 2.0, 3.0]), sj.asarray([1.0, 2.0, 4.0])))
        0.5
    """
    return R2().once(target, prediction, sample_weight, mask)
