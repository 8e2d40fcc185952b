"""Dense layers turned into convolutions: the same answers; on larger images, those of a loop over windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core.engine import using
from sujeong.errors import ArgumentError, StateError

CLOSE = {"rtol": 2e-5, "atol": 2e-6}
FORMATS = ("channels_last", "channels_first")


def _plain(f: str) -> list[nn.Module]:
    return [
        nn.Conv2D(4, 3, activation="relu", data_format=f),
        nn.MaxPool2D(2, data_format=f),
        nn.Flatten(f),
        nn.Dense(5),
    ]


def _deep(f: str) -> list[nn.Module]:
    """Everything that stays or is put on another axis."""
    axis = 1 if f == "channels_first" else -1
    spatial = (2, 3) if f == "channels_first" else (1, 2)
    shared = (None, None, 1, 1) if f == "channels_first" else (None, 1, 1, None)
    return [
        nn.RandomFlip(data_format=f),
        nn.Conv2D(6, (3, 2), (2, 1), data_format=f, groups=2, name="first"),
        nn.BatchNorm(axis),
        nn.PReLU("uniform", shared_axes=spatial),
        nn.Dropout(0.2, shared),
        nn.AveragePool2D(2, 1, data_format=f),
        nn.LayerNorm(axis),
        nn.Conv2DTranspose(4, 2, data_format=f),
        nn.ELU(),
        nn.Flatten(f),
        nn.LeakyReLU(),
        nn.Dropout(0.5),
        nn.Dense(7, activation="tanh", use_bias=False, kernel_regularizer=sj.losses.l2(0.1), name="wide"),
        nn.BatchNorm(),
        nn.PReLU("uniform"),
        nn.Dropout(0.1, (None, 1)),
        nn.Sequential([nn.Dense(6, activation="relu"), nn.RMSNorm()]),
        nn.Flatten(),
        nn.Dense(3, activation="softmax"),
    ]


def _row_by_row(f: str) -> list[nn.Module]:
    """Flatten keeps the order in memory, which for channels-first maps has the channels in front."""
    return [nn.Conv2D(3, 2, data_format=f), nn.Flatten(), nn.Dense(4), nn.Softmax()]


def _global_mean(f: str) -> list[nn.Module]:
    return [nn.Conv2D(6, 3, activation="relu", data_format=f), nn.GlobalAveragePool2D(f), nn.Dense(4)]


def _global_max(f: str) -> list[nn.Module]:
    pool = nn.GlobalMaxPool2D(f, keepdims=True)
    return [nn.Conv2D(6, 3, 2, data_format=f), pool, nn.Flatten(f), nn.Dense(4), nn.Activation("softmax")]


def _no_convolution(f: str) -> list[nn.Module]:
    return [nn.Flatten(f), nn.Dense(6, "relu"), nn.Dense(3)]


SHAPE = (10, 9, 2)
# Name -> layers, product of strides, pixels that are looked at (pooling of 7 places by 2 leaves one out).
MODELS: dict[str, tuple[Callable[[str], list[nn.Module]], int, tuple[int, int]]] = {
    "plain": (_plain, 2, (10, 8)),
    "row by row": (_row_by_row, 1, (10, 9)),
    "global mean": (_global_mean, 1, (10, 9)),
    "global max": (_global_max, 2, (9, 9)),
    "no convolution": (_no_convolution, 1, (10, 9)),
}


def batch(f: str, n: int = 3, height: int = SHAPE[0], width: int = SHAPE[1]) -> np.ndarray:
    x = np.random.default_rng(1).normal(size=(n, height, width, SHAPE[2])).astype("float32")
    return x if f == "channels_last" else np.moveaxis(x, -1, 1).copy()


def last(y: Any, f: str) -> np.ndarray:
    """A map with its channels last."""
    return np.asarray(y) if f == "channels_last" else np.moveaxis(np.asarray(y), 1, -1)


def trained(layers: list[nn.Module], x: np.ndarray) -> nn.Sequential:
    """A model whose statistics and biases are not the first ones."""
    model = nn.Sequential(layers)
    model(x, training=True)
    rng = np.random.default_rng(2)
    for v in model.variables:
        if v.dtype.is_floating:
            v.assign(v.value + sj.asarray(rng.uniform(0.0, 0.3, v.shape).astype("float32")))
    return model


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("name", [*MODELS, "deep"])
def test_same_outputs_on_the_size_of_training(name: str, f: str, engine: str) -> None:
    make = _deep if name == "deep" else MODELS[name][0]
    x = batch(f)
    model = trained(make(f), x)
    turned = nn.to_convolutional(model)
    expected, y = model(x).numpy(), last(turned(x), f)
    assert y.shape == (3, 1, 1, expected.shape[-1])
    np.testing.assert_allclose(y[:, 0, 0], expected, **CLOSE)
    assert turned.count_parameters() == model.count_parameters()


@pytest.mark.parametrize("f", FORMATS)
@pytest.mark.parametrize("name", MODELS)
def test_larger_image_equals_a_loop_over_windows(name: str, f: str, engine: str) -> None:
    make, stride, (high, wide) = MODELS[name]
    model = trained(make(f), batch(f))
    large = batch("channels_last", 2, 17, 14)
    given = large if f == "channels_last" else np.moveaxis(large, -1, 1).copy()
    y = last(nn.to_convolutional(model)(given), f)
    assert y.shape[1:3] == ((17 - high) // stride + 1, (14 - wide) // stride + 1)
    framed = np.pad(large, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=9.0)  # what is not looked at
    for i in range(0, y.shape[1] * stride, stride):
        for j in range(0, y.shape[2] * stride, stride):
            window = framed[:, i : i + 10, j : j + 9]
            window = window if f == "channels_last" else np.moveaxis(window, -1, 1).copy()
            np.testing.assert_allclose(y[:, i // stride, j // stride], model(window).numpy(), **CLOSE)


def test_same_padding_differs_inside_of_a_larger_image(engine: str) -> None:
    """Where the small model saw padding, the large one sees neighbours; without a border both agree."""
    layers = [nn.Conv2D(4, 3, padding="same", activation="relu"), nn.Flatten(), nn.Dense(3)]
    x = batch("channels_last", 1)
    model = trained(layers, x)
    turned = nn.to_convolutional(model)
    np.testing.assert_allclose(turned(x)[:, 0, 0].numpy(), model(x).numpy(), **CLOSE)
    large = batch("channels_last", 1, 14, 13)
    inside = np.abs(turned(large)[:, 2, 2].numpy() - model(large[:, 2:12, 2:11]).numpy()).max()
    assert inside > 1e-3
    framed = np.zeros_like(large)
    framed[:, 2:12, 2:11] = x
    np.testing.assert_allclose(turned(framed)[:, 2, 2].numpy(), model(x).numpy(), **CLOSE)


@pytest.mark.parametrize("axes", [1, 3])
def test_series_and_volumes(axes: int, engine: str) -> None:
    conv, pool = (nn.Conv1D, nn.MaxPool1D) if axes == 1 else (nn.Conv3D, nn.MaxPool3D)
    x = np.random.default_rng(0).normal(size=(2, *[6] * axes, 2)).astype("float32")
    model = trained([conv(3, 3), pool(2), nn.Flatten(), nn.Dense(4)], x)
    turned = nn.to_convolutional(model)
    np.testing.assert_allclose(turned(x).numpy().reshape(2, 4), model(x).numpy(), **CLOSE)
    assert turned(np.ones((1, *[9] * axes, 2), "float32")).shape == (1, *[2] * axes, 4)


@pytest.mark.parametrize("f", FORMATS)
def test_class_map_has_the_answer_as_its_mean(f: str, engine: str) -> None:
    x = batch(f)
    model = trained(_global_mean(f), x)
    shares = last(nn.to_convolutional(model, class_map=True)(x), f)
    assert shares.shape == (3, 8, 7, 4)
    np.testing.assert_allclose(shares.mean((1, 2)), model(x).numpy(), **CLOSE)
    assert shares.std((1, 2)).min() > 0.01, "places differ"


def test_weights_are_copied(engine: str) -> None:
    x = batch("channels_last")
    model = trained(_plain("channels_last"), x)
    turned = nn.to_convolutional(model)
    before = turned(x).numpy()
    for v in model.variables:
        v.assign(v.value * 2)
    np.testing.assert_array_equal(turned(x).numpy(), before)


def test_names_frozen_layers_and_penalties_stay() -> None:
    layers = _deep("channels_last")
    model = trained(layers, batch("channels_last"))
    layers[1].freeze()
    turned = nn.to_convolutional(model)
    assert {"first", "wide"} <= {layer.name for layer in turned.layers}
    wide = next(layer for layer in turned.layers if layer.name == "wide")
    assert isinstance(wide, nn.Conv2D)
    assert wide.kernel_regularizer is not None
    assert not any(v.trainable for v in turned.state().values() if v.name.startswith("first"))
    assert len(turned.trainable_variables) == len(model.trainable_variables)


def test_other_engine_and_untouched_weights() -> None:
    """A model is turned where it lies, and if nothing was computed yet, with its first values."""
    with using("numpy"):
        model = nn.Sequential([nn.Input(SHAPE), *_plain("channels_last")])
    x = batch("channels_last")
    with using("torch"):
        turned = nn.to_convolutional(model)
        assert {v.engine for v in turned.variables} == {v.engine for v in model.variables}
    with using("numpy"):
        np.testing.assert_allclose(turned(x)[:, 0, 0].numpy(), model(x).numpy(), **CLOSE)


def test_it_trains_predicts_and_is_saved(engine: str, tmp_path: Path) -> None:
    x = batch("channels_last", 8)
    turned = nn.to_convolutional(trained(_plain("channels_last"), x))
    turned.compile(sj.optim.SGD(0.01), "mean_squared_error")
    history = turned.fit(x, np.zeros((8, 1, 1, 5), "float32"), epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]
    turned.save(tmp_path / "turned")
    np.testing.assert_array_equal(sj.load(tmp_path / "turned")(x).numpy(), turned(x).numpy())


def turn(*layers: nn.Module, shape: tuple[int, ...] = (8, 8, 2), **options: Any) -> Callable[[], Any]:
    def run() -> Any:
        model = nn.Sequential(list(layers))
        model(np.ones((1, *shape), "float32"))
        return nn.to_convolutional(model, **options)

    return run


class Own(nn.Module):
    def call(self, x: Any) -> Any:
        return x[:, ::-1]


MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "not built": (
        lambda: nn.to_convolutional(nn.Sequential([nn.Flatten(), nn.Dense(2)])),
        StateError,
        r"sizes of the model are not known.*nn\.Input\(\(height",
    ),
    "empty": (lambda: nn.to_convolutional(nn.Sequential()), StateError, "sizes"),
    "no row": (
        lambda: nn.to_convolutional(nn.Dense(3)),
        ArgumentError,
        r"layers in a row.*Dense.*nn\.Sequential",
    ),
    "vectors": (
        turn(nn.Dense(3), shape=(4,)),
        ArgumentError,
        r"layer 'dense' \(Dense\).*no map with channels",
    ),
    "own": (turn(Own(), nn.Flatten(), nn.Dense(2)), ArgumentError, r"layer 'own' \(Own\) cannot be turned"),
    "lambda": (
        turn(nn.Lambda(sj.relu), nn.Flatten()),
        ArgumentError,
        r"\(Lambda\).*same way.*nn\.Activation",
    ),
    "reshape": (turn(nn.Reshape((-1,)), nn.Dense(2)), ArgumentError, r"\(Reshape\).*nn\.Flatten\(\)"),
    "open end": (turn(nn.Conv2D(2, 3), nn.Flatten()), ArgumentError, r"ends in a row.*a Dense behind"),
    "norm of a row": (
        turn(nn.Flatten(), nn.LayerNorm(), nn.Dense(2)),
        ArgumentError,
        r"\(LayerNorm\).*other axes",
    ),
    "norm of a map": (
        turn(nn.LayerNorm((1, 2, 3)), nn.Flatten()),
        ArgumentError,
        r"\(LayerNorm\).*other axes",
    ),
    "batch norm of rows": (turn(nn.BatchNorm(1), nn.Flatten()), ArgumentError, r"\(BatchNorm\).*other axes"),
    "slopes of places": (turn(nn.PReLU(), nn.Flatten()), ArgumentError, r"\(PReLU\).*shared_axes=\(1, 2\)"),
    "noise of a size": (turn(nn.Dropout(0.1, (None, 8, 8, 1))), ArgumentError, r"\(Dropout\).*noise_shape"),
    "softmax of a row": (
        turn(nn.Flatten(), nn.Activation("softmax")),
        ArgumentError,
        r"softmax runs over the whole",
    ),
    "softmax of columns": (
        turn(nn.Conv2D(2, 3, data_format="channels_first", activation="softmax"), shape=(2, 8, 8)),
        ArgumentError,
        r"\(Conv2D\).*softmax runs along the columns.*nn\.Softmax\(axis=1\)",
    ),
    "dense of columns": (
        turn(nn.Conv2D(2, 3, data_format="channels_first"), nn.Dense(2), shape=(2, 8, 8)),
        ArgumentError,
        r"\(Dense\).*along the columns.*window of 1",
    ),
    "two formats": (
        turn(nn.Conv2D(2, 3), nn.MaxPool2D(2, data_format="channels_first")),
        ArgumentError,
        r"\(MaxPool2D\).*not 'channels_last'",
    ),
    "activation with weights": (
        turn(nn.Flatten(), nn.Dense(2, activation=nn.PReLU())),
        ArgumentError,
        r"weights of its own.*behind it",
    ),
    "class map": (
        turn(*_plain("channels_last"), class_map=True),
        ArgumentError,
        r"needs.*global average pooling",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str) -> None:
    run, error, text = MISTAKES[name]
    with pytest.raises(error, match=f"(?s){text}"):
        run()
