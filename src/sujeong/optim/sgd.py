"""Gradient descent, with and without momentum.

    SGD        W <- W - eta g                                            g = dL/dW

    momentum   v <- a v - eta g           the velocity: gradients push, friction a slows,
               W <- W + v                 as a ball rolls in a bowl

    Nesterov   v <- a v - eta g           the gradient as if taken where the velocity is about to lead
               W <- W + a v - eta g

The rate is inside the velocity. Some frameworks leave it outside (v <- a v + g, W <- W - eta v): the same
while eta stays, another path once it changes, because then old pushes are scaled anew.
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.dispatch import apply
from ..core.tensor import Tensor
from ._update import update_op
from .decay import decayed
from .optimizer import Optimizer


def _sgd(p: Tensor, g: Tensor, rate: Tensor, weight_decay: float) -> Tensor:
    return decayed(p, rate, weight_decay) - rate * g


def _momentum(
    p: Tensor, v: Tensor, g: Tensor, rate: Tensor, momentum: float, nesterov: bool, weight_decay: float
) -> tuple[Tensor, Tensor]:
    p = decayed(p, rate, weight_decay)
    push = rate * g
    v = momentum * v - push
    return (p + (momentum * v - push) if nesterov else p + v), v


SGD_UPDATE = update_op("sgd_update", _sgd, changed=1)
MOMENTUM_UPDATE = update_op("momentum_update", _momentum, changed=2)


class SGD(Optimizer):
    """Stochastic gradient descent: W <- W - eta dL/dW; with momentum or Nesterov momentum on demand.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        momentum: a in 0..1, the part of the velocity that is kept; 0 for none.
        nesterov: look ahead along the velocity.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, 2.0]))
        >>> sj.optim.SGD(0.1).apply([2 * w.value], [w])
        >>> print(w.value)
        [0.8 1.6]

    Robbins and Monro, "A Stochastic Approximation Method", 1951.
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **options: Any
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = number(self, "momentum", momentum, 0, below=1)
        self.nesterov = bool(nesterov)
        self.slots = ("velocity",) if self.momentum else ()  # type: ignore[misc]

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable."""
        if not slots:
            return (apply(SGD_UPDATE, p, g, rate, weight_decay=weight_decay),)
        options = {"momentum": self.momentum, "nesterov": self.nesterov, "weight_decay": weight_decay}
        return apply(MOMENTUM_UPDATE, p, *slots, g, rate, **options)


class Momentum(SGD):
    """Gradient descent with momentum: v <- a v - eta dL/dW, W <- W + v.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        momentum: a, the part of the velocity that is kept.
        **options: those of `Optimizer`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray(1.0))
        >>> roll = sj.optim.Momentum(0.1)
        >>> for _ in range(2):
        ...     roll.apply([sj.asarray(1.0)], [w])  # the second step is longer: 0.1, then 0.19
        >>> print(w.value)
        0.71

    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    _settled = ("nesterov",)

    def __init__(self, learning_rate: Any = 0.01, momentum: float = 0.9, **options: Any) -> None:
        super().__init__(learning_rate, momentum, **options)


class Nesterov(SGD):
    """Gradient descent with Nesterov's momentum: v <- a v - eta dL/dW, W <- W + a v - eta dL/dW.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        momentum: a, the part of the velocity that is kept.
        **options: those of `Optimizer`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray(1.0))
        >>> sj.optim.Nesterov(0.1).apply([sj.asarray(1.0)], [w])
        >>> print(w.value)
        0.81

    Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983;
    in this form: Sutskever and others, "On the importance of initialization and momentum", 2013.
    """

    _settled = ("nesterov",)

    def __init__(self, learning_rate: Any = 0.01, momentum: float = 0.9, **options: Any) -> None:
        super().__init__(learning_rate, momentum, nesterov=True, **options)
