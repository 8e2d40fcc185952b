"""Weights, masks, reductions: what counts, and by what the mean is divided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import losses

T = np.array([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0], [3.0, -1.0]])
Y = np.array([[0.5, 1.0], [1.0, 1.0], [0.0, 4.0], [3.0, 0.0]])
EACH = ((T - Y) ** 2).mean(axis=1)
W = np.array([1.0, 0.0, 2.5, 0.5])


def test_the_mean_is_over_what_counts(engine: str) -> None:
    found = losses.mean_squared_error(T, Y, sample_weight=W)
    assert float(found) == pytest.approx((EACH * W).sum() / W.sum(), rel=1e-14)
    assert float(losses.mean_squared_error(T, Y, sample_weight=W * 7)) == pytest.approx(
        float(found), rel=1e-14
    )
    total = losses.mean_squared_error(T, Y, sample_weight=W, reduction="sum")
    assert float(total) == pytest.approx((EACH * W).sum(), rel=1e-14)
    each = losses.mean_squared_error(T, Y, sample_weight=W, reduction="none")
    np.testing.assert_allclose(each.numpy(), EACH * W, rtol=1e-14)


@pytest.mark.parametrize("kind", [bool, int, float])
def test_a_mask_leaves_samples_out(engine: str, kind: type) -> None:
    mask = np.array([1, 0, 1, 0]).astype(kind)
    left = losses.mean_squared_error(T[[0, 2]], Y[[0, 2]])
    assert float(losses.mean_squared_error(T, Y, mask=mask)) == pytest.approx(float(left), rel=1e-14)


def test_weight_and_mask_multiply(engine: str) -> None:
    mask = np.array([True, True, True, False])
    found = losses.mean_squared_error(T, Y, sample_weight=W, mask=mask)
    assert float(found) == pytest.approx((EACH * W * mask).sum() / (W * mask).sum(), rel=1e-14)


def test_nothing_that_counts_costs_nothing(engine: str) -> None:
    y = sj.asarray(Y, requires_grad=True)
    found = losses.mean_squared_error(T, y, mask=np.zeros(4, bool))
    found.backward()
    assert float(found) == 0.0
    np.testing.assert_array_equal(y.grad.numpy(), 0 * Y)


def test_what_is_masked_may_be_nan(engine: str) -> None:
    broken = Y.copy()
    broken[1] = np.nan
    found = losses.mean_squared_error(T, broken, mask=np.array([True, False, True, True]))
    assert float(found) == pytest.approx(EACH[[0, 2, 3]].mean(), rel=1e-14)


@pytest.mark.parametrize(
    "loss", [losses.softmax_cross_entropy, losses.cross_entropy, losses.multiclass_hinge]
)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_masked_labels_may_be_anything(engine: str, loss: Any, smoothing: float) -> None:
    """Padding of sequences is often -1 or -100."""
    settings = {"label_smoothing": smoothing} if loss is not losses.multiclass_hinge else {}
    y = np.full((2, 3, 4), 0.25) + np.arange(4) / 100
    labels = np.array([[1, 2, -100], [3, -1, 99]])
    mask = (labels >= 0) & (labels < 4)
    found = loss(labels, y, mask=mask, **settings)
    expected = loss(labels[mask], y[mask], **settings)
    assert float(found) == pytest.approx(float(expected), rel=1e-12)
    recorded = sj.jit(lambda a, b, m: loss(a, b, mask=m, **settings))
    assert float(recorded(labels, y, mask)) == pytest.approx(float(expected), rel=1e-12)


def test_a_weight_a_sample_reaches_all_its_steps(engine: str) -> None:
    """(n,) beside losses (n, t): each sample's weight holds for its whole sequence."""
    y, labels = np.random.default_rng(0).standard_normal((2, 3, 4)), np.array([[1, 2, 0], [3, 1, 1]])
    each = losses.softmax_cross_entropy(labels, y, reduction="none").numpy()
    found = losses.softmax_cross_entropy(labels, y, sample_weight=np.array([1.0, 3.0]))
    assert float(found) == pytest.approx((each.sum(axis=1) @ [1, 3]) / 12, rel=1e-12)
    steps = np.array([[1, 1, 0], [1, 0, 0]], bool)
    found = losses.softmax_cross_entropy(labels, y, sample_weight=np.array([1.0, 3.0]), mask=steps)
    assert float(found) == pytest.approx((each[0, :2].sum() + 3 * each[1, 0]) / 5, rel=1e-12)


