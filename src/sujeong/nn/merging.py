"""Layers that bring several paths together: sum, product, side by side.

They take their inputs one by one, `Add()(a, b)`, or in a list as in Keras, `Add()([a, b])`.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops.arithmetic import add, multiply
from ..ops.joining import concat
from .module import Module


class _Merge(Module):
    """Takes two inputs or more, one by one or in a list."""

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Spreads a list, and asks for two tensors at least."""
        if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)):
            inputs = tuple(inputs[0])
        if len(inputs) < 2:
            own = type(self).__name__
            fix = f"nn.{own}()([a, b])."
            raise ArgumentError(message(own, "needs two inputs or more.", received=len(inputs), fix=fix))
        return super().__call__(*inputs, **options)


class Add(_Merge):
    """The sum, element by element: what a skip connection ends in.

    He et al., Deep residual learning for image recognition, 2016.

    Args:
        name: its name.

    Raises:
        ArgumentError: fewer than two inputs.
        ShapeError: their shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.Add()([sj.ones((2,)), sj.ones((2,))]))
        [2. 2.]
    """

    def call(self, *inputs: Tensor) -> Tensor:
        """The sum, from the first to the last."""
        return reduce(add, inputs)


class Multiply(_Merge):
    """The product, element by element: what a gate ends in.

    Args:
        name: its name.

    Raises:
        ArgumentError: fewer than two inputs.
        ShapeError: their shapes do not broadcast.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.Multiply()([sj.asarray([2.0, 3.0]), sj.asarray([1.0, 0.5])]))
        [2.  1.5]
    """

    def call(self, *inputs: Tensor) -> Tensor:
        """The product, from the first to the last."""
        return reduce(multiply, inputs)


class Concatenate(_Merge):
    """Side by side along an axis: what paths that part end in.

    Huang et al., Densely connected convolutional networks, 2017.

    Args:
        axis: the axis; default the last, the channels.
        name: its name.

    Raises:
        ArgumentError: fewer than two inputs, or the axis is that of the batch.
        ShapeError: sizes differ elsewhere than along the axis.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Concatenate()([sj.ones((2, 3)), sj.ones((2, 4))]).shape
        (2, 7)
    """

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(name)
        if axis == 0:
            fix = "sj.concat puts batches together."
            raise ArgumentError(message("Concatenate", "axis 0 is that of the batch.", fix=fix))
        self.axis = axis

    def call(self, *inputs: Tensor) -> Tensor:
        """One after the other along the axis."""
        return concat(inputs, axis=self.axis)
