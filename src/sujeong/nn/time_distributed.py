"""One layer for every step of a sequence."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops.shaping import reshape
from .module import Module


class TimeDistributed(Module):
    """Applies a layer to each step by itself: y[:, t] = layer(x[:, t]), with the same weights.

        x (N, T, ...)    y (N, T, ...)

    The steps join the batch for the layer, so that it runs once. `nn.Dense` works on the last axis anyway and
    does not need it; convolutions of images in a film do.

    Args:
        layer: takes and gives one tensor, with the batch in front.
        name: its name.

    Raises:
        ArgumentError: not a layer, or it gives several tensors.
        ShapeError: the input has no axis of steps.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> film = sj.ones((2, 5, 8, 8, 1))
        >>> nn.TimeDistributed(nn.Conv2D(3, 3))(film).shape
        (2, 5, 6, 6, 3)
    """

    def __init__(self, layer: Any, *, name: str | None = None) -> None:
        super().__init__(name)
        if not isinstance(layer, Module):
            fix = "nn.TimeDistributed(nn.Conv2D(8, 3))."
            raise ArgumentError(
                message("TimeDistributed", "takes a layer.", received=type(layer).__name__, fix=fix)
            )
        self.layer = layer

    def call(self, x: Tensor) -> Tensor:
        """The layer on all steps at once."""
        if x.ndim < 2:
            raise ShapeError(
                message(
                    "TimeDistributed", "there is no axis of steps.", received=x.spec, expected="(N, T, ...)"
                )
            )
        batch, steps = x.shape[:2]
        y = self.layer(reshape(x, (batch * steps, *x.shape[2:])))
        if not isinstance(y, Tensor) or y.shape[:1] != (batch * steps,):
            what = "the layer must give one tensor, with the batch in front."
            received = y.spec if isinstance(y, Tensor) else type(y).__name__
            raise ArgumentError(message("TimeDistributed", what, received=received))
        return reshape(y, (batch, steps, *y.shape[1:]))
