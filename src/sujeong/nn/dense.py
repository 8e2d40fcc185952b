"""The fully connected layer, the notes' Affine."""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops.arithmetic import add
from ..ops.matmul import matmul
from . import activations
from .arguments import checked_penalty
from .module import Module


class Dense(Module):
    """Every output sums up every input: y = activation(x W + b).

        x (..., n_in)    W (n_in, units)    b (units,)    y (..., units)

    Args:
        units: number of outputs.
        activation: a name or function applied to the result; default none.
        use_bias: whether to add b.
        kernel_initializer: first value of W; default Glorot's uniform law.
        bias_initializer: first value of b; default zeros.
        kernel_regularizer: a penalty on W added to the loss, such as `sj.losses.l2(1e-4)`.
        name: its name.

    Raises:
        ArgumentError: `units` is not a positive whole number.
        ShapeError: the size of the last axis changes after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Dense(3)(sj.ones((2, 4))).shape
        (2, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        *,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.units = positive("Dense", "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer = checked_penalty("Dense", kernel_regularizer)

    def build(self, x: Spec) -> None:
        """Makes W and b for inputs of n_in features."""
        if not x.shape:
            raise ShapeError(
                message("Dense", "needs an axis of features.", received=x, expected="(..., n_in)")
            )
        self.kernel = self.add_variable("kernel", (x.shape[-1], self.units), self.kernel_initializer)
        self.bias = self.add_variable("bias", (self.units,), self.bias_initializer) if self.use_bias else None

    def call(self, x: Tensor) -> Tensor:
        """The sum x W + b, then the activation."""
        if not x.shape or x.shape[-1] != self.kernel.shape[0]:
            raise ShapeError(
                message(
                    "Dense",
                    "the number of features differs from that of the first use.",
                    received=x.shape,
                    expected=f"(..., {self.kernel.shape[0]})",
                    fix="nn.Flatten() in front turns images into features; a built layer keeps its size.",
                )
            )
        y = matmul(x, self.kernel)
        if self.bias is not None:
            y = add(y, self.bias)
        return y if self.activation is None else self.activation(y)


def positive(layer: str, name: str, value: Any) -> int:
    """A positive whole number, or an error that names layer and argument."""
    import numpy as np

    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise ArgumentError(message(layer, f"{name} must be a positive whole number.", received=repr(value)))
    return int(value)
