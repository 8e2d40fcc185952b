"""Clipping and weight decay against their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import optim


def tensors(rng: np.random.Generator, scale: float = 3.0) -> list[np.ndarray]:
    return [rng.standard_normal((3, 4)) * scale, rng.standard_normal(5) * scale * 0.01, np.zeros(2)]


def norm(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(sum((a**2).sum() for a in arrays)))


def test_by_value(engine: str, rng: Any) -> None:
    arrays = tensors(rng)
    for a, g in zip(arrays, optim.clip_by_value([sj.asarray(a) for a in arrays], 0.5), strict=True):
        np.testing.assert_array_equal(g.numpy(), np.clip(a, -0.5, 0.5))


def test_by_norm_shortens_only_what_is_longer(engine: str, rng: Any) -> None:
    arrays = tensors(rng)
    found = [g.numpy() for g in optim.clip_by_norm([sj.asarray(a) for a in arrays], 0.5)]
    np.testing.assert_allclose(found[0], arrays[0] * 0.5 / norm(arrays[:1]), rtol=1e-12)
    np.testing.assert_array_equal(found[1], arrays[1])
    np.testing.assert_array_equal(found[2], arrays[2])


def test_by_global_norm_keeps_the_direction(engine: str, rng: Any) -> None:
    arrays = tensors(rng)
    found = [g.numpy() for g in optim.clip_by_global_norm([sj.asarray(a) for a in arrays], 0.5)]
    assert norm(found) == pytest.approx(0.5, rel=1e-12)
    for a, g in zip(arrays, found, strict=True):
        np.testing.assert_allclose(g, a * 0.5 / norm(arrays), rtol=1e-12)
    short = [g.numpy() for g in optim.clip_by_global_norm([sj.asarray(a) for a in arrays], 1e3)]
    for a, g in zip(arrays, short, strict=True):
        np.testing.assert_array_equal(g, a)
    assert optim.clip_by_global_norm([], 1.0) == []


def test_global_norm_against_pytorch(engine: str, rng: Any) -> None:
    arrays = [a.astype("float32") for a in tensors(rng)]
    expected = float(torch.nn.utils.get_total_norm([torch.from_numpy(a) for a in arrays]))
    found = optim.global_norm([sj.asarray(a) for a in arrays])
    assert found.dtype is sj.float64
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_16_bit_gradients_are_measured_in_float32(engine: str) -> None:
    """300^2 is more than float16 holds."""
    found = optim.clip_by_norm([sj.asarray([300.0, 400.0], dtype=sj.float16)], 5.0)[0]
    assert found.dtype is sj.float16
    np.testing.assert_allclose(found.numpy().astype("f"), [3.0, 4.0], rtol=1e-3)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
@pytest.mark.parametrize("clip", [optim.clip_by_norm, optim.clip_by_global_norm])
def test_a_length_that_is_not_finite_is_not_hidden(engine: str, clip: Any, bad: float) -> None:
    """Scaled by c / inf = 0 the other elements would silently become 0."""
    found = clip([sj.asarray(np.array([bad, 1.0]))], 1.0)[0]
    assert np.isnan(found.numpy()).all()


@pytest.mark.parametrize("setting", ["clipvalue", "clipnorm", "global_clipnorm"])
def test_the_optimiser_clips(engine: str, setting: str, rng: Any) -> None:
    arrays = tensors(rng)
    ws = [sj.Variable(np.zeros_like(a), f"w{i}") for i, a in enumerate(arrays)]
    optim.SGD(1.0, **{setting: 0.5}).apply([sj.asarray(a) for a in arrays], ws)
    ways = {"clipvalue": optim.clip_by_value, "clipnorm": optim.clip_by_norm}
    way = ways.get(setting, optim.clip_by_global_norm)
    for w, g in zip(ws, way([sj.asarray(a) for a in arrays], 0.5), strict=True):
        np.testing.assert_array_equal(w.numpy(), -g.numpy())


# --- weight decay ------------------------------------------------------------------------------------------
OPTIMIZERS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "signsgd", "rprop"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_decay_is_a_pull_beside_the_step(engine: str, name: str, rng: Any) -> None:
    """One step with decay = the step without, and -eta lambda W."""
    start, g = rng.standard_normal((2, 3)), rng.standard_normal((2, 3))
    plain, pulled = sj.Variable(start, "w"), sj.Variable(start, "w")
    optim.get(name, learning_rate=0.1).apply([g], [plain])
    optim.get(name, learning_rate=0.1, weight_decay=0.2).apply([g], [pulled])
    np.testing.assert_allclose(pulled.numpy(), plain.numpy() - 0.1 * 0.2 * start, rtol=1e-12)


def test_adamw_decays_unless_told_otherwise() -> None:
    assert optim.AdamW().weight_decay == 0.004
    assert optim.AdamW(weight_decay=None).weight_decay is None


def test_for_sgd_decay_is_half_the_penalty_s_gradient(engine: str, rng: Any) -> None:
    """lambda sum W^2 has the gradient 2 lambda W; decay by 2 lambda does the same, for SGD only."""
    start = rng.standard_normal(4)
    a, b = sj.Variable(start, "w"), sj.Variable(start, "w")
    optim.SGD(0.1).apply(sj.gradients(sj.losses.l2(0.05)(a), [a]), [a])
    optim.SGD(0.1, weight_decay=0.1).apply([np.zeros(4)], [b])
    np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("exclude", "spared"),
    [
        (None, []),
        ("bias", ["dense/bias"]),
        (["bias", "norm/gamma"], ["dense/bias", "block/norm/gamma"]),
        ("dense", ["dense/kernel", "dense/bias"]),
        ("dense/kernel", ["dense/kernel"]),
        (lambda v: v.ndim == 1, ["dense/bias", "dense2/unbiased", "block/norm/gamma"]),
    ],
)
def test_exclude(exclude: Any, spared: list[str]) -> None:
    shapes = {"dense/kernel": (2, 2), "dense/bias": (2,), "dense2/unbiased": (2,), "block/norm/gamma": (2,)}
    ws = [sj.Variable(np.ones(shape), name) for name, shape in shapes.items()]
    optim.SGD(0.5, weight_decay=0.5, exclude=exclude).apply([np.zeros(w.shape) for w in ws], ws)
    assert [w.name for w in ws if (w.numpy() == 1).all()] == spared
    assert all((w.numpy() == 0.75).all() for w in ws if w.name not in spared)
