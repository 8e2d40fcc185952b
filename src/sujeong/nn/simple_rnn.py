"""The simple recurrent layer."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..recurrent.simple_rnn import simple_rnn
from .recurrent import _Recurrent


class SimpleRNN(_Recurrent):
    """Carries one state along: h_t = tanh(x_t W + h_{t-1} R + b).

        x (N, T, n)    W (n, units)    R (units, units)    b (units,)    y (N, units)

    Over many steps its gradient vanishes or grows; `nn.LSTM` and `nn.GRU` remember longer. Sequences come as
    (batch, steps, features); for (steps, batch, features) swap them first: `sj.swapaxes(x, 0, 1)`.

    Elman, Finding structure in time, 1990.

    Args:
        units: how many numbers the state has.
        activation: of the state; a name, a function, or `None` for none.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.SimpleRNN(4)(sj.ones((2, 10, 3))).shape
        (2, 4)
    """

    tensors_only = False

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        *,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
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

    def _run(self, x: Tensor, **settings: Any) -> tuple[Tensor, ...]:
        return simple_rnn(x, self.kernel, self.recurrent_kernel, self.bias, **settings)
