"""Keras 3: `compile` and `fit` as its guides write them, on one of its backends."""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

from prepared import Prepared
from workloads import Workload


class Fit:
    """A Sequential model with our first weights, whose layouts Keras shares."""

    def __init__(self, workload: Any, prepared: Prepared) -> None:
        import keras

        self.x, self.y, self.x_test, self.y_test = prepared.batch
        self.size = workload.batch_size
        self.model = keras.Sequential([keras.Input(self.x.shape[1:]), *workload.keras_layers()])
        for variable, value in zip(self.model.trainable_variables, prepared.weights[0], strict=True):
            variable.assign(value)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile("adam", loss, metrics=["accuracy"])

    def train(self, epochs: int) -> list[float]:
        """Seconds of each epoch."""
        import keras

        ends = [time.perf_counter()]
        watch = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
        )
        self.model.fit(self.x, self.y, batch_size=self.size, epochs=epochs, verbose=0, callbacks=[watch])
        return [b - a for a, b in itertools.pairwise(ends)]

    def accuracy(self) -> float:
        """On the test images."""
        return float(self.model.evaluate(self.x_test, self.y_test, batch_size=256, verbose=0)[1])


def load(backend: str) -> dict[str, str]:
    """Imports Keras on a backend; gives the versions."""
    os.environ["KERAS_BACKEND"] = backend
    import keras

    engine = __import__(backend)
    return {"keras": keras.__version__, backend: engine.__version__}


def make(workload: Workload, prepared: Prepared, device: str, backend: str) -> Fit:
    """The training of a workload, ready to begin."""
    return Fit(workload, prepared)
