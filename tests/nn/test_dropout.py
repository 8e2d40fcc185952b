"""Dropout: its chance, its mean, a new mask each time, the same on every engine and after loading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core import keys
from sujeong.core.engine import using
from sujeong.errors import ArgumentError, ShapeError


def masks(layer: nn.Module, count: int, shape: tuple[int, ...] = (50, 40)) -> list[np.ndarray]:
    return [layer(sj.ones(shape), training=True).numpy() > 0 for _ in range(count)]


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.9])
def test_expectation(rate: float, engine: str) -> None:
    """Over 20 masks of 10,000 values: five standard errors around the input, value by value and together."""
    layer, n, m = nn.Dropout(rate, name="drop"), 20, 10_000
    x = np.linspace(0.5, 1.5, m, dtype="float32")
    y = np.stack([layer(sj.asarray(x), training=True).numpy() for _ in range(n)])
    kept = y != 0
    np.testing.assert_allclose(y[kept], np.broadcast_to(x / np.float32(1 - rate), y.shape)[kept], rtol=1e-6)
    share, error = kept.mean(), np.sqrt(rate * (1 - rate) / (n * m))
    assert abs(share - (1 - rate)) < 5 * error
    assert abs((y / x).mean() - 1) < 5 * error / (1 - rate)


def test_masks_of_one_layer_and_of_two_are_independent(engine: str) -> None:
    a, b = nn.Dropout(0.5, name="a"), nn.Dropout(0.5, name="b")
    drawn = [m.ravel() for m in masks(a, 4) + masks(b, 4)]
    for i in range(len(drawn)):
        for j in range(i):
            agree = (drawn[i] == drawn[j]).mean()
            assert abs(agree - 0.5) < 5 * 0.5 / np.sqrt(drawn[i].size)


def test_key_is_seed_path_draw(engine: str) -> None:
    """The mask by the formula of the keys: 16-bit lanes of the words, low end first."""
    layer = nn.Dropout(0.25, seed=7, name="drop")
    for draw in range(3):
        mask = masks(layer, 1, (6,))[0]
        words = keys.host_bits(keys.key(7, "drop/dropout", draw), 2)
        lanes = words.view("<i2")[:6]
        np.testing.assert_array_equal(mask, lanes >= 0.25 * 2**16 - 2**15)
    assert int(layer.draws) == 3


def test_recorded_step_draws_anew(engine: str) -> None:
    layer, same = nn.Dropout(0.5, name="drop"), nn.Dropout(0.5, name="drop")
    step = sj.jit(lambda x: layer(x, training=True))
    drawn = [step(sj.ones((8, 8))).numpy() for _ in range(4)]
    assert len({d.tobytes() for d in drawn}) == 4
    for d, m in zip(drawn, masks(same, 4, (8, 8)), strict=True):
        np.testing.assert_array_equal(d > 0, m)


def test_equal_on_both_engines() -> None:
    found = []
    for engine in ("numpy", "torch"):
        with using(engine):
            found.append(masks(nn.Dropout(0.3, name="drop"), 3))
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_prediction_draws_nothing(engine: str) -> None:
    layer = nn.Dropout(0.5)
    x = sj.ones((4, 4))
    layer(x, training=True)
    np.testing.assert_array_equal(layer(x).numpy(), x.numpy())
    assert int(layer.draws) == 1


def test_gradient_passes_where_values_pass(engine: str) -> None:
    layer = nn.Dropout(0.5)
    x = sj.asarray(np.ones((30, 20), "float32"), requires_grad=True)
    y = layer(x, training=True)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.numpy())


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_ends_of_the_range(rate: float, engine: str) -> None:
    x = np.array([[1.0, np.inf, np.nan]], "float32")
    y = nn.Dropout(rate)(x, training=True).numpy()
    np.testing.assert_array_equal(y, x if rate == 0 else np.zeros_like(x))


def test_noise_shape(engine: str) -> None:
    layer = nn.Dropout(0.5, noise_shape=(None, 1, 1, None))
    y = layer(sj.ones((6, 4, 5, 8)), training=True).numpy()
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1, :1], y.shape))
    assert 0 < (y[:, 0, 0] > 0).mean() < 1


def test_masks_go_on_after_loading(engine: str, tmp_path: Path) -> None:
    model = nn.Sequential([nn.Dropout(0.5), nn.Dropout(0.5)])
    masks(model, 2)
    model.save(tmp_path / "model")
    try:
        sj.set_seed(5)  # the seed at first use is kept with the model
        again = sj.load(tmp_path / "model")
        for a, b in zip(masks(model, 2), masks(again, 2), strict=True):
            np.testing.assert_array_equal(a, b)
    finally:
        sj.set_seed(0)


def test_layers_of_a_drawn_model_have_their_own_masks(engine: str) -> None:
    x = nn.Input((400,))
    model = nn.Model(x, [nn.Dropout(0.5)(x), nn.Dropout(0.5)(x)])
    a, b = model(sj.ones((2, 400)), training=True)
    assert 0.3 < (a.numpy() == b.numpy()).mean() < 0.7


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (lambda: nn.Dropout(1.5), ArgumentError, r"\[Dropout\] the rate is a chance.*1\.5.*0 to 1"),
    (lambda: nn.Dropout(True), ArgumentError, r"the rate is a chance"),
    (lambda: nn.Dropout(float("nan")), ArgumentError, r"the rate is a chance"),
    (
        lambda: nn.Dropout(0.5, (2,))(sj.ones((2, 3)), training=True),
        ShapeError,
        r"noise_shape does not stretch.*\(2,\)",
    ),
]


@pytest.mark.parametrize(("run", "error", "text"), MISTAKES)
def test_mistake(run: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"(?s){text}"):
        run()
