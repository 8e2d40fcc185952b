"""The gated recurrent unit as a layer."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..recurrent.gru import gru
from .recurrent import _function, _Recurrent


class GRU(_Recurrent):
    """Carries one state along, which a gate keeps or renews.

        a = x_t W + b        q = h_{t-1} R + d        z, r = sigmoid of the blocks z, r of a + q
        n = tanh(a_h + r q_h)        h_t = z h_{t-1} + (1 - z) n

        x (N, T, n)    W (n, 3 units)    R (units, 3 units)    b over d (2, 3 units)    y (N, units)

    The columns stand in the order z, r, h. Sequences come as (batch, steps, features); for
    (steps, batch, features) swap them first: `sj.swapaxes(x, 0, 1)`.

    Cho et al., Learning phrase representations using RNN encoder-decoder for statistical machine
    translation, 2014.

    Args:
        units: how many numbers the state has.
        activation: of n; a name, a function, or `None` for none. Others than tanh and sigmoid have no fused
            kernel, and are slower.
        recurrent_activation: of the gates z and r.
        reset_after: whether r acts after the product with R, as above; if not, n = tanh(a_h + (r h) R_h),
            there is no d, the bias has the shape (3 units,), and no fused kernel.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GRU(4, return_sequences=True)(sj.ones((2, 10, 3))).shape
        (2, 10, 4)
    """

    tensors_only = False
    blocks = 3

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
        reset_after: bool = True,
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
        self.reset_after = bool(reset_after)

    def _bias(self, columns: int) -> Any:
        shape = (2, columns) if self.reset_after else (columns,)
        return self.add_variable("bias", shape, self.bias_initializer)

    def _run(self, x: Tensor, **settings: Any) -> tuple[Tensor, ...]:
        settings |= {"recurrent_activation": self.recurrent_activation, "reset_after": self.reset_after}
        return gru(x, self.kernel, self.recurrent_kernel, self.bias, **settings)
