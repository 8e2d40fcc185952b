"""All kernels of the NumPy engine, gathered from the files of the families."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    activation,
    attention,
    bags,
    casting,
    comparison,
    complexes,
    convolution,
    creation,
    elementwise,
    fourier,
    indexing,
    linalg,
    moving,
    normalization,
    pooling,
    random,
    recurrent,
    reduction,
    shaping,
    softmax,
    sorting,
    windows,
)

FAMILIES = (
    activation,
    attention,
    bags,
    casting,
    comparison,
    complexes,
    convolution,
    creation,
    elementwise,
    fourier,
    indexing,
    linalg,
    moving,
    normalization,
    pooling,
    random,
    recurrent,
    reduction,
    shaping,
    softmax,
    sorting,
    windows,
)


def kernels() -> dict[str, Callable[..., Any]]:
    """Op name -> kernel.

    Returns:
        One table; a name that two families claim is a defect and raises.
    """
    table: dict[str, Callable[..., Any]] = {}
    for family in FAMILIES:
        twice = table.keys() & family.KERNELS.keys()
        if twice:
            raise RuntimeError(f"kernels defined twice: {sorted(twice)}")
        table.update(family.KERNELS)
    return table
