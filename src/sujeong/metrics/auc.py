"""The area under the ROC curve: how well scores set yes above no, whatever the threshold.

    true positive rate  = TP / P         false positive rate = FP / N         at each threshold
    area under the curve of the first over the second = chance that a yes scores above a no

While streaming, the curve is known at fixed thresholds only, and the area between them is a straight line's.
The function `auc` has all scores at once and is exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.configured import count
from ..core.tensor import Tensor, as_tensor
from ..errors import DataError, ShapeError, message
from ..ops._build import cast
from ..ops.comparison import equal, greater, where
from ..ops.reduction import sum as total
from ..ops.shaping import reshape
from ..ops.weights import beside
from .metric import Metric, Weights, probabilities, says_yes


class AUC(Metric):
    """The area under the ROC curve, by fixed thresholds from 0 to 1.

    Args:
        num_thresholds: how many; the more, the closer to the exact area.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.AUC()
        >>> metric.update(sj.asarray([0, 0, 1, 1]), sj.asarray([0.1, 0.4, 0.35, 0.8]))
        >>> print(metric.result())
        0.75
    """

    totals = ("true_positives", "false_positives", "positives", "negatives")

    def __init__(self, num_thresholds: int = 200, name: str | None = None) -> None:
        super().__init__(name)
        self.num_thresholds = count(self, "num_thresholds", num_thresholds, 2)

    @property
    def thresholds(self) -> np.ndarray:
        """Evenly from 0 to 1, the ends a little outside, so that they include all and nothing."""
        inner = np.arange(1, self.num_thresholds - 1) / (self.num_thresholds - 1)
        return np.concatenate([[-1e-7], inner, [1 + 1e-7]])

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """At each threshold, the weight of yes above it and of no above it; the weight of all yes and no."""
        t, y = _paired(self.name, target, prediction)
        y = cast(probabilities(y, self.link), dtypes.float64)
        yes = cast(says_yes(t), dtypes.float64)
        w = weights.of(y)
        above = greater(reshape(y, (y.size, 1)), beside(y, self.thresholds, self.name))
        above = cast(above, dtypes.float64)
        positive, negative = yes * w, (1 - yes) * w
        return (
            total(above * reshape(positive, (y.size, 1)), axis=0),
            total(above * reshape(negative, (y.size, 1)), axis=0),
            total(positive),
            total(negative),
        )

    def conclude(self, true: Tensor, false: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:  # type: ignore[override]
        """The area; NaN where there is no yes, or no no."""
        none = equal(positives * negatives, 0)
        x, y = false / where(none, 1, negatives), true / where(none, 1, positives)
        area = total((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2)
        return where(none, float("nan"), area)


def _paired(name: str, target: Any, prediction: Any) -> tuple[Tensor, Tensor]:
    t, y = as_tensor(target, name), as_tensor(prediction, name)
    if t.shape != y.shape or (y.ndim > 1 and y.shape[-1] != 1):
        received = f"target {t.shape}, prediction {y.shape}"
        expected = "one score a sample and a target of the same shape"
        raise ShapeError(message(name, "this is for yes or no.", received=received, expected=expected))
    shape = y.shape[:-1] if y.ndim > 1 else y.shape
    return reshape(t, shape), reshape(y, shape)


def auc(target: Any, prediction: Any, *, sample_weight: Any = None) -> float:
    """The exact area under the ROC curve, on the host: the chance that a yes scores above a no.

    Equal scores count half.

    Args:
        target: 0 and 1, one a sample.
        prediction: scores of the same shape, on any scale.
        sample_weight: a weight a sample.

    Returns:
        The area, 0..1.

    Raises:
        ShapeError: the shapes differ.
        DataError: all samples are of one class, or a score is NaN.

    Example:
        >>> import sujeong as sj
        >>> sj.metrics.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
        0.75
    """
    t, y = np.asarray(target), np.asarray(prediction, dtype=np.float64)
    w = np.ones(t.shape) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if t.shape != y.shape or w.shape != t.shape:
        received = f"target {t.shape}, prediction {y.shape}, weights {w.shape}"
        raise ShapeError(message("auc", "target, prediction and weights differ in shape.", received=received))
    t, y, w = t.ravel() > 0.5, y.ravel(), w.ravel()
    if np.isnan(y).any():
        raise DataError(message("auc", "a score is NaN.", received=f"{np.isnan(y).sum()} of {y.size}"))
    positives, negatives = w[t].sum(), w[~t].sum()
    if not positives or not negatives:
        received = f"{t.sum()} yes, {(~t).sum()} no"
        raise DataError(message("auc", "needs samples of both classes.", received=received))
    _, group = np.unique(y, return_inverse=True)
    yes = np.bincount(group, weights=w * t)
    no = np.bincount(group, weights=w * ~t)
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (positives * negatives))
