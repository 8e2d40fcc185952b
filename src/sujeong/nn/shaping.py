"""Layers that only arrange their input: flatten, reshape, permute, pad. The batch stays in front."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops._spatial import channels_last
from ..ops.padding import pad
from ..ops.shaping import permute_dims, reshape
from .conv import channels, checked_format
from .documented import Documented
from .module import Module


class Flatten(Module):
    """Puts all numbers of a sample in one row: (N, ...) to (N, n).

    Args:
        data_format: with `"channels_first"` the channels are moved to the end before, so that the row is the
            same for both formats.
        name: its name.

    Raises:
        ShapeError: there is no batch axis.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Flatten()(sj.ones((2, 8, 8, 3))).shape
        (2, 192)
    """

    def __init__(self, data_format: str | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self.data_format = checked_format("Flatten", data_format)

    def call(self, x: Tensor) -> Tensor:
        """One row a sample."""
        if not x.shape:
            raise ShapeError(message("Flatten", "needs a batch axis.", received=x.spec, expected="(N, ...)"))
        if x.ndim > 2:
            x = channels_last(x, self.data_format)
        return reshape(x, (x.shape[0], prod(x.shape[1:])))


class Reshape(Module):
    """Arranges the numbers of a sample, row by row, in another shape: (N, ...) to (N, *target_shape).

    Args:
        target_shape: sizes without the batch; one of them may be -1 and is then computed.
        name: its name.

    Raises:
        ArgumentError: a size is neither a whole number of 0 or more nor -1, or -1 stands twice.
        ShapeError: the number of elements differs.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Reshape((4, -1))(sj.ones((2, 12))).shape
        (2, 4, 3)
    """

    def __init__(self, target_shape: Any, name: str | None = None) -> None:
        super().__init__(name)
        sizes = (target_shape,) if isinstance(target_shape, (int, np.integer)) else tuple(target_shape)
        right = all(isinstance(s, (int, np.integer)) and not isinstance(s, bool) and s >= -1 for s in sizes)
        if not right or sizes.count(-1) > 1:
            expected = "whole numbers, one of them may be -1; the batch is left out"
            text = message(
                "Reshape", "target_shape is not understood.", received=repr(target_shape), expected=expected
            )
            raise ArgumentError(text)
        self.target_shape = tuple(map(int, sizes))

    def call(self, x: Tensor) -> Tensor:
        """The same numbers in the new shape."""
        have, known = prod(x.shape[1:]), prod(s for s in self.target_shape if s != -1)
        free = -1 in self.target_shape
        if not x.shape or (have % known if free and known else have != known):
            received, expected = f"{x.shape}, {have} a sample", f"(N, *{self.target_shape})"
            what = "the number of elements of a sample differs."
            raise ShapeError(message("Reshape", what, received=received, expected=expected))
        rest = have // known if known else 0
        return reshape(x, (x.shape[0], *[rest if s == -1 else s for s in self.target_shape]))


class Permute(Module):
    """Puts the axes of a sample in another order: `Permute((2, 1))` makes (N, a, b) to (N, b, a).

    Args:
        dims: the axes in the new order, counted from 1; the batch, 0, is left out.
        name: its name.

    Raises:
        ArgumentError: `dims` is not an order of 1 to n.
        ShapeError: the input has another rank.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Permute((3, 1, 2))(sj.ones((2, 8, 9, 3))).shape
        (2, 3, 8, 9)
    """

    def __init__(self, dims: Any, name: str | None = None) -> None:
        super().__init__(name)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            expected = f"each of 1 to {len(self.dims)} once"
            raise ArgumentError(
                message("Permute", "not an order of the axes.", received=dims, expected=expected)
            )

    def call(self, x: Tensor) -> Tensor:
        """The axes in the new order."""
        if x.ndim != len(self.dims) + 1:
            expected = f"{len(self.dims) + 1} axes, the batch and {len(self.dims)} more"
            raise ShapeError(
                message("Permute", "the input has another rank.", received=x.spec, expected=expected)
            )
        return permute_dims(x, (0, *self.dims))


class _ZeroPadding(Documented, Module):
    """What the padding layers share.

    Args:
        padding: a number for every side; for each spatial axis a number or a pair
            (before, after). With one spatial axis, a pair is (before, after).
        value: the constant in the border.
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        name: its name.

    Raises:
        ArgumentError: the widths are not understood or negative.
        ShapeError: the input has another rank.
    """

    axes = 0

    def __init__(
        self, padding: Any = 1, value: float = 0.0, data_format: str | None = None, name: str | None = None
    ) -> None:
        super().__init__(name)
        own = type(self).__name__
        self.widths = _widths(own, padding, self.axes)
        self.value = value
        self.data_format = checked_format(own, data_format)

    def call(self, x: Tensor) -> Tensor:
        """Puts the border around."""
        channels(type(self).__name__, x.spec, self.axes, self.data_format)
        none = ((0, 0),)
        last = self.data_format == "channels_last"
        return pad(x, none + self.widths + none if last else none + none + self.widths, self.value)


def _widths(layer: str, padding: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """One (before, after) for each spatial axis."""

    def whole(value: Any) -> bool:
        return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= 0)

    items: Any = (padding,) * axes if whole(padding) else padding
    if axes == 1 and isinstance(items, (tuple, list)) and len(items) == 2 and all(map(whole, items)):
        items = (items,)
    right = isinstance(items, (tuple, list)) and len(items) == axes
    pairs = [(i, i) if whole(i) else i for i in items] if right else []
    if not right or not all(
        isinstance(p, (tuple, list)) and len(p) == 2 and all(map(whole, p)) for p in pairs
    ):
        expected = f"a number, or for each of {axes} spatial axes a number or (before, after), none negative"
        raise ArgumentError(
            message(layer, "the padding is not understood.", received=repr(padding), expected=expected)
        )
    return tuple((int(a), int(b)) for a, b in pairs)


class ZeroPadding1D(_ZeroPadding):
    """Puts a border around a series: (N, L, C) to (N, before + L + after, C).

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.ZeroPadding1D((2, 0))(sj.ones((1, 5, 3))).shape
        (1, 7, 3)
    """

    axes = 1


class ZeroPadding2D(_ZeroPadding):
    """Puts a border around images: (N, H, W, C), H and W grow.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.ZeroPadding2D(((1, 1), (2, 3)))(sj.ones((1, 5, 5, 3))).shape
        (1, 7, 10, 3)
    """

    axes = 2


class ZeroPadding3D(_ZeroPadding):
    """Puts a border around volumes: (N, D, H, W, C), D, H and W grow.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.ZeroPadding3D(1)(sj.ones((1, 2, 3, 4, 5))).shape
        (1, 4, 5, 6, 5)
    """

    axes = 3
