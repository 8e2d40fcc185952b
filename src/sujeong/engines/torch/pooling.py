"""Kernels of pooling. One spatial axis is treated as two, the first of size 1.

A few numbers are pooled as they lie, their channels as a further axis that the window does not cover: the
same bits, without the views, each of which takes as long as the pooling. Of many that would be far slower.

torch's own backward of max pooling is the fastest that repeats to the bit on the CPU, given channels-last
gradients (2.4 ms for 128 x 24 x 24 x 64 by 2 x 2; a scatter 3.0, one pass for each element of the window
9 to 15). On CUDA it adds in any order, so there windows that do not overlap are scattered, and others
added in one pass for each element of the window.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch

from .windows import parts, positions

avg_pool2d = torch._C._nn.avg_pool2d
_FEW = 1024
_plain_max = {1: torch.max_pool2d, 2: torch.max_pool3d}
_plain_average = {1: avg_pool2d, 2: torch._C._nn.avg_pool3d}

_forward = {
    4: torch.ops.aten.max_pool2d_with_indices.default,
    5: torch.ops.aten.max_pool3d_with_indices.default,
}
_backward = {
    4: torch.ops.aten.max_pool2d_with_indices_backward.default,
    5: torch.ops.aten.max_pool3d_with_indices_backward.default,
}
_spread_2d = torch.ops.aten.avg_pool2d_backward.default
_ORDER = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}  # channels second: torch's channels-last
_BACK = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}


def _channels_second(x: Any) -> Any:
    """(N, spatial..., C) seen as (N, C, spatial...); channels lie together in memory, which is far faster."""
    x = x.contiguous()
    if x.dim() == 3:
        x = x.unsqueeze(1)
    return x.permute(_ORDER[x.dim()])


def _channels_last(y: Any, axes: int) -> Any:
    y = y.permute(_BACK[y.dim()])
    return y.squeeze(1) if axes == 1 else y


def _two(numbers: Any) -> Any:
    return (1, *numbers) if len(numbers) == 1 else numbers


def _are_few(x: Any, axes: int) -> bool:
    return 0 < x.numel() <= _FEW and axes < 3 and x.is_cpu and x.element_size() > 2


def _max_pool_values(x: Any, window: Any, strides: Any) -> Any:
    axes = len(window)
    if _are_few(x, axes):
        return _plain_max[axes](x, (*window, 1), (*strides, 1))
    function = torch.max_pool3d if axes == 3 else torch.max_pool2d
    return _channels_last(function(_channels_second(x), _two(window), _two(strides)), axes)


def _max_pool(x: Any, window: Any, strides: Any) -> Any:
    axes = len(window)
    x = _channels_second(x)
    y, indices = _forward[x.dim()](x, _two(window), _two(strides))
    return _channels_last(y, axes), _channels_last(indices, axes)


def _starts(size: Any, window: Any, strides: Any, device: Any) -> Any:
    """Flat position in the image of the first element of each window: (positions..., 1)."""
    places = positions(size, window, strides, (1,) * len(size))
    total: Any = 0
    for axis, (p, s) in enumerate(zip(places, strides, strict=True)):
        steps = torch.arange(p, device=device) * (s * prod(size[axis + 1 :]))
        total = total + steps.view(p, *[1] * (len(size) - axis))
    return total


def _scatter(g: Any, indices: Any, size: Any, window: Any, strides: Any) -> Any:
    n, c = g.shape[0], g.shape[-1]
    if g.device.type != "cpu":
        return scatter_in_order(g, indices, size, window, strides)
    like = _channels_second(g.new_empty((n, *size, c)))  # only its shape and layout are looked at
    nothing = (0,) * (like.dim() - 2)
    ones = (1,) * len(nothing)
    g, indices = _channels_second(g), _channels_second(indices)
    x = _backward[g.dim()](g, like, _two(window), _two(strides), nothing, ones, False, indices)
    return _channels_last(x, len(size))


def scatter_in_order(g: Any, indices: Any, size: Any, window: Any, strides: Any) -> Any:
    """Hands g to the chosen elements in a fixed order of additions, on any device."""
    n, c = g.shape[0], g.shape[-1]
    x = g.new_zeros((n, *size, c))
    if all(k <= s for k, s in zip(window, strides, strict=True)):  # no element is under two windows
        rows = prod(g.shape[1:-1])
        x.view(n, prod(size), c).scatter_(1, indices.reshape(n, rows, c), g.reshape(n, rows, c))
        return x
    starts = _starts(size, window, strides, g.device)
    zero = g.new_zeros(())
    for j, part in parts(x, window, strides, (1,) * len(size)):
        offset = 0
        for length, i in zip(size, j, strict=True):
            offset = offset * length + i
        part.add_(torch.where(indices == starts + offset, g, zero))
    return x


def _gather(x: Any, indices: Any, window: Any, strides: Any) -> Any:
    n, c = x.shape[0], x.shape[-1]
    flat = x.reshape(n, prod(x.shape[1:-1]), c)
    return torch.gather(flat, 1, indices.reshape(n, prod(indices.shape[1:-1]), c)).view(indices.shape)


def _average(x: Any, window: Any, strides: Any) -> Any:
    axes = len(window)
    if _are_few(x, axes):
        return _plain_average[axes](x, (*window, 1), (*strides, 1))
    if axes < 3:
        return _channels_last(avg_pool2d(_channels_second(x), _two(window), _two(strides)), axes)
    # torch's kernel for three axes knows no channels-last: first the last two axes, then the first
    n, d, h, w, c = x.shape
    y = _average(x.reshape(n * d, h, w, c), window[1:], strides[1:])
    _, h, w, _ = y.shape
    y = _average(y.reshape(n, d, h * w, c), (window[0], 1), (strides[0], 1))
    return y.reshape(n, y.shape[1], h, w, c)


def _spread(g: Any, size: Any, window: Any, strides: Any) -> Any:
    axes, n, c = len(window), g.shape[0], g.shape[-1]
    if axes == 3:
        _, d, h, w, _ = g.shape
        g = _spread(g.reshape(n, d, h * w, c), (size[0], h * w), (window[0], 1), (strides[0], 1))
        x = _spread(g.reshape(n * size[0], h, w, c), size[1:], window[1:], strides[1:])
        return x.reshape(n, *size, c)
    if window == strides and all(p * k == s for p, k, s in zip(g.shape[1:-1], window, size, strict=True)):
        share = g / prod(window)  # windows side by side: each value is repeated over its window
        for axis in range(axes):
            share = share.unsqueeze(2 * axis + 2)
        shape = [m for p, k in zip(g.shape[1:-1], window, strict=True) for m in (p, k)]
        return share.expand(n, *shape, c).reshape(n, *size, c)
    like = _channels_second(g.new_empty((n, *size, c)))  # only its shape and layout are looked at
    nothing = (0, 0)
    x = _spread_2d(_channels_second(g), like, _two(window), _two(strides), nothing, False, True, None)
    return _channels_last(x, axes)


KERNELS = {
    "max_pool": _max_pool,
    "max_pool_values": _max_pool_values,
    "max_pool_scatter": _scatter,
    "max_pool_gather": _gather,
    "average_pool": _average,
    "average_pool_transpose": _spread,
}
