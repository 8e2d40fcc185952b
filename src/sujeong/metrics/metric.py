"""A metric: a figure that people read, gathered over batches.

    totals <- totals + statistics of the batch          update: inside a recorded step, nothing is read back
    figure = conclude(totals)                           result: once an epoch

The figure over batches is that over all samples at once, whatever the sizes of the batches. Unlike a loss, a
metric need not have a slope.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..core import dtypes, modes
from ..core.configured import Configured
from ..core.engine import using
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..core.variable import Variable
from ..errors import ShapeError, StateError, message
from ..nn.module import snake
from ..ops._build import cast, filled_like
from ..ops.activations.sigmoids import sigmoid
from ..ops.comparison import equal, greater, where
from ..ops.creation import asarray
from ..ops.reduction import sum as total
from ..ops.weights import as_mask, beside, spread


class Weights:
    """The weight and the mask of a batch, ready to be laid on values.

    Args:
        name: of the metric, for errors.
        sample_weight: a weight a sample, or `None`.
        mask: which samples count, or `None`.
    """

    def __init__(self, name: str, sample_weight: Any = None, mask: Any = None) -> None:
        self.name, self.sample_weight, self.mask = name, sample_weight, mask

    def of(self, values: Tensor) -> Tensor:
        """One weight a value, float64: 1 where nothing was given, 0 where masked.

        Args:
            values: whose shape and device they take.

        Returns:
            The weights, shape of `values`.
        """
        found = filled_like(values, values.shape, 1, dtypes.float64)
        if self.sample_weight is not None:
            given = beside(values, self.sample_weight, self.name)
            found = cast(spread(self.name, "sample_weight", given, values), dtypes.float64)
        if self.mask is not None:
            counts = spread(self.name, "mask", as_mask(values, self.mask, self.name), values)
            found = where(counts, found, 0)
        return found

    def total(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """The weighted sum of values, and the sum of the weights.

        Args:
            values: one a sample.

        Returns:
            Both zero-dimensional, float64.
        """
        weight = self.of(values)
        values = cast(values, dtypes.float64)
        if self.mask is not None:  # what is masked may be infinite or NaN
            values = where(equal(weight, 0), 0, values)
        return total(values * weight), total(weight)


class Metric(Configured, base="metric"):
    """Base of all metrics: write `measure` and `conclude`, and name the totals in `totals`.

    Args:
        name: what the figure is called; default from the class.

    Attributes:
        link: how to read predictions that are scores: `"sigmoid"` or `"sign"`; `None` for as they are.

    Example:
        >>> import sujeong as sj
        >>> class Largest(sj.metrics.Metric):
        ...     totals = ("largest",)
        ...     def measure(self, target, prediction, weights):
        ...         return (sj.max(prediction).astype(sj.float64),)
        ...     def merge(self, before, batch):
        ...         return (sj.maximum(before[0], batch[0]),)
        ...     def conclude(self, largest):
        ...         return largest
        >>> metric = Largest()
        >>> metric.update(None, sj.asarray([1.0, 3.0])); metric.update(None, sj.asarray([2.0]))
        >>> print(metric.result())
        3.0
    """

    totals: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None) -> None:
        self.name = name or snake(type(self).__name__)
        self.link: str | None = None
        self._totals: list[Variable] = []

    # --- to be written by subclasses --------------------------------------------------------------
    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Statistics of a batch; pure.

        Args:
            target: what is right.
            prediction: what the model gives.
            weights: weight and mask of the samples.

        Returns:
            A tensor for each of `self.totals`, float64, of a shape that does not depend on the batch size.
        """
        fix = "write `measure(self, target, prediction, weights)`."
        raise StateError(message(type(self).__name__, "this metric does not say what it gathers.", fix=fix))

    def merge(self, before: tuple[Tensor, ...], batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """New totals of the old ones and a batch: the sums, unless a subclass knows better."""
        return tuple([a + b for a, b in zip(before, batch, strict=True)])

    def conclude(self, *totals: Tensor) -> Tensor:
        """The figure of the totals; pure."""
        fix = "write `conclude(self, *totals)`."
        raise StateError(message(type(self).__name__, "this metric does not say its figure.", fix=fix))

    # --- use --------------------------------------------------------------------------------------
    def update(self, target: Any, prediction: Any, sample_weight: Any = None, mask: Any = None) -> None:
        """Takes a batch in.

        Args:
            target: what is right.
            prediction: what the model gives.
            sample_weight: a weight a sample.
            mask: which samples count.

        Raises:
            ShapeError: target, prediction, weight or mask do not fit.
        """
        with modes.no_grad():
            self._take(self.measure(target, prediction, Weights(self.name, sample_weight, mask)))

    def _take(self, batch: tuple[Tensor, ...]) -> None:
        if not self._totals:
            self._make(batch)
        for variable, value in zip(self._totals, batch, strict=True):
            if variable.shape != value.shape:
                what = "the batch has another number of classes or outputs than the ones before."
                fix = "make a metric of its own for each model."
                raise ShapeError(
                    message(self.name, what, received=value.shape, expected=variable.shape, fix=fix)
                )
        before = tuple([v.value for v in self._totals])
        for variable, value in zip(self._totals, self.merge(before, batch), strict=True):
            variable.assign(value)

    def _make(self, batch: tuple[Tensor, ...]) -> None:
        """The variables, at the first batch, beside its statistics; also while a step is recorded."""
        first = batch[0]
        engine = getattr(first._engine, "target", first._engine)
        with using(engine, first.device):
            for name, value in zip(self.totals, batch, strict=True):
                spec, path = Spec(value.shape, dtypes.float64), f"metrics/{self.name}/{name}"
                zeros = partial(np.zeros, value.shape)
                self._totals.append(Variable.later(spec, zeros, path, trainable=False))

    def result(self) -> Tensor:
        """The figure over all batches since the last `reset`.

        Returns:
            A tensor, zero-dimensional unless the metric says otherwise; NaN before the first batch.
        """
        if not self._totals:
            return asarray(float("nan"), dtype=dtypes.float64)
        with modes.no_grad():
            return self.conclude(*[v.value for v in self._totals])

    def reset(self) -> None:
        """Forgets all batches."""
        for variable in self._totals:
            variable.assign(np.zeros(variable.shape))

    def once(self, target: Any, prediction: Any, sample_weight: Any = None, mask: Any = None) -> Tensor:
        """The figure of one batch alone; the totals stay as they are.

        Args:
            target: what is right.
            prediction: what the model gives.
            sample_weight: a weight a sample.
            mask: which samples count.

        Returns:
            The figure.
        """
        with modes.no_grad():
            return self.conclude(*self.measure(target, prediction, Weights(self.name, sample_weight, mask)))

    @property
    def variables(self) -> list[Variable]:
        """The totals, as variables."""
        return list(self._totals)

    def to(self, device: str | None = None, *, engine: str | None = None) -> None:
        """Moves the totals to another device or engine.

        Args:
            device: a device's name.
            engine: an engine's name.
        """
        for variable in self._totals:
            variable.to(device, engine=engine)


def matched(name: str, target: Any, prediction: Any) -> tuple[Tensor, Tensor]:
    """Target and prediction as tensors of one shape.

    Args:
        name: of the metric, for errors.
        target: what is right.
        prediction: what the model said.

    Returns:
        Both, each in its own element type.

    Raises:
        ShapeError: the shapes differ.
    """
    t, y = as_tensor(target, name), as_tensor(prediction, name)
    if t.shape != y.shape:
        received = f"target {t.shape}, prediction {y.shape}"
        fix = "sj.reshape one of them, so that both say the same; nothing is stretched."
        text = message(name, "target and prediction differ in shape.", received=received, fix=fix)
        raise ShapeError(text)
    return t, y


def says_yes(target: Tensor) -> Tensor:
    """Where a target says yes: what is above 0.5, so that -1 and 1 are read as 0 and 1."""
    return target if target.dtype is dtypes.bool_ else greater(target, 0.5)


def probabilities(prediction: Tensor, link: str | None) -> Tensor:
    """Answers to yes-or-no questions as numbers from 0 to 1, with 0.5 between no and yes.

    Args:
        prediction: probabilities, or scores.
        link: `"sigmoid"` for scores of a sigmoid, `"sign"` for scores whose sign is the answer.

    Returns:
        The prediction itself if there is no link.
    """
    if link == "sigmoid":
        return sigmoid(prediction)
    return prediction / 2 + 0.5 if link == "sign" else prediction
