"""The rate that stays: eta(t) = eta."""

from __future__ import annotations

from ...core.configured import number
from ...core.tensor import Tensor
from .schedule import Schedule


class Constant(Schedule):
    """The same rate at every step; as a number it could still be set later.

    Args:
        learning_rate: eta >= 0.

    Example:
        >>> import sujeong as sj
        >>> float(sj.optim.Constant(0.1)(1000))
        0.1
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = number(self, "learning_rate", learning_rate, 0)

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step."""
        return step * 0 + self.learning_rate
