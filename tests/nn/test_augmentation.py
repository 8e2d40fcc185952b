"""Random changes of images: their values against SciPy's, their draws, their directions, when they rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import sujeong as sj
from sujeong import nn
from sujeong.core import keys
from sujeong.core.engine import using
from sujeong.errors import ArgumentError, NameUnknownError, ShapeError

SCIPY = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
ORDERS = {"bilinear": 1, "nearest": 0}
LAYERS = {
    "shift": lambda **o: nn.RandomTranslation((-0.9, 0.7), (-0.4, 1.0), name="layer", **o),
    "turn": lambda **o: nn.RandomRotation((-0.3, 0.45), name="layer", **o),
    "zoom": lambda **o: nn.RandomZoom((-0.6, 0.9), name="layer", **o),
    "zoom apart": lambda **o: nn.RandomZoom((0.2, 1.5), (-0.7, -0.1), name="layer", **o),
}


def images(n: int = 6, height: int = 7, width: int = 10, c: int = 2) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(n, height, width, c)).astype("float32")


def drawn(layer: nn.Module, site: str, numbers: int, n: int, draw: int = 0) -> np.ndarray:
    """The numbers of a draw by the formula of the keys: 53 bits of a word each."""
    words = keys.host_bits(keys.key(layer.seed, f"layer/{site}", draw), numbers * n)
    return ((words.view(np.uint64) >> np.uint64(11)) * 2.0**-53).reshape(numbers, n)


def within(low: float, high: float, u: float) -> float:
    return low + (high - low) * u


def matrix_and_shift(kind: str, u: Any, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Where SciPy is to read: place = A (place - middle) + middle + shift."""
    if kind == "shift":
        return np.eye(2), np.array([-within(-0.9, 0.7, u[0]) * height, -within(-0.4, 1.0, u[1]) * width])
    if kind == "turn":
        a = 2 * np.pi * within(-0.3, 0.45, u[0])
        return np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]), np.zeros(2)
    if kind == "zoom":
        return np.eye(2) * (1 + within(-0.6, 0.9, u[0])), np.zeros(2)
    return np.diag([1 + within(0.2, 1.5, u[0]), 1 + within(-0.7, -0.1, u[1])]), np.zeros(2)


@pytest.mark.parametrize("interpolation", ORDERS)
@pytest.mark.parametrize("fill_mode", SCIPY)
@pytest.mark.parametrize("kind", LAYERS)
def test_values(kind: str, fill_mode: str, interpolation: str, engine: str) -> None:
    layer = LAYERS[kind](fill_mode=fill_mode, interpolation=interpolation, fill_value=0.3)
    x = images()
    site = {"shift": "random_translation", "turn": "random_rotation"}.get(kind, "random_zoom")
    for draw in range(2):
        y = layer(x, training=True).numpy()
        u = drawn(layer, site, 1 if kind == "turn" else 2, len(x), draw)
        for k, image in enumerate(x):
            a, shift = matrix_and_shift(kind, u[:, k], *image.shape[:2])
            middle = (np.array(image.shape[:2]) - 1) / 2
            for c in range(image.shape[2]):
                expected = ndimage.affine_transform(
                    image[..., c].astype("float64"),
                    a,
                    middle - a @ middle + shift,
                    order=ORDERS[interpolation],
                    mode=SCIPY[fill_mode],
                    cval=0.3,
                )
                np.testing.assert_allclose(y[k, ..., c], expected, rtol=1e-5, atol=2e-6)


def test_flip_by_the_draws(engine: str) -> None:
    layer, x = nn.RandomFlip(name="layer"), images(40)
    y = layer(x, training=True).numpy()
    u = drawn(layer, "random_flip", 2, 40) < 0.5
    seen = set()
    for k in range(40):
        expected = x[k]
        if u[0, k]:
            expected = expected[::-1]
        if u[1, k]:
            expected = expected[:, ::-1]
        np.testing.assert_array_equal(y[k], expected)
        seen.add(tuple(u[:, k]))
    assert len(seen) == 4, "all four ways were met"


@pytest.mark.parametrize(("mode", "axis"), [("vertical", 0), ("horizontal", 1)])
def test_flip_along_one_axis_only(mode: str, axis: int, engine: str) -> None:
    x = images(30)
    y = nn.RandomFlip(mode)(x, training=True).numpy()
    turned = [bool((y[k] == np.flip(x[k], axis)).all()) for k in range(30)]
    same = [bool((y[k] == x[k]).all()) for k in range(30)]
    assert all(a != b for a, b in zip(turned, same, strict=True))
    assert 0 < sum(turned) < 30


def spot(row: int, column: int, size: int = 9) -> np.ndarray:
    x = np.zeros((1, size, size, 1), "float32")
    x[0, row, column] = 1
    return x


def place(y: Any) -> tuple[int, ...]:
    found = np.unravel_index(int(np.argmax(y.numpy())), y.shape)
    return int(found[1]), int(found[2])


def test_directions_are_those_of_keras(engine: str) -> None:
    """Positive: down, to the right, counter-clockwise, zoomed out."""
    third, quarter, whole, half = ((f, f) for f in (3 / 9, 0.25, 1.0, -0.5))
    for layer, before, after in (
        (nn.RandomTranslation(third, 0.0, "constant"), (2, 4), (5, 4)),
        (nn.RandomTranslation(0.0, third, "constant"), (2, 4), (2, 7)),
        (nn.RandomRotation(quarter, "constant"), (4, 7), (1, 4)),
        (nn.RandomZoom(whole, fill_mode="constant"), (0, 4), (2, 4)),
        (nn.RandomZoom(half, fill_mode="constant"), (3, 4), (2, 4)),
    ):
        assert place(layer(spot(*before), training=True)) == after, layer


