"""First values whose spread follows from the layer's size, so that signals neither die out nor explode.

    Xavier   std = 1 / sqrt(n_in)          He       std = sqrt(2 / n_in)
    LeCun    std = 1 / sqrt(n_in)          Glorot   std = sqrt(2 / (n_in + n_out))

n_in is the number of values that one output sums up; for a convolution kernel (k..., C_in, C_out) that
is the window's size times C_in. Xavier and He are normal, as they are taught. The normal forms of Glorot
and LeCun are cut at two standard deviations and widened to keep the std, as in Keras; the uniform ones
lie within sqrt(3) std.
"""

from __future__ import annotations

from math import prod, sqrt

import numpy as np

from ...core import keys
from ...errors import ArgumentError, message, unknown_name
from .base import Initializer, Shape, finite
from .spread import truncated_normal

CUT_STD = 0.87962566103423978  # std of a standard normal number that is kept only within (-2, 2)
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")


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


class VarianceScaling(Initializer):
    """Random numbers of variance `scale / n`, where `n` counts inputs, outputs, or their mean.

    Args:
        scale: the variance times `n`, positive.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`.
        distribution: `"truncated_normal"` (cut at two standard deviations, std kept), `"normal"` or
            `"uniform"`.

    Raises:
        ArgumentError: `scale` is not positive.
        NameUnknownError: an unknown mode or distribution.

    Example:
        >>> import sujeong as sj
        >>> he = sj.initializers.VarianceScaling(2.0, "fan_in", "normal")
        >>> round(float(he((1000, 50), (1, 2)).std()), 3)
        0.045
    """

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal"
    ) -> None:
        finite("VarianceScaling", scale=scale)
        if scale <= 0:
            raise ArgumentError(message("VarianceScaling", "scale must be positive.", received=scale))
        if mode not in MODES:
            raise unknown_name("initializer mode", mode, MODES)
        if distribution not in DISTRIBUTIONS:
            raise unknown_name("distribution", distribution, DISTRIBUTIONS)
        self.scale, self.mode, self.distribution = float(scale), mode, distribution

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """Draws, then scales."""
        n_in, n_out = fans(shape)
        n = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}[self.mode]
        std = sqrt(self.scale / max(n, 1))
        if self.distribution == "uniform":
            values = keys.host_uniform(key, shape)
            values *= 2  # in place: large weights are not written three times
            values -= 1
            values *= sqrt(3.0) * std
            return values
        normal = self.distribution == "normal"
        values = keys.host_normal(key, shape) if normal else truncated_normal(key, shape)
        values *= std if normal else std / CUT_STD
        return values


class Xavier(VarianceScaling):
    """Normal, std = 1 / sqrt(n_in): for sigmoid and tanh.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, in the
    form that counts inputs only.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.Xavier()((100, 300), (1, 2))
        >>> round(float(values.std()), 2)
        0.1
    """

    def __init__(self) -> None:
        super().__init__(1.0, "fan_in", "normal")


class HeNormal(VarianceScaling):
    """Normal, std = sqrt(2 / n_in): for ReLU, which makes half of the values zero.

    He et al., Delving deep into rectifiers, 2015.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.HeNormal()((100, 300), (1, 2))
        >>> round(float(values.std()), 2)
        0.14
    """

    def __init__(self) -> None:
        super().__init__(2.0, "fan_in", "normal")


class HeUniform(VarianceScaling):
    """Uniform, std = sqrt(2 / n_in), so within sqrt(6 / n_in).

    He et al., Delving deep into rectifiers, 2015.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.HeUniform()((100, 300), (1, 2))
        >>> round(float(abs(values).max()), 2)
        0.24
    """

    def __init__(self) -> None:
        super().__init__(2.0, "fan_in", "uniform")


class GlorotNormal(VarianceScaling):
    """Cut normal, std = sqrt(2 / (n_in + n_out)), as in Keras.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.GlorotNormal()((100, 300), (1, 2))
        >>> round(float(values.std()), 2)
        0.07
    """

    def __init__(self) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal")


class GlorotUniform(VarianceScaling):
    """Uniform within sqrt(6 / (n_in + n_out)): what Keras's layers start from, and these.

    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.GlorotUniform()((100, 300), (1, 2))
        >>> round(float(abs(values).max()), 2)
        0.12
    """

    def __init__(self) -> None:
        super().__init__(1.0, "fan_avg", "uniform")


class LecunNormal(VarianceScaling):
    """Cut normal, std = 1 / sqrt(n_in): for SELU.

    LeCun et al., Efficient backprop, 1998.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.LecunNormal()((100, 300), (1, 2))
        >>> round(float(values.std()), 2)
        0.1
    """

    def __init__(self) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal")


class LecunUniform(VarianceScaling):
    """Uniform within sqrt(3 / n_in).

    LeCun et al., Efficient backprop, 1998.

    Example:
        >>> import sujeong as sj
        >>> values = sj.initializers.LecunUniform()((100, 300), (1, 2))
        >>> round(float(abs(values).max()), 2)
        0.17
    """

    def __init__(self) -> None:
        super().__init__(1.0, "fan_in", "uniform")
