"""What training can compute with, and the units of a device that make 16 bits worth it."""

from __future__ import annotations

from dataclasses import dataclass

PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16", "float64")
"""What training can be asked to compute with."""


@dataclass(frozen=True)
class LowPrecision:
    """Units of a device that multiply 16-bit numbers faster than 32-bit ones.

    Attributes:
        precision: the mixed precision that they are good for.
        name: how the device calls them.
        least_flops: operations of a step from which they make it faster.
    """

    precision: str
    name: str
    least_flops: float
