"""What recurrent layers share: weights, initial state, mask, dropout, and what they give back."""

from __future__ import annotations

from typing import Any

from ..core import modes
from ..core.settings import get_seed
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops import random
from ..ops._build import floating
from ..ops.comparison import where
from ..ops.shaping import expand_dims
from ..ops.slicing import flip
from . import activations
from .arguments import checked_penalty
from .dense import positive
from .documented import Documented
from .initializers import Zeros
from .module import Module


class _Recurrent(Documented, Module):
    """Base of SimpleRNN, LSTM and GRU.

    Args:
        use_bias: whether to add b.
        kernel_initializer: first value of W; default Glorot's uniform law.
        recurrent_initializer: first value of R; default orthogonal.
        bias_initializer: first value of b; default zeros.
        kernel_regularizer: a penalty on W added to the loss, such as `sj.losses.l2(1e-4)`.
        recurrent_regularizer: a penalty on R.
        bias_regularizer: a penalty on b.
        dropout: the chance with which, in training, a feature is left out in all steps of a sequence.
        recurrent_dropout: the same for the state on its way through R. It has no fused kernel, and is slower.
        seed: of the masks of both; default `sj.get_seed()` at first use.
        return_sequences: whether to give the outputs of all steps (N, T, units), or of the last (N, units).
        return_state: whether to give the last state, too: `(y, state)`.
        go_backwards: whether to read from the last step to the first; the outputs come in that order.
        zero_output_for_mask: whether the outputs of masked steps are zeros, and not those of the step before.
        name: its name.

    Raises:
        ArgumentError: `units` is not a positive whole number, or a rate of dropout is outside 0 to 1.
        ShapeError: the input is not (N, T, features), or its features change after the first use.
    """

    blocks = 1
    states = 1

    def __init__(
        self,
        units: int,
        activation: Any,
        *,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        zero_output_for_mask: bool,
        name: str | None,
    ) -> None:
        super().__init__(name)
        kind = type(self).__name__
        self.units = positive(kind, "units", units)
        self.activation = _function(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.recurrent_initializer = recurrent_initializer
        self.kernel_regularizer = checked_penalty(kind, kernel_regularizer)
        self.recurrent_kernel_regularizer = checked_penalty(kind, recurrent_regularizer)
        self.bias_regularizer = checked_penalty(kind, bias_regularizer)
        self.dropout = _rate(kind, "dropout", dropout)
        self.recurrent_dropout = _rate(kind, "recurrent_dropout", recurrent_dropout)
        self.seed = seed
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards, self.zero_output_for_mask = bool(go_backwards), bool(zero_output_for_mask)

    def __call__(  # type: ignore[override]
        self, x: Any, initial_state: Any = None, mask: Any = None, *, training: bool | None = None
    ) -> Any:
        """Reads the sequences.

        Args:
            x: (N, T, features).
            initial_state: the states to start from, each (N, units), as a list; default zeros.
            mask: (N, T) of truth values; a step with `False`, such as padding, leaves the state as it is.
            training: as for every layer.

        Returns:
            The outputs of all steps or of the last one; with `return_state` a tuple of them and the states.
        """
        inputs = [x, initial_state, mask]
        while len(inputs) > 1 and inputs[-1] is None:
            inputs.pop()
        return super().__call__(*inputs, training=training)

    def build(self, x: Spec, *_: Any) -> None:
        """Makes W, R and b for inputs of n features."""
        if not isinstance(x, Spec) or x.ndim != 3:
            raise _not_sequences(type(self).__name__, x)
        columns = self.blocks * self.units
        self.kernel = self.add_variable("kernel", (x.shape[2], columns), self.kernel_initializer)
        self.recurrent_kernel = self.add_variable(
            "recurrent_kernel", (self.units, columns), self.recurrent_initializer
        )
        self.bias = self._bias(columns) if self.use_bias else None
        if self.dropout or self.recurrent_dropout:
            if self.seed is None:
                self.seed = get_seed()
            self.draws = self.add_variable("draws", (), Zeros(), dtype="int64", trainable=False)

    def _bias(self, columns: int) -> Any:
        return self.add_variable("bias", (columns,), self.bias_initializer)

    def _run(self, x: Tensor, **settings: Any) -> tuple[Tensor, ...]:
        """All outputs, and the last states."""
        raise NotImplementedError

    def call(self, x: Any, initial_state: Any = None, mask: Any = None) -> Any:
        """Drops features in training, sweeps over the steps, and arranges the results."""
        x = floating(type(self).__name__, x)
        if x.ndim != 3 or x.shape[2] != self.kernel.shape[0]:
            raise _not_sequences(type(self).__name__, x.spec, self.kernel.shape[0])
        mask = None if mask is None else as_tensor(mask, type(self).__name__)
        x, factor = self._dropped(x)
        ys, *states = self._run(
            x,
            initial_state=initial_state,
            mask=mask,
            reverse=self.go_backwards,
            activation=self.activation,
            recurrent_factor=factor,
        )
        y = self._sequences(ys, mask) if self.return_sequences else states[0]
        return (y, *states) if self.return_state else y

    def _sequences(self, ys: Tensor, mask: Tensor | None) -> Tensor:
        if mask is not None and self.zero_output_for_mask:
            ys = where(expand_dims(mask, -1), ys, 0.0)
        return flip(ys, axis=1) if self.go_backwards else ys

    def _dropped(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The input with features left out, and what the state is multiplied by on its way through R."""
        if not modes.training.get() or not (self.dropout or self.recurrent_dropout):
            return x, None
        draws = self.draws.value
        self.draws.assign(draws + 1)
        batch, _, features = x.shape
        factor = None
        if self.dropout:
            x = x * expand_dims(self._mask("dropout", draws, (batch, features), self.dropout), 1)
        if self.recurrent_dropout:
            factor = self._mask("recurrent_dropout", draws, (batch, self.units), self.recurrent_dropout)
        return x, factor

    def _mask(self, site: str, draws: Tensor, shape: tuple[int, int], rate: float) -> Tensor:
        """Zeros with chance `rate`, else 1 / (1 - rate)."""
        key = random.key(self.seed, f"{self.path}/{site}", draws)
        return where(random.dropout_mask(key, shape, rate), 1 / (1 - rate) if rate < 1 else 0.0, 0.0)

    def config(self) -> dict[str, Any]:
        """The arguments, with the seed that was found at first use."""
        found = super().config()
        if self.seed is not None:
            found["seed"] = self.seed
        return found


def _function(activation: Any) -> Any:
    """An activation by name or itself; `None` is the identity."""
    return activations.get("linear" if activation is None else activation)


def _rate(layer: str, name: str, rate: Any) -> float:
    if isinstance(rate, (bool, str)) or not 0 <= rate <= 1:
        what = f"{name} is a chance."
        raise ArgumentError(message(layer, what, received=repr(rate), expected="0 to 1"))
    return float(rate)


def _not_sequences(layer: str, x: Any, features: int | None = None) -> ShapeError:
    if features is not None and x.ndim == 3:
        what, fix = "the number of features differs from that of the first use.", None
    else:
        what = "takes sequences."
        fix = "words become features with nn.Embedding; single numbers have one feature: x[..., None]."
    expected = f"(batch, steps, {features or 'features'})"
    return ShapeError(message(layer, what, received=x, expected=expected, fix=fix))