def test_each_image_and_each_call_is_changed_in_its_own_way(engine: str) -> None:
    x = np.repeat(images(1), 5, axis=0)
    for make in (*LAYERS.values(), lambda: nn.RandomFlip(name="layer")):
        layer = make()
        first, second = layer(x, training=True).numpy(), layer(x, training=True).numpy()
        assert not (first == second).all()
        assert not (first == first[:1]).all()
        np.testing.assert_array_equal(make()(x, training=True).numpy(), first, "same seed, same path")
        assert (
            not (make(seed=9)(x, training=True).numpy() == first).all() if make in LAYERS.values() else True
        )
        np.testing.assert_array_equal(layer(x).numpy(), x, "nothing happens in prediction")
        assert int(layer.draws) == 2, "and nothing is drawn for it"


def test_a_factor_is_a_range_around_zero(engine: str) -> None:
    """Shifts of up to a fifth of 20 columns, both ways."""
    x = np.zeros((200, 1, 20, 1), "float32")
    x[:, 0, 10] = 1
    y = nn.RandomTranslation(0.0, 0.2, fill_mode="constant")(x, training=True).numpy()[:, 0, :, 0]
    moved = y @ np.arange(20) / y.sum(1) - 10
    assert moved.min() >= -4
    assert moved.max() <= 4
    assert moved.min() < -3.5
    assert moved.max() > 3.5
    assert abs(moved.mean()) < 5 * (8 / np.sqrt(12)) / np.sqrt(200)


def test_whole_numbers_become_floating(engine: str) -> None:
    x = np.arange(12).reshape(1, 2, 6, 1)
    y = nn.RandomTranslation(0.0, (1 / 6, 1 / 6), "nearest")(x, training=True)
    assert y.dtype is sj.float32
    assert y.numpy()[0, 0, :, 0].tolist() == [0, 0, 1, 2, 3, 4]


def test_gradient_flows_to_the_pixels_that_were_read(engine: str) -> None:
    layer = nn.RandomRotation((0.07, 0.07), "constant")
    sj.check_grad(lambda x: layer(x, training=True), images(2, 4, 5, 1).astype("float64"))


def test_equal_on_both_engines_and_in_every_batch_layout() -> None:
    found = []
    for engine in ("numpy", "torch"):
        with using(engine):
            found.append([make()(images(), training=True).numpy() for make in LAYERS.values()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


def test_draws_go_on_after_loading(engine: str, tmp_path: Path) -> None:
    model = nn.Sequential([nn.RandomFlip(), nn.RandomRotation(0.1), nn.RandomRotation(0.1)])
    x = images()
    model(x, training=True)
    model.save(tmp_path / "model")
    sj.set_seed(5)  # the seed at first use is kept with the model
    again = sj.load(tmp_path / "model")
    np.testing.assert_array_equal(model(x, training=True).numpy(), again(x, training=True).numpy())


def test_training_with_them_is_recorded_once(engine: str) -> None:
    x, t = images(32, 6, 6, 1), np.arange(32) % 2
    model = nn.Sequential([nn.RandomTranslation(0.2, 0.2), nn.RandomFlip(), nn.Flatten(), nn.Dense(2)])
    model.compile(sj.optim.SGD(0.1), "softmax_cross_entropy")
    model.fit(x, t, epochs=2, batch_size=8, verbose=0)
    assert int(model[0].draws) == int(model[1].draws) == 8


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (
        lambda: nn.RandomTranslation(1.5, 0.1),
        ArgumentError,
        r"\[RandomTranslation\] height_factor.*1\.5.*-1 to 1",
    ),
    (lambda: nn.RandomTranslation(0.1, (0.3, 0.1)), ArgumentError, r"width_factor.*\(0\.3, 0\.1\).*in order"),
    (lambda: nn.RandomRotation("0.1"), ArgumentError, r"\[RandomRotation\] factor is not understood.*'0\.1'"),
    (lambda: nn.RandomRotation(True), ArgumentError, r"factor is not understood.*True"),
    (lambda: nn.RandomRotation((0.1, 0.2, 0.3)), ArgumentError, r"factor is not understood"),
    (lambda: nn.RandomZoom(float("nan")), ArgumentError, r"\[RandomZoom\] height_factor is not understood"),
    (lambda: nn.RandomZoom((-1, 0)), ArgumentError, r"leaves nothing to see.*-0\.5 shows half"),
    (lambda: nn.RandomZoom(0.1, fill_mode="reflekt"), NameUnknownError, "did you mean 'reflect'"),
    (lambda: nn.RandomZoom(0.1, interpolation="cubic"), NameUnknownError, "interpolation"),
    (lambda: nn.RandomFlip("horizontl"), NameUnknownError, "did you mean 'horizontal'"),
    (lambda: nn.RandomFlip()(sj.ones((4, 4, 1))), ShapeError, r"\[RandomFlip\].*\(N, H, W, C\).*batch axis"),
]


@pytest.mark.parametrize(("run", "error", "text"), MISTAKES)
def test_mistake(run: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"(?s){text}"):
        run()
