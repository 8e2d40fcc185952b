"""First values of weights, drawn on the host from a key, the same on every engine."""

from __future__ import annotations

from typing import Any

from ...core.names import find
from ...errors import ArgumentError, message
from .base import Initializer
from .constant import Constant, Ones, Zeros
from .orthogonal import Orthogonal
from .scaled import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    Xavier,
    fans,
)
from .spread import Normal, TruncatedNormal, Uniform

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Normal",
    "Ones",
    "Orthogonal",
    "TruncatedNormal",
    "Uniform",
    "VarianceScaling",
    "Xavier",
    "Zeros",
    "fans",
    "get",
]

NAMED: dict[str, type[Initializer]] = {
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he": HeNormal,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "lecun_normal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "normal": Normal,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "random_normal": Normal,
    "random_uniform": Uniform,
    "truncated_normal": TruncatedNormal,
    "uniform": Uniform,
    "variance_scaling": VarianceScaling,
    "xavier": Xavier,
    "zeros": Zeros,
}


def get(initializer: Any) -> Any:
    """The initialiser of a name; an object is taken as it is.

    Args:
        initializer: a name, or a callable `(shape, key) -> array`.

    Returns:
        The initialiser.

    Raises:
        NameUnknownError: no initialiser has this name.
        ArgumentError: a class where an object is wanted.

    Example:
        >>> import sujeong as sj
        >>> sj.initializers.get("he")
        HeNormal()
    """
    if isinstance(initializer, type):
        fix = f"make an object of it: {initializer.__name__}()."
        raise ArgumentError(message("initializer", "a class came, not an object.", fix=fix))
    if callable(initializer):
        return initializer
    return find("initializer", initializer, NAMED)()
