"""Random changes of images in training: what a digit is does not depend on where and how large it stands.

Each image of a batch is changed in its own way, anew each time; in prediction nothing happens. An image is
changed by reading it elsewhere, around its middle m = ((H - 1)/2, (W - 1)/2):

    shifted    y[i] = x[i - t]                 turned    y[i] = x[m + R(a) (i - m)]
    scaled     y[i] = x[m + z (i - m)]         flipped   y[i] = x[2m - i] along one axis

Draws follow from seed, layer path and a count of draws, like those of `Dropout`: the same on each engine.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np

from ..core import dtypes, modes
from ..core.settings import get_seed
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, message, unknown_name
from ..ops import random
from ..ops._build import cast, counted_like, floating
from ..ops._spatial import as_format, channels_last
from ..ops.comparison import where
from ..ops.shaping import broadcast_to, reshape
from ..ops.slicing import flip
from ..ops.trigonometry import cos, sin
from .conv import channels, checked_format
from .documented import Documented
from .initializers import Zeros
from .module import Module, snake
from .resampling import FILL_MODES, INTERPOLATIONS, resample

MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class _RandomImage(Module):
    """What layers that change images at random share: when they do it, and where chance comes from."""

    numbers = 2  # drawn for each image

    def _begin(self, seed: int | None, data_format: str | None) -> None:
        self.seed = seed
        self.data_format = checked_format(type(self).__name__, data_format)

    def build(self, x: Spec) -> None:
        """Makes the counter of draws."""
        if self.seed is None:
            self.seed = get_seed()
        self.draws = self.add_variable("draws", (), Zeros(), dtype="int64", trainable=False)

    def call(self, x: Tensor) -> Tensor:
        """Changes each image in training, passes on otherwise."""
        own = type(self).__name__
        x = floating(own, x)
        channels(own, x.spec, 2, self.data_format)
        if not modes.training.get():
            return x
        draws = self.draws.value
        key = random.key(self.seed, f"{self.path}/{snake(own)}", draws)
        u = random.uniform(key, (self.numbers, x.shape[0]), dtype=dtypes.float64)
        self.draws.assign(draws + 1)
        return as_format(self._changed(channels_last(x, self.data_format), u), self.data_format)

    def _changed(self, x: Tensor, u: Tensor) -> Tensor:
        """The images (N, H, W, C), each changed by its own numbers u (numbers, N) from 0 to 1."""
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """The arguments, with the seed that is used."""
        return super().config() | ({} if self.seed is None else {"seed": self.seed})


class _RandomAffine(Documented, _RandomImage):
    """What moving, turning and scaling share: y[i] = x[m + A (i - m) - t].

    Args:
        fill_mode: what comes into view from outside: `"reflect"` (d c b a | a b c d | d c b a), `"wrap"`
            (a b c d | a b c d), `"nearest"` (a a a a | a b c d) or `"constant"`.
        interpolation: `"bilinear"`, or `"nearest"`, which makes no new values.
        seed: of the draws; default `sj.get_seed()` at first use.
        fill_value: the constant of `"constant"`.
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        name: its name.

    Raises:
        ArgumentError: a factor is out of range, or a pair is not in order.
        NameUnknownError: there is no such mode or interpolation.
        ShapeError: the input is not a batch of images.
    """

    def _begin_affine(
        self, fill_mode: str, interpolation: str, seed: int | None, fill_value: float, data_format: str | None
    ) -> None:
        self._begin(seed, data_format)
        if fill_mode not in FILL_MODES:
            raise unknown_name("fill_mode", fill_mode, FILL_MODES)
        if interpolation not in INTERPOLATIONS:
            raise unknown_name("interpolation", interpolation, INTERPOLATIONS)
        self.fill_mode, self.interpolation, self.fill_value = fill_mode, interpolation, float(fill_value)

    def _changed(self, x: Tensor, u: Tensor) -> Tensor:
        n, height, width, _ = x.shape
        i = cast(reshape(counted_like(x, height), (1, height, 1)), dtypes.float64) - (height - 1) / 2
        j = cast(reshape(counted_like(x, width), (1, 1, width)), dtypes.float64) - (width - 1) / 2
        rows, columns = self._places(i, j, reshape(u, (self.numbers, n, 1, 1)))
        return resample(
            x,
            broadcast_to(rows + (height - 1) / 2, (n, height, width)),
            broadcast_to(columns + (width - 1) / 2, (n, height, width)),
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            interpolation=self.interpolation,
        )

    def _places(self, i: Tensor, j: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        """Where row i and column j of the result are read, all counted from the middle of the image."""
        raise NotImplementedError


class RandomFlip(_RandomImage):
    """Turns images over, each with chance 1/2: left and right, up and down, or both.

    Keras's layer of this name.

    Args:
        mode: `"horizontal"` (left and right change places), `"vertical"` (up and down), or
            `"horizontal_and_vertical"`, each with its own chance.
        seed: of the draws; default `sj.get_seed()` at first use.
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        name: its name.

    Raises:
        NameUnknownError: there is no such mode.
        ShapeError: the input is not a batch of images.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x = sj.reshape(sj.arange(3, dtype=sj.float32), (1, 1, 3, 1))
        >>> layer = nn.RandomFlip("horizontal")
        >>> sorted({tuple(layer(x, training=True).numpy().ravel().tolist()) for _ in range(9)})
        [(0.0, 1.0, 2.0), (2.0, 1.0, 0.0)]
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if mode not in MODES:
            raise unknown_name("mode of RandomFlip", mode, MODES)
        self.mode = mode
        self._begin(seed, data_format)

    def _changed(self, x: Tensor, u: Tensor) -> Tensor:
        over = reshape(u < 0.5, (2, x.shape[0], 1, 1, 1))
        if "vertical" in self.mode:
            x = where(over[0], flip(x, axis=1), x)
        return where(over[1], flip(x, axis=2), x) if "horizontal" in self.mode else x


