"""Steps that look at the sign of the gradient only.

    signSGD    W <- W - eta sign(g)
               with momentum:  m <- a m + (1 - a) g,  W <- W - eta sign(m)

Every weight moves by the same length, whatever the size of its gradient: one bit a weight tells the step.
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.tensor import Tensor
from ..ops.magnitude import sign
from .decay import decayed
from .optimizer import Optimizer


class SignSGD(Optimizer):
    """signSGD: W <- W - eta sign(dL/dW); with momentum (Signum) on demand.

    Args:
        learning_rate: eta, the length of each weight's step: a number >= 0 or a schedule.
        momentum: a, the part of the running mean of gradients that is kept; 0 for none.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, 1.0, 1.0]))
        >>> sj.optim.SignSGD(0.5).apply([sj.asarray([20.0, -0.1, 0.0])], [w])
        >>> print(w.value)
        [0.5 1.5 1. ]

    Bernstein and others, "signSGD: Compressed Optimisation for Non-Convex Problems", 2018.
    """

    def __init__(self, learning_rate: Any = 0.001, momentum: float = 0.0, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = number(self, "momentum", momentum, 0, below=1)
        self.slots = ("mean",) if self.momentum else ()  # type: ignore[misc]

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable."""
        p = decayed(p, rate, weight_decay)
        if not slots:
            return (p - rate * sign(g),)
        mean = self.momentum * slots[0] + (1 - self.momentum) * g
        return p - rate * sign(mean), mean
