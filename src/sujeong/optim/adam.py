"""Adam: momentum and RMSProp together, both corrected for having started at zero.

    m <- b1 m + (1 - b1) g              running mean                 m' = m / (1 - b1^t)
    v <- b2 v + (1 - b2) g * g          running mean of squares      v' = v / (1 - b2^t)
    W <- W - eta m' / (sqrt(v') + e)

t counts the steps from 1. Without the correction the first steps would be far too short or too long.
AMSGrad divides by the greatest v so far; AdamW adds decoupled weight decay, W <- W - eta lambda W.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.configured import number
from ..core.dispatch import apply
from ..core.tensor import Tensor
from ..ops._build import cast
from ..ops.exponential import sqrt
from ..ops.extremes import maximum
from ._update import update_op
from .decay import decayed
from .optimizer import Optimizer


def _adam(
    p: Tensor,
    m: Tensor,
    v: Tensor,
    g: Tensor,
    rate: Tensor,
    step: Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> tuple[Tensor, Tensor, Tensor]:
    m, v = _moments(m, v, g, beta_1, beta_2)
    return _moved(p, m, v, rate, step, beta_1, beta_2, epsilon, weight_decay), m, v


def _amsgrad(
    p: Tensor,
    m: Tensor,
    v: Tensor,
    top: Tensor,
    g: Tensor,
    rate: Tensor,
    step: Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    m, v = _moments(m, v, g, beta_1, beta_2)
    top = maximum(top, v)
    return _moved(p, m, top, rate, step, beta_1, beta_2, epsilon, weight_decay), m, v, top


def _moments(m: Tensor, v: Tensor, g: Tensor, beta_1: float, beta_2: float) -> tuple[Tensor, Tensor]:
    return beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * (g * g)


def _moved(
    p: Tensor,
    m: Tensor,
    v: Tensor,
    rate: Tensor,
    step: Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> Tensor:
    t = cast(step, dtypes.float64)  # b2^t is so close to 1 at first that float32 would lose 1 - b2^t
    length = cast(cast(rate, dtypes.float64) / (1 - beta_1**t), p.dtype)
    root = cast(sqrt(1 - beta_2**t), p.dtype)
    return decayed(p, rate, weight_decay) - length * m / (sqrt(v) / root + epsilon)


ADAM_UPDATE = update_op("adam_update", _adam, changed=3)
AMSGRAD_UPDATE = update_op("amsgrad_update", _amsgrad, changed=4)


class Adam(Optimizer):
    """Adam with bias correction: W <- W - eta m' / (sqrt(v') + epsilon).

    The first steps have the length of the rate, whatever the gradient's size. Keras adds epsilon before v is
    corrected (the paper's second form); here it is added after, as in the paper's algorithm.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        beta_1: the part of the running mean that is kept.
        beta_2: the part of the running mean of squares that is kept.
        epsilon: keeps the quotient finite where v is 0.
        amsgrad: divide by the greatest v so far, so that no step grows after a rare large gradient.
        **options: those of `Optimizer`: `weight_decay`, `clipvalue`, `clipnorm`, `global_clipnorm`,
            `exclude`, `name`.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, 1.0]))
        >>> sj.optim.Adam(0.1).apply([sj.asarray([5.0, -0.5])], [w])
        >>> [round(value, 3) for value in w.value.tolist()]
        [0.9, 1.1]

    Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = number(self, "beta_1", beta_1, 0, below=1)
        self.beta_2 = number(self, "beta_2", beta_2, 0, below=1)
        self.epsilon = number(self, "epsilon", epsilon, 0)
        self.amsgrad = bool(amsgrad)
        self.slots = ("mean", "mean_square", *(("greatest_mean_square",) if amsgrad else ()))  # type: ignore[misc]

    def update(
        self, p: Tensor, g: Tensor, slots: Any, rate: Tensor, step: Tensor, weight_decay: float
    ) -> Any:
        """One step of one variable."""
        options = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        op = AMSGRAD_UPDATE if self.amsgrad else ADAM_UPDATE
        return apply(op, p, *slots, g, rate, step, **options, weight_decay=weight_decay)


class AdamW(Adam):
    """Adam with decoupled weight decay: W <- W - eta lambda W - eta m' / (sqrt(v') + epsilon).

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        weight_decay: lambda >= 0.
        beta_1: as for `Adam`.
        beta_2: as for `Adam`.
        epsilon: as for `Adam`.
        amsgrad: as for `Adam`.
        **options: those of `Optimizer`; `exclude="bias"` spares biases.

    Example:
        >>> import sujeong as sj
        >>> w = sj.Variable(sj.asarray([1.0, -2.0]))
        >>> sj.optim.AdamW(0.1, weight_decay=0.5).apply([sj.asarray([0.0, 0.0])], [w])
        >>> print(w.value)
        [ 0.95 -1.9 ]

    Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )
