"""A recurrent classifier of sequences with gated recurrent units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import Weights
from .supervised import Supervised

UNITS = 256


class GRU(Supervised):
    """128 numbers at each of 64 steps, 256 units; our gates stand in the order z, r, n, PyTorch's r, z, n."""

    name = "gru"
    title = "GRU 128-256, 64 steps, batch 64"
    inputs = (64, 64, 128)
    flops_counted = False  # PyTorch's counter does not look into its fused recurrence

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential([nn.GRU(UNITS), nn.Dense(10)])

    def torch_model(self) -> Any:
        from torch import nn

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.gru, self.out = nn.GRU(128, UNITS, batch_first=True), nn.Linear(UNITS, 10)

            def forward(self, x: Any) -> Any:
                return self.out(self.gru(x)[0][:, -1])

        return Model()

    def torch_weights(self, names: Sequence[Sequence[str]], weights: Weights) -> Weights:
        w, r, b, kernel, bias = weights[0]

        def turned(a: np.ndarray) -> np.ndarray:
            """Columns z, r, n as rows r, z, n."""
            z, reset, n = np.split(a, 3, axis=-1)
            return np.ascontiguousarray(np.concatenate([reset, z, n], axis=-1).T)

        return [[turned(w), turned(r), turned(b[0]), turned(b[1]), kernel.T.copy(), bias]]

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        import jax
        import jax.numpy as jnp
        from jax.nn import sigmoid

        def cell(h: Any, a: Any) -> Any:
            z, r, n = jnp.split(a, 3, -1)
            hz, hr, hn = jnp.split(h @ p[1] + p[2][1], 3, -1)
            z, n = sigmoid(z + hz), jnp.tanh(n + sigmoid(r + hr) * hn)
            return z * h + (1 - z) * n, None

        nothing = jnp.zeros((len(x), UNITS), x.dtype)
        h, _ = jax.lax.scan(cell, nothing, jnp.swapaxes(x @ p[0] + p[2][0], 0, 1))
        return h @ p[3] + p[4]


WORKLOAD = GRU
