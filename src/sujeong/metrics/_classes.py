"""From targets and predictions to class numbers, whatever form they come in.

prediction (..., k), target (...) of whole numbers       the likeliest class against the label
prediction (..., k), target (..., k)                     the likeliest class of both (one-hot rows)
prediction (n,) or (..., 1), target of the same shape    yes where the prediction is above a threshold
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.labels import check_labels_at_hand
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, ShapeError, message
from ..ops._build import cast, counted_like
from ..ops.comparison import equal, greater
from ..ops.searching import argmax
from ..ops.shaping import reshape
from .metric import probabilities, says_yes


def decided(
    name: str, target: Any, prediction: Any, threshold: float, link: str | None, masked: bool = False
) -> tuple[Tensor, Tensor, int]:
    """The right classes and the predicted ones.

    Args:
        name: of the metric, for errors.
        target: see above.
        prediction: see above.
        threshold: above it a single output means yes.
        link: how to read scores of single outputs.
        masked: whether some labels do not count, so that they need not be classes.

    Returns:
        Right classes and predicted classes, int64 of one shape, and the number of classes (2 for yes or no).

    Raises:
        ShapeError: target and prediction do not fit.
        DTypeError: class numbers that are not whole numbers.
        IndexRangeError: a label on the host is no class.
    """
    t, y = as_tensor(target, name), as_tensor(prediction, name)
    if t.shape == y.shape and (y.ndim < 2 or y.shape[-1] == 1):
        return _single(t, y, threshold, link)
    if t.shape == y.shape:
        return argmax(t, axis=-1), argmax(y, axis=-1), y.shape[-1]
    if not y.ndim or t.shape != y.shape[:-1] or y.shape[-1] == 1:
        fix = "drop an axis of size 1 with sj.reshape, or check the units of the last layer."
        received = f"target {t.shape}, prediction {y.shape}"
        expected = "equal shapes, or a prediction (..., classes) with class numbers (...)"
        what = "target and prediction do not fit."
        raise ShapeError(message(name, what, received=received, expected=expected, fix=fix))
    if not t.dtype.is_integer:
        fix = "cast them with sj.astype(target, sj.int64)."
        raise DTypeError(
            message(name, "class numbers are whole numbers.", received=f"target {t.spec}", fix=fix)
        )
    if not masked:
        check_labels_at_hand(t, y.shape[-1])
    return cast(t, dtypes.int64), argmax(y, axis=-1), y.shape[-1]


def _single(t: Tensor, y: Tensor, threshold: float, link: str | None) -> tuple[Tensor, Tensor, int]:
    """Yes or no."""
    yes = greater(probabilities(y, link), threshold)
    shape = t.shape[:-1] if t.ndim > 1 else t.shape
    return reshape(cast(says_yes(t), dtypes.int64), shape), reshape(cast(yes, dtypes.int64), shape), 2


def rows(labels: Tensor, classes: int) -> Tensor:
    """One-hot rows (samples, classes) in float64; a row of zeros for a label that is no class."""
    flat = reshape(labels, (labels.size, 1))
    return cast(equal(flat, counted_like(labels, classes)), dtypes.float64)
