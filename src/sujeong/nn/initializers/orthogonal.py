"""First values that keep lengths: the rows or columns of a rotation."""

from __future__ import annotations

from math import prod

import numpy as np

from ...core import keys
from ...errors import ShapeError, message
from .base import Initializer, Shape, finite


class Orthogonal(Initializer):
    """Orthogonal rows or columns, whichever are fewer: W W^T = gain^2 I or W^T W = gain^2 I.

    All axes but the last are taken together. A normal matrix is made orthogonal by QR; the signs of R's
    diagonal go into Q, so that every rotation is as likely.

    Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2014.

    Args:
        gain: the factor that lengths are multiplied by.

    Raises:
        ShapeError: fewer than two axes.

    Example:
        >>> import sujeong as sj
        >>> w = sj.initializers.Orthogonal()((3, 3), (1, 2))
        >>> bool(abs(w.T @ w - np.eye(3)).max() < 1e-12)
        True
    """

    def __init__(self, gain: float = 1.0) -> None:
        finite("Orthogonal", gain=gain)
        self.gain = float(gain)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """Q of a random matrix, with R's signs."""
        if len(shape) < 2:
            fix = "use another initialiser for biases."
            text = message("Orthogonal", "needs two axes or more.", received=shape, fix=fix)
            raise ShapeError(text)
        rows, columns = prod(shape[:-1]), shape[-1]
        normal = keys.host_normal(key, (max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(normal)
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        return self.gain * (q if rows >= columns else q.T).reshape(shape)
