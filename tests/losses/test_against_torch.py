"""Values and gradients of the losses against PyTorch's, in float64, by each reduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import sujeong as sj
from sujeong import losses

RNG = np.random.default_rng(5)
N, K = 6, 4
SCORES = RNG.standard_normal((N, K)) * 3
LABELS = RNG.integers(0, K, N)
ROWS = RNG.dirichlet(np.ones(K), N)
PROBABILITIES = RNG.dirichlet(np.ones(K), N)
YES = RNG.integers(0, 2, (N, K)).astype("float64")
SIGNS = RNG.choice([-1.0, 1.0], N)
TARGETS = RNG.standard_normal((N, K)) * 2
REDUCTIONS = ["mean", "sum", "none"]


def t(array: Any) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array))


def pick(values: torch.Tensor, reduction: str) -> torch.Tensor:
    """Reduces one loss a sample."""
    return {"mean": values.mean, "sum": values.sum, "none": lambda: values}[reduction]()


Theirs = Callable[[torch.Tensor, str], torch.Tensor]
CASES: dict[str, tuple[Callable[..., Any], Any, np.ndarray, Theirs]] = {
    "softmax, labels": (
        losses.softmax_cross_entropy,
        LABELS,
        SCORES,
        lambda y, r: F.cross_entropy(y, t(LABELS), reduction=r),
    ),
    "softmax, rows": (
        losses.softmax_cross_entropy,
        ROWS,
        SCORES,
        lambda y, r: F.cross_entropy(y, t(ROWS), reduction=r),
    ),
    "softmax, smoothed labels": (
        lambda a, b, **s: losses.softmax_cross_entropy(a, b, label_smoothing=0.1, **s),
        LABELS,
        SCORES,
        lambda y, r: F.cross_entropy(y, t(LABELS), label_smoothing=0.1, reduction=r),
    ),
    "softmax, smoothed rows": (
        lambda a, b, **s: losses.softmax_cross_entropy(a, b, label_smoothing=0.3, **s),
        ROWS,
        SCORES,
        lambda y, r: F.cross_entropy(y, t(ROWS), label_smoothing=0.3, reduction=r),
    ),
    "softmax, one label": (
        losses.softmax_cross_entropy,
        np.asarray(2),
        SCORES[0],
        lambda y, r: F.cross_entropy(y, torch.tensor(2), reduction=r),
    ),
    "softmax, sequences": (
        losses.softmax_cross_entropy,
        LABELS.reshape(2, 3),
        SCORES.reshape(2, 3, K),
        lambda y, r: F.cross_entropy(y.permute(0, 2, 1), t(LABELS.reshape(2, 3)), reduction=r),
    ),
    "probabilities, labels": (
        losses.cross_entropy,
        LABELS,
        PROBABILITIES,
        lambda y, r: F.nll_loss(torch.log(y), t(LABELS), reduction=r),
    ),
    "probabilities, rows": (
        losses.cross_entropy,
        ROWS,
        PROBABILITIES,
        lambda y, r: pick(-(t(ROWS) * torch.log(y)).sum(-1), r),
    ),
    "sigmoid": (
        losses.sigmoid_cross_entropy,
        YES,
        SCORES,
        lambda y, r: pick(F.binary_cross_entropy_with_logits(y, t(YES), reduction="none").mean(-1), r),
    ),
    "sigmoid, one axis": (
        losses.sigmoid_cross_entropy,
        YES[:, 0],
        SCORES[:, 0],
        lambda y, r: F.binary_cross_entropy_with_logits(y, t(YES[:, 0]), reduction=r),
    ),
    "binary": (
        losses.binary_cross_entropy,
        YES,
        PROBABILITIES,
        lambda y, r: pick(F.binary_cross_entropy(y, t(YES), reduction="none").mean(-1), r),
    ),
    "squares": (
        losses.mean_squared_error,
        TARGETS,
        SCORES,
        lambda y, r: pick(F.mse_loss(y, t(TARGETS), reduction="none").mean(-1), r),
    ),
    "squares, one axis": (
        losses.mean_squared_error,
        TARGETS[:, 0],
        SCORES[:, 0],
        lambda y, r: F.mse_loss(y, t(TARGETS[:, 0]), reduction=r),
    ),
    "half squares": (
        losses.half_squared_error,
        TARGETS,
        SCORES,
        lambda y, r: pick(F.mse_loss(y, t(TARGETS), reduction="none").sum(-1) / 2, r),
    ),
    "absolute": (
        losses.mean_absolute_error,
        TARGETS,
        SCORES,
        lambda y, r: pick(F.l1_loss(y, t(TARGETS), reduction="none").mean(-1), r),
    ),
    "huber": (
        lambda a, b, **s: losses.huber(a, b, delta=1.5, **s),
        TARGETS,
        SCORES,
        lambda y, r: pick(F.huber_loss(y, t(TARGETS), delta=1.5, reduction="none").mean(-1), r),
    ),
    "divergence": (
        losses.kl_divergence,
        ROWS,
        PROBABILITIES,
        lambda y, r: pick(F.kl_div(torch.log(y), t(ROWS), reduction="none").sum(-1), r),
    ),
    "hinge": (
        losses.hinge,
        SIGNS,
        SCORES[:, 0],
        lambda y, r: pick(F.relu(1 - t(SIGNS) * y), r),
    ),
    "hinge of two classes": (
        losses.multiclass_hinge,
        LABELS % 2,
        SCORES[:, :2],
        lambda y, r: pick(2 * F.multi_margin_loss(y, t(LABELS % 2), reduction="none"), r),
    ),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(engine: str, name: str, reduction: str) -> None:
    ours, target, prediction, theirs = CASES[name]
    y = sj.asarray(prediction, requires_grad=True)
    value = ours(target, y, reduction=reduction)
    sj.sum(value).backward()
    their_y = torch.tensor(prediction, requires_grad=True)
    expected = theirs(their_y, reduction)
    expected.sum().backward()
    assert value.shape == tuple(expected.shape)
    np.testing.assert_allclose(value.numpy(), expected.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(y.grad.numpy(), their_y.grad.numpy(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_recorded_equals_eager(engine: str, name: str) -> None:
    ours, target, prediction, _ = CASES[name]

    def both(a: Any, b: Any) -> Any:
        return sj.value_and_grad(lambda y: ours(a, y))(b)

    args = sj.asarray(target), sj.asarray(prediction)
    for a, b in zip(both(*args), sj.jit(both)(*args), strict=True):
        assert a.numpy().tobytes() == b.numpy().tobytes()


@pytest.mark.parametrize("name", CASES)
def test_second_gradient(engine: str, name: str, rng: Any) -> None:
    """The derivative of the gradient along a direction, against a difference of gradients."""
    ours, target, prediction, _ = CASES[name]
    v, h = sj.asarray(rng.standard_normal(prediction.shape)), 1e-5

    def slope(y: Any) -> Any:
        return sj.grad(lambda z: ours(target, z))(y)

    found = sj.jvp(slope, (sj.asarray(prediction),), (v,))[1]
    up, down = slope(prediction + h * v.numpy()), slope(prediction - h * v.numpy())
    np.testing.assert_allclose(found.numpy(), (up.numpy() - down.numpy()) / (2 * h), rtol=1e-5, atol=1e-7)


def test_class_weights_are_pytorchs(engine: str) -> None:
    weights = np.array([1.0, 2.0, 0.5, 3.0])
    for ours, y, theirs in (
        (losses.softmax_cross_entropy, SCORES, F.cross_entropy(t(SCORES), t(LABELS), weight=t(weights))),
        (
            losses.cross_entropy,
            PROBABILITIES,
            F.nll_loss(t(PROBABILITIES).log(), t(LABELS), weight=t(weights)),
        ),
    ):
        one_hot = np.eye(K)[LABELS]
        for target in (LABELS, one_hot):
            for given in (weights, dict(enumerate(weights)), list(weights)):
                found = ours(target, y, class_weight=given)
                assert float(found) == pytest.approx(float(theirs), rel=1e-12)


def test_targets_of_any_integer_type(engine: str) -> None:
    expected = float(losses.softmax_cross_entropy(LABELS, SCORES))
    for dtype in ("int8", "uint8", "int32", "int64"):
        assert float(losses.softmax_cross_entropy(LABELS.astype(dtype), SCORES)) == expected
    one_hot = np.eye(K)[LABELS]
    for dtype in ("bool", "int64", "float32"):
        assert float(losses.softmax_cross_entropy(one_hot.astype(dtype), SCORES)) == pytest.approx(expected)


def test_the_prediction_decides_the_type(engine: str) -> None:
    for dtype in ("float32", "float64"):
        for ours, target, prediction, _ in CASES.values():
            assert str(ours(target, prediction.astype(dtype)).dtype) == dtype
