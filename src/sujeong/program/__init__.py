"""Recorded functions: the program, its recorder, its replay, its loops and branches."""

from .control import scan_gradient  # noqa: F401  (attaches the gradient of a scan)
