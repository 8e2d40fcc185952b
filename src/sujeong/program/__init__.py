"""Recorded functions: the program, its recorder, its replay, its loops and branches."""

from .control import custom, scan_gradient  # noqa: F401  (attach gradients)
