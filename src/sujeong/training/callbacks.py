"""What may happen between epochs and batches of a run."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from ..errors import ArgumentError, message, unknown_name


class Callback:
    """Base: override what you need; `self.model` is the model that is trained.

    Example:
        >>> import sujeong as sj
        >>> class Shout(sj.training.Callback):
        ...     def on_epoch_end(self, epoch, figures):
        ...         print("epoch", epoch, "done")
    """

    model: Any = None
    stop = False

    def on_train_begin(self) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Before an epoch."""

    def on_batch_end(self, batch: int) -> None:
        """After a training step."""

    def on_epoch_end(self, epoch: int, figures: dict[str, float]) -> None:
        """After an epoch; set `self.stop = True` to end the run."""

    def on_train_end(self) -> None:
        """After the last epoch."""


def improves(name: str, mode: str) -> int:
    """Whether a figure is better when it grows (1) or falls (-1).

    Args:
        name: the figure's name.
        mode: `"min"`, `"max"`, or `"auto"`: losses and errors fall, the rest grows.

    Returns:
        The sign.
    """
    if mode not in ("min", "max", "auto"):
        raise unknown_name("mode", mode, ("min", "max", "auto"))
    if mode == "auto":
        falling = ("loss", "error", "mae", "mse", "rmse")
        return -1 if any(word in name for word in falling) else 1
    return 1 if mode == "max" else -1


class EarlyStopping(Callback):
    """Ends the run when a figure has not improved for some epochs.

    Args:
        monitor: the figure, such as `"val_loss"`.
        patience: epochs without improvement after which the run ends; 0 is 1.
        min_delta: what counts as an improvement.
        mode: `"min"`, `"max"` or `"auto"`.
        restore_best_weights: go back to the best epoch's state at the end.

    Raises:
        ArgumentError: negative patience.

    Example:
        >>> import sujeong as sj
        >>> stop = sj.training.EarlyStopping("val_loss", patience=3)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 0,
        *,
        min_delta: float = 0.0,
        mode: str = "auto",
        restore_best_weights: bool = False,
    ) -> None:
        if patience < 0:
            raise ArgumentError(message("EarlyStopping", "patience cannot be negative.", received=patience))
        self.monitor, self.patience, self.min_delta = monitor, patience, abs(min_delta)
        self.sign = improves(monitor, mode)
        self.restore_best_weights = restore_best_weights

    def on_train_begin(self) -> None:
        """Starts the count anew."""
        self.best, self.waited, self.stop = -inf, 0, False
        self._kept: dict[str, np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, figures: dict[str, float]) -> None:
        """Compares the figure with the best so far."""
        if self.monitor not in figures:
            raise unknown_name("figure", self.monitor, figures)
        value = self.sign * figures[self.monitor]
        if value > self.best + self.min_delta:
            self.best, self.waited = value, 0
            if self.restore_best_weights:
                self._kept = {k: v.numpy().copy() for k, v in self.model.state().items()}
            return
        self.waited += 1
        self.stop = self.waited >= self.patience

    def on_train_end(self) -> None:
        """Goes back to the best state, if asked to."""
        if self._kept is not None:
            self.model.load_state(self._kept)
