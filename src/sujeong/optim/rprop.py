"""Rprop: every weight finds its own step length, from the signs of successive gradients.

    same sign as before    d <- min(1.2 d, d_max)             keep going, faster
    sign changed           d <- max(0.5 d, d_min),  g <- 0    jumped over the minimum: shorter, wait once
    one of them is 0       d as it is

    W <- W - d sign(g)

It is meant for whole batches: in mini-batches the sign changes by chance.
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops.comparison import greater, less, where
from ..ops.extremes import maximum, minimum
from ..ops.magnitude import sign
from .decay import decayed
from .optimizer import Optimizer


class Rprop(Optimizer):
    """Resilient backpropagation: the sign gives the direction, its history the length.

    Args:
        learning_rate: the first step length of every weight; a number, since later lengths are found.
        shrink: the factor after a change of sign, between 0 and 1.
        grow: the factor while the sign stays, at least 1.
        smallest_step: the least step length.
        largest_step: the greatest step length.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray(1.0))
        >>> search = sj.optim.Rprop(0.1)
        >>> for g in (3.0, 2.0):
        ...     search.apply([sj.asarray(g)], [w])  # 0.1, then 0.12
        >>> print(w.value)
        0.78

    Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", 1993; in the form
    of Igel and Huesken, 2000, which does not take the last step back.
    """

    slots = ("length", "last_gradient")

    def __init__(
        self,
        learning_rate: float = 0.01,
        shrink: float = 0.5,
        grow: float = 1.2,
        smallest_step: float = 1e-6,
        largest_step: float = 50.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        if self.schedule is not None:
            what = "a schedule has no effect here: each weight finds its own step length."
            raise ArgumentError(message("Rprop", what, fix="give the first length as a number."))
        self.shrink = number(self, "shrink", shrink, above=0, below=1)
        self.grow = number(self, "grow", grow, 1)
        self.smallest_step = number(self, "smallest_step", smallest_step, above=0)
        self.largest_step = number(self, "largest_step", largest_step, self.smallest_step)
        self._first = float(learning_rate)

    def first_slot(self, slot: str) -> float:
        """Lengths start at the learning rate, the last gradient at 0."""
        return self._first if slot == "length" else 0.0

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable."""
        length, last = slots
        agreement = sign(g) * sign(last)  # of signs, since the product of two tiny gradients could vanish
        longer, shorter = (
            minimum(length * self.grow, self.largest_step),
            maximum(length * self.shrink, self.smallest_step),
        )
        turned = less(agreement, 0)
        length = where(greater(agreement, 0), longer, where(turned, shorter, length))
        g = where(turned, 0, g)
        return decayed(p, rate, weight_decay) - length * sign(g), length, g
