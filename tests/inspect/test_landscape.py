"""Landscapes: values along directions, normalised directions, weights that come back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import ArgumentError, ShapeError
from sujeong.inspect import draw_landscape, landscape, random_directions


def test_values_of_a_quadratic(engine: str) -> None:
    w, b = sj.Variable(np.array([1.0, -2.0]), name="w"), sj.Variable(np.array(0.5), name="b")
    d1, d2 = [np.array([1.0, 0.0]), np.array(0.0)], [np.array([0.0, 2.0]), np.array(-1.0)]
    found = landscape(lambda: sj.sum(w * w) + b, [w, b], [d1, d2], reach=2.0, points=5)
    s = np.linspace(-2, 2, 5)
    assert found.steps.tolist() == s.tolist()
    np.testing.assert_allclose(found.values, (1 + s[:, None]) ** 2 + (2 * s - 2) ** 2 + 0.5 - s, atol=1e-12)
    assert float(found.middle) == 5.5
    assert (w.numpy().tolist(), float(b)) == ([1.0, -2.0], 0.5)


def test_several_numbers_at_once(engine: str) -> None:
    w = sj.Variable(2.0, name="w")
    found = landscape(lambda: np.array([float(w), float(w) ** 2]), [w], [[np.ones(())]], points=3)
    assert found.values.tolist() == [[1.0, 1.0], [2.0, 4.0], [3.0, 9.0]]


def test_weights_come_back_after_an_error(engine: str) -> None:
    w = sj.Variable(2.0, name="w")

    def fails() -> float:
        if float(w) > 2:
            raise ZeroDivisionError
        return float(w)

    with pytest.raises(ZeroDivisionError):
        landscape(fails, [w], [[np.ones(())]])
    assert float(w) == 2.0
    assert w.requires_grad


def test_directions_are_filter_normalised(engine: str) -> None:
    model = nn.Sequential([nn.Conv2D(3, 2), nn.Flatten(), nn.Dense(4)])
    model(sj.zeros((1, 4, 4, 2)))
    weights = model.trainable_variables
    one, two = random_directions(weights, 2, seed=1)
    for v, d, other in zip(weights, one, two, strict=True):
        if v.ndim < 2:
            assert not d.any(), "biases stay"
            continue
        axes = tuple(range(v.ndim - 1))
        np.testing.assert_allclose(np.sqrt((d**2).sum(axes)), np.sqrt((v.numpy() ** 2).sum(axes)), rtol=1e-5)
        assert abs(np.corrcoef(d.ravel(), other.ravel())[0, 1]) < 0.6, "not the same one twice"
    again = random_directions(weights, 1, seed=1)[0]
    assert all((a == b).all() for a, b in zip(again, one, strict=True))


def test_scale_of_relu_layers_does_not_matter(engine: str, rng: np.random.Generator) -> None:
    """Twice the one layer and half the next is the same function, and the same landscape."""
    x = sj.asarray(rng.normal(size=(8, 3)))
    first, second = sj.Variable(rng.normal(size=(3, 4))), sj.Variable(rng.normal(size=(4, 1)))

    def loss() -> sj.Tensor:
        return sj.mean(sj.square(sj.relu(x @ first) @ second))

    def values() -> np.ndarray:
        return landscape(loss, [first, second], random_directions([first, second], 1), points=5).values

    before = values()
    first.assign(first * 8)
    second.assign(second / 8)
    np.testing.assert_allclose(values(), before, rtol=1e-9)


def test_pictures(engine: str, tmp_path: Path) -> None:
    (x, y), _ = sj.datasets.xor()
    model = nn.Sequential([nn.Dense(4, "tanh"), nn.Dense(2)]).compile(loss="softmax_cross_entropy")
    model.fit(x, y, epochs=1, verbose=0)
    before, loss = [v.numpy() for v in model.variables], model.evaluate(x, y)["loss"]
    made = draw_landscape(model, x, y, points=5, path=tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 5000
    assert len(made.axes) == 2, "the map and its scale"
    made = draw_landscape(model, x, y, points=5, directions=1)
    curve, present = made.axes[0].lines
    assert curve.get_ydata()[2] == pytest.approx(loss, rel=1e-6)
    assert present.get_ydata()[0] == pytest.approx(loss, rel=1e-6)
    assert all((a == v.numpy()).all() for a, v in zip(before, model.variables, strict=True))


def test_flat_or_infinite_landscapes_are_drawn() -> None:
    w = sj.Variable(np.ones((2, 2)), name="w")
    draw_landscape(lambda: 0.0, variables=[w], points=3)
    draw_landscape(
        lambda: float("inf") if float(sj.sum(w)) > 4 else float(sj.sum(w)), variables=[w], points=5
    )


def test_mistakes() -> None:
    w = sj.Variable(np.ones((2, 2)), name="w")
    with pytest.raises(ArgumentError, match=r"\[draw_landscape\] a function needs variables to move"):
        draw_landscape(lambda: 0.0)
    with pytest.raises(ArgumentError, match=r"received: 3 directions, 25 points"):
        draw_landscape(lambda: 0.0, variables=[w], directions=3)
    with pytest.raises(ArgumentError, match=r"received: 1 directions, 1 points"):
        landscape(lambda: 0.0, [w], random_directions([w]), points=1)
    with pytest.raises(
        ShapeError, match=r"one array a variable.*\n  received: \[\(2,\)\]\n  expected: \[\(2, 2\)\]"
    ):
        landscape(lambda: 0.0, [w], [[np.ones(2)]])