def test_binary_class_weights(engine: str) -> None:
    t, z = np.array([1.0, 0.0, 1.0]), np.array([0.5, 1.0, -2.0])
    each = losses.sigmoid_cross_entropy(t, z, reduction="none").numpy()
    for target, scores in ((t, z), (t[:, None], z[:, None])):
        for loss, y in (
            (losses.sigmoid_cross_entropy, scores),
            (losses.binary_cross_entropy, 1 / (1 + np.exp(-scores))),
        ):
            found = loss(target, y, class_weight={0: 5.0, 1: 2.0})
            assert float(found) == pytest.approx((each @ [2, 5, 2]) / 9, rel=1e-12)


def test_class_weights_of_the_hinge(engine: str) -> None:
    y, labels = np.array([[0.0, 1.0], [2.0, 0.5]]), np.array([0, 1])
    found = losses.multiclass_hinge(labels, y, class_weight=[1.0, 3.0])
    assert float(found) == pytest.approx((2.0 + 3 * 2.5) / 4, rel=1e-12)


def test_weights_on_the_other_engine_are_refused() -> None:
    with sj.using(engine="numpy"):
        weight = sj.asarray(W)
    with sj.using(engine="torch"), pytest.raises(sj.errors.EngineError, match="two engines were mixed"):
        losses.mean_squared_error(T, Y, sample_weight=weight)


def test_host_weights_follow_the_prediction() -> None:
    """The chosen engine does not matter for what comes from the host."""
    with sj.using(engine="numpy"):
        t, y = sj.asarray(T), sj.asarray(Y)
    with sj.using(engine="torch"):
        found = losses.mean_squared_error(t, y, sample_weight=W, mask=[True] * 4)
    assert found.engine == "numpy"


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: losses.mean_squared_error(T, Y, sample_weight=np.ones(3)),
            "ShapeError",
            r"sample_weight does not belong to the samples\.(.|\n)*sample_weight \(3,\), samples \(4,\)",
        ),
        (
            lambda: losses.mean_squared_error(T, Y, sample_weight=np.ones((4, 1))),
            "ShapeError",
            r"sample_weight \(4, 1\)",
        ),
        (lambda: losses.huber(T, Y, mask=np.ones(5, bool)), "ShapeError", r"\[huber\] mask does not belong"),
        (
            lambda: losses.huber(T, Y, reduction="avg"),
            "NameUnknownError",
            r"no reduction named 'avg'(.|\n)*mean, none, sum",
        ),
        (
            lambda: losses.softmax_cross_entropy([0, 1], np.zeros((2, 3)), class_weight={0: 1.0, 1: 2.0}),
            "ArgumentError",
            r"class_weight does not match the classes(.|\n)*0 to 2",
        ),
        (
            lambda: losses.softmax_cross_entropy([0, 1], np.zeros((2, 3)), class_weight=[1.0, 2.0]),
            "ShapeError",
            r"class_weight has the wrong length(.|\n)*expected: \(3,\)",
        ),
        (
            lambda: losses.sigmoid_cross_entropy(np.ones((2, 3)), np.zeros((2, 3)), class_weight=[1.0, 2.0]),
            "ShapeError",
            r"class_weight is for one question a sample",
        ),
    ],
)
def test_refusals(call: Any, error: str, text: str) -> None:
    with pytest.raises(getattr(sj.errors, error), match=text):
        call()
