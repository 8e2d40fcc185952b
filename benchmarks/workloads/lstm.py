"""A recurrent classifier of sequences: its last state, a dense layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import Weights
from .supervised import Supervised

UNITS = 256


class LSTM(Supervised):
    """128 numbers at each of 64 steps, 256 units.

    PyTorch's layer has two biases whose sum counts; trained both, they move twice as far. The second is held
    at zero here, so that the losses can be the same.
    """

    name = "lstm"
    title = "LSTM 128-256, 64 steps, batch 64"
    inputs = (64, 64, 128)
    flops_counted = False  # PyTorch's counter does not look into its fused recurrence

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential([nn.LSTM(UNITS), nn.Dense(10)])

    def torch_model(self) -> Any:
        from torch import nn

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.lstm = nn.LSTM(128, UNITS, batch_first=True)
                self.lstm.bias_hh_l0.requires_grad_(False)
                self.out = nn.Linear(UNITS, 10)

            def forward(self, x: Any) -> Any:
                return self.out(self.lstm(x)[0][:, -1])

        return Model()

    def torch_weights(self, names: Sequence[Sequence[str]], weights: Weights) -> Weights:
        w, r, b, kernel, bias = weights[0]
        return [[w.T.copy(), r.T.copy(), b, np.zeros_like(b), kernel.T.copy(), bias]]

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        import jax
        import jax.numpy as jnp
        from jax.nn import sigmoid

        def cell(carry: Any, z: Any) -> Any:
            h, c = carry
            i, f, g, o = jnp.split(z + h @ p[1], 4, -1)
            c = sigmoid(f) * c + sigmoid(i) * jnp.tanh(g)
            return (sigmoid(o) * jnp.tanh(c), c), None

        nothing = jnp.zeros((len(x), UNITS), x.dtype)
        (h, _), _ = jax.lax.scan(cell, (nothing, nothing), jnp.swapaxes(x @ p[0] + p[2], 0, 1))
        return h @ p[3] + p[4]


WORKLOAD = LSTM
