"""A step of training, recorded: what tests of updates have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong.ops.finite import all_finite
from sujeong.program.guard import guard


class Step:
    """A model, a batch of classes in turn, an optimiser; their step with or without a guard.

    Args:
        model: is built for the batch.
        x: the batch, an array.
        optimizer: not built yet.
        guarded: whether loss and gradients are guarded.
    """

    def __init__(self, model: Any, x: np.ndarray, optimizer: Any, guarded: bool = True) -> None:
        self.model, self.x, self.y = model, sj.asarray(x), sj.asarray(np.arange(len(x)) % 3)
        model.build_for(self.x.spec)
        self.variables = model.trainable_variables
        self.optimizer, self.guarded = optimizer, guarded
        optimizer.build(self.variables)
        self.step = sj.jit(self._step)

    def _step(self, x: Any, y: Any, scale: Any) -> Any:
        def loss() -> Any:
            return scale * sj.mean(sj.softmax_cross_entropy(self.model(x, training=True), y))

        value, slopes = sj.value_and_grad(loss, variables=self.variables)()
        if self.guarded:
            guard(all_finite(value, *slopes))
        self.optimizer.apply(slopes, self.variables)
        return value

    @property
    def compiled(self) -> Any:
        """The recording that runs."""
        return list(self.step._cache.values())[-1]

    @property
    def everything(self) -> list[Any]:
        """The variables and what the optimiser keeps."""
        return [*self.variables, *self.optimizer.variables]
