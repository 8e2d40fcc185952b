"""Forms of the losses written out in NumPy, far and near the edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import losses

FAR = [-1000.0, -100.0, 0.0, 100.0, 1000.0]


def value_and_gradient(
    loss: Any, target: Any, prediction: Any, **settings: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The losses and the gradient of their sum in the prediction."""
    y = sj.asarray(prediction, requires_grad=True)
    value = loss(target, y, reduction="none", **settings)
    sj.sum(value).backward()
    return value.numpy(), y.grad.numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_far_off(engine: str, dtype: str) -> None:
    """e^1000 is infinite; the loss is the distance of the scores."""
    z = np.array([[a, b] for a in FAR for b in FAR], dtype)
    for label in (0, 1):
        value, g = value_and_gradient(losses.softmax_cross_entropy, np.full(len(z), label), z)
        d = (z[:, 1 - label] - z[:, label]).astype("float64")
        np.testing.assert_allclose(
            value, np.where(d > 50, d, np.log1p(np.exp(np.minimum(d, 50)))), rtol=1e-6, atol=1e-40
        )
        assert np.isfinite(g).all()
        np.testing.assert_allclose(g.sum(axis=1), 0, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_far_off(engine: str, dtype: str) -> None:
    z = np.array(FAR, dtype)
    for target in (0.0, 1.0):
        value, g = value_and_gradient(losses.sigmoid_cross_entropy, np.full(len(z), target), z)
        d = (z if target == 0 else -z).astype("float64")
        np.testing.assert_allclose(
            value, np.where(d > 50, d, np.log1p(np.exp(np.minimum(d, 50)))), rtol=1e-6, atol=1e-40
        )
        np.testing.assert_allclose(g, np.where(z == 0, 0.5, z > 0) - target, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_probabilities_of_0_and_1_are_finite(engine: str, dtype: str) -> None:
    """ln 0 is read as the logarithm of the smallest number: large, finite, and never NaN."""
    tiny = float(np.finfo(dtype).tiny)
    y = np.array([[1.0, 0.0], [0.0, 1.0]], dtype)
    value, g = value_and_gradient(losses.cross_entropy, np.array([0, 0]), y)
    np.testing.assert_allclose(value.astype("float64"), [0.0, -np.log(tiny)], rtol=1e-3)
    assert np.isfinite(g).all()
    value, g = value_and_gradient(losses.binary_cross_entropy, np.array([1.0, 1.0]), y[0])
    np.testing.assert_allclose(value.astype("float64"), [0.0, -np.log(tiny)], rtol=1e-3)
    assert np.isfinite(g).all()


def test_small_probabilities_are_exact(engine: str) -> None:
    """No 1e-7 is added: what a softmax gives is what is taken the logarithm of."""
    y = np.array([[1e-30, 1.0]])
    assert float(losses.cross_entropy([0], y)) == pytest.approx(-np.log(1e-30), rel=1e-14)
    assert float(losses.cross_entropy(np.array([[1.0, 0.0]]), y)) == pytest.approx(-np.log(1e-30), rel=1e-14)
    assert float(losses.binary_cross_entropy(np.ones(1), y[0, :1])) == pytest.approx(
        -np.log(1e-30), rel=1e-14
    )


def test_from_scores_equals_from_probabilities(engine: str, rng: Any) -> None:
    z, labels = rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])
    y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    a, b = losses.softmax_cross_entropy(labels, z), losses.cross_entropy(labels, y)
    assert float(a) == pytest.approx(float(b), rel=1e-12)
    yes = (labels == 1).astype("float64")
    a = losses.sigmoid_cross_entropy(yes, z[:, 0])
    b = losses.binary_cross_entropy(yes, 1 / (1 + np.exp(-z[:, 0])))
    assert float(a) == pytest.approx(float(b), rel=1e-12)


def test_binary_label_smoothing(engine: str) -> None:
    for loss in (losses.sigmoid_cross_entropy, losses.binary_cross_entropy):
        smooth = loss(np.array([1.0, 0.0]), np.array([0.3, 0.6]), label_smoothing=0.2)
        by_hand = loss(np.array([0.9, 0.1]), np.array([0.3, 0.6]))
        assert float(smooth) == pytest.approx(float(by_hand), rel=1e-12)


def test_smoothing_of_probabilities(engine: str) -> None:
    y = np.array([[0.7, 0.2, 0.1]])
    for target in (np.array([0]), np.array([[1.0, 0.0, 0.0]])):
        found = float(losses.cross_entropy(target, y, label_smoothing=0.3))
        assert found == pytest.approx(-(np.array([0.8, 0.1, 0.1]) * np.log(y[0])).sum(), rel=1e-12)


