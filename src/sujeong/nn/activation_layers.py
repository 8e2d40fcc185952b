"""Activations as layers, with their arguments; `Activation` makes a layer of a name or a function."""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops._build import normalize_axis
from ..ops.activations.exponential_units import elu
from ..ops.activations.rectifiers import leaky_relu, prelu, relu
from ..ops.softmax import softmax
from . import activations
from .module import Module


class Activation(Module):
    """An activation as a layer of its own: y = f(x).

    Args:
        activation: a name such as `"relu"`, or a function of one tensor.
        name: its name.

    Raises:
        NameUnknownError: no activation has this name.
        ArgumentError: neither a name nor a function.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.Activation("relu")(sj.asarray([-1.0, 2.0])))
        [0. 2.]
    """

    def __init__(self, activation: Any, name: str | None = None) -> None:
        super().__init__(name)
        self.activation = activations.get(activation)
        if self.activation is None:
            fix = 'nn.Activation("linear") passes its input on.'
            raise ArgumentError(message("Activation", "needs a name or a function.", fix=fix))

    def call(self, x: Tensor) -> Tensor:
        """The function of the input."""
        return self.activation(x)  # type: ignore[no-any-return]


class ReLU(Module):
    """The rectified linear unit: x if x > 0, else 0.

    Args:
        name: its name.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.ReLU()(sj.asarray([-1.0, 2.0])))
        [0. 2.]
    """

    def call(self, x: Tensor) -> Tensor:
        """The positive part."""
        return relu(x)


class LeakyReLU(Module):
    """Lets a little through below 0: x if x > 0, else negative_slope * x.

    Maas et al., Rectifier nonlinearities improve neural network acoustic models, 2013.

    Args:
        negative_slope: the slope below 0; 0.01 as in the paper (Keras has 0.3).
        name: its name.

    Raises:
        ArgumentError: the slope is negative or no number.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.LeakyReLU()(sj.asarray([-1.0, 2.0])))
        [-0.01  2.  ]
    """

    def __init__(self, negative_slope: float = 0.01, name: str | None = None) -> None:
        super().__init__(name)
        if isinstance(negative_slope, (bool, str)) or not negative_slope >= 0:
            what = "negative_slope must be a number of 0 or more."
            raise ArgumentError(message("LeakyReLU", what, received=repr(negative_slope)))
        self.negative_slope = float(negative_slope)

    def call(self, x: Tensor) -> Tensor:
        """The leaky rectifier."""
        return leaky_relu(x, self.negative_slope)


class PReLU(Module):
    """The leaky rectifier whose slope is learned: x if x > 0, else alpha * x.

    There is one slope for each place of a sample, as in Keras; `shared_axes` has one for a whole axis:
    `shared_axes=(1, 2)` gives one a channel of an image.

    He et al., Delving deep into rectifiers, 2015.

    Args:
        alpha_initializer: first value of alpha; default zeros.
        shared_axes: axes, counted from 1, along which there is one slope.
        name: its name.

    Raises:
        ArgumentError: there is no such axis, or it is that of the batch.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.PReLU(sj.initializers.Constant(0.25))
        >>> print(layer(sj.asarray([[-1.0, 2.0]])))
        [[-0.25  2.  ]]
    """

    def __init__(
        self, alpha_initializer: Any = "zeros", shared_axes: Any = None, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.alpha_initializer = alpha_initializer
        axes = (shared_axes,) if isinstance(shared_axes, int) else shared_axes
        self.shared_axes = None if axes is None else tuple(axes)

    def build(self, x: Spec) -> None:
        """Makes alpha for one sample."""
        shared = {normalize_axis("PReLU", a, x.ndim) for a in self.shared_axes or ()}
        if 0 in shared:
            fix = "count from 1; all samples of a batch share their slopes anyway."
            raise ArgumentError(
                message("PReLU", "axis 0 is that of the batch.", received=self.shared_axes, fix=fix)
            )
        shape = tuple(1 if a in shared else s for a, s in enumerate(x.shape) if a)
        self.alpha = self.add_variable("alpha", shape, self.alpha_initializer)

    def call(self, x: Tensor) -> Tensor:
        """The leaky rectifier with alpha."""
        return prelu(x, self.alpha)


class ELU(Module):
    """The exponential linear unit: x if x > 0, else alpha (e^x - 1).

    Clevert et al., Fast and accurate deep network learning by exponential linear units, 2016.

    Args:
        alpha: what it falls to, with the sign turned, far below 0.
        name: its name.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.ELU()(sj.asarray([-100.0, 2.0])))
        [-1.  2.]
    """

    def __init__(self, alpha: float = 1.0, name: str | None = None) -> None:
        super().__init__(name)
        self.alpha = float(alpha)

    def call(self, x: Tensor) -> Tensor:
        """The exponential linear unit."""
        return elu(x, self.alpha)


class Softmax(Module):
    """Turns scores into shares that sum to 1: e^x_i / sum_j e^x_j.

    Args:
        axis: the axis of the classes.
        name: its name.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.Softmax()(sj.asarray([[1.0, 1.0]])))
        [[0.5 0.5]]
    """

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(name)
        self.axis = axis

    def call(self, x: Tensor) -> Tensor:
        """Shares along the axis."""
        return softmax(x, axis=self.axis)
