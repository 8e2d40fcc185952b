"""First values of one spread, whatever the layer's size: normal, cut normal, uniform."""

from __future__ import annotations

import numpy as np

from ...core import keys
from ...errors import ArgumentError, message
from .base import Initializer, Shape, finite


def truncated_normal(key: keys.Key, shape: Shape) -> np.ndarray:
    """Standard normal numbers within (-2, 2); those outside are drawn again, from the key's next one.

    Args:
        key: from `core.keys`.
        shape: sizes.

    Returns:
        A float64 array.
    """
    values = keys.host_normal(key, shape).reshape(-1)
    outside, attempt = np.flatnonzero(np.abs(values) >= 2), 1
    while outside.size:
        values[outside] = keys.host_normal(keys.derive(key, attempt), (outside.size,))
        outside, attempt = outside[np.abs(values[outside]) >= 2], attempt + 1
    return values.reshape(shape)


def _moved(values: np.ndarray, factor: float, start: float) -> np.ndarray:
    """The start plus a factor times the values, in place: large weights are not written three times."""
    values *= factor
    values += start
    return values


class Normal(Initializer):
    """Normal numbers of one spread, whatever the layer's size.

    Args:
        std: standard deviation.
        mean: what they lie around.

    Example:
        >>> import sujeong as sj
        >>> round(float(sj.initializers.Normal(0.01)((100, 100), (1, 2)).std()), 3)
        0.01
    """

    def __init__(self, std: float = 0.05, mean: float = 0.0) -> None:
        finite(type(self).__name__, std=std, mean=mean)
        if std < 0:
            raise ArgumentError(message(type(self).__name__, "std cannot be negative.", received=std))
        self.std, self.mean = float(std), float(mean)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The mean plus std times standard normal numbers."""
        return _moved(keys.host_normal(key, shape), self.std, self.mean)


class TruncatedNormal(Normal):
    """Normal numbers, those beyond two standard deviations drawn again.

    Args:
        std: standard deviation before cutting; after it, 0.88 of that.
        mean: what they lie around.

    Example:
        >>> import sujeong as sj
        >>> bool(abs(sj.initializers.TruncatedNormal(0.1)((1000,), (1, 2))).max() < 0.2)
        True
    """

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The mean plus std times cut normal numbers."""
        return _moved(truncated_normal(key, shape), self.std, self.mean)


class Uniform(Initializer):
    """Numbers between two bounds, each as likely.

    Args:
        low: the least.
        high: the bound above, not reached.

    Raises:
        ArgumentError: `low` is above `high`.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.Uniform(-1.0, 1.0)((1000,), (1, 2))
        >>> bool(values.min() >= -1 and values.max() < 1)
        True
    """

    def __init__(self, low: float = -0.05, high: float = 0.05) -> None:
        finite("Uniform", low=low, high=high)
        if low > high:
            raise ArgumentError(
                message("Uniform", "the bounds are exchanged.", received=f"low={low}, high={high}")
            )
        self.low, self.high = float(low), float(high)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The bounds' mixture."""
        return _moved(keys.host_uniform(key, shape), self.high - self.low, self.low)