def test_half_squared_error_and_mean_squared_error(engine: str) -> None:
    """E = 1/2 sum_k (y - t)^2 a sample; the gradient of the sum is y - t, without a factor."""
    t, y = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]]), np.array([[1.5, 2.0, 1.0], [1.0, 0.0, 0.0]])
    value, g = value_and_gradient(losses.half_squared_error, t, y)
    np.testing.assert_allclose(value, 0.5 * ((y - t) ** 2).sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(g, y - t, rtol=1e-14)
    assert float(losses.half_squared_error(t, y)) == pytest.approx(value.mean())
    assert float(losses.half_squared_error(t, y, reduction="sum")) == pytest.approx(
        0.5 * ((y - t) ** 2).sum()
    )
    value, g = value_and_gradient(losses.mean_squared_error, t, y)
    np.testing.assert_allclose(value, ((y - t) ** 2).mean(axis=1), rtol=1e-14)
    np.testing.assert_allclose(g, 2 * (y - t) / 3, rtol=1e-14)


def test_huber_at_its_joint(engine: str) -> None:
    """Value and slope meet where parabola and line meet."""
    e = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])
    value, g = value_and_gradient(losses.huber, np.zeros(7), e)
    np.testing.assert_allclose(value, [1.5, 0.5, 0.125, 0, 0.125, 0.5, 1.5])
    np.testing.assert_allclose(g, [-1, -1, -0.5, 0, 0.5, 1, 1])


def test_absolute_error_has_no_slope_at_0(engine: str) -> None:
    _, g = value_and_gradient(losses.mean_absolute_error, np.zeros(3), np.array([-2.0, 0.0, 2.0]))
    np.testing.assert_array_equal(g, [-1, 0, 1])


def test_hinge_reads_0_as_minus_1(engine: str) -> None:
    y = np.array([0.5, -0.5, 2.0, -2.0])
    for t in (np.array([1.0, -1.0, -1.0, 1.0]), np.array([1, 0, 0, 1]), np.array([True, False, False, True])):
        value, _ = value_and_gradient(losses.hinge, t, y)
        np.testing.assert_allclose(value, [0.5, 0.5, 3.0, 3.0])


def test_multiclass_hinge(engine: str, rng: Any) -> None:
    """max(0, 1 + max_{j != t} y_j - y_t), also where all wrong scores are negative."""
    y, labels = rng.standard_normal((40, 5)) - 1, rng.integers(0, 5, 40)
    expected = [max(0.0, 1 + max(np.delete(row, k)) - row[k]) for row, k in zip(y, labels, strict=True)]
    for target in (labels, np.eye(5)[labels]):
        value, g = value_and_gradient(losses.multiclass_hinge, target, y)
        np.testing.assert_allclose(value, expected, rtol=1e-12)
        np.testing.assert_allclose(g.sum(axis=1), 0, atol=1e-15)


def test_divergence_of_zeros(engine: str) -> None:
    t, y = np.array([[0.0, 1.0], [0.5, 0.5], [0.25, 0.75]]), np.array([[0.5, 0.5], [0.5, 0.5], [0.75, 0.25]])
    value, g = value_and_gradient(losses.kl_divergence, t, y)
    expected = [np.log(2), 0.0, 0.25 * np.log(1 / 3) + 0.75 * np.log(3)]
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(g, -t / y, rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "value", "gradient"),
    [
        (lambda: losses.l1(0.3), lambda w: 0.3 * np.abs(w).sum(), lambda w: 0.3 * np.sign(w)),
        (lambda: losses.l2(0.3), lambda w: 0.3 * (w**2).sum(), lambda w: 0.6 * w),
        (
            lambda: losses.l1_l2(0.1, 0.2),
            lambda w: 0.1 * np.abs(w).sum() + 0.2 * (w**2).sum(),
            lambda w: 0.1 * np.sign(w) + 0.4 * w,
        ),
    ],
)
def test_penalties(engine: str, make: Any, value: Any, gradient: Any) -> None:
    w = np.array([[1.0, -2.0], [0.0, 0.5]])
    x = sj.asarray(w, requires_grad=True)
    found = make()(x)
    assert float(found) == pytest.approx(value(w), rel=1e-12)
    found.backward()
    np.testing.assert_allclose(x.grad.numpy(), gradient(w), rtol=1e-12)
    assert losses.get_penalty(make().config()) == make()


def test_penalty_names_and_refusals() -> None:
    assert losses.get_penalty("l2") == losses.l2(0.01)
    assert losses.get_penalty("L1_L2") == losses.l1_l2(0.01, 0.01)
    assert losses.get_penalty(None) is None
    with pytest.raises(sj.errors.NameUnknownError, match="no penalty named 'l3'"):
        losses.get_penalty("l3")
    for bad in (-1, float("nan"), float("inf"), "1"):
        with pytest.raises(sj.errors.ArgumentError, match=r"\[penalty\] l2 is out of range(.|\n)*l2 >= 0"):
            losses.l2(bad)
