"""Dropout: in training, each value is left out with a chance; in prediction all take part."""

from __future__ import annotations

from typing import Any

from ..core import modes
from ..core.settings import get_seed
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops import random
from ..ops._build import floating
from ..ops.comparison import where
from ..ops.shaping import broadcast_to
from .initializers import Zeros
from .module import Module


class Dropout(Module):
    """Leaves each value out with chance `rate` in training: y = x mask / (1 - rate); in prediction y = x.

    The division (inverted dropout) keeps the mean of what the next layer sums up, so that prediction needs no
    factor. The mask follows from seed, layer path and `draws`, a variable that counts the masks: each
    training call draws a new one, also where the step was recorded, and the same on every engine.

    Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    Args:
        rate: the chance of being left out, 0 to 1.
        noise_shape: sizes of the mask, `None` where they are those of the input; along an axis of size 1 all
            values share their fate: `(None, 1, 1, None)` drops whole channels of images.
        seed: of the masks; default `sj.get_seed()` at first use.
        name: its name.

    Raises:
        ArgumentError: the rate is outside 0 to 1.
        ShapeError: `noise_shape` does not stretch to the input.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.Dropout(0.5)
        >>> x = sj.ones((1000,))
        >>> y = layer(x, training=True)
        >>> sorted(set(y.tolist())), abs(float(sj.mean(y)) - 1.0) < 0.1
        ([0.0, 2.0], True)
        >>> bool(sj.all(layer(x) == x))
        True
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.rate = checked_rate("Dropout", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed

    def build(self, x: Spec) -> None:
        """Makes the counter of masks."""
        if self.seed is None:
            self.seed = get_seed()
        self.draws = self.add_variable("draws", (), Zeros(), dtype="int64", trainable=False)

    def call(self, x: Tensor) -> Tensor:
        """Drops in training, passes on otherwise."""
        x = floating("Dropout", x)
        if not modes.training.get() or self.rate == 0:
            return x
        mask = next_mask(self, self._mask_shape(x), self.rate)
        if mask.shape != x.shape:
            mask = broadcast_to(mask, x.shape)
        scale = 1 / (1 - self.rate) if self.rate < 1 else 0.0
        return where(mask, x * scale, 0.0)

    def _mask_shape(self, x: Tensor) -> tuple[int, ...]:
        if self.noise_shape is None:
            return x.shape
        if len(self.noise_shape) == x.ndim:
            shape = tuple(s if n is None else n for n, s in zip(self.noise_shape, x.shape, strict=True))
            if all(n in (1, s) for n, s in zip(shape, x.shape, strict=True)):
                return shape
        what, expected = (
            "noise_shape does not stretch to the input.",
            "for each axis 1, None, or the input's size",
        )
        received = f"{self.noise_shape} for {x.spec}"
        raise ShapeError(message("Dropout", what, received=received, expected=expected))

    def config(self) -> dict[str, Any]:
        """The arguments, with the seed that is used."""
        return super().config() | ({} if self.seed is None else {"seed": self.seed})


def next_mask(layer: Any, shape: tuple[int, ...], rate: float) -> Tensor:
    """The next mask of a layer that has a seed and counts its masks in `draws`: what is kept.

    Args:
        layer: the layer.
        shape: of the mask.
        rate: the chance of being left out.

    Returns:
        Truth values.
    """
    draws = layer.draws.value
    mask = random.dropout_mask(random.key(layer.seed, f"{layer.path}/dropout", draws), shape, rate)
    layer.draws.assign(draws + 1)
    return mask


def checked_rate(layer: str, rate: Any) -> float:
    """A chance of being left out, or an error that names the layer."""
    if isinstance(rate, (bool, str)) or not 0 <= rate <= 1:
        fix = "0.5 leaves half of the values out; it is not the share that stays."
        text = message(layer, "the rate is a chance.", received=repr(rate), expected="0 to 1", fix=fix)
        raise ArgumentError(text)
    return float(rate)
