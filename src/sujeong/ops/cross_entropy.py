"""Cross-entropy straight from scores: softmax, logarithm and loss in one stable piece.

    labels    E = -ln y_t                       t the row's class,  y = softmax(x)
    targets   E = -sum_k t_k ln y_k             t a row of probabilities (one-hot, or smoothed)
    binary    E = -t ln s - (1 - t) ln(1 - s)   s = sigmoid(x)

Gradients are the difference between what was said and what was meant:

    dE/dx = y - t           (targets that do not add up to 1:  y sum(t) - t)           binary:  s - t

Written with the probabilities themselves, ln 0 would give infinity where a score is far off; from
scores it is ln y_t = x_t - ln(sum_j e^(x_j)), which never takes the logarithm of 0.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op, same
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, IndexRangeError, ShapeError, message
from ._build import cast, counted_like, normalize_axis
from ._real import real_floating
from .activations.sigmoids import sigmoid, tail
from .arithmetic import negative
from .comparison import equal, where
from .exponential import log1p
from .reduction import sum
from .shaping import permute_dims, reshape
from .softmax import log_softmax, softmax

_NAME = "softmax_cross_entropy"


def unknown_class(label: int, classes: int) -> IndexRangeError:
    """The error for a label that is no class.

    Args:
        label: the label.
        classes: how many classes there are.

    Returns:
        The error, to be raised by the caller.
    """
    expected = f"0 to {classes - 1} for {classes} classes"
    fix = "labels count from 0; check the number of units of the last layer."
    return IndexRangeError(message(_NAME, f"label {label} is no class.", expected=expected, fix=fix))


def _rows(logits: Spec, *_: Spec) -> Spec:
    return logits.like(shape=logits.shape[:-1])


def _first(g: Spec, logits: Spec, *_: Spec) -> Spec:
    return logits


# Gives the labels back, and refuses one that is no class; on a GPU it does not look, which would be to wait.
CHECKED_LABELS = Op(
    "checked_labels", lambda labels, classes: labels, keeps_inputs=False, may_alias=True, checks=True
)


def _chosen(logits: Tensor, labels: Tensor) -> Tensor:
    """Truth values like the logits: where the class is the row's label."""
    labels = apply(CHECKED_LABELS, labels, classes=logits.shape[-1])
    return equal(reshape(labels, (*labels.shape, 1)), counted_like(labels, logits.shape[-1]))


def _readable(logits: Tensor, labels: Tensor) -> Tensor:
    picked = where(_chosen(logits, labels), log_softmax(logits), 0)
    return negative(sum(picked, axis=-1))


CROSS_ENTROPY = Op(_NAME, _rows, readable=_readable)


