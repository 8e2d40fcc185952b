"""All kernels of the torch engine, gathered from the files of the families."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    activation,
    casting,
    comparison,
    convolution,
    creation,
    elementwise,
    gathering,
    indexing,
    linalg,
    normalization,
    optimizer,
    pooling,
    reduction,
    shaping,
    softmax,
    sorting,
    windows,
)

FAMILIES = (
    activation,
    casting,
    comparison,
    convolution,
    creation,
    elementwise,
    gathering,
    indexing,
    linalg,
    normalization,
    optimizer,
    pooling,
    reduction,
    shaping,
    softmax,
    sorting,
    windows,
)


def _gather(field: str) -> dict[str, Callable[..., Any]]:
    table: dict[str, Callable[..., Any]] = {}
    for family in FAMILIES:
        part = getattr(family, field, {})
        twice = table.keys() & part.keys()
        if twice:
            raise RuntimeError(f"kernels defined twice: {sorted(twice)}")
        table.update(part)
    return table


def kernels() -> dict[str, Callable[..., Any]]:
    """Op name -> kernel; a name that two families claim is a defect and raises."""
    return _gather("KERNELS")


def updates() -> dict[str, Callable[..., Any]]:
    """Op name -> kernel that may overwrite the arrays it is given."""
    return _gather("UPDATES")
