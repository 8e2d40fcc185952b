"""Pooling layers: images made smaller, channel by channel, without weights.

    max        the greatest value of each window        average   the mean of each window
    global     the window is the whole image: (N, H, W, C) to (N, C)

The stride is the window's size unless another is given, so that every value is looked at once.
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..ops._spatial import per_axis
from ..ops.pooling import average_pool, global_average_pool, global_max_pool, max_pool
from .conv import channels, checked_format
from .documented import Documented
from .module import Module


class _Pooling(Documented, Module):
    """What the pooling layers share.

    Args:
        pool_size: sizes of the window, a number or one for each spatial axis.
        strides: steps of the window; default its size.
        padding: `"valid"` (none), `"same"` (as many places as ceil(n / stride)), a number for every side, or
            for each spatial axis a number or (low, high). What is padded is neither chosen nor counted.
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        ShapeError: the input has another rank, or is smaller than the window.
    """

    axes = 0
    function: Any = None

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: Any = "valid",
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        own = type(self).__name__
        self.pool_size = per_axis(own, "window sizes", pool_size, self.axes)
        self.strides = self.pool_size if strides is None else per_axis(own, "strides", strides, self.axes)
        self.padding = padding
        self.data_format = checked_format(own, data_format)

    def call(self, x: Tensor) -> Tensor:
        """Pools each window."""
        channels(type(self).__name__, x.spec, self.axes, self.data_format)
        return self.function(  # type: ignore[no-any-return]
            x, self.pool_size, strides=self.strides, padding=self.padding, data_format=self.data_format
        )


class _GlobalPooling(Documented, Module):
    """What the global pooling layers share.

    Args:
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        keepdims: keep the spatial axes with size 1.
        name: its name.

    Raises:
        ShapeError: the input has another rank.
    """

    axes = 0
    function: Any = None

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.data_format = checked_format(type(self).__name__, data_format)
        self.keepdims = bool(keepdims)

    def call(self, x: Tensor) -> Tensor:
        """Pools each channel."""
        channels(type(self).__name__, x.spec, self.axes, self.data_format)
        return self.function(x, keepdims=self.keepdims, data_format=self.data_format)  # type: ignore[no-any-return]


class MaxPool1D(_Pooling):
    """The greatest value of each window of a series: (N, L, C) to (N, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.MaxPool1D(2)(sj.ones((2, 6, 3))).shape
        (2, 3, 3)
    """

    axes = 1
    function = staticmethod(max_pool)


class MaxPool2D(_Pooling):
    """The greatest value of each window of images: (N, H, W, C) to (N, places, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.MaxPool2D(2)(sj.ones((2, 6, 4, 3))).shape
        (2, 3, 2, 3)
    """

    axes = 2
    function = staticmethod(max_pool)


class MaxPool3D(_Pooling):
    """The greatest value of each window of volumes: (N, D, H, W, C) to (N, places, places, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.MaxPool3D(2)(sj.ones((2, 4, 6, 4, 3))).shape
        (2, 2, 3, 2, 3)
    """

    axes = 3
    function = staticmethod(max_pool)


class AveragePool1D(_Pooling):
    """The mean of each window of a series: (N, L, C) to (N, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.AveragePool1D(2)(sj.ones((2, 6, 3))).shape
        (2, 3, 3)
    """

    axes = 1
    function = staticmethod(average_pool)


class AveragePool2D(_Pooling):
    """The mean of each window of images: (N, H, W, C) to (N, places, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.AveragePool2D(2)(sj.ones((2, 6, 4, 3))).shape
        (2, 3, 2, 3)
    """

    axes = 2
    function = staticmethod(average_pool)


class AveragePool3D(_Pooling):
    """The mean of each window of volumes: (N, D, H, W, C) to (N, places, places, places, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.AveragePool3D(2)(sj.ones((2, 4, 6, 4, 3))).shape
        (2, 2, 3, 2, 3)
    """

    axes = 3
    function = staticmethod(average_pool)


class GlobalMaxPool1D(_GlobalPooling):
    """The greatest value of each channel of a series: (N, L, C) to (N, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalMaxPool1D()(sj.ones((2, 6, 3))).shape
        (2, 3)
    """

    axes = 1
    function = staticmethod(global_max_pool)


class GlobalMaxPool2D(_GlobalPooling):
    """The greatest value of each channel of images: (N, H, W, C) to (N, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalMaxPool2D()(sj.ones((2, 6, 4, 3))).shape
        (2, 3)
    """

    axes = 2
    function = staticmethod(global_max_pool)


class GlobalMaxPool3D(_GlobalPooling):
    """The greatest value of each channel of volumes: (N, D, H, W, C) to (N, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalMaxPool3D()(sj.ones((2, 4, 6, 4, 3))).shape
        (2, 3)
    """

    axes = 3
    function = staticmethod(global_max_pool)


class GlobalAveragePool1D(_GlobalPooling):
    """The mean of each channel of a series: (N, L, C) to (N, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalAveragePool1D()(sj.ones((2, 6, 3))).shape
        (2, 3)
    """

    axes = 1
    function = staticmethod(global_average_pool)


class GlobalAveragePool2D(_GlobalPooling):
    """The mean of each channel of images: (N, H, W, C) to (N, C).

    Lin et al., Network in network, 2014.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalAveragePool2D()(sj.ones((2, 6, 4, 3))).shape
        (2, 3)
    """

    axes = 2
    function = staticmethod(global_average_pool)


class GlobalAveragePool3D(_GlobalPooling):
    """The mean of each channel of volumes: (N, D, H, W, C) to (N, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.GlobalAveragePool3D()(sj.ones((2, 4, 6, 4, 3))).shape
        (2, 3)
    """

    axes = 3
    function = staticmethod(global_average_pool)
