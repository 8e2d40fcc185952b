"""Whole epochs of training on MNIST as a user writes them: `fit`, or PyTorch's loop.

60,000 images in shuffled batches of 128, Adam, accuracy measured beside the loss. SUJEONG_BENCH_SAMPLES
takes fewer images, for a trial. What the sides did is the same if their models, first weights and data are;
batches come in an order of each side's own, so not losses but accuracies are compared afterwards.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

import numpy as np

from .base import Workload


class Epochs(Workload):
    """A model that is trained on MNIST.

    Attributes:
        batch_size: images a step.
        accuracy: the least test accuracy after the epochs of a run of full size.
    """

    kind = "epochs"
    random = True
    batch_size: ClassVar[int] = 128
    accuracy: ClassVar[float] = 0.95

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Images and labels for training, then for the test."""
        import sujeong as sj

        (x, y), (x_test, y_test) = sj.datasets.mnist()
        count = int(os.environ.get("SUJEONG_BENCH_SAMPLES", len(x)))
        return x[:count], y[:count], x_test, y_test

    def model_inputs(self, batch: tuple[np.ndarray, ...]) -> list[tuple[np.ndarray, ...]]:
        return [(batch[0][: self.batch_size],)]

    def model(self) -> Any:
        """Our model."""
        raise NotImplementedError

    def torch_model(self) -> Any:
        """PyTorch's model."""
        raise NotImplementedError

    def keras_layers(self) -> list[Any]:
        """The layers of Keras's model after the input."""
        raise NotImplementedError

    def ours(self) -> list[Any]:
        return [self.model()]

    def torch(self) -> list[Any]:
        return [self.torch_model()]
