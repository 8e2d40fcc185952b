"""Accuracy: the part of the samples that are answered rightly.

    accuracy = number right / number of samples             top k: the right class among the k likeliest

People read it; a model cannot learn from it, since it stays the same under a small change of the weights.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.configured import count, number
from ..core.labels import check_labels_at_hand
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, ShapeError, message
from ..ops._build import cast, counted_like
from ..ops.comparison import equal, greater, isnan, less, where
from ..ops.logic import logical_and, logical_or
from ..ops.reduction import any as some
from ..ops.reduction import sum as total
from ..ops.searching import argmax
from ..ops.shaping import reshape
from ._classes import decided
from .metric import Metric, Weights, matched, probabilities, says_yes


class _Share(Metric):
    """A weighted share of the samples: sum w right / sum w."""

    totals = ("right", "weight")

    def conclude(self, right: Tensor, weight: Tensor) -> Tensor:  # type: ignore[override]
        """Right over all."""
        return right / weight


class Accuracy(_Share):
    """The share of right answers; the shapes say whether it is one class of several, or yes or no.

    A prediction (..., classes) is compared by its likeliest class, with labels (...) or one-hot rows; a
    prediction (n,) or (n, 1) with a target of the same shape is yes above the threshold.

    Args:
        threshold: above it a single output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.Accuracy()
        >>> metric.update(sj.asarray([0, 1]), sj.asarray([[0.9, 0.1], [0.8, 0.2]]))
        >>> metric.update(sj.asarray([1]), sj.asarray([[0.3, 0.7]]))
        >>> round(float(metric.result()), 4)
        0.6667
    """

    def __init__(self, threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name)
        self.threshold = number(self, "threshold", threshold)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weight of the right answers, weight of all."""
        t, y, _ = decided(self.name, target, prediction, self.threshold, self.link, weights.mask is not None)
        return weights.total(equal(t, y))


class CategoricalAccuracy(Accuracy):
    """The share of samples whose likeliest class is the right one.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.CategoricalAccuracy()
        >>> metric.update(sj.asarray([0, 1]), sj.asarray([[0.9, 0.1], [0.8, 0.2]]))
        >>> print(metric.result())
        0.5
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weight of the right answers, weight of all."""
        y = as_tensor(prediction, self.name)
        if y.ndim < 2 or y.shape[-1] < 2:
            fix = "for single outputs use BinaryAccuracy."
            what = "needs a score for each of at least two classes."
            raise ShapeError(message(self.name, what, received=f"prediction {y.shape}", fix=fix))
        return super().measure(target, prediction, weights)


CategoricalAccuracy._settled = ("threshold",)


class BinaryAccuracy(_Share):
    """The share of yes-or-no questions answered rightly; with several outputs each is a question.

    Args:
        threshold: above it an output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.BinaryAccuracy()
        >>> metric.update(sj.asarray([[1, 0], [1, 1]]), sj.asarray([[0.9, 0.1], [0.2, 0.7]]))
        >>> print(metric.result())
        0.75
    """

    def __init__(self, threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name)
        self.threshold = number(self, "threshold", threshold)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weight of the right answers, weight of all."""
        t, y = matched(self.name, target, prediction)
        yes = greater(probabilities(y, self.link), self.threshold)
        return weights.total(equal(yes, says_yes(t)))


class TopKAccuracy(_Share):
    """The share of samples whose right class is among the k likeliest.

    Of classes with equal scores the one with the lower number comes first.

    Args:
        k: how many classes may be named.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.TopKAccuracy(k=2)
        >>> metric.update(sj.asarray([0, 1]), sj.asarray([[0.5, 0.1, 0.4], [0.5, 0.1, 0.4]]))
        >>> print(metric.result())
        0.5
    """

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        super().__init__(name)
        self.k = count(self, "k", k, 1)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weight of the samples with a hit, weight of all."""
        t, y = as_tensor(target, self.name), as_tensor(prediction, self.name)
        if y.ndim and t.shape == y.shape:
            t = argmax(t, axis=-1)
        elif not y.ndim or t.shape != y.shape[:-1]:
            expected = "a prediction (..., classes) with class numbers (...) or one-hot rows"
            received = f"target {t.shape}, prediction {y.shape}"
            what = "target and prediction do not fit."
            raise ShapeError(message(self.name, what, received=received, expected=expected))
        if not t.dtype.is_integer:
            what = "class numbers are whole numbers."
            raise DTypeError(message(self.name, what, received=f"target {t.spec}"))
        if weights.mask is None:
            check_labels_at_hand(t, y.shape[-1])
        classes = counted_like(t, y.shape[-1])
        label = reshape(cast(t, dtypes.int64), (*t.shape, 1))
        own = total(where(equal(classes, label), y, 0), axis=-1, keepdims=True)
        ahead = logical_or(greater(y, own), logical_and(equal(y, own), less(classes, label)))
        rank = total(cast(ahead, dtypes.int64), axis=-1)
        known = logical_and(some(equal(classes, label), axis=-1), equal(some(isnan(y), axis=-1), False))
        return weights.total(logical_and(less(rank, self.k), known))


def accuracy(
    target: Any, prediction: Any, *, threshold: float = 0.5, sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The share of right answers in one batch; see `Accuracy`.

    Args:
        target: labels (...), one-hot rows (..., classes), or 0 and 1.
        prediction: (..., classes), or (n,) or (n, 1) for yes or no.
        threshold: above it a single output means yes.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The share, zero-dimensional.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.accuracy(sj.asarray([1, 0]), sj.asarray([0.9, 0.6])))
        0.5
    """
    return Accuracy(threshold).once(target, prediction, sample_weight, mask)


def top_k_accuracy(
    target: Any, prediction: Any, *, k: int = 5, sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The share of samples in one batch whose right class is among the k likeliest.

    Args:
        target: labels (...) or one-hot rows (..., classes).
        prediction: (..., classes).
        k: how many classes may be named.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        The share, zero-dimensional.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.top_k_accuracy(sj.asarray([2]), sj.asarray([[0.5, 0.1, 0.4]]), k=2))
        1.0
    """
    return TopKAccuracy(k).once(target, prediction, sample_weight, mask)
