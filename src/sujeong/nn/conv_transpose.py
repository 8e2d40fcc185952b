"""Transposed convolution layers: every value is spread over a window, so that the result is larger.

    y[n, i, q] = activation( sum of x[n, o, c] W[j, q, c] over all  o s + j d - low = i  +  b[q] )

The way back of the convolution with the same weights; used to draw images from features.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ..errors import ArgumentError, message
from ..ops.conv import conv_transpose
from . import initializers
from .conv import _Convolution


class _Transposed(_Convolution):
    """What the transposed convolution layers share.

    Args:
        filters: number of output channels.
        kernel_size: sizes of the window, a number or one for each spatial axis.
        strides: how far apart neighbouring values are laid, a number or one for each spatial axis.
        padding: that of the convolution that goes the other way; it is cut off the result. `"same"` gives
            n * stride.
        output_padding: elements added at the high end; default as in Keras.
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
        ShapeError: the input has another rank or other channels than at first use.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = "valid",
        output_padding: Any = None,
        **options: Any,
    ) -> None:
        if "padding_value" in options:
            what = "cuts its padding off, so that there is no value in it."
            raise ArgumentError(
                message(type(self).__name__, what, received=f"padding_value={options['padding_value']}")
            )
        super().__init__(filters, kernel_size, strides, padding, **options)
        self.output_padding = output_padding

    def _make_kernel(self, inputs: int) -> None:
        make = initializers.get(self.kernel_initializer)

        def swapped(shape: tuple[int, ...], key: Any) -> np.ndarray:
            """Drawn as (kernel..., in, out), so that the initialiser counts what one output sums up."""
            value = make((*shape[:-2], shape[-1], shape[-2]), key)
            return np.swapaxes(value, -1, -2)

        shape = (*self.kernel_size, self.filters // self.groups, inputs)
        self.kernel = self.add_variable("kernel", shape, swapped)

    def call(self, x: Tensor) -> Tensor:
        """The transposed convolution, plus b, then the activation."""
        y = conv_transpose(
            x,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation=self.dilation_rate,
            groups=self.groups,
            data_format=self.data_format,  # type: ignore[arg-type]
        )
        return self._finish(y)


class Conv1DTranspose(_Transposed):
    """Transposed convolution over a series: (N, L, C) to (N, longer, filters).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv1DTranspose(8, 3, strides=2, padding="same")(sj.ones((2, 10, 4))).shape
        (2, 20, 8)
    """

    axes = 1


class Conv2DTranspose(_Transposed):
    """Transposed convolution over images: (N, H, W, C) to (N, higher, wider, filters).

    Zeiler et al., Deconvolutional networks, 2010.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv2DTranspose(8, 2, strides=2)(sj.ones((2, 7, 7, 16))).shape
        (2, 14, 14, 8)
    """

    axes = 2


class Conv3DTranspose(_Transposed):
    """Transposed convolution over volumes: (N, D, H, W, C) to (N, deeper, higher, wider, filters).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Conv3DTranspose(2, 2, strides=2)(sj.ones((1, 2, 3, 3, 4))).shape
        (1, 4, 6, 6, 2)
    """

    axes = 3
