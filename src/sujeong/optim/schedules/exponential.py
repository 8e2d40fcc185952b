"""The rate that shrinks by the same factor in every stretch of steps.

eta(t) = eta0 r^(t / n);  in stairs: eta0 r^floor(t / n), the factor r at once every n steps
"""

from __future__ import annotations

from ...core.configured import number
from ...core.tensor import Tensor
from ...ops.rounding import floor
from .schedule import Schedule


class Exponential(Schedule):
    """A rate that is multiplied by `decay_rate` every `decay_steps` steps.

    Args:
        initial_learning_rate: eta0 >= 0.
        decay_steps: n > 0.
        decay_rate: r > 0.
        staircase: whether the factor comes at once every n steps, or spread over them.

    Example:
        >>> import sujeong as sj
        >>> rate = sj.optim.Exponential(1.0, 10, 0.25)
        >>> [float(rate(t)) for t in (0, 5, 10)]
        [1.0, 0.5, 0.25]
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
    ) -> None:
        self.initial_learning_rate = number(self, "initial_learning_rate", initial_learning_rate, 0)
        self.decay_steps = number(self, "decay_steps", decay_steps, above=0)
        self.decay_rate = number(self, "decay_rate", decay_rate, above=0)
        self.staircase = bool(staircase)

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step."""
        stretches = step / self.decay_steps
        power = floor(stretches) if self.staircase else stretches
        return self.initial_learning_rate * self.decay_rate**power
