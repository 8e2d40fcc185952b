"""One line that tells how a run is doing; one line an epoch where nobody watches."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Shows epochs and figures.

    Args:
        epochs: how many there will be.
        verbose: 0 nothing, 1 a line that is redrawn, 2 one line an epoch; `"auto"`: 1 on a terminal, else 2.
        stream: where to write; default standard output.
    """

    def __init__(self, epochs: int, verbose: int | str = "auto", stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.epochs = epochs
        live = hasattr(self.stream, "isatty") and self.stream.isatty()
        self.verbose = (1 if live else 2) if verbose == "auto" else int(verbose)
        self._drawn = 0.0
        self._width = 0

    def wants(self) -> bool:
        """Whether it is time to draw again; only then figures are read from the device."""
        return self.verbose == 1 and time.perf_counter() - self._drawn > 0.1

    def draw(self, epoch: int, batch: int, batches: int, figures: dict[str, float], seconds: float) -> None:
        """Redraws the line within an epoch."""
        done = batch / max(batches, 1)
        filled = int(done * 24)
        left = seconds / done - seconds if done > 0 else 0.0
        bar = "━" * filled + "─" * (24 - filled)
        self._write(
            f"\repoch {epoch + 1}/{self.epochs} {bar} {batch}/{batches} {left:4.0f} s left  {show(figures)}"
        )
        self._drawn = time.perf_counter()

    def note(self, line: str) -> None:
        """Writes a line of its own, unless nothing is to be shown."""
        if self.verbose:
            self.stream.write(line + "\n")
            self.stream.flush()

    def epoch(self, epoch: int, figures: dict[str, float], seconds: float) -> None:
        """Writes the line of a finished epoch."""
        if self.verbose:
            start = "\r" if self.verbose == 1 else ""
            self._write(f"{start}epoch {epoch + 1}/{self.epochs}  {seconds:5.1f} s  {show(figures)}")
            self.stream.write("\n")
            self._width = 0
            self.stream.flush()

    def _write(self, text: str) -> None:
        self.stream.write(text + " " * max(self._width - len(text), 0))
        self._width = len(text)
        self.stream.flush()


def show(figures: dict[str, float]) -> str:
    """Figures as a short text.

    Args:
        figures: name -> figure.

    Returns:
        Such as `loss 0.1234  accuracy 0.9876`.
    """
    return "  ".join(f"{name} {value:.4f}" for name, value in figures.items())
