"""The seed of the process, from which first values, masks and shuffles follow."""

from __future__ import annotations

import numpy as np

from ..errors import ArgumentError, message

_SETTINGS = {"seed": 0, "times": 0}


def set_seed(seed: int) -> None:
    """Sets the seed for models that are built from now on; the same lines after it build the same models.

    Args:
        seed: a whole number.

    Raises:
        ArgumentError: not a whole number.

    Example:
        >>> import sujeong as sj
        >>> sj.set_seed(0); sj.get_seed()
        0
    """
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
        raise ArgumentError(message("seed", "a seed is a whole number.", received=repr(seed)))
    _SETTINGS["seed"] = int(seed)
    _SETTINGS["times"] += 1


def times_seeded() -> int:
    """How often the seed was set: what counts its draws from the start begins anew when it changes."""
    return _SETTINGS["times"]


def get_seed() -> int:
    """The seed of the process.

    Returns:
        What `set_seed` set; 0 at first.

    Example:
        >>> import sujeong as sj
        >>> isinstance(sj.get_seed(), int)
        True
    """
    return _SETTINGS["seed"]
