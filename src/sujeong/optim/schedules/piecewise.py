"""The rate in steps: one value up to each boundary, another after it.

eta(t) = values[i]   where i is the number of boundaries below t
"""

from __future__ import annotations

from collections.abc import Sequence

from ...core.configured import count, number
from ...core.tensor import Tensor
from ...errors import ArgumentError, message
from ...ops.comparison import greater, where
from .schedule import Schedule


class Step(Schedule):
    """A rate that changes at given steps.

    Args:
        boundaries: steps, rising; a boundary itself still has the rate before it.
        values: rates, one more than boundaries.

    Example:
        >>> import sujeong as sj
        >>> rate = sj.optim.Step([100, 200], [0.1, 0.01, 0.001])
        >>> [float(rate(t)) for t in (100, 101, 201)]
        [0.1, 0.01, 0.001]
    """

    def __init__(self, boundaries: Sequence[int], values: Sequence[float]) -> None:
        self.boundaries = [count(self, "each boundary", b) for b in boundaries]
        self.values = [number(self, "each value", v, 0) for v in values]
        if len(self.values) != len(self.boundaries) + 1:
            received = f"{len(self.boundaries)} boundaries, {len(self.values)} values"
            what = "needs one value more than boundaries."
            raise ArgumentError(message("Step", what, received=received))
        if sorted(set(self.boundaries)) != self.boundaries:
            what = "boundaries must rise."
            raise ArgumentError(message("Step", what, received=self.boundaries))

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step."""
        rate = step * 0 + self.values[0]
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = where(greater(step, boundary), value, rate)
        return rate
