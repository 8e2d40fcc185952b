"""Hinge losses: right is not enough, it must be right by a margin of 1.

    two classes       E = mean_k max(0, 1 - t_k y_k)             t = -1 or 1, y a score
    several           E = max(0, 1 + max_{j != t} y_j - y_t)     the right class against the best wrong one

A linear model with hinge loss and an L2 penalty is the support vector machine. What is right by
more than the margin has no gradient: only the samples near the border shape it.
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ..ops.comparison import equal, greater, where
from ..ops.extremes import maximum
from ..ops.reduction import max as greatest
from ..ops.reduction import sum as total
from ..ops.weights import as_mask, spread
from ._shapes import chosen, classified, matched
from ._weighing import class_table, reduced
from .squared import featureless


def hinge(
    target: Any, prediction: Any, *, reduction: str = "mean", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The hinge loss of two classes: E = max(0, 1 - t y); the mean over the samples.

    Args:
        target: t = -1 or 1 (0 is read as -1), (n,) or (..., k).
        prediction: scores y of the same shape; their sign is the answer.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` one a sample: the shape without the last axis, or (n,).

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> t, y = sj.asarray([1, 0, 1]), sj.asarray([2.0, -0.5, -1.0])
        >>> print(sj.losses.hinge(t, y, reduction="none"))
        [0.  0.5 2. ]

    Cortes and Vapnik, "Support-Vector Networks", 1995.
    """
    t, y = matched("hinge", target, prediction)
    t = where(equal(t, 0), -1, t)
    return reduced("hinge", featureless(maximum(1 - t * y, 0)), reduction, sample_weight, mask)


def multiclass_hinge(
    target: Any,
    prediction: Any,
    *,
    reduction: str = "mean",
    sample_weight: Any = None,
    class_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The hinge loss of several classes: E = max(0, 1 + max_{j != t} y_j - y_t).

    Keras's `categorical_hinge` also sets the right score against 0, where all wrong ones are negative.

    Args:
        target: the right class of each sample, whole numbers (...); or one-hot rows (..., classes).
        prediction: scores (..., classes).
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        class_weight: `{class: weight}` or a vector; a sample counts by its class.
        mask: which samples count; elsewhere the label may be anything, such as -1.

    Returns:
        One number, zero-dimensional; with `"none"` the shape of the prediction without the classes.

    Raises:
        ShapeError: target and prediction do not fit, or a single class.
        DTypeError: class numbers that are not whole numbers.
        IndexRangeError: a label is no class.

    Example:
        >>> import sujeong as sj
        >>> y = sj.asarray([[3.0, 1.0, 0.0], [0.0, 0.5, 1.0]])
        >>> print(sj.losses.multiclass_hinge(sj.asarray([0, 1]), y, reduction="none"))
        [0.  1.5]

    Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001.
    """
    name = "multiclass_hinge"
    t, y, labels = classified(name, target, prediction, mask)
    classes = y.shape[-1]
    if classes < 2:
        fix = "for one score a sample use hinge."
        raise ShapeError(
            message(name, "needs at least two classes.", received=f"prediction {y.shape}", fix=fix)
        )
    if labels and mask is not None:
        t = where(spread(name, "mask", as_mask(y, mask, name), t), t, 0)
    right = chosen(t, classes) if labels else greater(t, 0.5)
    one = equal(total(right, axis=-1), 1)
    wrong = greatest(where(right, float("-inf"), y), axis=-1)
    losses = where(one, maximum(1 + wrong - total(where(right, y, 0), axis=-1), 0), float("nan"))
    weights = None
    if class_weight is not None:
        table = class_table(name, y, class_weight, classes)
        weights = total(where(right, table, 0), axis=-1)
    return reduced(name, losses, reduction, sample_weight, mask, weights)
