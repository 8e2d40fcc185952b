"""Where a word stands: attention itself does not see the order, so each place adds a vector of its own.

    PositionEmbedding       y = x + P[place]                                   P (places, features), learned
    SinePositionEncoding    y = x + s[place],   s[p, 2i] = sin(p / L^(2i/n)),   s[p, 2i+1] = cos(p / L^(2i/n))

Both add, so that they stand in a row of layers; `position` moves the first place, for generation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.dtypes import DType, bool_
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops._build import cast, floating
from ..ops.arithmetic import add, multiply
from ..ops.batch_norm import wide
from ..ops.comparison import where
from ..ops.dynamic import dynamic_slice
from ..ops.gathering import host_indices
from ..ops.trigonometry import cos, sin
from .dense import positive
from .module import Module


def _sequence(layer: str, x: Any) -> None:
    if len(x.shape) < 2:
        expected = "(..., places, features)"
        raise ShapeError(message(layer, "no sequence of vectors.", received=x.shape, expected=expected))


class PositionEmbedding(Module):
    """Adds a learned vector for each place: y = x + P[place].

        x (..., T, features), T at most `sequence_length`    P (sequence_length, features)    y like x

    Args:
        sequence_length: how many places there are at most.
        initializer: first value of P; default Glorot's uniform law.
        name: its name.

    Raises:
        ArgumentError: `sequence_length` is not a positive whole number.
        ShapeError: a sequence is longer, or its features change after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.PositionEmbedding(10, "ones")
        >>> print(layer(sj.zeros((1, 3, 2))))
        [[[1. 1.]
          [1. 1.]
          [1. 1.]]]
    """

    def __init__(
        self, sequence_length: int, initializer: Any = "glorot_uniform", *, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.sequence_length = positive("PositionEmbedding", "sequence_length", sequence_length)
        self.initializer = initializer

    def build(self, x: Spec) -> None:
        """Makes P."""
        _sequence("PositionEmbedding", x)
        shape = (self.sequence_length, x.shape[-1])
        self.embeddings = self.add_variable("embeddings", shape, self.initializer)

    def call(self, x: Tensor, *, position: Any = 0) -> Tensor:
        """Adds the vectors of places `position`, `position` + 1, ...; it may be a tensor."""
        _sequence("PositionEmbedding", x)
        (t, n), (length, features) = x.shape[-2:], self.embeddings.shape
        if t > length or n != features:
            fix = "make it longer: nn.PositionEmbedding(sequence_length), or cut the sequence."
            what = "the sequence does not fit."
            expected = f"(..., at most {length}, {features})"
            raise ShapeError(message("PositionEmbedding", what, received=x.shape, expected=expected, fix=fix))
        table = self.embeddings.value
        if isinstance(position, Operand) or position:
            table = dynamic_slice(table, (position, 0), (t, n))
        elif t < length:
            table = table[:t]
        return add(x, table)


class SinePositionEncoding(Module):
    """Adds sines and cosines of the place, from fast ones to slow ones; nothing is learned.

        x (..., T, features)    y = x + s    s[p, 2i] = sin(p / L^(2i/n))    s[p, 2i+1] = cos(p / L^(2i/n))

    Two places k apart have vectors that differ by the same rotation wherever they stand.

    Vaswani et al., Attention is all you need, 2017.

    Args:
        max_wavelength: L; the slowest sine repeats after 2 pi L places.
        name: its name.

    Raises:
        ArgumentError: `max_wavelength` is not positive.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.SinePositionEncoding()(sj.zeros((2, 2))))
        [[0.         1.        ]
         [0.84147096 0.5403023 ]]
    """

    def __init__(self, max_wavelength: float = 10000, *, name: str | None = None) -> None:
        super().__init__(name)
        if isinstance(max_wavelength, (bool, str)) or not max_wavelength > 0:
            what = "max_wavelength must be positive."
            raise ArgumentError(message("SinePositionEncoding", what, received=repr(max_wavelength)))
        self.max_wavelength = float(max_wavelength)

    def call(self, x: Tensor, *, position: Any = 0) -> Tensor:
        """Adds the vectors of places `position`, `position` + 1, ...; it may be a tensor."""
        x = floating("SinePositionEncoding", x)
        _sequence("SinePositionEncoding", x)
        t, n = x.shape[-2:]
        features = np.arange(n)
        rates = self.max_wavelength ** (-2.0 * (features // 2) / max(n, 1))
        even = features % 2 == 0
        if not isinstance(position, Operand):
            angles = (position + np.arange(t))[:, None] * rates
            return add(x, _beside(x, np.where(even, np.sin(angles), np.cos(angles)), x.dtype))
        places = cast(add(host_indices(np.arange(t)[:, None], x), position), wide(x.dtype))
        angle = multiply(places, _beside(x, rates, places.dtype))
        return add(x, cast(where(_beside(x, even, bool_), sin(angle), cos(angle)), x.dtype))


def _beside(x: Tensor, values: np.ndarray, dtype: DType) -> Tensor:
    """Values from the host, as a tensor where another one lies."""
    return Tensor(x._engine.from_host(values, dtype, x.device), x._engine)
