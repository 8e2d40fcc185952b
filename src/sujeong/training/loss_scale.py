"""The loss scaled up, so that small gradients do not vanish in float16.

    L' = s L        g = g' / s        W <- optimiser(W, g)

float16 holds nothing below 6e-8. The factor s starts large. A step whose gradients overflow is not taken, and
s is halved; after many good steps in a row s is doubled. Both numbers are variables, and saved with the run.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..ops.arithmetic import add, divide, multiply
from ..ops.comparison import greater_equal, where
from ..ops.filling import full

FIRST, LEAST = 2.0**15, 1.0
PATIENCE = 2000


class LossScale:
    """The factor, and how it moves.

    Attributes:
        factor: s, a float32 variable.
        good: good steps since it changed.
    """

    def __init__(self) -> None:
        self.factor = Variable(full((), FIRST), name="loss_scale/factor", trainable=False)
        self.good = Variable(full((), 0, dtype=dtypes.int64), name="loss_scale/good", trainable=False)

    def up(self, loss: Tensor) -> Tensor:
        """The loss times the factor."""
        return multiply(loss, self.factor.value)

    def down(self, gradients: list[Tensor]) -> list[Tensor]:
        """The gradients divided by it."""
        return [divide(g, self.factor.value) for g in gradients]

    def step_was_good(self) -> None:
        """Counts a step; part of what is recorded."""
        count = add(self.good.value, 1)
        long = greater_equal(count, PATIENCE)
        self.factor.assign(where(long, multiply(self.factor.value, 2.0), self.factor.value))
        self.good.assign(where(long, 0, count))

    def step_was_bad(self) -> bool:
        """Halves the factor; whether there was room to.

        Returns:
            `False` if it is 1 already: then the trouble is not the range of float16.
        """
        factor = float(self.factor.value)
        if factor <= LEAST:
            return False
        self.factor.assign(factor / 2)
        self.good.assign(0)
        return True

    def state(self) -> dict[str, Any]:
        """Its variables by name."""
        return {v.name: v for v in (self.factor, self.good)}
