"""Models and recorded steps for the tests of graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn
from sujeong.autodiff.functional import value_and_grad
from sujeong.ops.finite import all_finite
from sujeong.program.guard import guard


class Training:
    """A model, its optimiser and its recorded step, the same each time."""

    def __init__(
        self, model: Any, optimizer: Any, loss: Callable[..., Any], x: Any, guarded: bool = True
    ) -> None:
        self.model, self.optimizer = model, optimizer
        model(sj.asarray(x))
        trained = model.trainable_variables
        optimizer.build(trained)
        self.seen = sj.Variable(0.0, name="seen", trainable=False)

        @sj.jit
        def step(x: Any, y: Any) -> Any:
            value, gradients = value_and_grad(lambda: loss(y, model(x, training=True)), variables=trained)()
            if guarded:
                guard(all_finite(value, *gradients))
            optimizer.apply(gradients, trained)
            self.seen.assign(self.seen + sj.mean(y.astype(sj.float32)))
            return value

        self.step = step

    @property
    def variables(self) -> list[Any]:
        return [*self.model.variables, *self.optimizer.variables, self.seen]

    def state(self) -> list[bytes]:
        return [v.numpy().tobytes() for v in self.variables]


def mlp(
    rng: np.random.Generator, count: int, size: int = 8, guarded: bool = True
) -> tuple[Training, list[Any]]:
    """A multilayer perceptron with mean squared error and Adam, and batches."""
    sj.set_seed(1)
    batches = [
        (rng.normal(size=(size, 5)).astype(np.float32), rng.normal(size=(size, 3)).astype(np.float32))
        for _ in range(count)
    ]
    model = nn.Sequential([nn.Dense(16, activation="tanh"), nn.Dense(3)])
    loss = lambda y, p: sj.mean((p - y) ** 2)  # noqa: E731
    return Training(model, sj.optim.Adam(0.01), loss, batches[0][0], guarded), batches


def cnn(rng: np.random.Generator, count: int, guarded: bool = True) -> tuple[Training, list[Any]]:
    """A convolutional network with running statistics, classes and Adam with weight decay, and batches."""
    sj.set_seed(2)
    batches = [
        (rng.normal(size=(6, 8, 8, 2)).astype(np.float32), rng.integers(0, 3, 6)) for _ in range(count)
    ]
    model = nn.Sequential(
        [
            nn.Conv2D(4, 3, padding="same", activation="relu"),
            nn.BatchNorm(),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(3),
        ]
    )
    loss = sj.losses.softmax_cross_entropy
    return Training(model, sj.optim.AdamW(0.01), loss, batches[0][0], guarded), batches


def run(training: Training, batches: list[Any]) -> list[Any]:
    return [training.step(sj.asarray(x), sj.asarray(y)) for x, y in batches]


def bits(values: list[Any]) -> list[bytes]:
    return [v.numpy().tobytes() for v in values]
