"""A small convolutional network with dropout on images of digits."""

from __future__ import annotations

from typing import Any

from .supervised import Supervised


class CNN(Supervised):
    """conv32, conv64, max pooling, dense 128, dropout 0.5, dense 10; 3 x 3 kernels, the size kept."""

    name = "cnn"
    title = "conv32-conv64-pool-dense128 on 28x28, batch 128"
    inputs = (128, 28, 28, 1)
    random = True
    flatten = (14, 14, 64)

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential(
            [
                nn.Conv2D(32, 3, padding="same", activation="relu"),
                nn.Conv2D(64, 3, padding="same", activation="relu"),
                nn.MaxPool2D(2),
                nn.Flatten(),
                nn.Dense(128, "relu"),
                nn.Dropout(self.rate(0.5)),
                nn.Dense(10),
            ]
        )

    def torch_model(self) -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(14 * 14 * 64, 128),
            nn.ReLU(),
            nn.Dropout(self.rate(0.5)),
            nn.Linear(128, 10),
        )

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        from jax import random
        from jax.nn import relu
        from sides.jax_layers import conv, max_pool

        x = relu(conv(relu(conv(x, p[0]) + p[1]), p[2]) + p[3])
        x = relu(max_pool(x).reshape(len(x), -1) @ p[4] + p[5])
        rate = self.rate(0.5)
        if rate:
            x = x * random.bernoulli(key, 1 - rate, x.shape) / (1 - rate)
        return x @ p[6] + p[7]


WORKLOAD = CNN
