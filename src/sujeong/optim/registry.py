"""Optimisers by name."""

from __future__ import annotations

from typing import Any

from ..errors import ArgumentError, message
from .optimizer import Optimizer


def get(optimizer: Any, **settings: Any) -> Optimizer:
    """An optimiser by its name, by its description, or as it is.

    Args:
        optimizer: a name such as `"adam"` (capitals, `_` and `-` do not matter), a dict from `config()`,
            or an optimiser.
        **settings: arguments of its constructor, beside a name.

    Returns:
        The optimiser.

    Raises:
        NameUnknownError: there is no such name; the text offers the nearest spelling.
        ArgumentError: a setting that it does not take, or settings beside a finished optimiser.

    Example:
        >>> import sujeong as sj
        >>> sj.optim.get("adam", learning_rate=0.01)
        Adam(learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False)
    """
    if isinstance(optimizer, (Optimizer, dict)):
        if settings:
            fix = "put them where it is made."
            raise ArgumentError(
                message("optimizer", "settings go with a name only.", received=settings, fix=fix)
            )
        return Optimizer.from_config(optimizer) if isinstance(optimizer, dict) else optimizer
    return Optimizer.from_config({"class": optimizer} | settings)


def names() -> list[str]:
    """The names that `get` knows.

    Returns:
        The names, in order.

    Example:
        >>> import sujeong as sj
        >>> "adam" in sj.optim.names()
        True
    """
    return sorted(Optimizer._registry)


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The description of an optimiser in plain values, which `get` takes.

    Args:
        optimizer: the optimiser.

    Returns:
        `{"class": "Adam", "learning_rate": 0.001, ...}`.

    Example:
        >>> import sujeong as sj
        >>> sj.optim.serialize(sj.optim.SGD(0.1))["learning_rate"]
        0.1
    """
    return optimizer.config()
