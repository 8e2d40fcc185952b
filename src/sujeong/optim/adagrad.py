"""AdaGrad: every weight has a rate of its own, which falls as the weight has moved.

    h <- h + g * g                      h starts at 0
    W <- W - eta g / (sqrt(h) + e)      e is tiny: it only keeps 0 / 0 away

The rate never rises again, and in a long run dies out: RMSProp forgets old gradients instead.
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..ops.exponential import sqrt
from ._update import update_op
from .decay import decayed
from .optimizer import Optimizer


def _adagrad(
    p: Tensor, h: Tensor, g: Tensor, rate: Tensor, epsilon: float, weight_decay: float
) -> tuple[Tensor, Tensor]:
    p = decayed(p, rate, weight_decay)
    h = h + g * g
    return p - rate * g / (sqrt(h) + epsilon), h


ADAGRAD_UPDATE = update_op("adagrad_update", _adagrad, changed=2)


class AdaGrad(Optimizer):
    """AdaGrad: h <- h + g^2, W <- W - eta g / (sqrt(h) + epsilon).

    Keras starts h at 0.1 and adds epsilon under the root; here both are as in the textbook.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        initial_accumulator_value: what h starts from.
        epsilon: keeps the quotient finite where h is 0.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, 1.0]))
        >>> sj.optim.AdaGrad(0.1).apply([sj.asarray([5.0, -0.5])], [w])
        >>> print(w.value)  # large or small, the first step has the length of the rate
        [0.9 1.1]

    Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning", 2011.
    """

    slots = ("square_sum",)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.0,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = number(
            self, "initial_accumulator_value", initial_accumulator_value, 0
        )
        self.epsilon = number(self, "epsilon", epsilon, 0)

    def first_slot(self, slot: str) -> float:
        """H starts at `initial_accumulator_value`."""
        return self.initial_accumulator_value

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable."""
        return apply(ADAGRAD_UPDATE, p, *slots, g, rate, epsilon=self.epsilon, weight_decay=weight_decay)