class RandomTranslation(_RandomAffine):
    """Shifts images up, down, left and right, by parts of their height and width.

    Keras's layer of this name.

    Args:
        height_factor: how far, as a part of the height: f for -f to f, or (least, most); positive is down.
        width_factor: how far, as a part of the width; positive is to the right.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x = sj.reshape(sj.arange(1, 5, dtype=sj.float32), (1, 1, 4, 1))
        >>> layer = nn.RandomTranslation(0.0, (0.5, 0.5), fill_mode="constant")  # two pixels to the right
        >>> layer(x, training=True).numpy().ravel().tolist()
        [0.0, 0.0, 1.0, 2.0]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.height_factor = _range("RandomTranslation", "height_factor", height_factor)
        self.width_factor = _range("RandomTranslation", "width_factor", width_factor)
        self._begin_affine(fill_mode, interpolation, seed, fill_value, data_format)

    def _places(self, i: Tensor, j: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        height, width = i.shape[1], j.shape[2]
        return i - _within(self.height_factor, u[0]) * height, j - _within(self.width_factor, u[1]) * width


class RandomRotation(_RandomAffine):
    """Turns images around their middle.

    Keras's layer of this name.

    Args:
        factor: how far, in whole turns: f for -f to f, or (least, most); positive is counter-clockwise, 0.1
            is 36 degrees.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x = sj.asarray([[1.0, 2.0], [3.0, 4.0]])
        >>> quarter = nn.RandomRotation((0.25, 0.25))
        >>> print(sj.round(quarter(x[None, :, :, None], training=True)[0, :, :, 0]))
        [[2. 4.]
         [1. 3.]]
    """

    numbers = 1

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.factor = _range("RandomRotation", "factor", factor)
        self._begin_affine(fill_mode, interpolation, seed, fill_value, data_format)

    def _places(self, i: Tensor, j: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        angle = _within(self.factor, u[0]) * (2 * pi)
        return i * cos(angle) + j * sin(angle), j * cos(angle) - i * sin(angle)


class RandomZoom(_RandomAffine):
    """Makes what is on images smaller or larger, seen from their middle.

    Keras's layer of this name.

    Args:
        height_factor: by how much: f for -f to f, or (least, most). 0.2 zooms out: the picture shows 1.2
            times what it showed; -0.2 zooms in, to 0.8 times.
        width_factor: the same along the width, with a chance of its own; by default as the height, so that
            proportions stay.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x = sj.reshape(sj.arange(1, 6, dtype=sj.float32), (1, 1, 5, 1))
        >>> layer = nn.RandomZoom((1.0, 1.0), fill_mode="constant")  # half as large
        >>> layer(x, training=True).numpy().ravel().tolist()
        [0.0, 1.0, 3.0, 5.0, 0.0]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.height_factor = _zooms("height_factor", height_factor)
        self.width_factor = None if width_factor is None else _zooms("width_factor", width_factor)
        self._begin_affine(fill_mode, interpolation, seed, fill_value, data_format)

    def _places(self, i: Tensor, j: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        down = _within(self.height_factor, u[0]) + 1
        across = down if self.width_factor is None else _within(self.width_factor, u[1]) + 1
        return i * down, j * across


def _within(ends: tuple[float, float], u: Tensor) -> Tensor:
    """The number that lies at part u of a range."""
    low, high = ends
    return u * (high - low) + low


def _range(layer: str, name: str, factor: Any, low: float = -1.0, high: float = 1.0) -> tuple[float, float]:
    """A factor as (least, most); f stands for (-f, f)."""
    pair = tuple(factor) if isinstance(factor, (tuple, list)) else (factor, factor)
    right = len(pair) == 2 and all(
        isinstance(f, (int, float, np.number)) and not isinstance(f, bool) for f in pair
    )
    if right and not isinstance(factor, (tuple, list)):
        pair = (-abs(factor), abs(factor))
    if not right or not low <= pair[0] <= pair[1] <= high:
        expected = f"a number, or (least, most) in order, both from {low:g} to {high:g}"
        raise ArgumentError(
            message(layer, f"{name} is not understood.", received=repr(factor), expected=expected)
        )
    return float(pair[0]), float(pair[1])


def _zooms(name: str, factor: Any) -> tuple[float, float]:
    """Factors of a zoom; at -1 the whole picture would show one point."""
    least, most = _range("RandomZoom", name, factor, high=float("inf"))
    if least == -1:
        fix = "-0.5 shows half of the picture, twice as large."
        raise ArgumentError(
            message("RandomZoom", f"{name} of -1 leaves nothing to see.", received=repr(factor), fix=fix)
        )
    return least, most
