"""One example or more of every layer: how it is made, what it takes. A registered class without one fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn, zoo
from sujeong.nn import registry

Shape = tuple[int, ...]


@nn.register
def halved(x: Any) -> Any:
    """A function of the tests' own, for Lambda."""
    return x / 2


@dataclass(eq=False)
class Example:
    """A layer and its inputs.

    Attributes:
        make: the layer, anew each time, from further keyword arguments.
        shapes: of the inputs.
        integers: a bound for whole numbers instead of real ones.
        trains: whether training gives another output than prediction.
        formats: whether there is a `data_format` to compare.
        widens: whether float64 data gives float64 results.
        tolerance: between engines, relative and absolute.
    """

    make: Callable[..., nn.Module]
    shapes: tuple[Shape, ...]
    integers: int = 0
    trains: bool = False
    formats: bool = False
    widens: bool = True
    tolerance: float = 2e-6

    def inputs(self, dtype: str = "float32", seed: int = 0, batch: int | None = None) -> list[np.ndarray]:
        """Data of the shapes, the same each time."""
        rng = np.random.default_rng(seed + 3)
        shapes = [s if batch is None else (batch, *s[1:]) for s in self.shapes]
        if self.integers:
            return [rng.integers(0, self.integers, s) for s in shapes]
        return [rng.normal(size=s).astype(dtype) for s in shapes]


def one(make: Callable[..., nn.Module], *shapes: Shape, **settings: Any) -> Example:
    return Example(make, shapes, **settings)


def _drawn(**options: Any) -> nn.Model:
    image, number = nn.Input((6, 6, 2)), nn.Input((3,))
    shared = nn.Dense(3, activation="tanh")
    h = nn.Conv2D(2, 3, padding="same")(image)
    h = nn.Flatten()(h + image * 0.5)
    h = nn.Concatenate()([shared(nn.Dense(3)(h)), shared(number), sj.tanh(number) - 1.0])
    return nn.Model([image, number], {"score": nn.Dense(2)(h), "gate": nn.Dense(1)(h)}, **options)


def _series(make: Callable[..., nn.Module], **settings: Any) -> Example:
    return one(make, (2, 7, 4), formats=True, **settings)


def _images(make: Callable[..., nn.Module], **settings: Any) -> Example:
    return one(make, (2, 6, 5, 4), formats=True, **settings)


def _random(make: Callable[..., nn.Module]) -> Example:
    return one(make, (8, 6, 5, 4), trains=True, formats=True)


def _steps(make: Callable[..., nn.Module], **settings: Any) -> Example:
    return one(make, (3, 4, 2), **settings)


def _volumes(make: Callable[..., nn.Module], **settings: Any) -> Example:
    return one(make, (2, 4, 5, 4, 4), formats=True, **settings)


def _conv2d(**options: Any) -> nn.Module:
    grouped = {"strides": (2, 1), "padding": ((1, 0), (2, 1)), "padding_value": 0.5, "groups": 2}
    return nn.Conv2D(4, (3, 2), dilation_rate=(1, 2), activation="relu", **grouped, **options)


def _conv2d_transpose(**options: Any) -> nn.Module:
    return nn.Conv2DTranspose(6, (3, 2), (2, 3), "same", groups=2, activation="tanh", **options)


def _perceptron(**options: Any) -> nn.Module:
    hidden = [nn.Dense(4, "relu"), nn.BatchNorm(), nn.Dropout(0.2), nn.Dense(5), nn.Dropout(0.2)]
    return nn.Sequential([*hidden, nn.Dense(2)], **options)


