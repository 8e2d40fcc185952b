"""What a tensor is, in words: rank, shape with the names of its axes, element type, layout, bytes, values.

A shape alone does not say what its axes are: (64, 3, 32, 32) may be pictures with channels first or short
films. A layout names them by a letter each, as in NHWC:

    N, B  samples      H  height      C  channels      F  features      I  input channels
    T  timesteps       W  width       D  depth                          O  output channels
       (frames, beside H and W)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.dtypes import DType, as_dtype
from ..core.tensor import as_tensor
from ..errors import ArgumentError, ShapeError, message
from ..messages import text
from ..nn.summary import readable_bytes

LETTERS = "NBTHWDCFIO"
KINDS = {
    "F": "vector",
    "NF": "vectors",
    "NTF": "series",
    "HW": "grey_image",
    "HWC": "image_last",
    "CHW": "image_first",
    "NHW": "grey_images",
    "NHWC": "images_last",
    "NCHW": "images_first",
    "THWC": "video_last",
    "TCHW": "video_first",
    "NTHWC": "videos_last",
    "NTCHW": "videos_first",
    "IO": "dense_weights",
    "HWIO": "kernels",
}


@dataclass(frozen=True)
class Description:
    """What `sj.describe` found; `print` shows it in the chosen language.

    Attributes:
        shape: sizes along each axis.
        axes: the names of the axes; none where they were not given.
        layout: the letters, such as `"NHWC"`; empty where names or nothing was given.
        dtype: element type.
        strides: how many elements further the next one along each axis lies.
        order: `"row-major"`, `"column-major"`, `"repeated"` (an axis of stride 0 shows the same elements
            again), or `"rearranged"` for any other way.
        nbytes: bytes of the elements.
        low: the smallest finite value, for complex numbers the smallest magnitude; `None` if there is none.
        high: the largest.
        not_finite: how many values are NaN or infinite.

    Example:
        >>> import sujeong as sj
        >>> about = sj.describe(sj.zeros((2, 3)), axes=("points", "coordinates"))
        >>> about.rank, about.axes, about.order
        (2, ('points', 'coordinates'), 'row-major')
    """

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    layout: str
    dtype: DType
    strides: tuple[int, ...]
    order: str
    nbytes: int
    low: Any
    high: Any
    not_finite: int

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __str__(self) -> str:
        parts = ("rank", "shape", "dtype", "layout", "size", "values")
        heads = [text(f"describe.{part}") for part in parts]
        width = max(map(_columns, heads)) + 2
        said = (getattr(self, f"_{part}")() for part in parts)
        lines = (head + " " * (width - _columns(head)) + line for head, line in zip(heads, said, strict=True))
        return "\n".join(lines)

    def _rank(self) -> str:
        name = {0: "scalar", 1: "vector", 2: "matrix"}.get(self.rank, "tensor")
        return f"{self.rank} ({text(f'describe.rank.{name}')})"

    def _shape(self) -> str:
        named = ", ".join(f"{name} {size}" for name, size in zip(self.axes, self.shape, strict=False))
        return f"{self.shape}" + (f": {named}" if named else "")

    def _dtype(self) -> str:
        return text("describe.itemsize", dtype=self.dtype, count=self.dtype.itemsize)

    def _layout(self) -> str:
        kind = KINDS.get(self.layout.replace("B", "N"))
        named = f"{self.layout} ({text(f'describe.kind.{kind}')}), " if kind else ""
        if self.layout and not kind:
            named = f"{self.layout}, "
        order = text(f"describe.order.{self.order.replace('-', '_')}")
        return named + text("describe.strides", order=order, strides=self.strides)

    def _size(self) -> str:
        return text("describe.elements", count=f"{self.size:,}", bytes=readable_bytes(self.nbytes))

    def _values(self) -> str:
        if self.low is None:
            said = text("describe.no_values")
        else:
            key = "describe.magnitudes" if self.dtype.kind == "complex" else "describe.range"
            said = text(key, low=_number(self.low), high=_number(self.high))
        return said + (text("describe.not_finite", count=self.not_finite) if self.not_finite else "")


def describe(x: Any, axes: str | Sequence[str] | None = None) -> Description:
    """Says what a tensor is: rank, shape, element type, layout, bytes and the range of its values.

    Args:
        x: a tensor, a variable, a NumPy array or a number.
        axes: what its axes are: a layout of a letter each, such as `"NHWC"` (N samples, T timesteps or
            frames, H height, W width, D depth, C channels, F features, I and O input and output channels),
            or a name an axis. Nothing is guessed from the sizes.

    Returns:
        A record with these as attributes; `print` shows it in the language of `sj.set_language`.

    Raises:
        ShapeError: another number of names than axes.
        ArgumentError: a letter that is not known, or one twice.
        DTypeError: `x` is no tensor, array or number.

    Example:
        >>> import sujeong as sj
        >>> (x, _), _ = sj.datasets.digits()
        >>> sj.set_language("en")
        >>> print(sj.describe(x, "NHWC"))
        rank    4 (tensor)
        shape   (1438, 8, 8, 1): samples 1438, height 8, width 8, channels 1
        dtype   float32, 4 bytes each
        layout  NHWC (images, channels last), row-major, strides (64, 8, 1, 1)
        size    92,032 elements, 359.5 KiB
        values  0 to 1
        >>> sj.describe(sj.permute_dims(sj.asarray(x), (0, 3, 1, 2)), "NCHW").strides  # nothing has moved
        (64, 1, 8, 1)
    """
    if isinstance(x, np.ndarray):
        host, dtype = x, as_dtype(x.dtype)
    else:
        tensor = as_tensor(x, "describe")
        host, dtype = tensor.numpy(), tensor.dtype
    layout, names = _named(axes, host.shape)
    magnitudes = np.abs(host) if dtype.kind == "complex" else host
    finite = magnitudes[np.isfinite(magnitudes)]
    low, high = (finite.min().item(), finite.max().item()) if finite.size else (None, None)
    strides = tuple(step // host.itemsize for step in host.strides)
    return Description(
        shape=host.shape,
        axes=names,
        layout=layout,
        dtype=dtype,
        strides=strides,
        order=_order(host.shape, strides, host),
        nbytes=host.size * dtype.itemsize,
        low=low,
        high=high,
        not_finite=host.size - finite.size,
    )


def _named(axes: str | Sequence[str] | None, shape: tuple[int, ...]) -> tuple[str, tuple[str, ...]]:
    """The layout, if the axes are one, and their names."""
    if axes is None:
        return "", ()
    if not isinstance(axes, Sequence) or not all(isinstance(name, str) for name in axes):
        expected = 'a layout such as "NHWC", or a name for each axis'
        raise ArgumentError(message("describe", "axes are named.", received=repr(axes), expected=expected))
    layout = axes.upper() if isinstance(axes, str) else ""
    unknown = sorted(set(layout) - set(LETTERS))
    if unknown or len(set(layout)) < len(layout):
        what = f"no axis is called {unknown[0]!r}." if unknown else "a letter stands there twice."
        fix = 'name the axes: axes=("samples", "height", ...).'
        expected = f"different letters out of {LETTERS}"
        raise ArgumentError(message("describe", what, received=repr(axes), expected=expected, fix=fix))
    if len(axes) != len(shape):
        what = "another number of names than axes."
        received = f"{len(axes)} names ({axes!r}) for the shape {shape}"
        raise ShapeError(message("describe", what, received=received, expected="a name for each axis"))
    if not isinstance(axes, str):
        return "", tuple(axes)
    moving = {"H", "W"} <= set(layout)
    return layout, tuple(text(f"describe.axis.{'frame' if c == 'T' and moving else c}") for c in layout)


def _order(shape: tuple[int, ...], strides: tuple[int, ...], host: np.ndarray) -> str:
    if any(step == 0 and size > 1 for step, size in zip(strides, shape, strict=True)):
        return "repeated"
    if host.flags.c_contiguous:
        return "row-major"
    return "column-major" if host.flags.f_contiguous else "rearranged"


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else f"{value}"


def _columns(line: str) -> int:
    """How many columns of a terminal a text takes: a Hangul syllable is two wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
