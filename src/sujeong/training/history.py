"""What a training run measured, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core import late


class History:
    """The figures of each epoch.

    Attributes:
        history: name -> one figure an epoch; figures on validation data are named `val_...`.
        epochs: the numbers of the epochs, from 0.
        seconds: how long each took.
        interrupted: whether the run was stopped by Ctrl-C.
        precision: what the steps computed with.
        kernels: `"compiled"` where they ran with compiled kernels (`precompile`), else `"plain"`.

    Example:
        >>> import sujeong as sj
        >>> run = sj.training.History()
        >>> run.add(0, {"loss": 0.5}, 1.0)
        >>> run.history["loss"]
        [0.5]
    """

    if TYPE_CHECKING:
        plot: Any  # attached by `inspect`: draws the curves

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epochs: list[int] = []
        self.seconds: list[float] = []
        self.interrupted = False
        self.precision = "float32"
        self.kernels = "plain"

    def __getattr__(self, name: str) -> Any:
        return late.missing("History", self, name)

    def add(self, epoch: int, figures: dict[str, float], seconds: float) -> None:
        """Notes the figures of one epoch.

        Args:
            epoch: its number, from 0.
            figures: name -> figure.
            seconds: how long it took.
        """
        self.epochs.append(epoch)
        self.seconds.append(seconds)
        for name, figure in figures.items():
            self.history.setdefault(name, []).append(figure)

    def last(self) -> dict[str, float]:
        """The figures of the last epoch."""
        return {name: values[-1] for name, values in self.history.items()}

    def __repr__(self) -> str:
        shown = ", ".join(f"{k} {v:.4f}" for k, v in self.last().items()) if self.epochs else "nothing yet"
        return f"<History of {len(self.epochs)} epochs: {shown}>"
