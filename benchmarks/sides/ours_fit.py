"""Our `fit`, and for comparison our recorded step on batches that were cut beforehand.

`ours-step` runs the very step that `fit` recorded: model, loss, gradients, the guard against numbers that are
not finite, optimiser, mean loss and accuracy. What it leaves out is all else that `fit` does in an epoch:

- the order of the samples, and gathering each batch by it (here batches are slices as they lie, cut once)
- making tensors of them
- the loop: callbacks, the progress line, whether Ctrl-C was pressed
- setting the metrics back, and reading them at the end

An epoch is timed as `fit` times its own, without the checks of the data before the first one. What `fit`
takes over the step is a few hundredths, less than a machine's moods make of processes that run after each
other: so `ours-step` takes epochs of `fit` and bare ones in turns, on one model, and compares each pair.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from prepared import Prepared
from workloads import Workload

from .ours import filled

PAIRS = 5
"""Epochs of `fit` and of bare steps for each epoch that is asked for."""


class Fit:
    """`compile` and `fit` as a user writes them.

    Args:
        workload: of epochs.
        prepared: data and weights.
        device: "cpu" or "cuda".
        precision: what `compile` is told; empty for its default.
        bare: only the recorded step, in the precision that `fit` would choose.
    """

    def __init__(
        self, workload: Any, prepared: Prepared, device: str, precision: str = "", bare: bool = False
    ) -> None:
        import sujeong as sj

        self.x, self.y, self.x_test, self.y_test = prepared.batch
        self.size, self.bare, self.cut = workload.batch_size, bare, None
        self.over: list[float] = []
        with sj.using(engine="torch", device=device):
            (self.model,) = filled(workload, prepared)
        chosen = {"precision": precision} if precision else {}
        self.model.compile("adam", "softmax_cross_entropy", ["accuracy"], **chosen)

    def train(self, epochs: int) -> list[float]:
        """Seconds of each epoch."""
        if not self.bare:
            return self._fit(epochs)
        seconds = self._fit(1)  # which records the step, and settles its precision
        self._cut()
        for pair in range(PAIRS * (epochs - 1)):
            fits = self._fit(1) if pair % 2 else []
            start = time.perf_counter()
            self._steps()
            seconds.append(time.perf_counter() - start)
            self.over.append((fits or self._fit(1))[0] / seconds[-1] - 1)
        return seconds

    def figures(self) -> dict[str, float]:
        """What `fit` takes over the bare step, as a share of it: the median of the pairs."""
        return {"over_step": statistics.median(self.over)} if self.over else {}

    def _fit(self, epochs: int) -> list[float]:
        self.history = self.model.fit(self.x, self.y, batch_size=self.size, epochs=epochs, verbose=0)
        return list(self.history.seconds)

    def _cut(self) -> None:
        import sujeong as sj

        (self.step,) = (s for (kind, *_), s in self.model._steps.items() if kind == "train")
        places = [slice(i, i + self.size) for i in range(0, len(self.x), self.size)]
        with sj.using(*self.model.variables[0]._home):
            self.cut = [(sj.asarray(self.x[p]), sj.asarray(self.y[p])) for p in places]

    def _steps(self) -> None:
        import sujeong as sj
        from sujeong.training.precision import computing

        with sj.using(*self.model.variables[0]._home), computing(self.history.precision):
            for x, y in self.cut or ():
                self.step(x, y, None)

    def accuracy(self) -> float:
        """On the test images."""
        return float(self.model.evaluate(self.x_test, self.y_test)["accuracy"])


def load(**_: Any) -> dict[str, str]:
    """Imports what is needed; gives the versions."""
    from .ours import load as loaded

    return loaded()


def make(workload: Workload, prepared: Prepared, device: str, **options: Any) -> Fit:
    """The training of a workload, ready to begin."""
    return Fit(workload, prepared, device, **options)


def build(workload: Workload, prepared: Prepared, device: str, **options: Any) -> int:
    """Builds the kernels of a training, on a few of its samples; gives how many it uses."""
    training = Fit(workload, prepared, device, **options)
    count: int = training.model.precompile(training.x[:256], training.y[:256], batch_size=training.size)
    return count
