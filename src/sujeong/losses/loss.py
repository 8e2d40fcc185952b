"""A loss as an object: a function of target and prediction, with its settings, that can be saved by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, StateError, message
from ._weighing import reduced
from .catalogue import LABELS, LINKS, LOSSES


class Loss:
    """A loss function together with its settings.

    Args:
        function: one of this package's loss functions; or a function of one's own `(target, prediction)`
            that gives one loss a sample, or one number.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        **settings: such as `delta=` or `label_smoothing=`, handed to the function at each call.

    Attributes:
        name: the function's name.
        link: how the loss reads what the model gives: `"softmax"` or `"sigmoid"` of scores, `"sign"` of
            scores (hinge), or `None` for as it is.
        takes_labels: whether the target may hold class numbers.

    Raises:
        ArgumentError: not a function.

    Example:
        >>> import sujeong as sj
        >>> far = sj.losses.Loss(sj.losses.huber, delta=2.0)
        >>> print(far(sj.asarray([0.0]), sj.asarray([3.0])))
        4.0
        >>> own = sj.losses.Loss(lambda target, prediction: (prediction - target) * (prediction - target))
        >>> print(own(sj.asarray([0.0, 0.0]), sj.asarray([1.0, 3.0])))
        5.0
    """

    def __init__(self, function: Callable[..., Any], *, reduction: str = "mean", **settings: Any) -> None:
        if not callable(function):
            fix = "by name: sj.losses.get(...)."
            raise ArgumentError(message("loss", "needs a function.", received=repr(function), fix=fix))
        self.function, self.reduction, self.settings = function, reduction, settings
        self.name = getattr(function, "__name__", type(function).__name__)
        self.known = LOSSES.get(self.name) is function
        self.link = LINKS.get(self.name) if self.known else None
        self.takes_labels = self.known and self.name in LABELS

    def __call__(
        self,
        target: Any,
        prediction: Any,
        *,
        sample_weight: Any = None,
        mask: Any = None,
        **more: Any,
    ) -> Tensor:
        """The loss.

        Args:
            target: what is right.
            prediction: what the model gives.
            sample_weight: a weight a sample; the mean divides by their sum.
            mask: which samples count.
            **more: such as `class_weight=`, for this call.

        Returns:
            One number, zero-dimensional; with `reduction="none"` one a sample.

        Raises:
            ShapeError: target and prediction do not fit, or weights for a loss that gives a single number.
        """
        settings = self.settings | more
        if self.known:
            settings |= {"reduction": self.reduction, "sample_weight": sample_weight, "mask": mask}
            return self.function(target, prediction, **settings)  # type: ignore[no-any-return]
        losses = as_tensor(self.function(target, prediction, **settings), self.name)
        if losses.shape:
            return reduced(self.name, losses, self.reduction, sample_weight, mask)
        if sample_weight is not None or mask is not None:
            fix = "let it return one loss a sample, without a mean."
            what = "this loss gives a single number, which weights cannot reach into."
            raise ShapeError(message(self.name, what, fix=fix))
        return losses

    def config(self) -> dict[str, Any]:
        """A description in plain values, for `get`.

        Returns:
            `{"loss": name, "reduction": ..., setting: value}`.

        Raises:
            StateError: a function of one's own that was not registered.
        """
        if not self.known:
            what = f"the function {self.name!r} is not registered, so its name in a file would mean nothing."
            fix = "decorate it with @sj.losses.register."
            raise StateError(message("loss", what, fix=fix))
        return {"loss": self.name, "reduction": self.reduction, **self.settings}

    def __repr__(self) -> str:
        settings = {"reduction": self.reduction, **self.settings}
        return f"Loss({self.name}, {', '.join(f'{k}={v!r}' for k, v in settings.items())})"
