"""Cross-entropy of yes-or-no answers.

    E = -t ln y - (1 - t) ln(1 - y)              y the probability of yes, t = 1 for yes, 0 for no

From a score z, with y = sigmoid(z), the gradient is dE/dz = y - t. Several outputs are several separate
questions; their losses are averaged.
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ..ops.cross_entropy import sigmoid_binary_cross_entropy
from ..ops.shaping import reshape
from ._shapes import fraction, matched
from ._weighing import class_table, reduced
from .cross_entropy import safe_log
from .squared import featureless


def sigmoid_cross_entropy(
    target: Any,
    prediction: Any,
    *,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    sample_weight: Any = None,
    class_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The binary cross-entropy of sigmoid(scores), straight from the scores, stable at any size of them.

    Args:
        target: 0, 1 or a probability, (n,) or (..., questions).
        prediction: scores of the same shape, without sigmoid.
        label_smoothing: a in 0..1: the target becomes (1 - a) t + a / 2.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        class_weight: `{0: weight, 1: weight}`, for one question a sample.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` one a sample: the shape without the last axis, or (n,).

    Raises:
        ShapeError: the shapes differ, or class weights with several questions.

    Example:
        >>> import sujeong as sj
        >>> t, z = sj.asarray([1, 0]), sj.asarray([-1000.0, 1000.0])
        >>> print(sj.losses.sigmoid_cross_entropy(t, z, reduction="none"))
        [1000. 1000.]
    """
    name = "sigmoid_cross_entropy"
    t, z = matched(name, target, prediction)
    weights = _class_weights(name, class_weight, t)
    losses = featureless(sigmoid_binary_cross_entropy(z, _smoothed(name, t, label_smoothing)))
    return reduced(name, losses, reduction, sample_weight, mask, weights)


def binary_cross_entropy(
    target: Any,
    prediction: Any,
    *,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
    sample_weight: Any = None,
    class_weight: Any = None,
    mask: Any = None,
) -> Tensor:
    """The binary cross-entropy of probabilities: E = -t ln y - (1 - t) ln(1 - y).

    `sigmoid_cross_entropy` takes scores instead and is exact where a probability rounds to 0 or 1; here
    0 is read as the smallest number of the element type, so that ln 0 is not infinite.

    Args:
        target: 0, 1 or a probability, (n,) or (..., questions).
        prediction: probabilities of the same shape, such as a sigmoid gives.
        label_smoothing: a in 0..1: the target becomes (1 - a) t + a / 2.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        class_weight: `{0: weight, 1: weight}`, for one question a sample.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` one a sample: the shape without the last axis, or (n,).

    Raises:
        ShapeError: the shapes differ, or class weights with several questions.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.binary_cross_entropy(sj.asarray([1.0, 0.0]), sj.asarray([0.5, 0.5])))
        0.6931472
    """
    name = "binary_cross_entropy"
    t, y = matched(name, target, prediction)
    weights = _class_weights(name, class_weight, t)
    t = _smoothed(name, t, label_smoothing)
    losses = featureless(-(t * safe_log(y) + (1 - t) * safe_log(1 - y)))
    return reduced(name, losses, reduction, sample_weight, mask, weights)


def _smoothed(name: str, t: Tensor, amount: float) -> Tensor:
    return t * (1 - amount) + amount / 2 if fraction(name, "label_smoothing", amount) else t


def _class_weights(name: str, class_weight: Any, t: Tensor) -> Tensor | None:
    if class_weight is None:
        return None
    if t.ndim > 1:
        if t.shape[-1] != 1:
            what = "class_weight is for one question a sample."
            raise ShapeError(
                message(name, what, received=f"target {t.shape}", fix="give sample_weight instead.")
            )
        t = reshape(t, t.shape[:-1])
    table = class_table(name, t, class_weight, 2)
    no, yes = reshape(table, (2, 1))[0], reshape(table, (2, 1))[1]
    return t * yes + (1 - t) * no
