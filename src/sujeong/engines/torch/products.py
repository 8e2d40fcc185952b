"""Products of matrices: the library's own, or as a convolution with a window of one element.

    y (M, N) = x (M, K) w (K, N)        M rows are M places of an image with K channels, w are its weights

On processors of AMD the library's products in float32 (MKL) are slower than its convolutions (oneDNN) on the
same numbers, so large ones go that way, as they lie in memory and without a copy: w in rows as the weights of
a transposed convolution, w in columns as those of a convolution. `python benchmarks/profiled.py gpt --shapes`
shows both. Other processors, fewer rows and other element types stay with the products.
"""

from __future__ import annotations

from typing import Any

import torch

from ._processor import is_amd

FEWEST_ROWS, FEWEST_WEIGHTS = 1024, 1 << 14
_NONE, _ONE = (0, 0), (1, 1)


def through_convolution(x: Any, w: Any) -> Any:
    """A large product as a convolution, any other as ever."""
    if w.dim() != 2 or x.dtype is not torch.float32 or w.dtype is not torch.float32 or not x.is_cpu:
        return torch.matmul(x, w)
    k, n = w.shape
    strides = w.stride()
    rows = strides == (n, 1)
    if (
        not (rows or strides == (1, k))
        or x.dim() < 2
        or x.shape[-1] != k
        or k * n < FEWEST_WEIGHTS
        or x.numel() < FEWEST_ROWS * k
        or not x.is_contiguous()
    ):
        return torch.matmul(x, w)
    image = x.view(1, 1, -1, k).permute(0, 3, 1, 2)
    weights = (w if rows else w.t()).view(k if rows else n, -1, 1, 1)
    y = torch.convolution(image, weights, None, _ONE, _NONE, _ONE, rows, _NONE, 1)
    return y.permute(0, 2, 3, 1).view(*x.shape[:-1], n)


KERNELS = {
    "matmul": through_convolution if is_amd() and torch.backends.mkldnn.is_available() else torch.matmul
}
