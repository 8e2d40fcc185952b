"""Curves of a run: loss and metrics over the epochs, training and validation side by side."""

from __future__ import annotations

import os
from typing import Any

from ..errors import DataError, message
from .canvas import COLOURS, clean, figure, label, save


def draw_curves(history: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Draws one panel a figure, training in blue and validation in orange.

    Args:
        history: of `fit`.
        path: where to write the picture; `None` writes nothing.

    Returns:
        The matplotlib figure.

    Raises:
        DataError: no epoch was finished.
    """
    names = [n for n in history.history if not n.startswith("val_")]
    if not names:
        raise DataError(message("plot", "there is nothing to draw: no epoch was finished."))
    made, axes = figure(4.2 * len(names), 3.4, 1, len(names), squeeze=False)
    epochs = [e + 1 for e in history.epochs]
    for panel, name in zip(axes[0], names, strict=True):
        marker = "o" if len(epochs) < 25 else None
        for key, colour, line in ((name, COLOURS[0], "-"), (f"val_{name}", COLOURS[1], "--")):
            if key in history.history:
                what = label("plot.validation" if key.startswith("val_") else "plot.training")
                values = history.history[key]
                panel.plot(epochs, values, line, color=colour, label=what, marker=marker, markersize=3)
        title = label(f"figure.{name}") if name in ("loss", "accuracy") else name.replace("_", " ")
        panel.set_title(title, fontsize=11)
        panel.set_xlabel(label("plot.epoch"))
        panel.xaxis.get_major_locator().set_params(integer=True)
        if name == "loss" and min(history.history[name]) > 0:
            panel.set_yscale("log")
        panel.legend(frameon=False, fontsize=9)
        clean(panel)
    return save(made, path)
