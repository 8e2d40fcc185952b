"""A multi-layer perceptron on images of digits: 784-512-512-10."""

from __future__ import annotations

from typing import Any

from .supervised import Supervised


class MLP(Supervised):
    """Three dense layers, two ReLUs."""

    name = "mlp"
    title = "MLP 784-512-512-10, batch 128"
    inputs = (128, 28, 28, 1)

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential([nn.Flatten(), nn.Dense(512, "relu"), nn.Dense(512, "relu"), nn.Dense(10)])

    def torch_model(self) -> Any:
        from torch import nn

        hidden = [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU()]
        return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(512, 10))

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        from jax.nn import relu

        x = relu(x.reshape(len(x), -1) @ p[0] + p[1])
        return relu(x @ p[2] + p[3]) @ p[4] + p[5]


WORKLOAD = MLP
