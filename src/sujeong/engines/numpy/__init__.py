"""The reference engine: complete, on the CPU, needing nothing but NumPy."""

from __future__ import annotations

from .arrays import NumpyEngine


def create() -> NumpyEngine:
    """The engine, ready for use."""
    return NumpyEngine()
