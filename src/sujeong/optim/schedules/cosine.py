"""Half a wave of the cosine, after a straight warm-up.

    t < w         eta0 + (eta1 - eta0) t / w                         up from eta0 to eta1 in w steps
    after that    eta1 (a + (1 - a) (1 + cos(pi x)) / 2)             x = min(t - w, n) / n
    without warm-up: eta1 = eta0, w = 0

The warm-up spares the first steps, whose gradients say little, a large rate; the long flat end lets the
weights settle.
"""

from __future__ import annotations

from math import pi

from ...core.configured import count, number
from ...core.tensor import Tensor
from ...ops.comparison import less, where
from ...ops.extremes import minimum
from ...ops.trigonometry import cos
from .schedule import Schedule


class Cosine(Schedule):
    """A rate that falls along half a cosine, after a warm-up if one is asked for.

    Args:
        initial_learning_rate: eta0, the rate at step 0.
        decay_steps: n, the steps of the fall, not counting the warm-up.
        alpha: the part of the highest rate that is left at the end, 0..1.
        warmup_target: eta1, the rate at the end of the warm-up; `None` for no warm-up.
        warmup_steps: w, the steps of the warm-up.

    Example:
        >>> import sujeong as sj
        >>> rate = sj.optim.Cosine(0.0, 100, warmup_target=0.5, warmup_steps=10)
        >>> [round(float(rate(t)), 6) for t in (0, 5, 10, 60, 110, 500)]
        [0.0, 0.25, 0.5, 0.25, 0.0, 0.0]

    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = number(self, "initial_learning_rate", initial_learning_rate, 0)
        self.decay_steps = number(self, "decay_steps", decay_steps, above=0)
        self.alpha = number(self, "alpha", alpha, 0, 1)
        self.warmup_target = (
            None if warmup_target is None else number(self, "warmup_target", warmup_target, 0)
        )
        self.warmup_steps = count(self, "warmup_steps", warmup_steps)

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step."""
        warmup = self.warmup_steps if self.warmup_target is not None else 0
        top = self.initial_learning_rate if self.warmup_target is None else self.warmup_target
        x = minimum(step - warmup, self.decay_steps) / self.decay_steps
        fall = top * (self.alpha + (1 - self.alpha) * ((1 + cos(pi * x)) / 2))
        if not warmup:
            return fall
        rise = self.initial_learning_rate + (top - self.initial_learning_rate) * (step / warmup)
        return where(less(step, warmup), rise, fall)
