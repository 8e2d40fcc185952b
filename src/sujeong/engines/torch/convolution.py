"""Kernels of convolution: oneDNN on the CPU, cuDNN on CUDA.

Our images (N, spatial..., C) are seen as (N, C, spatial...) by a permuted view, which is just what torch
calls channels-last: nothing is copied. Weights (kernel..., C, O) are brought to the order O, kernel..., C,
which both libraries want. That copies as many numbers as there are weights, in each call; but their gradient
comes out in that order, and the optimiser's step on the CPU lays the weights as their gradient lies, so from
the second step on nothing is copied. One spatial axis is treated as two, the first of size 1, because
channels-last exists for two and three.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch.nn.functional import pad

from . import convolution_products
from .convolution_products import few_places, one_place

_backward = torch.ops.aten.convolution_backward.default
_NOTHING = (0, 0)
_FEW = 1 << 10  # weights, that are brought in order by torch
_SMALL = 1 << 15  # from here on a transposition of a matrix is the faster way to bring weights in order
_ONLY_WEIGHTS = [False, True, False]
_ORDER = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}  # channels second
_OUTPUTS_FIRST = {4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}
_OUTPUTS_LAST = {4: (2, 3, 1, 0), 5: (2, 3, 4, 1, 0)}
_FORMAT = {4: torch.channels_last, 5: torch.channels_last_3d}


def _channels_second(x: Any) -> Any:
    """(N, spatial..., C) seen as (N, C, spatial...), with two or three spatial axes."""
    if x.dim() == 5:
        return x.permute(0, 4, 1, 2, 3)
    return (x.unsqueeze(1) if x.dim() == 3 else x).permute(0, 3, 1, 2)


def _channels_last(y: Any, axes: int) -> Any:
    """Undoes `_channels_second`."""
    if axes == 3:
        return y.permute(0, 2, 3, 4, 1)
    y = y.permute(0, 2, 3, 1)
    return y if axes == 2 else y.squeeze(1)


def _weights(w: Any) -> Any:
    """(kernel..., C, O) as (O, C, kernel...) whose numbers lie in the order O, kernel..., C.

    Weights in training lie so already: the optimiser's step lays them as their gradient lies.
    """
    if w.stride(-2) == 1 and _lies_ready(first := _outputs_first(w)):
        return first
    if w.dim() == 4 and w.numel() < _SMALL and w.shape[3] > 1:  # strides along an axis of 1 would stay odd
        return w.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    *kernel, c, o = w.shape
    if len(kernel) == 1:
        kernel = [1, *kernel]
    stored = w.reshape(-1, o).t().contiguous().view(o, *kernel, c)
    return stored.permute(_ORDER[stored.dim()])


def _outputs_first(w: Any) -> Any:
    """(kernel..., C, O) seen as (O, C, kernel...), with two or three kernel axes."""
    w = w.unsqueeze(0) if w.dim() == 3 else w
    return w.permute(_OUTPUTS_FIRST[w.dim()])


def _lies_ready(first: Any) -> bool:
    """Whether weights (O, C, kernel...) lie in the order O, kernel..., C, with no axis of 1 to confuse it."""
    o, c = first.shape[:2]
    return o > 1 and c > 1 and first.is_contiguous(memory_format=_FORMAT[first.dim()])


def _laid(w: Any) -> Any:
    """Weights that nobody trains, laid once as the library wants them: the same numbers."""
    if not w.is_cpu or w.numel() <= _FEW or 1 in w.shape[-2:] or _lies_ready(_outputs_first(w)):
        return w
    ordered = _weights(w)
    ordered = ordered.permute(_OUTPUTS_LAST[ordered.dim()])
    return ordered.squeeze(0) if w.dim() == 3 else ordered


@lru_cache(maxsize=1024)
def _settings(strides: Any, padding: Any, dilation: Any) -> tuple[Any, Any, Any, Any]:
    """Strides, padding and dilation for at least two axes, and what padding is left to do by hand.

    The libraries pad both sides alike; other padding is laid around the images by hand.
    """
    even = all(a == b for a, b in padding)
    sides = tuple([a for a, _ in padding]) if even else (0,) * len(padding)
    if len(strides) == 1:
        strides, sides, dilation = (1, *strides), (0, *sides), (1, *dilation)
    return strides, sides, dilation, None if even else padding


def _padded(x: Any, by_hand: Any) -> Any:
    if by_hand is None:
        return x
    return pad(x, [0, 0, *(w for pair in reversed(by_hand) for w in pair)])


def _forward(x: Any, w: Any, strides: Any, padding: Any, dilation: Any, groups: int, bias: Any = None) -> Any:
    if one_place(x.shape[1:-1], w.shape[:-2], padding, dilation, groups):
        return convolution_products.forward(x, w, bias)
    strides, sides, dilation, by_hand = _settings(strides, padding, dilation)
    if by_hand is not None:
        x = _padded(x, by_hand)
    if x.dim() == 4:
        # Few weights torch itself puts in order, in less than a call; the images then say how results lie.
        few = w.numel() <= _FEW and w.shape[3] > 1 and x.is_contiguous()
        weights = w.permute(3, 2, 0, 1) if few else _weights(w)
        y = torch.convolution(
            x.permute(0, 3, 1, 2), weights, bias, strides, sides, dilation, False, _NOTHING, groups
        )
        return y.permute(0, 2, 3, 1)
    nothing = (0,) * len(strides)
    x = _channels_second(x)
    y = torch.convolution(x, _weights(w), bias, strides, sides, dilation, False, nothing, groups)
    return _channels_last(y, w.dim() - 2)


def _biased(x: Any, w: Any, b: Any, strides: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """Convolution plus bias. oneDNN could rectify on the way too, but its ReLU makes 0 of not-a-number."""
    return _forward(x, w, strides, padding, dilation, groups, b)


def _input_gradient(
    g: Any, w: Any, input_size: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    if one_place(input_size, w.shape[:-2], padding, dilation, groups):
        return convolution_products.input_gradient(g, w)
    full = [a + n + b for n, (a, b) in zip(input_size, padding, strict=True)]
    # Elements at the high end that no window reached; the transposed convolution must be told of them.
    rest = tuple(
        [(n - d * (k - 1) - 1) % s for n, k, s, d in zip(full, w.shape, strides, dilation, strict=False)]
    )
    strides, sides, dilation, by_hand = _settings(strides, padding, dilation)
    rest = (0,) * (len(strides) - len(rest)) + rest
    x = torch.convolution(
        _channels_second(g), _weights(w), None, strides, sides, dilation, True, rest, groups
    )
    x = _channels_last(x, len(input_size))
    if by_hand is None:
        return x
    for axis, (n, (low, _)) in enumerate(zip(input_size, padding, strict=True), 1):
        x = x.narrow(axis, low, n)
    return x.contiguous()


def _weight_gradient(
    x: Any, g: Any, kernel_size: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    if one_place(x.shape[1:-1], kernel_size, padding, dilation, groups):
        return convolution_products.weight_gradient(x, g)
    if few_places(x, g, kernel_size, groups):
        x = _padded(x, padding if any(map(any, padding)) else None)
        return convolution_products.weight_gradient_of_columns(x, g, kernel_size, strides, dilation)
    strides, sides, dilation, by_hand = _settings(strides, padding, dilation)
    c, o = x.shape[-1] // groups, g.shape[-1]
    kernel = kernel_size if len(kernel_size) > 1 else (1, *kernel_size)
    like = x.new_empty((o, *kernel, c))  # only its shape and layout are looked at
    like = like.permute(_ORDER[like.dim()])
    x, g = _channels_second(_padded(x, by_hand)), _channels_second(g)
    nothing = (0,) * len(strides)
    _, w, _ = _backward(g, x, like, None, strides, sides, dilation, False, nothing, groups, _ONLY_WEIGHTS)
    ready = w.is_cpu and _lies_ready(w)
    w = w.permute(_OUTPUTS_LAST[w.dim()])
    w = w.squeeze(0) if len(kernel_size) == 1 else w
    if ready:
        return w  # as it lies; who wants to read rows of it may bring them in order
    return w.movedim(-1, 0).reshape(o, -1).t().contiguous().view(*kernel_size, c, o)


KERNELS = {
    "convolution": _forward,
    "convolution_bias": _biased,
    "convolution_input_gradient": _input_gradient,
    "convolution_weight_gradient": _weight_gradient,
}
LAYS = {name: {1: _laid} for name in ("convolution", "convolution_bias", "convolution_input_gradient")}
