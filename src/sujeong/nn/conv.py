"""Convolution layers: one small set of weights, moved over every place of a series, an image or a volume.

    y[n, o, q] = activation( sum over window j, channels c of  x[n, o s + j d - low, c] W[j, c, q]  +  b[q] )

Weights are (kernel..., C_in / groups, filters), whatever the data format.
"""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message, unknown_name
from ..ops._spatial import AXES, per_axis
from ..ops.arithmetic import add
from ..ops.conv import conv
from ..ops.shaping import reshape
from . import activations
from .arguments import checked_penalty
from .dense import positive
from .documented import Documented
from .module import Module

FORMATS = ("channels_last", "channels_first")


def checked_format(layer: str, data_format: str | None) -> str:
    """The data format, `"channels_last"` where it is `None`; an unknown one is refused."""
    if data_format is None:
        return "channels_last"
    if data_format not in FORMATS:
        raise unknown_name(f"data_format of {layer}", data_format, FORMATS)
    return data_format


def channels(layer: str, x: Spec, axes: int, data_format: str) -> int:
    """The number of channels of a batch with `axes` spatial axes; other ranks are refused."""
    if x.ndim != axes + 2:
        last = AXES[axes]
        first = "(N, C" + last[2:].replace(", C)", ")")
        fix = "a single example needs a batch axis: x[None]; grey images need a channel axis: x[..., None]."
        expected = last if data_format == "channels_last" else first
        raise ShapeError(
            message(layer, "the input has another rank.", received=x, expected=expected, fix=fix)
        )
    return x.shape[-1 if data_format == "channels_last" else 1]


class _Convolution(Documented, Module):
    """What the convolution layers share.

    Args:
        filters: number of output channels.
        kernel_size: sizes of the window, a number or one for each spatial axis.
        strides: steps of the window, a number or one for each spatial axis.
        padding: `"valid"` (none), `"same"` (as many places as ceil(n / stride)), a number for every side, or
            for each spatial axis a number or (low, high).
        padding_value: the constant in the padding.
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        dilation_rate: distance between neighbouring elements of the window.
        groups: groups of channels that do not see each other.
        activation: a name or function applied to the result; default none.
        use_bias: whether to add b.
        kernel_initializer: first value of W; default Glorot's uniform law.
        bias_initializer: first value of b; default zeros.
        kernel_regularizer: a penalty on W added to the loss, such as `sj.losses.l2(1e-4)`.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number, or the groups do not divide the channels.
        ShapeError: the input has another rank, other channels than at first use, or is smaller than the
            window.
    """

    axes = 0

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        *,
        padding_value: float = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        own = type(self).__name__
        self.filters = positive(own, "filters", filters)
        self.kernel_size = per_axis(own, "kernel sizes", kernel_size, self.axes)
        self.strides = per_axis(own, "strides", strides, self.axes)
        self.dilation_rate = per_axis(own, "dilation rates", dilation_rate, self.axes)
        self.groups = positive(own, "groups", groups)
        self.padding, self.padding_value = padding, padding_value
        self.data_format = checked_format(own, data_format)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer = checked_penalty(own, kernel_regularizer)

    def build(self, x: Spec) -> None:
        """Makes W and b for the channels of the input."""
        own = type(self).__name__
        inputs = channels(own, x, self.axes, self.data_format)
        if inputs % self.groups or self.filters % self.groups:
            received = f"groups={self.groups}, {inputs} channels in, {self.filters} filters"
            fix = "choose groups that divide both."
            raise ArgumentError(
                message(own, "the groups do not divide the channels.", received=received, fix=fix)
            )
        self._make_kernel(inputs)
        self.bias = (
            self.add_variable("bias", (self.filters,), self.bias_initializer) if self.use_bias else None
        )

    def _make_kernel(self, inputs: int) -> None:
        shape = (*self.kernel_size, inputs // self.groups, self.filters)
        self.kernel = self.add_variable("kernel", shape, self.kernel_initializer)

    def call(self, x: Tensor) -> Tensor:
        """The convolution, plus b, then the activation."""
        y = conv(
            x,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            padding_value=self.padding_value,
            dilation=self.dilation_rate,
            groups=self.groups,
            data_format=self.data_format,  # type: ignore[arg-type]
        )
        return self._finish(y)

    def _finish(self, y: Tensor) -> Tensor:
        if self.bias is not None:
            first = self.data_format == "channels_first"
            y = add(y, reshape(self.bias, (self.filters, *[1] * self.axes)) if first else self.bias)
        return y if self.activation is None else self.activation(y)  # type: ignore[no-any-return]


class Conv1D(_Convolution):
    """Convolution over a series: (N, L, C) to (N, places, filters).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv1D(8, 3, padding="same")(sj.ones((2, 10, 4))).shape
        (2, 10, 8)
    """

    axes = 1


class Conv2D(_Convolution):
    """Convolution over images: (N, H, W, C) to (N, places, places, filters).

    LeCun et al., Gradient-based learning applied to document recognition, 1998.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv2D(8, 3, activation="relu")(sj.ones((2, 28, 28, 1))).shape
        (2, 26, 26, 8)
    """

    axes = 2


class Conv3D(_Convolution):
    """Convolution over volumes or films: (N, D, H, W, C) to (N, places, places, places, filters).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv3D(4, (1, 3, 3))(sj.ones((1, 5, 8, 8, 2))).shape
        (1, 5, 6, 6, 4)
    """

    axes = 3
