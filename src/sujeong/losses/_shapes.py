"""Do target and prediction belong together? Nothing is stretched silently here.

A target (n,) against a prediction (n, 1) would broadcast to (n, n): every sample compared with every
other, and a model that learns the mean of the data. So shapes must agree, and the error says how.
"""

from __future__ import annotations

from typing import Any

from ..core.labels import check_labels_at_hand
from ..core.tensor import Tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ..ops._build import cast, counted_like, floating
from ..ops.comparison import equal
from ..ops.shaping import reshape
from ..ops.weights import beside


def matched(name: str, target: Any, prediction: Any) -> tuple[Tensor, Tensor]:
    """Target and prediction of one shape, in the prediction's element type.

    Args:
        name: of the loss, for errors.
        target: what is right.
        prediction: what the model said.

    Returns:
        Both as tensors.

    Raises:
        ShapeError: the shapes differ.
        DTypeError: complex numbers.
    """
    y = _real(name, prediction)
    t = beside(y, target, name)
    if t.shape != y.shape:
        raise ShapeError(
            message(
                name,
                "target and prediction differ in shape; neither is stretched.",
                received=f"target {t.shape}, prediction {y.shape}",
                expected=f"a target {y.shape}",
                fix=_cure(t, y),
            )
        )
    return cast(t, y.dtype), y


def _real(name: str, prediction: Any) -> Tensor:
    y = floating(name, prediction)
    if not y.dtype.is_floating:
        raise DTypeError(message(name, "predictions are real numbers.", received=y.spec))
    return y


def _cure(t: Tensor, y: Tensor) -> str:
    if y.shape == (*t.shape, 1):
        return "sj.reshape(prediction, target.shape), or give the target an axis: target[:, None]."
    if t.shape == (*y.shape, 1):
        return "sj.reshape(target, prediction.shape)."
    if t.shape == y.shape[:-1] and t.dtype.is_integer:
        return "class numbers go with softmax_cross_entropy, hinge for classes with multiclass_hinge."
    return "check the number of units of the last layer."


def classified(name: str, target: Any, prediction: Any, mask: Any = None) -> tuple[Tensor, Tensor, bool]:
    """Target and prediction of a loss over classes, which stand along the last axis of the prediction.

    Args:
        name: of the loss, for errors.
        target: class numbers (...), or a row of probabilities for each (..., classes).
        prediction: (..., classes).
        mask: where the target counts; what stands elsewhere need not be a class.

    Returns:
        The target (class numbers as they are, rows in the prediction's element type), the prediction, and
        whether the target holds class numbers.

    Raises:
        ShapeError: the shapes do not fit.
        DTypeError: class numbers are wanted and are not whole.
        IndexRangeError: a label is no class. Labels on the host are looked at; on another device, or
            while a function is recorded, the loss of such a row is NaN.
    """
    y = _real(name, prediction)
    t = beside(y, target, name)
    if not y.ndim:
        fix = "give one score for each class: Dense(classes)."
        raise ShapeError(message(name, "the prediction has no axis of classes.", received=y.spec, fix=fix))
    rows = y.shape[:-1]
    if t.shape == y.shape:
        return cast(t, y.dtype), y, False
    if t.shape != rows:
        fix = "drop an axis of size 1 with sj.reshape(target, ...), or check the units of the last layer."
        if len(y.shape) > len(t.shape) + 1:
            fix = "the prediction still has axes of an image: put nn.Flatten() before the last layer."
        raise ShapeError(
            message(
                name,
                "target and prediction do not fit.",
                received=f"target {t.shape}, prediction {y.shape}",
                expected=f"class numbers {rows}, or rows of probabilities {y.shape}",
                fix=fix,
            )
        )
    if not t.dtype.is_integer:
        fix = "cast them with sj.astype(target, sj.int64), or give one-hot rows."
        raise DTypeError(
            message(name, "class numbers are whole numbers.", received=f"target {t.spec}", fix=fix)
        )
    if mask is None:
        check_labels_at_hand(t, y.shape[-1])
    return t, y, True


def chosen(labels: Tensor, classes: int) -> Tensor:
    """Truth values (..., classes): where the class is the label; nowhere if the label is no class."""
    return equal(reshape(labels, (*labels.shape, 1)), cast(counted_like(labels, classes), labels.dtype))


def fraction(name: str, setting: str, value: float) -> float:
    """A setting between 0 and 1."""
    if not 0 <= value < 1:
        raise ArgumentError(
            message(name, f"{setting} is out of range.", received=value, expected="0 <= it < 1")
        )
    return value
