"""Softmax and the cross-entropies: far scores, wrong labels, PyTorch's value and gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import sujeong as sj


def _both(scores: np.ndarray, ours: Any, theirs: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Value and gradient, ours beside PyTorch's."""
    x = sj.asarray(scores, requires_grad=True)
    y = ours(x)
    (g,) = sj.gradients(sj.sum(y), [x])
    u = torch.tensor(scores, requires_grad=True)
    v = theirs(u)
    (h,) = torch.autograd.grad(v.sum(), u)
    return [(np.asarray(y), v.detach().numpy()), (np.asarray(g), h.numpy())]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_labels_against_pytorch(dtype: str, rng: np.random.Generator, engine: str) -> None:
    scores = (rng.normal(size=(50, 7)) * 20).astype(dtype)
    labels = rng.integers(0, 7, 50)
    t = torch.tensor(labels)
    pairs = _both(
        scores,
        lambda x: sj.softmax_cross_entropy(x, labels),
        lambda x: F.cross_entropy(x, t, reduction="none"),
    )
    for a, b in pairs:
        np.testing.assert_allclose(
            a, b, rtol=2e-6 if dtype == "float32" else 1e-13, atol=1e-6 if dtype == "float32" else 1e-13
        )


def test_probabilities_against_pytorch(rng: np.random.Generator, engine: str) -> None:
    scores, shares = rng.normal(size=(20, 5)), rng.dirichlet(np.ones(5), 20)
    t = torch.tensor(shares)
    pairs = _both(
        scores,
        lambda x: sj.softmax_cross_entropy(x, shares),
        lambda x: F.cross_entropy(x, t, reduction="none"),
    )
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)


def test_binary_against_pytorch(rng: np.random.Generator, engine: str) -> None:
    scores, targets = rng.normal(size=(20, 3)) * 10, rng.uniform(size=(20, 3))
    t = torch.tensor(targets)
    pairs = _both(
        scores,
        lambda x: sj.sigmoid_binary_cross_entropy(x, targets),
        lambda x: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    )
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


def test_gradient_is_what_was_said_less_what_was_meant(engine: str) -> None:
    x = sj.asarray([[1.0, 2.0, 3.0]], requires_grad=True)
    (g,) = sj.gradients(sj.sum(sj.softmax_cross_entropy(x, sj.asarray([1]))), [x])
    expected = np.asarray(sj.softmax(x)) - np.array([[0.0, 1.0, 0.0]])
    np.testing.assert_allclose(np.asarray(g), expected, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_scores(dtype: str, engine: str) -> None:
    """At +-100, and far beyond: value and three derivatives, nothing infinite, no digit lost near 0."""
    x = sj.asarray(np.array([-1000.0, -100.0, -20.0, 20.0, 100.0, 1000.0], dtype), requires_grad=True)
    t = sj.asarray(np.array([0, 0, 0, 1, 1, 1], dtype))
    right = sj.sigmoid_binary_cross_entropy(x, t)
    exact = np.exp(-np.abs(np.asarray(x).astype("f8")))  # log1p of it is itself to 1e-9
    tiny = 5e-45 if dtype == "float32" else 0
    np.testing.assert_allclose(np.asarray(right), exact, rtol=1e-6, atol=tiny)
    wrong = sj.sigmoid_binary_cross_entropy(x, 1 - t)
    np.testing.assert_allclose(np.asarray(wrong), np.abs(np.asarray(x)), rtol=1e-6)
    y = wrong + right
    for _ in range(3):
        (y,) = sj.gradients(sj.sum(y), [x], create_graph=True)
        assert np.isfinite(np.asarray(y)).all()
    rows = sj.asarray(np.array([[0.0, 1000.0], [1000.0, 0.0], [-100.0, 100.0]], dtype), requires_grad=True)
    losses = sj.softmax_cross_entropy(rows, sj.asarray([0, 0, 1]))
    np.testing.assert_allclose(np.asarray(losses), [1000.0, 0.0, 0.0], atol=1e-30)
    for _ in range(3):
        (losses,) = sj.gradients(sj.sum(losses), [rows], create_graph=True)
        assert np.isfinite(np.asarray(losses)).all()


def test_masked_classes(engine: str) -> None:
    """A score of minus infinity: a chance of 0, and no NaN elsewhere."""
    x = sj.asarray([[0.0, -np.inf, 0.0]], requires_grad=True)
    assert sj.softmax(x).tolist() == [[0.5, 0.0, 0.5]]
    loss = sj.softmax_cross_entropy(x, sj.asarray([0]))
    assert loss.item() == pytest.approx(np.log(2))
    (g,) = sj.gradients(sj.sum(loss), [x])
    assert g is not None
    assert g.tolist() == [[-0.5, 0.0, 0.5]]


@pytest.mark.parametrize("label", [3, -1, -100, 1 << 40])
def test_a_recorded_loss_names_the_wrong_label(label: int, engine: str) -> None:
    """While recording nothing is known; the kernel finds it when the program runs."""
    loss = sj.jit(lambda x, t: sj.mean(sj.softmax_cross_entropy(x, t)))
    step = sj.jit(lambda x, t: sj.grad(lambda v: sj.mean(sj.softmax_cross_entropy(v, t)))(x))
    x, good, bad = sj.ones((2, 3)), sj.asarray([0, 2]), sj.asarray([0, label])
    loss(x, good)
    step(x, good)
    for function in (loss, step):
        with pytest.raises(
            sj.errors.IndexRangeError, match=rf"label {label} is no class[\s\S]*0 to 2 for 3 classes"
        ):
            function(x, bad)


def test_a_wrong_label_off_the_cpu_gives_nan_and_stops_nothing() -> None:
    """The GPU's form of the kernel, run on the CPU's own arrays."""
    from sujeong.engines.torch import softmax

    class OnGPU(torch.Tensor):
        is_cuda = True

    x = torch.randn(4, 3).as_subclass(OnGPU)
    t = torch.tensor([0, 3, -1, 2])
    found = softmax._cross_entropy(x, t)
    assert torch.isnan(found).tolist() == [False, True, True, False]
    right = F.cross_entropy(torch.Tensor(x)[[0, 3]], t[[0, 3]], reduction="none")
    torch.testing.assert_close(torch.Tensor(found)[[0, 3]], right)
    assert torch.isfinite(softmax._cross_entropy_gradient(torch.ones(4), x, t)).all()


def test_labels_never_widen_the_loss(engine: str) -> None:
    x = sj.ones((2, 3))
    assert sj.softmax_cross_entropy(x, np.ones((2, 3)) / 3).dtype is sj.float32
    assert sj.sigmoid_binary_cross_entropy(x, np.ones((2, 3))).dtype is sj.float32


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_classes_on_any_axis(axis: int, rng: np.random.Generator, engine: str) -> None:
    x = rng.normal(size=(3, 4, 5))
    labels = rng.integers(0, x.shape[axis], np.delete(x.shape, axis))
    moved = np.moveaxis(x, axis, -1).copy()
    np.testing.assert_array_equal(
        np.asarray(sj.softmax_cross_entropy(sj.asarray(x), labels, axis=axis)),
        np.asarray(sj.softmax_cross_entropy(sj.asarray(moved), labels)),
    )
