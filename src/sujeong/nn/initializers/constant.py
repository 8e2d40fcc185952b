"""First values that are no draw: a constant, zeros, ones."""

from __future__ import annotations

import numpy as np

from ...core import keys
from .base import Initializer, Shape, finite


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
        finite("Constant", value=value)
        self.value = float(value)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The number, `shape` times."""
        return np.full(shape, self.value)


class Zeros(Constant):
    """Zero everywhere; for biases. A layer whose weights are all zero does not learn.

    Example:
        >>> import sujeong as sj
        >>> sj.initializers.Zeros()((2,), (0, 0)).tolist()
        [0.0, 0.0]
    """

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """One everywhere; for scales.

    Example:
        >>> import sujeong as sj
        >>> sj.initializers.Ones()((2,), (0, 0)).tolist()
        [1.0, 1.0]
    """

    def __init__(self) -> None:
        super().__init__(1.0)
