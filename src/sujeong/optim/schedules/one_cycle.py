"""One cycle: up to a high rate, down to a tiny one, each along half a cosine.

    from top / 25 up to top in the first 30 % of the steps, then down to (top / 25) / 10000

between a and b:   b + (a - b) (1 + cos(pi x)) / 2,   x from 0 to 1
"""

from __future__ import annotations

from math import pi

from ...core.configured import count, number
from ...core.tensor import Tensor
from ...errors import ArgumentError, message
from ...ops.comparison import less, where
from ...ops.extremes import maximum, minimum
from ...ops.trigonometry import cos
from .schedule import Schedule


class OneCycle(Schedule):
    """A rate that rises and falls once in the whole run; a large top makes training short.

    Args:
        max_learning_rate: the top.
        total_steps: all steps of the run, at least 2; later steps keep the last rate.
        warmup: the part of the steps that rise, between 0 and 1.
        start_divisor: the first rate is top / start_divisor.
        end_divisor: the last rate is the first / end_divisor.

    Example:
        >>> import sujeong as sj
        >>> rate = sj.optim.OneCycle(1.0, total_steps=100, warmup=0.21, start_divisor=10, end_divisor=100)
        >>> [round(float(rate(t)), 4) for t in (0, 20, 99)]
        [0.1, 1.0, 0.001]

    Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
    Rates", 2018.
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        warmup: float = 0.3,
        start_divisor: float = 25.0,
        end_divisor: float = 1e4,
    ) -> None:
        self.max_learning_rate = number(self, "max_learning_rate", max_learning_rate, 0)
        self.total_steps = count(self, "total_steps", total_steps, 2)
        self.warmup = number(self, "warmup", warmup, above=0, below=1)
        self.start_divisor = number(self, "start_divisor", start_divisor, 1)
        self.end_divisor = number(self, "end_divisor", end_divisor, 1)
        if self.warmup * self.total_steps <= 1:
            what = "the rise is shorter than one step."
            received = f"warmup {self.warmup:g} of {self.total_steps} steps"
            raise ArgumentError(
                message("OneCycle", what, received=received, fix="raise warmup or total_steps.")
            )

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step."""
        start, top = self.max_learning_rate / self.start_divisor, self.max_learning_rate
        turn, last = self.warmup * self.total_steps - 1, self.total_steps - 1
        rise = _between(start, top, step / turn)
        fall = _between(top, start / self.end_divisor, (minimum(step, last) - turn) / (last - turn))
        return where(less(step, turn), rise, fall)


def _between(a: float, b: float, x: Tensor) -> Tensor:
    return b + (a - b) * ((1 + cos(pi * maximum(x, 0))) / 2)
