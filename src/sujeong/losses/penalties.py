"""Penalties on large weights, added to the loss so that a model does not learn its data by heart.

    L1    lambda sum |W|         gradient lambda sign(W): a constant pull, small weights become exactly 0
    L2    lambda sum W^2         gradient 2 lambda W: the larger the weight, the stronger the pull

There is no factor 1/2 here. Decoupled weight decay (`weight_decay=` of an optimiser) is another thing: it
does not pass through the optimiser's scaling.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core.names import find
from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops._build import floating
from ..ops.magnitude import abs as absolute
from ..ops.reduction import sum as total


class Penalty:
    """A function of the weights: lambda1 sum |W| + lambda2 sum W^2.

    Args:
        l1: lambda1 >= 0.
        l2: lambda2 >= 0.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.Penalty(l1=1.0, l2=0.5)(sj.asarray([3.0, -4.0])))
        19.5
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        for name, value in (("l1", l1), ("l2", l2)):
            if isinstance(value, (str, bool)) or not (0 <= value < math.inf):
                text = message("penalty", f"{name} is out of range.", received=value, expected=f"{name} >= 0")
                raise ArgumentError(text)
        self.l1, self.l2 = float(l1), float(l2)

    def __call__(self, weights: Any) -> Tensor:
        """The penalty of a tensor of weights.

        Args:
            weights: tensor or variable of any shape.

        Returns:
            One number, zero-dimensional.
        """
        w = floating("penalty", weights)
        if not self.l1:
            return self.l2 * total(w * w)
        first = self.l1 * total(absolute(w))
        return first + self.l2 * total(w * w) if self.l2 else first

    def config(self) -> dict[str, Any]:
        """A description in plain values, for `get_penalty`."""
        return {"l1": self.l1, "l2": self.l2}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Penalty) and self.config() == other.config()

    def __hash__(self) -> int:
        return hash((self.l1, self.l2))

    def __repr__(self) -> str:
        return f"Penalty(l1={self.l1:g}, l2={self.l2:g})"


def l1(strength: float = 0.01) -> Penalty:
    """The L1 penalty: lambda sum |W|.

    Args:
        strength: lambda >= 0.

    Returns:
        A function of the weights.

    Raises:
        ArgumentError: lambda is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.l1(0.5)(sj.asarray([3.0, -4.0])))
        3.5
    """
    return Penalty(l1=strength)


def l2(strength: float = 0.01) -> Penalty:
    """The L2 penalty: lambda sum W^2, whose gradient is 2 lambda W.

    Args:
        strength: lambda >= 0.

    Returns:
        A function of the weights.

    Raises:
        ArgumentError: lambda is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.l2(0.5)(sj.asarray([3.0, -4.0])))
        12.5
    """
    return Penalty(l2=strength)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> Penalty:
    """Both penalties: lambda1 sum |W| + lambda2 sum W^2.

    Args:
        l1: lambda1 >= 0.
        l2: lambda2 >= 0.

    Returns:
        A function of the weights.

    Raises:
        ArgumentError: a lambda is negative.

    Example:
        >>> import sujeong as sj
        >>> print(sj.losses.l1_l2(l1=1.0, l2=0.5)(sj.asarray([3.0, -4.0])))
        19.5
    """
    return Penalty(l1, l2)


def get_penalty(penalty: Any) -> Any:
    """A penalty by its name, by its description, or as it is.

    Args:
        penalty: `"l1"`, `"l2"` or `"l1_l2"` (each with lambda 0.01), a dict from `config()`, a function of
            the weights, or `None` for none.

    Returns:
        A function of the weights, or `None`.

    Raises:
        NameUnknownError: there is no such name.

    Example:
        >>> import sujeong as sj
        >>> sj.losses.get_penalty("l2")
        Penalty(l1=0, l2=0.01)
    """
    if penalty is None or callable(penalty):
        return penalty
    if isinstance(penalty, dict):
        return Penalty(**penalty)
    by_name: dict[str, Callable[[], Penalty]] = {"l1": l1, "l2": l2, "l1_l2": l1_l2}
    return find("penalty", penalty, by_name)()
