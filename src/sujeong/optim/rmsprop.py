"""RMSProp: AdaGrad that forgets, so that its rate does not die out.

h <- r h + (1 - r) g * g                    a running mean of squares
W <- W - eta g / (sqrt(h) + e)

centered:   a <- r a + (1 - r) g,  sqrt(h - a * a) in place of sqrt(h)       (the spread, not the size)
momentum:   v <- m v - eta g / (sqrt(h) + e),  W <- W + v
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..ops.exponential import sqrt
from ..ops.extremes import maximum
from ._update import update_op
from .decay import decayed
from .optimizer import Optimizer


def _rmsprop(
    p: Tensor, h: Tensor, g: Tensor, rate: Tensor, rho: float, epsilon: float, weight_decay: float
) -> tuple[Tensor, Tensor]:
    p = decayed(p, rate, weight_decay)
    h = rho * h + (1 - rho) * (g * g)
    return p - rate * g / (sqrt(h) + epsilon), h


RMSPROP_UPDATE = update_op("rmsprop_update", _rmsprop, changed=2)


class RMSProp(Optimizer):
    """RMSProp: h <- rho h + (1 - rho) g^2, W <- W - eta g / (sqrt(h) + epsilon).

    Keras adds epsilon under the root.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        rho: the part of the running mean that is kept.
        momentum: the part of the velocity that is kept; 0 for none.
        epsilon: keeps the quotient finite where h is 0.
        centered: divide by the spread of the gradients instead of their size.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray(1.0))
        >>> sj.optim.RMSProp(0.1, rho=0.75).apply([sj.asarray(3.0)], [w])
        >>> print(w.value)  # the mean of squares starts at 0, so the first step is 2 eta
        0.8

    Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = number(self, "rho", rho, 0, below=1)
        self.momentum = number(self, "momentum", momentum, 0, below=1)
        self.epsilon = number(self, "epsilon", epsilon, 0)
        self.centered = bool(centered)
        extra = [("mean", self.centered), ("velocity", self.momentum)]
        self.slots = ("mean_square", *(name for name, used in extra if used))  # type: ignore[misc]

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable; the plain form is one operation, the rarer ones are spelled out."""
        if len(slots) == 1:
            options = {"rho": self.rho, "epsilon": self.epsilon, "weight_decay": weight_decay}
            return apply(RMSPROP_UPDATE, p, *slots, g, rate, **options)
        p = decayed(p, rate, weight_decay)
        h = self.rho * slots[0] + (1 - self.rho) * (g * g)
        new, spread = [h], h
        if self.centered:
            mean = self.rho * slots[1] + (1 - self.rho) * g
            spread = maximum(h - mean * mean, 0)  # rounding can bring a difference below 0
            new.append(mean)
        move = -(rate * g) / (sqrt(spread) + self.epsilon)
        if self.momentum:
            move = self.momentum * slots[-1] + move
            new.append(move)
        return (p + move, *new)
