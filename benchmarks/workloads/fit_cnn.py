"""Epochs of a small convolutional network with dropout."""

from __future__ import annotations

from typing import Any

from .epochs import Epochs


class FitCNN(Epochs):
    """conv32, pool, conv64, pool, dropout 0.5, dense 10; 3 x 3 kernels without padding."""

    name = "fit_cnn"
    title = "an epoch of MNIST, conv32-pool-conv64-pool-dense, batch 128"
    flatten = (5, 5, 64)

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential(
            [
                nn.Conv2D(32, 3, activation="relu"),
                nn.MaxPool2D(2),
                nn.Conv2D(64, 3, activation="relu"),
                nn.MaxPool2D(2),
                nn.Flatten(),
                nn.Dropout(0.5),
                nn.Dense(10),
            ]
        )

    def torch_model(self) -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(1600, 10),
        )

    def keras_layers(self) -> list[Any]:
        from keras import layers

        return [
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]


WORKLOAD = FitCNN
