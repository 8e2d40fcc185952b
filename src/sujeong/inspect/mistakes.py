"""Where a classifier errs: the confusion matrix, and the samples it is most wrong about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, message
from .canvas import figure, label, save


def count_confusions(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was taken for each: C[i, j] = samples of class i predicted as j.

    Args:
        true: class numbers (n,).
        predicted: class numbers (n,).
        classes: how many classes there are.

    Returns:
        An int64 array (classes, classes).

    Raises:
        ShapeError: the lengths differ.
    """
    if true.shape != predicted.shape:
        received = f"{true.shape} and {predicted.shape}"
        raise ShapeError(
            message("confusion", "true and predicted classes differ in length.", received=received)
        )
    flat = true.astype(np.int64) * classes + predicted.astype(np.int64)
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def draw_confusion(
    true: np.ndarray,
    predicted: np.ndarray,
    names: Sequence[str],
    path: str | os.PathLike[str] | None = None,
) -> Any:
    """Draws the confusion matrix: rows true, columns predicted, shaded by the share of the row.

    Args:
        true: class numbers (n,).
        predicted: class numbers (n,).
        names: of the classes.
        path: where to write the picture; `None` writes nothing.

    Returns:
        The matplotlib figure.
    """
    counts = count_confusions(true, predicted, len(names))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(4.0, 0.5 * len(names) + 1.6)
    made, axes = figure(size, size)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(counts.shape):
        if counts[i, j]:
            colour = "white" if share[i, j] > 0.5 else "black"
            axes.text(j, i, str(counts[i, j]), ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(names)), names, rotation=45 if max(map(len, names)) > 3 else 0)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(label("plot.predicted"))
    axes.set_ylabel(label("plot.true"))
    right = int(np.trace(counts))
    total = int(counts.sum())
    axes.set_title(
        label("plot.confusion", right=right, total=total, share=right / max(total, 1)), fontsize=11
    )
    return save(made, path)


def draw_mistakes(
    images: np.ndarray,
    true: np.ndarray,
    probabilities: np.ndarray,
    names: Sequence[str],
    path: str | os.PathLike[str] | None = None,
    *,
    most: int = 12,
) -> Any:
    """Draws the wrongly classified images, the most certain mistakes first.

    Args:
        images: (n, height, width, channels) in 0..1.
        true: class numbers (n,).
        probabilities: (n, classes).
        names: of the classes.
        path: where to write the picture; `None` writes nothing.
        most: how many to show.

    Returns:
        The matplotlib figure.
    """
    predicted = probabilities.argmax(axis=1)
    certainty = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != true)
    shown = wrong[np.argsort(-certainty[wrong], kind="stable")][:most]
    columns = min(6, max(len(shown), 1))
    rows = max(-(-len(shown) // columns), 1)
    made, axes = figure(1.5 * columns + 0.4, 1.9 * rows + 0.5, rows, columns, squeeze=False)
    for panel in axes.flat:
        panel.set_axis_off()
    for panel, i in zip(axes.flat, shown, strict=False):
        image = images[i].squeeze()
        panel.imshow(image, cmap="gray" if image.ndim == 2 else None, vmin=0, vmax=1)
        fields = {"true": names[true[i]], "predicted": names[predicted[i]], "certainty": certainty[i]}
        panel.set_title(label("plot.mistake", **fields), fontsize=8)
    if len(wrong):
        made.suptitle(label("plot.mistakes", shown=len(shown), total=len(wrong)), fontsize=11)
    else:
        made.suptitle(label("plot.no_mistakes", total=len(true)), fontsize=11)
    return save(made, path)
