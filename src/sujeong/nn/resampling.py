"""Images read at other places: the one operation behind moving, turning and scaling them.

    y[n, i, j] = x[n, r, c]        with real numbers  r = rows[n, i, j],  c = columns[n, i, j]

Between four pixels the value is their mean, weighted by nearness (bilinear):

    x[n, r, c] = sum over p in {i, i + 1}, q in {j, j + 1} of  (1 - |r - p|) (1 - |c - q|) x[n, p, q]

with i = floor(r), j = floor(c). What lies outside of the image is filled by one of

    constant   k k k k | a b c d | k k k k          nearest    a a a a | a b c d | d d d d
    reflect    d c b a | a b c d | d c b a          wrap       a b c d | a b c d | a b c d
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.tensor import Tensor
from ..ops._build import cast, counted_like
from ..ops.comparison import where
from ..ops.extremes import clip, minimum
from ..ops.gathering import take
from ..ops.logic import logical_and
from ..ops.rounding import floor, remainder
from ..ops.shaping import reshape

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
INTERPOLATIONS = ("bilinear", "nearest")


def resample(
    x: Tensor,
    rows: Tensor,
    columns: Tensor,
    *,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> Tensor:
    """Reads images at real places.

    Args:
        x: images (N, H, W, C), floating.
        rows: (N, I, J), counted from 0 at the middle of the first pixel.
        columns: (N, I, J), likewise.
        fill_mode: what lies outside: one of FILL_MODES.
        fill_value: the constant of `"constant"`.
        interpolation: `"bilinear"`, or `"nearest"` for the pixel whose middle is nearest.

    Returns:
        (N, I, J, C).

    Example:
        >>> import sujeong as sj
        >>> x = sj.reshape(sj.asarray([0.0, 10.0, 20.0, 30.0]), (1, 1, 4, 1))
        >>> columns = sj.asarray([[[0.5, 2.25]]])
        >>> print(resample(x, sj.zeros_like(columns), columns).numpy().ravel())
        [ 5.  22.5]
    """
    if interpolation == "nearest":
        return _pixels(x, floor(rows + 0.5), floor(columns + 0.5), fill_mode, fill_value)
    top, left = floor(rows), floor(columns)
    down, right = (cast(f, x.dtype)[..., None] for f in (rows - top, columns - left))
    total: Any = None
    for i in (0, 1):
        for j in (0, 1):
            weight = (down if i else 1 - down) * (right if j else 1 - right)
            part = _pixels(x, top + i, left + j, fill_mode, fill_value) * weight
            total = part if total is None else total + part
    return total  # type: ignore[no-any-return]


def _pixels(x: Tensor, rows: Tensor, columns: Tensor, fill_mode: str, fill_value: float) -> Tensor:
    """The pixels of whole places, which may lie outside: (N, I, J, C)."""
    n, height, width, c = x.shape
    p, p_inside = _folded(cast(rows, dtypes.int64), height, fill_mode)
    q, q_inside = _folded(cast(columns, dtypes.int64), width, fill_mode)
    image = reshape(counted_like(x, n), (n, 1, 1)) * (height * width)
    place = reshape(image + p * width + q, (-1,))
    y = reshape(take(reshape(x, (n * height * width, c)), place, axis=0), (*rows.shape, c))
    return where(logical_and(p_inside, q_inside)[..., None], y, fill_value) if fill_mode == "constant" else y


def _folded(i: Tensor, size: int, fill_mode: str) -> tuple[Tensor, Any]:
    """The place inside that stands for place i, and whether i itself is inside."""
    if fill_mode == "wrap":
        return remainder(i, size), None
    if fill_mode == "reflect":
        turned = remainder(i, 2 * size)  # once there and back again
        return minimum(turned, 2 * size - 1 - turned), None
    return clip(i, 0, size - 1), logical_and(i >= 0, i < size)
