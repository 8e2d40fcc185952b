"""First values of weights, drawn on the host from a key, the same on every engine.

    Xavier   std = 1 / sqrt(n_in)          He   std = sqrt(2 / n_in)
    Glorot   std = sqrt(2 / (n_in + n_out)), or uniform within sqrt(6 / (n_in + n_out))

n_in is the number of values that one output sums up; for a convolution kernel (k..., C_in, C_out) that
is the window's size times C_in.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from ..core import keys
from ..errors import ArgumentError, message, unknown_name

Shape = tuple[int, ...]


def fans(shape: Shape) -> tuple[int, int]:
    """How many values an output sums up, and how many outputs an input reaches.

    Args:
        shape: of the weights: `(n_in, n_out)` or `(kernel..., C_in, C_out)`.

    Returns:
        `(n_in, n_out)`.

    Example:
        >>> fans((3, 3, 16, 32))
        (144, 288)
    """
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    window = prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class Initializer:
    """Base: an object that makes an array of a shape from a key."""

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The first value.

        Args:
            shape: its sizes.
            key: from `core.keys`.

        Returns:
            A float64 array, rounded when the variable is made.
        """
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(vars(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.config().items())})"


class Constant(Initializer):
    """The same number everywhere; weights that start equal stay equal.

    Args:
        value: the number.

    Example:
        >>> import sujeong as sj
        >>> sj.initializers.Constant(2.0)((2,), (0, 0)).tolist()
        [2.0, 2.0]
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = float(value)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        return np.full(shape, self.value)


class Scaled(Initializer):
    """Random numbers whose spread follows from the fans; the named ones below are all of this kind.

    Args:
        gain: the variance is `gain / n`.
        mode: `n` is `"in"`, `"out"` or `"average"` of the fans.
        uniform: uniform within sqrt(3) standard deviations instead of normal.

    Example:
        >>> import sujeong as sj
        >>> he = sj.initializers.Scaled(gain=2.0, mode="in")
        >>> round(float(he((1000, 50), (1, 2)).std()), 3)
        0.045
    """

    def __init__(self, gain: float = 1.0, mode: str = "in", uniform: bool = False) -> None:
        if gain <= 0:
            raise ArgumentError(message("initializer", "the gain must be positive.", received=gain))
        if mode not in ("in", "out", "average"):
            raise unknown_name("initializer mode", mode, ("in", "out", "average"))
        self.gain, self.mode, self.uniform = float(gain), mode, uniform

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        n_in, n_out = fans(shape)
        n = {"in": n_in, "out": n_out, "average": (n_in + n_out) / 2}[self.mode]
        std = sqrt(self.gain / max(n, 1))
        if self.uniform:
            return (keys.host_uniform(key, shape) * 2 - 1) * (sqrt(3.0) * std)
        return keys.host_normal(key, shape) * std


NAMED = {
    "zeros": lambda: Constant(0.0),
    "ones": lambda: Constant(1.0),
    "xavier": lambda: Scaled(1.0, "in"),
    "he": lambda: Scaled(2.0, "in"),
    "he_normal": lambda: Scaled(2.0, "in"),
    "he_uniform": lambda: Scaled(2.0, "in", uniform=True),
    "glorot_normal": lambda: Scaled(1.0, "average"),
    "glorot_uniform": lambda: Scaled(1.0, "average", uniform=True),
    "lecun_normal": lambda: Scaled(1.0, "in"),
    "lecun_uniform": lambda: Scaled(1.0, "in", uniform=True),
}


def get(initializer: Any) -> Any:
    """The initialiser of a name; an object is taken as it is.

    Args:
        initializer: a name, or a callable `(shape, key) -> array`.

    Returns:
        The initialiser.

    Raises:
        NameUnknownError: no initialiser has this name.

    Example:
        >>> import sujeong as sj
        >>> sj.initializers.get("he")
        Scaled(gain=2.0, mode=in, uniform=False)
    """
    if callable(initializer):
        return initializer
    if initializer not in NAMED:
        raise unknown_name("initializer", initializer, NAMED)
    return NAMED[initializer]()