def _gradient_readable(g: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    target = cast(_chosen(logits, labels), logits.dtype)
    return reshape(g, (*g.shape, 1)) * (softmax(logits) - target)


CROSS_ENTROPY_GRADIENT = Op(f"{_NAME}_gradient", _first, readable=_gradient_readable)


@CROSS_ENTROPY.gradient
def _gradient(g: Tensor, y: Any, logits: Tensor, labels: Tensor) -> tuple[Any, ...]:
    return apply(CROSS_ENTROPY_GRADIENT, g, logits, labels), None


def _targets_readable(logits: Tensor, targets: Tensor) -> Tensor:
    return negative(sum(targets * log_softmax(logits), axis=-1))


TARGETS = Op(f"{_NAME}_targets", _rows, readable=_targets_readable)


def _targets_gradient_readable(g: Tensor, logits: Tensor, targets: Tensor) -> Tensor:
    total = sum(targets, axis=-1, keepdims=True)
    return reshape(g, (*g.shape, 1)) * (softmax(logits) * total - targets)


TARGETS_GRADIENT = Op(f"{_NAME}_targets_gradient", _first, readable=_targets_gradient_readable)


@TARGETS.gradient
def _targets_gradient(g: Tensor, y: Any, logits: Tensor, targets: Tensor) -> tuple[Any, ...]:
    return (
        lambda: apply(TARGETS_GRADIENT, g, logits, targets),
        lambda: negative(reshape(g, (*g.shape, 1)) * log_softmax(logits)),
    )


def softmax_cross_entropy(logits: Any, labels: Any, /, *, axis: int = -1) -> Tensor:
    """The cross-entropy between softmax of scores and the right classes, one loss a row.

    E = -ln softmax(logits)[label], or -sum_k t_k ln softmax(logits)_k for rows of probabilities t.

    Args:
        logits: scores (..., classes); float. No softmax before it: it is part of the loss.
        labels: whole numbers (...), the class of each row; or probabilities or one-hot rows
            (..., classes), of any element type.
        axis: the axis of the classes.

    Returns:
        The losses, shape of the logits without the axis of the classes.

    Raises:
        ShapeError: labels and logits do not fit.
        DTypeError: one class number a row is wanted, but the labels are not whole numbers.
        IndexRangeError: a label is no class. On the CPU it is raised when the loss is computed. On a GPU
            nothing is read back to look: the loss of that row is NaN.

    Example:
        >>> import sujeong as sj
        >>> logits = sj.asarray([[0.0, 0.0], [0.0, 100.0]])
        >>> print(sj.softmax_cross_entropy(logits, sj.asarray([0, 0])))
        [  0.6931472 100.       ]
        >>> print(sj.softmax_cross_entropy(logits, sj.asarray([[0.5, 0.5], [1, 0]])))
        [  0.6931472 100.       ]
    """
    x = real_floating(_NAME, logits)
    t = as_tensor(labels, _NAME)
    axis = normalize_axis(_NAME, axis, x.ndim)
    shape = x.shape
    if shape[axis] == 0:
        raise ArgumentError(message(_NAME, "there are no classes.", received=x.spec))
    rows = shape[:axis] + shape[axis + 1 :]
    if t.shape not in (shape, rows):
        raise ShapeError(
            message(
                _NAME,
                "labels and logits do not fit.",
                received=f"labels {t.shape}, logits {shape}",
                expected=f"labels {rows} of class numbers, or {shape} of probabilities",
                fix="drop an axis of size 1 with sj.reshape(labels, ...), or check the last layer.",
            )
        )
    back = (*range(axis), *range(axis + 1, x.ndim), axis)
    if axis != x.ndim - 1:
        x = permute_dims(x, back)
    if t.shape == shape:
        t = t if axis == len(shape) - 1 else permute_dims(t, back)
        return apply(TARGETS, x, cast(t, x.dtype))  # type: ignore[no-any-return]
    if not t.dtype.is_integer:
        fix = "cast them with sj.astype(labels, sj.int64), or give one-hot rows."
        raise DTypeError(message(_NAME, "class numbers are whole numbers.", received=t.spec, fix=fix))
    return apply(CROSS_ENTROPY, x, cast(t, dtypes.int64))  # type: ignore[no-any-return]


def _binary_readable(logits: Tensor, targets: Tensor) -> Tensor:
    positive, z = tail(logits)
    return (where(positive, logits, 0) - logits * targets) + log1p(z)


BINARY = Op("sigmoid_binary_cross_entropy", same, readable=_binary_readable)


def _binary_gradient_readable(g: Tensor, logits: Tensor, targets: Tensor) -> Tensor:
    return g * (sigmoid(logits) - targets)


BINARY_GRADIENT = Op("sigmoid_binary_cross_entropy_gradient", same, readable=_binary_gradient_readable)


@BINARY.gradient
def _binary_gradient(g: Tensor, y: Any, logits: Tensor, targets: Tensor) -> tuple[Any, ...]:
    return lambda: apply(BINARY_GRADIENT, g, logits, targets), lambda: negative(g * logits)


def sigmoid_binary_cross_entropy(logits: Any, targets: Any, /) -> Tensor:
    """The cross-entropy between sigmoid of scores and yes-or-no targets, one loss an element.

    E = -t ln s - (1 - t) ln(1 - s), s = sigmoid(x); computed as max(x, 0) - x t + ln(1 + e^-|x|), which
    stays exact where s rounds to 0 or 1.

    Args:
        logits: scores of any shape; float. No sigmoid before it: it is part of the loss.
        targets: 0, 1 or a probability for each score; any element type, same shape.

    Returns:
        The losses, shape of the logits.

    Raises:
        ShapeError: the shapes differ. They are not stretched: (n,) against (n, 1) would silently
            compare every score with every target.
        DTypeError: the logits are complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sigmoid_binary_cross_entropy(sj.asarray([0.0, 100.0]), sj.asarray([1, 0])))
        [  0.6931472 100.       ]
    """
    op = "sigmoid_binary_cross_entropy"
    x = real_floating(op, logits)
    t = as_tensor(targets, op)
    if t.shape != x.shape:
        fix = "sj.reshape(targets, logits.shape) if they mean the same elements."
        what = "targets and logits do not fit."
        received = f"targets {t.shape}, logits {x.shape}"
        raise ShapeError(message(op, what, received=received, expected="equal shapes", fix=fix))
    return apply(BINARY, x, cast(t, x.dtype))  # type: ignore[no-any-return]
