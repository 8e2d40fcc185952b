"""Long short-term memory as a layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import keys
from ..core.tensor import Tensor
from ..recurrent.lstm import lstm
from . import initializers
from .recurrent import _function, _Recurrent


class LSTM(_Recurrent):
    """Carries a state h and a memory c along, which gates write, keep and show.

        i, f, o = sigmoid, g = tanh of the blocks of x_t W + h_{t-1} R + b
        c_t = f c_{t-1} + i g        h_t = o tanh(c_t)

        x (N, T, n)    W (n, 4 units)    R (units, 4 units)    b (4 units,)    y (N, units)

    The columns of the gates stand in the order i, f, g, o. Sequences come as (batch, steps, features); for
    (steps, batch, features) swap them first: `sj.swapaxes(x, 0, 1)`. With `return_state` it gives
    `(y, h, c)`.

    Hochreiter and Schmidhuber, Long short-term memory, 1997.

    Args:
        units: how many numbers h has, and c.
        activation: of g and of c; a name, a function, or `None` for none. Others than tanh and sigmoid have
            no fused kernel, and are slower.
        recurrent_activation: of the gates i, f and o.
        unit_forget_bias: whether the bias of f starts at 1, so that much is kept at first.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x, mask = sj.ones((2, 10, 3)), sj.ones((2, 10), dtype=sj.bool)
        >>> y, h, c = nn.LSTM(4, return_sequences=True, return_state=True)(x, mask=mask)
        >>> y.shape, h.shape, c.shape
        ((2, 10, 4), (2, 4), (2, 4))
    """

    tensors_only = False
    blocks = 4
    states = 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        *,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        zero_output_for_mask: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            zero_output_for_mask=zero_output_for_mask,
            name=name,
        )
        self.recurrent_activation = _function(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    def _bias(self, columns: int) -> Any:
        """Zeros or what was asked for; ones for f."""
        make, units = initializers.get(self.bias_initializer), self.units

        def initial(shape: tuple[int, ...], key: keys.Key) -> np.ndarray:
            value = np.array(make(shape, key))
            value[units : 2 * units] = 1
            return value

        return self.add_variable("bias", (columns,), initial if self.unit_forget_bias else make)

    def _run(self, x: Tensor, **settings: Any) -> tuple[Tensor, ...]:
        gate = self.recurrent_activation
        weights = self.kernel, self.recurrent_kernel, self.bias
        return lstm(x, *weights, recurrent_activation=gate, **settings)
