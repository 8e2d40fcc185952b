"""The fast engine: torch's kernels on the CPU and on CUDA, without its autograd."""

from __future__ import annotations

from .arrays import TorchEngine


def create() -> TorchEngine:
    """The engine, ready for use."""
    return TorchEngine()