EXAMPLES: dict[str, list[Example]] = {
    "Activation": [
        one(lambda **o: nn.Activation("gelu", **o), (3, 4)),
        one(lambda **o: nn.Activation(halved, **o), (3, 4)),
    ],
    "Add": [one(nn.Add, (2, 3), (2, 3), (2, 3)), one(nn.Add, (2, 1, 3), (2, 4, 3))],
    "AveragePool1D": [_series(nn.AveragePool1D)],
    "AveragePool2D": [
        _images(nn.AveragePool2D),
        _images(lambda **o: nn.AveragePool2D((3, 2), (2, 1), "same", **o)),
    ],
    "AveragePool3D": [_volumes(nn.AveragePool3D)],
    "BERT": [
        one(
            lambda **o: zoo.BERT(9, 6, 8, 2, 1, classes=3, **o),
            *[(3, 5)],
            integers=9,
            trains=True,
            tolerance=1e-5,
        )
    ],
    "BatchNorm": [
        one(nn.BatchNorm, (5, 3), trains=True),
        one(lambda **o: nn.BatchNorm(momentum=0.5, **o), (3, 4, 5, 2), trains=True),
        one(lambda **o: nn.BatchNorm(1, center=False, scale=False, **o), (3, 4, 5), trains=True),
    ],
    "Concatenate": [
        one(nn.Concatenate, (2, 3), (2, 4)),
        one(lambda **o: nn.Concatenate(1, **o), (2, 3, 2), (2, 1, 2)),
    ],
    "Bidirectional": [
        _steps(lambda **o: nn.Bidirectional(nn.LSTM(2, return_sequences=True), **o)),
        _steps(lambda **o: nn.Bidirectional(nn.GRU(3, return_state=True), "sum", **o)),
        _steps(lambda **o: nn.Bidirectional(nn.SimpleRNN(2), None, nn.SimpleRNN(3, go_backwards=True), **o)),
    ],
    "Conv1D": [
        _series(lambda **o: nn.Conv1D(3, 3, **o)),
        _series(lambda **o: nn.Conv1D(3, 2, 2, "same", **o)),
    ],
    "Conv1DTranspose": [_series(lambda **o: nn.Conv1DTranspose(3, 3, 2, **o))],
    "Conv2D": [_images(lambda **o: nn.Conv2D(3, 3, **o)), _images(_conv2d)],
    "Conv2DTranspose": [
        _images(lambda **o: nn.Conv2DTranspose(3, 3, **o)),
        _images(_conv2d_transpose),
        _images(lambda **o: nn.Conv2DTranspose(3, 3, 2, 1, output_padding=1, use_bias=False, **o)),
    ],
    "Conv3D": [_volumes(lambda **o: nn.Conv3D(3, 2, **o))],
    "Conv3DTranspose": [_volumes(lambda **o: nn.Conv3DTranspose(2, 2, 2, **o))],
    "Dense": [
        one(lambda **o: nn.Dense(3, **o), (2, 4)),
        one(
            lambda **o: nn.Dense(
                3, "relu", use_bias=False, kernel_initializer=sj.initializers.Normal(0.3), **o
            ),
            (2, 5, 4),
        ),
        one(lambda **o: nn.Dense(3, halved, kernel_regularizer=sj.losses.l2(0.1), **o), (2, 4)),
    ],
    "Dropout": [
        one(lambda **o: nn.Dropout(0.5, **o), (4, 6), trains=True),
        one(lambda **o: nn.Dropout(0.3, noise_shape=(None, 1, 1, None), **o), (3, 4, 5, 6), trains=True),
    ],
    "ELU": [one(lambda **o: nn.ELU(0.5, **o), (3, 4))],
    "Embedding": [one(lambda **o: nn.Embedding(7, 3, **o), (2, 5), integers=7)],
    "EmbeddingBag": [
        one(lambda **o: nn.EmbeddingBag(7, 3, **o), (4, 5), integers=7),
        one(lambda **o: nn.EmbeddingBag(7, 3, "max", 0, **o), (4, 5), integers=7),
    ],
    "Flatten": [_images(nn.Flatten), one(nn.Flatten, (4,))],
    "GRU": [
        _steps(lambda **o: nn.GRU(3, return_sequences=True, go_backwards=True, **o)),
        _steps(lambda **o: nn.GRU(3, "relu", "sigmoid", reset_after=False, return_state=True, **o)),
        _steps(lambda **o: nn.GRU(3, dropout=0.4, recurrent_dropout=0.3, **o), trains=True),
    ],
    "GPT": [one(lambda **o: zoo.GPT(9, 6, 8, 2, 1, **o), (3, 5), integers=9, tolerance=1e-5)],
    "GlobalAveragePool1D": [_series(nn.GlobalAveragePool1D)],
    "GlobalAveragePool2D": [
        _images(nn.GlobalAveragePool2D),
        _images(lambda **o: nn.GlobalAveragePool2D(keepdims=True, **o)),
    ],
    "GlobalAveragePool3D": [_volumes(nn.GlobalAveragePool3D)],
    "GlobalMaxPool1D": [_series(nn.GlobalMaxPool1D)],
    "GlobalMaxPool2D": [_images(nn.GlobalMaxPool2D)],
    "GlobalMaxPool3D": [_volumes(nn.GlobalMaxPool3D)],
    "LSTM": [
        _steps(lambda **o: nn.LSTM(3, **o)),
        _steps(lambda **o: nn.LSTM(2, return_sequences=True, return_state=True, use_bias=False, **o)),
        _steps(lambda **o: nn.LSTM(3, halved, unit_forget_bias=False, go_backwards=True, **o)),
        _steps(lambda **o: nn.LSTM(3, dropout=0.4, recurrent_dropout=0.3, seed=4, **o), trains=True),
    ],
    "Lambda": [one(lambda **o: nn.Lambda(halved, **o), (2, 3))],
    "LayerNorm": [
        one(nn.LayerNorm, (3, 4)),
        one(lambda **o: nn.LayerNorm((1, 2), center=False, **o), (3, 4, 5)),
    ],
    "LeakyReLU": [one(nn.LeakyReLU, (3, 4))],
    "MaxPool1D": [_series(nn.MaxPool1D)],
    "MaxPool2D": [_images(nn.MaxPool2D), _images(lambda **o: nn.MaxPool2D(3, 1, "same", **o))],
    "MaxPool3D": [_volumes(nn.MaxPool3D)],
    "Model": [one(_drawn, (4, 6, 6, 2), (4, 3), tolerance=1e-5)],
    "MultiHeadAttention": [
        one(lambda **o: nn.MultiHeadAttention(2, 3, **o), (2, 4, 6)),
        one(
            lambda **o: nn.MultiHeadAttention(3, 2, 4, 0.3, output_shape=5, **o),
            *[(2, 3, 6), (2, 5, 4), (2, 5, 7)],
            trains=True,
        ),
        one(lambda **o: nn.MultiHeadAttention(2, 4, use_bias=False, **o), (2, 2, 8)),
    ],
    "Multiply": [one(nn.Multiply, (2, 3), (2, 3))],
    "PReLU": [
        one(lambda **o: nn.PReLU(sj.initializers.Constant(0.25), **o), (3, 4)),
        one(lambda **o: nn.PReLU("uniform", shared_axes=(1, 2), **o), (2, 3, 4, 5)),
    ],
    "Permute": [one(lambda **o: nn.Permute((2, 3, 1), **o), (2, 3, 4, 5))],
    "PositionEmbedding": [one(lambda **o: nn.PositionEmbedding(5, **o), (2, 3, 4))],
    "RMSNorm": [one(nn.RMSNorm, (3, 4))],
    "RandomFlip": [_random(nn.RandomFlip), _random(lambda **o: nn.RandomFlip("vertical", **o))],
    "RandomRotation": [
        _random(lambda **o: nn.RandomRotation(0.2, **o)),
        _random(lambda **o: nn.RandomRotation((0.1, 0.4), "constant", fill_value=0.5, **o)),
    ],
    "RandomTranslation": [
        _random(lambda **o: nn.RandomTranslation(0.3, (0.1, 0.6), "wrap", **o)),
        _random(lambda **o: nn.RandomTranslation(0.4, 0.4, interpolation="nearest", **o)),
    ],
    "RandomZoom": [
        _random(lambda **o: nn.RandomZoom(0.4, **o)),
        _random(lambda **o: nn.RandomZoom((-0.5, -0.1), (0.1, 0.9), "nearest", **o)),
    ],
    "ReLU": [one(nn.ReLU, (3, 4))],
    "Reshape": [
        one(lambda **o: nn.Reshape((2, -1), **o), (3, 4)),
        one(lambda **o: nn.Reshape(12, **o), (2, 3, 4)),
    ],
    "Sequential": [
        one(_perceptron, (6, 3), trains=True),
        one(
            lambda **o: nn.Sequential([nn.Input((8, 8, 1)), nn.Conv2D(2, 3), nn.Flatten(), nn.Dense(2)], **o),
            (3, 8, 8, 1),
        ),
    ],
    "SinePositionEncoding": [one(nn.SinePositionEncoding, (2, 3, 5))],
    "SimpleRNN": [
        _steps(lambda **o: nn.SimpleRNN(3, return_sequences=True, **o)),
        _steps(lambda **o: nn.SimpleRNN(3, None, dropout=0.4, recurrent_dropout=0.3, **o), trains=True),
    ],
    "Softmax": [one(nn.Softmax, (3, 4)), one(lambda **o: nn.Softmax(1, **o), (3, 4, 5))],
    "TransformerDecoder": [
        one(lambda **o: nn.TransformerDecoder(7, 2, normalize_first=True, **o), (2, 4, 6), tolerance=1e-5),
        one(
            lambda **o: nn.TransformerDecoder(7, 2, 0.2, **o),
            (2, 4, 6),
            (2, 3, 5),
            trains=True,
            tolerance=1e-5,
        ),
    ],
    "TransformerEncoder": [
        one(lambda **o: nn.TransformerEncoder(7, 2, **o), (2, 4, 6), tolerance=1e-5),
        one(
            lambda **o: nn.TransformerEncoder(7, 3, 0.2, "gelu", normalize_first=True, **o),
            (2, 4, 6),
            trains=True,
            tolerance=1e-5,
        ),
    ],
    "TimeDistributed": [
        one(lambda **o: nn.TimeDistributed(nn.Conv2D(2, 3), **o), (2, 3, 5, 5, 2)),
        _steps(lambda **o: nn.TimeDistributed(nn.Dense(3, "tanh"), **o)),
    ],
    "ZeroPadding1D": [_series(lambda **o: nn.ZeroPadding1D((2, 1), **o))],
    "ZeroPadding2D": [_images(lambda **o: nn.ZeroPadding2D(((1, 0), (2, 1)), value=-1.0, **o))],
    "ZeroPadding3D": [_volumes(lambda **o: nn.ZeroPadding3D((1, 0, 2), **o))],
}

CASES = [(name, i) for name, cases in sorted(EXAMPLES.items()) for i in range(len(cases))]


def is_own(cls: type) -> bool:
    """Whether a class stands in a module of the package, and not in an example of one."""
    where = vars(sys.modules[cls.__module__])
    return cls.__module__.startswith("sujeong.") and where.get(cls.__name__) is cls


def layer_classes() -> dict[str, type]:
    """Every layer class of the package that files may name; exhibits make models of their own."""
    return {
        name: cls
        for name, cls in registry.registered().items()
        if issubclass(cls, nn.Module) and is_own(cls) and ".exhibits." not in cls.__module__
    }
