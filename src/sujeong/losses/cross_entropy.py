"""Cross-entropy: how surprised the model is by the right class.

    E = -sum_k t_k ln y_k         one sample; with a one-hot t only the right class counts: E = -ln y_right
    E = -1/N sum_n sum_k t_nk ln y_nk                                         the mean of a mini-batch

From scores z, with y = softmax(z), the gradient is dE/dz = y - t: what was said less what was meant.
Why not the accuracy? It does not change with a small change of the weights, so it has no slope to follow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ..ops._build import cast
from ..ops.comparison import equal, where
from ..ops.cross_entropy import softmax_cross_entropy as from_scores
from ..ops.exponential import log
from ..ops.extremes import maximum
from ..ops.reduction import sum as total
from ..ops.weights import as_mask, spread
from ._shapes import chosen, classified, fraction
from ._weighing import class_table, reduced


def softmax_cross_entropy(
    target: Any,
    prediction: Any,
    *,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    sample_weight: Any = None,
    class_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The cross-entropy of softmax(scores), straight from the scores, stable at any size of them.

    Args:
        target: the right class of each sample, whole numbers (...); or one-hot rows or probabilities
            (..., classes).
        prediction: scores (..., classes), without softmax.
        label_smoothing: a in 0..1: the target becomes (1 - a) t + a / classes.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        class_weight: `{class: weight}` or a vector; a sample counts by its class.
        mask: which samples count; elsewhere the label may be anything, such as -1.

    Returns:
        One number, zero-dimensional; with `"none"` the shape of the prediction without the classes.

    Raises:
        ShapeError: target and prediction do not fit.
        DTypeError: class numbers that are not whole numbers.
        IndexRangeError: a label is no class.

    Example:
        >>> import sujeong as sj
        >>> scores = sj.asarray([[0.0, 0.0], [0.0, 1000.0]])
        >>> print(sj.losses.softmax_cross_entropy(sj.asarray([0, 0]), scores, reduction="none"))
        [6.931472e-01 1.000000e+03]
    """
    name = "softmax_cross_entropy"
    t, z, labels = classified(name, target, prediction, mask)
    weights = _class_weights(name, class_weight, t, z, labels)
    t = _unmasked(name, t, z, labels, mask)
    if fraction(name, "label_smoothing", label_smoothing):
        t = _smoothed(t, z, labels, label_smoothing)
    return reduced(name, from_scores(z, t), reduction, sample_weight, mask, weights)


def cross_entropy(
    target: Any,
    prediction: Any,
    *,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    sample_weight: Any = None,
    class_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The cross-entropy of probabilities: E = -sum_k t_k ln y_k a sample; the mean over the samples.

    `softmax_cross_entropy` takes scores instead and is exact where a probability rounds to 0; here
    0 is read as the smallest number of the element type, so that ln 0 is not infinite.

    Args:
        target: the right class of each sample, whole numbers (...); or one-hot rows or probabilities
            (..., classes).
        prediction: probabilities (..., classes), such as a softmax gives.
        label_smoothing: a in 0..1: the target becomes (1 - a) t + a / classes.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        class_weight: `{class: weight}` or a vector; a sample counts by its class.
        mask: which samples count; elsewhere the label may be anything, such as -1.

    Returns:
        One number, zero-dimensional; with `"none"` the shape of the prediction without the classes.

    Raises:
        ShapeError: target and prediction do not fit.
        DTypeError: class numbers that are not whole numbers.
        IndexRangeError: a label is no class.

    Example:
        >>> import sujeong as sj
        >>> y = sj.asarray([[0.5, 0.25, 0.25]])
        >>> print(sj.losses.cross_entropy(sj.asarray([[1, 0, 0]]), y))
        0.6931472
    """
    name = "cross_entropy"
    t, y, labels = classified(name, target, prediction, mask)
    weights = _class_weights(name, class_weight, t, y, labels)
    t = _unmasked(name, t, y, labels, mask)
    if fraction(name, "label_smoothing", label_smoothing):
        t, labels = _smoothed(t, y, labels, label_smoothing), False
    if labels:
        right = chosen(t, y.shape[-1])
        known = equal(total(right, axis=-1), 1)
        losses = where(known, -safe_log(total(where(right, y, 0), axis=-1)), float("nan"))
    else:
        losses = -total(t * safe_log(y), axis=-1)
    return reduced(name, losses, reduction, sample_weight, mask, weights)


def safe_log(y: Tensor) -> Tensor:
    """The logarithm of probabilities, finite at 0.

    Args:
        y: probabilities.

    Returns:
        ln max(y, smallest), where smallest is the least normal number of the element type.
    """
    return log(maximum(y, smallest(y)))


def smallest(y: Tensor) -> float:
    """The least normal number of the element type of a tensor."""
    return float(np.finfo(y.dtype.to_numpy()).tiny)


def _smoothed(t: Tensor, y: Tensor, labels: bool, amount: float) -> Tensor:
    rows = cast(chosen(t, y.shape[-1]), y.dtype) if labels else t
    if labels:  # a label that is no class must not become a row of plain smoothing
        rows = where(equal(total(rows, axis=-1, keepdims=True), 1), rows, float("nan"))
    return rows * (1 - amount) + amount / y.shape[-1]


def _unmasked(name: str, t: Tensor, y: Tensor, labels: bool, mask: Any) -> Tensor:
    """Labels that do not count become class 0, so that they may be anything."""
    if mask is None or not labels:
        return t
    return where(spread(name, "mask", as_mask(y, mask, name), t), t, 0)


def _class_weights(name: str, class_weight: Any, t: Tensor, y: Tensor, labels: bool) -> Tensor | None:
    """The weight of each sample's class; between classes in proportion to the target."""
    if class_weight is None:
        return None
    table = class_table(name, y, class_weight, y.shape[-1])
    if labels:
        return total(where(chosen(t, y.shape[-1]), table, 0), axis=-1)
    return total(t * table, axis=-1)
