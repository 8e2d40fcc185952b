"""All kernels of the torch engine, gathered from the files of the families."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.dtypes import DType
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
    gated,
    gathering,
    indexing,
    joint_updates,
    linalg,
    moving,
    normalization,
    optimizer,
    pooling,
    products,
    random,
    recurrent,
    reduction,
    shaping,
    softmax,
    sorting,
    unsigned,
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
    gated,
    gathering,
    indexing,
    joint_updates,
    linalg,
    moving,
    normalization,
    optimizer,
    pooling,
    products,
    random,
    recurrent,
    reduction,
    shaping,
    softmax,
    sorting,
    unsigned,
    windows,
)


def _gather(field: str) -> dict[Any, Callable[..., Any]]:
    table: dict[Any, Callable[..., Any]] = {}
    for family in FAMILIES:
        part: dict[Any, Callable[..., Any]] = getattr(family, field, {})
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


def lays() -> dict[str, dict[int, Callable[..., Any]]]:
    """Op name -> position of an input -> the same array, lying as the kernel reads it best."""
    return _gather("LAYS")  # type: ignore[return-value]


def joint() -> dict[str, Callable[..., Any]]:
    """Op name -> kernel that updates many variables in one call."""
    return _gather("JOINT")


def spares() -> dict[tuple[str, DType], Callable[..., Any]]:
    """Op name and element type -> kernel for what torch's own function lacks."""
    return _gather("SPARES")
