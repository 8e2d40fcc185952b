"""The mean of numbers that come in batches, such as the loss of each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import modes
from ..core.tensor import Tensor, as_tensor
from ..ops._build import floating
from .metric import Metric, Weights


class Mean(Metric):
    """The weighted mean of all numbers it is given: sum w x / sum w.

    Args:
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> mean = sj.metrics.Mean("loss")
        >>> mean.update(2.0, sample_weight=30.0); mean.update(1.0, sample_weight=10.0)
        >>> print(mean.result())
        1.75
    """

    totals = ("total", "weight")

    def update(self, values: Any, sample_weight: Any = None, mask: Any = None) -> None:  # type: ignore[override]
        """Takes numbers in.

        Args:
            values: a number or a tensor of any shape.
            sample_weight: a weight for each, or one for all.
            mask: which of them count.
        """
        with modes.no_grad():
            x = floating(self.name, values)
            self._take(Weights(self.name, sample_weight, mask).total(x))

    def conclude(self, total: Tensor, weight: Tensor) -> Tensor:  # type: ignore[override]
        """Sum over weight."""
        return total / weight


class MeanOf(Mean):
    """The mean of a function of one's own, `(target, prediction)` -> one value a sample.

    Args:
        function: the function.
        name: what the figure is called; default the function's name.

    Example:
        >>> import sujeong as sj
        >>> bias = sj.metrics.MeanOf(lambda target, prediction: prediction - target, "bias")
        >>> bias.update(sj.asarray([1.0, 2.0]), sj.asarray([1.5, 3.0]))
        >>> print(bias.result())
        0.75
    """

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        super().__init__(name or getattr(function, "__name__", None))
        self.function = function

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Sum of the function's values, and of the weights."""
        return weights.total(floating(self.name, as_tensor(self.function(target, prediction), self.name)))

    def update(self, target: Any, prediction: Any, sample_weight: Any = None, mask: Any = None) -> None:  # type: ignore[override]
        """Takes a batch in.

        Args:
            target: what is right.
            prediction: what the model gives.
            sample_weight: a weight a sample.
            mask: which samples count.
        """
        Metric.update(self, target, prediction, sample_weight, mask)
