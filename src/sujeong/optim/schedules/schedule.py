"""A schedule: eta(t), the learning rate as a pure function of the step t = 0, 1, 2, ...

It is written in operations, so it is part of the recorded training step: nothing is read back from the
device, and a run that goes on after a stop has the same rates, since the step counter is state.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.configured import Configured
from ...core.engine import using
from ...core.tensor import Tensor, as_tensor
from ...core.variable import Variable
from ...errors import StateError, message
from ...ops._build import cast


class Schedule(Configured, base="schedule"):
    """Base of schedules: write `rate`.

    Example:
        >>> import sujeong as sj
        >>> class Halved(sj.optim.Schedule):
        ...     def rate(self, step):
        ...         return 0.1 / (1 + step)
        >>> float(Halved()(1))
        0.05
    """

    def rate(self, step: Tensor) -> Tensor:
        """The rate at a step; pure, in operations.

        Args:
            step: steps made so far, zero-dimensional, float64.

        Returns:
            The rate, zero-dimensional, float64.
        """
        fix = "write `rate(self, step)`."
        raise StateError(message(type(self).__name__, "this schedule does not say its rate.", fix=fix))

    def __call__(self, step: Any) -> Tensor:
        """The rate at a step.

        Args:
            step: steps made so far: a whole number, a tensor or a variable.

        Returns:
            The rate, zero-dimensional, float64.
        """
        return cast(self.rate(cast(as_tensor(step, type(self).__name__), dtypes.float64)), dtypes.float64)

    @property
    def variables(self) -> list[Variable]:
        """What the schedule remembers besides the step; most remember nothing."""
        return []

    def first(self) -> float:
        """The rate of the first step, as a number; computed on the host whatever is being recorded."""
        from ...core import modes

        token = modes.recorder.set(None)
        try:
            with using(engine="numpy"):
                return float(self(np.asarray(0)))
        finally:
            modes.recorder.reset(token)
