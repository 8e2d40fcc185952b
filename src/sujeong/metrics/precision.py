"""Precision, recall, and F1, their harmonic mean.

    precision = TP / (TP + FP)         of what was called c, how much is c
    recall    = TP / (TP + FN)         of what is c, how much was called c
    F1        = 2 TP / (2 TP + FP + FN)

for one class c. Over several classes: macro, the mean of the classes' figures (classes that neither
occur nor are predicted do not count); weighted, the mean by how often they occur; micro, of the summed
counts. A quotient 0 / 0 is 0.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.configured import number
from ..core.tensor import Tensor
from ..errors import ShapeError, message, unknown_name
from ..ops._build import cast
from ..ops.comparison import greater
from ..ops.reduction import sum as total
from ..ops.shaping import reshape
from ..ops.weights import over
from ._classes import decided, rows
from .metric import Metric, Weights

AVERAGES = ("auto", "binary", "macro", "micro", "weighted", "none")


class _Counts(Metric):
    """Counts of right, predicted and actual members of each class.

    Args:
        average: how the classes' figures become one.
        threshold: above it a single output means yes.
        name: what the figure is called.
    """

    totals = ("right", "predicted", "actual")

    def __init__(self, average: str = "auto", threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name)
        if average not in AVERAGES:
            raise unknown_name("average", average, AVERAGES)
        self.average, self.threshold = average, number(self, "threshold", threshold)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """For each class: weight of what is rightly called so, of what is called so, of what is so."""
        t, y, k = decided(self.name, target, prediction, self.threshold, self.link, weights.mask is not None)
        if self.average == "binary" and k > 2:
            fix = 'average="macro", "micro" or "weighted".'
            raise ShapeError(message(self.name, f"{k} classes are not yes or no.", fix=fix))
        w = reshape(weights.of(t), (t.size, 1))
        actual, predicted = rows(t, k) * w, rows(y, k)
        return total(actual * predicted, axis=0), total(predicted * w, axis=0), total(actual, axis=0)

    def quotient(self, right: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """The figure of counts; elementwise."""
        raise NotImplementedError

    def conclude(self, right: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:  # type: ignore[override]
        """The figure; with `average="none"` one for each class."""
        average = self.average
        if average == "auto":
            average = "binary" if right.shape[0] == 2 else "macro"
        if average == "micro":
            return self.quotient(total(right), total(predicted), total(actual))
        each = self.quotient(right, predicted, actual)
        if average == "none":
            return each
        if average == "binary":
            return each[1]
        weight = actual if average == "weighted" else cast(greater(predicted + actual, 0), dtypes.float64)
        return total(each * weight) / total(weight)


class Precision(_Counts):
    """Precision: of what was called c, how much is c: TP / (TP + FP).

    Args:
        average: `"binary"` for the class 1 of two, `"macro"`, `"micro"`, `"weighted"`, `"none"` for one
            figure a class; `"auto"`: binary for two classes, else macro.
        threshold: above it a single output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.Precision()
        >>> metric.update(sj.asarray([1, 0, 1, 0]), sj.asarray([0.9, 0.8, 0.2, 0.1]))
        >>> print(metric.result())
        0.5
    """

    def quotient(self, right: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """TP / (TP + FP)."""
        return over(right, predicted)


class Recall(_Counts):
    """Recall: of what is c, how much was called c: TP / (TP + FN).

    Args:
        average: as for `Precision`.
        threshold: above it a single output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.Recall()
        >>> metric.update(sj.asarray([1, 0, 1, 1]), sj.asarray([0.9, 0.8, 0.7, 0.1]))
        >>> round(float(metric.result()), 4)
        0.6667
    """

    def quotient(self, right: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """TP / (TP + FN)."""
        return over(right, actual)


class F1(_Counts):
    """F1: the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    Args:
        average: as for `Precision`.
        threshold: above it a single output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.F1()
        >>> metric.update(sj.asarray([1, 0, 1, 0]), sj.asarray([0.9, 0.8, 0.2, 0.1]))
        >>> print(metric.result())
        0.5
    """

    def quotient(self, right: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """2 TP / (2 TP + FP + FN)."""
        return over(2 * right, predicted + actual)


def precision(
    target: Any, prediction: Any, *, average: str = "auto", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The precision of one batch; see `Precision`.

    Args:
        target: labels (...), one-hot rows (..., classes), or 0 and 1.
        prediction: (..., classes), or (n,) or (n, 1) for yes or no.
        average: as for `Precision`.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The precision, zero-dimensional unless `average="none"`.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.precision(sj.asarray([1, 0]), sj.asarray([0.9, 0.6])))
        0.5
    """
    return Precision(average).once(target, prediction, sample_weight, mask)


def recall(
    target: Any, prediction: Any, *, average: str = "auto", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The recall of one batch; see `Recall`.

    Args:
        target: labels (...), one-hot rows (..., classes), or 0 and 1.
        prediction: (..., classes), or (n,) or (n, 1) for yes or no.
        average: as for `Precision`.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The recall, zero-dimensional unless `average="none"`.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.recall(sj.asarray([1, 1]), sj.asarray([0.9, 0.2])))
        0.5
    """
    return Recall(average).once(target, prediction, sample_weight, mask)


def f1(
    target: Any, prediction: Any, *, average: str = "auto", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """F1 of one batch; see `F1`.

    Args:
        target: labels (...), one-hot rows (..., classes), or 0 and 1.
        prediction: (..., classes), or (n,) or (n, 1) for yes or no.
        average: as for `Precision`.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        F1, zero-dimensional unless `average="none"`.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.f1(sj.asarray([1, 0]), sj.asarray([0.9, 0.2])))
        1.0
    """
    return F1(average).once(target, prediction, sample_weight, mask)
