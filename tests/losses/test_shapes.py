"""Targets and predictions that do not belong together are refused, with both shapes and the cure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import losses

PAIRED = [
    losses.mean_squared_error,
    losses.half_squared_error,
    losses.mean_absolute_error,
    losses.huber,
    losses.sigmoid_cross_entropy,
    losses.binary_cross_entropy,
    losses.hinge,
    losses.kl_divergence,
]
CLASSES = [losses.softmax_cross_entropy, losses.cross_entropy, losses.multiclass_hinge]


def test_every_loss_is_here() -> None:
    from sujeong.losses.catalogue import _OWN

    assert set(PAIRED) | set(CLASSES) == set(_OWN)


@pytest.mark.parametrize("loss", PAIRED, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("target", "prediction", "cure"),
    [
        ((4,), (4, 1), r"fix: sj\.reshape\(prediction, target\.shape\), or give the target an axis"),
        ((4, 1), (4,), r"fix: sj\.reshape\(target, prediction\.shape\)"),
        ((4,), (4, 3), r"fix: check the number of units"),
        ((1, 3), (4, 3), r"fix: check the number of units"),
        ((), (4,), r"fix: "),
    ],
)
def test_no_silent_broadcast(engine: str, loss: Any, target: Any, prediction: Any, cure: str) -> None:
    """(4,) against (4, 1) would broadcast to (4, 4)."""
    with pytest.raises(sj.errors.ShapeError) as caught:
        loss(np.ones(target), np.full(prediction, 0.5))
    text = str(caught.value)
    assert text.startswith(f"[{loss.__name__}] target and prediction differ in shape; neither is stretched.")
    assert f"received: target {target}, prediction {prediction}" in text
    assert cure.replace("\\", "").removeprefix("fix: ") in text


def test_class_numbers_for_a_loss_of_numbers() -> None:
    with pytest.raises(sj.errors.ShapeError, match="class numbers go with softmax_cross_entropy"):
        losses.mean_squared_error(np.array([0, 1, 2]), np.ones((3, 4)))


@pytest.mark.parametrize("loss", CLASSES, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("target", "prediction", "error", "text"),
    [
        (np.zeros((3, 1), int), np.ones((3, 4)), "ShapeError", r"target \(3, 1\), prediction \(3, 4\)"),
        (np.zeros(2, int), np.ones((3, 4)), "ShapeError", r"class numbers \(3,\), or rows of probabilities"),
        (np.zeros((3, 5)), np.ones((3, 4)), "ShapeError", r"drop an axis of size 1|units of the last layer"),
        (np.zeros(3), np.ones((3, 4)), "DTypeError", r"class numbers are whole numbers(.|\n)*sj\.int64"),
        (np.zeros(3, bool), np.ones((3, 4)), "DTypeError", r"class numbers are whole numbers"),
        (
            np.array([0, 4, 1]),
            np.ones((3, 4)),
            "IndexRangeError",
            r"label 4 at place 1 is no class(.|\n)*0 to 3",
        ),
        (np.array([0, 1, -1]), np.ones((3, 4)), "IndexRangeError", r"label -1 at place 2 is no class"),
        (np.array(0), np.array(1.0), "ShapeError", r"the prediction has no axis of classes"),
        (np.zeros(3, int), np.ones((3, 4), complex), "DTypeError", r"predictions are real numbers"),
    ],
)
def test_refusals_of_classes(
    engine: str, loss: Any, target: np.ndarray, prediction: np.ndarray, error: str, text: str
) -> None:
    with pytest.raises(getattr(sj.errors, error), match=text):
        loss(target, prediction)


def test_refused_while_recording_too() -> None:
    with pytest.raises(sj.errors.ShapeError, match=r"target \(4,\), prediction \(4, 1\)"):
        sj.jit(losses.mean_squared_error)(np.ones(4), np.ones((4, 1)))


@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.multiclass_hinge], ids=lambda f: f.__name__)
def test_a_wrong_label_in_a_recorded_step_is_not_silent(engine: str, loss: Any) -> None:
    """Nothing is read back to look there: the loss is NaN, which the step's guard stops."""
    found = sj.jit(lambda t, y: loss(t, y, reduction="none"))(np.array([0, 7, -1]), np.full((3, 4), 0.25))
    assert np.isnan(found.numpy()).tolist() == [False, True, True]


def test_check_labels() -> None:
    losses.check_labels(np.array([0, 1, 2]), 3)
    losses.check_labels(np.zeros((0,), int), 3)
    with pytest.raises(sj.errors.IndexRangeError, match=r"label 3 at place 2 is no class; 2 of 4 labels"):
        losses.check_labels(np.array([0, 1, 3, 5]), 3)
    with pytest.raises(sj.errors.IndexRangeError, match="needs a unit for each class"):
        losses.check_labels(np.array([-1]), 3)
    with pytest.raises(sj.errors.DTypeError, match=r"received: float64, such as 0\.5"):
        losses.check_labels(np.array([0.5]), 3)
    with pytest.raises(sj.errors.DTypeError, match="whole numbers"):
        losses.check_labels(np.array(["cat"]), 3)


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_label_smoothing_range(smoothing: float) -> None:
    with pytest.raises(sj.errors.ArgumentError, match=r"label_smoothing is out of range(.|\n)*0 <= it < 1"):
        losses.softmax_cross_entropy([0], np.ones((1, 2)), label_smoothing=smoothing)


def test_other_settings() -> None:
    with pytest.raises(sj.errors.ArgumentError, match=r"delta is out of range(.|\n)*delta > 0"):
        losses.huber(np.ones(2), np.ones(2), delta=0)
    with pytest.raises(sj.errors.ShapeError, match=r"needs at least two classes(.|\n)*use hinge"):
        losses.multiclass_hinge(np.zeros(2, int), np.ones((2, 1)))
