"""Epochs of the perceptron 784-512-512-10."""

from __future__ import annotations

from typing import Any

from .epochs import Epochs
from .mlp import MLP


class FitMLP(Epochs):
    """Three dense layers, two ReLUs."""

    name = "fit_mlp"
    title = "an epoch of MNIST, MLP 784-512-512-10, batch 128"

    def model(self) -> Any:
        return MLP().model()

    def torch_model(self) -> Any:
        return MLP().torch_model()

    def keras_layers(self) -> list[Any]:
        from keras import layers

        hidden = [layers.Dense(512, "relu"), layers.Dense(512, "relu")]
        return [layers.Flatten(), *hidden, layers.Dense(10)]


WORKLOAD = FitMLP
