"""Class numbers on the host: whole numbers from 0 to one less than the number of classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DTypeError, IndexRangeError, message
from . import modes
from .tensor import Tensor


def check_labels(labels: Any, classes: int) -> None:
    """Refuses labels that are no class numbers; on the host, once, before training.

    Args:
        labels: NumPy array of whole numbers, any shape.
        classes: how many classes the model tells apart.

    Raises:
        DTypeError: the labels are not whole numbers.
        IndexRangeError: a label is below 0, or not below the number of classes.

    Example:
        >>> import numpy as np, sujeong as sj
        >>> sj.losses.check_labels(np.asarray([0, 2, 1]), 3)
    """
    host = np.asarray(labels)
    if host.dtype.kind not in "iu":
        fix = "cast them, labels.astype(int), or use a loss for numbers, such as mean_squared_error."
        received = f"{host.dtype}, such as {host.flat[0]}" if host.size else str(host.dtype)
        raise DTypeError(message("labels", "class numbers are whole numbers.", received=received, fix=fix))
    wrong = np.flatnonzero((host < 0) | (host >= classes))
    if wrong.size:
        value = host.flat[wrong[0]]
        what = f"label {value} at place {wrong[0]} is no class; {wrong.size} of {host.size} labels are not."
        fix = "classes count from 0; the last layer needs a unit for each class."
        expected = f"0 to {classes - 1} for {classes} classes"
        raise IndexRangeError(message("labels", what, expected=expected, fix=fix))


def check_labels_at_hand(labels: Tensor, classes: int) -> None:
    """Looks at labels that lie on the host anyway; those of a recording or of a GPU are not read for it.

    Args:
        labels: whole numbers, any shape.
        classes: how many classes there are.

    Raises:
        IndexRangeError: a label is no class.
    """
    if modes.recorder.get() is None and labels.device == "cpu":
        check_labels(labels.detach().numpy(), classes)
