"""The rate that falls when the run no longer gets better.

    after each epoch: no improvement for more than `patience` epochs  ->  eta <- eta * factor

What it compares is known on the host only, between epochs; so it is the one schedule with memory: the
rate, the best figure and the waiting time are variables, and are saved with the run.
"""

from __future__ import annotations

import math

import numpy as np

from ...core import dtypes
from ...core.configured import count, number
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...core.variable import Variable
from ...errors import ArgumentError, message, unknown_name
from .schedule import Schedule


class Plateau(Schedule):
    """A rate that is lowered when a figure stops improving.

    Args:
        initial_learning_rate: the first rate.
        factor: what the rate is multiplied by, between 0 and 1.
        patience: epochs without improvement that are borne; the next one lowers the rate.
        mode: `"min"` for a figure that should fall (a loss), `"max"` for one that should grow.
        min_delta: a smaller change is no improvement.
        cooldown: epochs after a fall in which nothing is counted.
        min_learning_rate: the rate never falls below it.

    Example:
        >>> import sujeong as sj
        >>> rate = sj.optim.Plateau(0.1, factor=0.5, patience=1)
        >>> optimizer = sj.optim.SGD(rate)
        >>> [rate.update(loss) for loss in (2.0, 1.0, 1.0, 1.0)]  # two epochs without improvement
        [False, False, False, True]
        >>> float(rate(0))
        0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        factor: float = 0.1,
        patience: int = 10,
        mode: str = "min",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_learning_rate: float = 0.0,
    ) -> None:
        if mode not in ("min", "max"):
            raise unknown_name("mode", mode, ("min", "max"))
        self.initial_learning_rate = number(self, "initial_learning_rate", initial_learning_rate, 0)
        self.factor = number(self, "factor", factor, 0, below=1)
        self.patience, self.mode = count(self, "patience", patience), mode
        self.min_delta = number(self, "min_delta", min_delta, 0)
        self.cooldown = count(self, "cooldown", cooldown)
        self.min_learning_rate = number(self, "min_learning_rate", min_learning_rate, 0)
        worst = math.inf if mode == "min" else -math.inf
        self._rate = _memory("rate", self.initial_learning_rate, dtypes.float64)
        self._best = _memory("best", worst, dtypes.float64)
        self._waited = _memory("waited", 0, dtypes.int64)
        self._resting = _memory("resting", 0, dtypes.int64)

    @property
    def variables(self) -> list[Variable]:
        """Rate, best figure so far, epochs waited, epochs to rest."""
        return [self._rate, self._best, self._waited, self._resting]

    def rate(self, step: Tensor) -> Tensor:
        """The present rate, whatever the step."""
        return self._rate.value

    def update(self, figure: float) -> bool:
        """Looks at the figure of an epoch, and lowers the rate if it is time.

        Args:
            figure: such as the validation loss; NaN is no improvement.

        Returns:
            Whether the rate was lowered.

        Raises:
            ArgumentError: not a number.
        """
        try:
            value = float(figure)
        except (TypeError, ValueError):
            text = message("Plateau", "the figure must be a number.", received=repr(figure))
            raise ArgumentError(text) from None
        best, sign = float(self._best), 1 if self.mode == "min" else -1
        resting = int(self._resting)
        if resting:
            self._resting.assign(resting - 1)
            self._waited.assign(0)
        if sign * (best - value) > self.min_delta:
            self._best.assign(value)
            self._waited.assign(0)
            return False
        if resting:
            return False
        self._waited.assign(int(self._waited) + 1)
        if int(self._waited) <= self.patience:
            return False
        before = float(self._rate)
        self._rate.assign(max(before * self.factor, self.min_learning_rate))
        self._resting.assign(self.cooldown)
        self._waited.assign(0)
        return float(self._rate) < before


def _memory(name: str, value: float, dtype: dtypes.DType) -> Variable:
    path = f"optimizer/plateau/{name}"
    return Variable.later(Spec((), dtype), lambda: np.asarray(value), path, trainable=False)
