"""Activations by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import unknown_name
from ..ops.hyperbolic import tanh

ACTIVATIONS: dict[str, Callable[..., Any]] = {"tanh": tanh}


def get(activation: Any) -> Any:
    """The function of a name; a function is taken as it is, `None` stays.

    Args:
        activation: a name, a function of one tensor, or `None`.

    Returns:
        The function, or `None`.

    Raises:
        NameUnknownError: no activation has this name.
    """
    if activation is None or callable(activation):
        return activation
    if activation not in ACTIVATIONS:
        raise unknown_name("activation", activation, ACTIVATIONS)
    return ACTIVATIONS[activation]
