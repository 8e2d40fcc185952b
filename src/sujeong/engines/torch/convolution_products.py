"""Convolutions that are quicker as one product of two matrices than through the library's convolutions.

    one place      the kernel covers the whole image, so that there is one position: rows are whole images
                       y (N, O) = x (N, K) w (K, O)               K = kernel... * C
    few places     many weights, few positions P = N * positions, in bfloat16: the gradient of the weights
                       w (O, K) = g^T (O, P) columns (P, K)       columns: what the window holds at a place

The library takes the gradient of weights in bfloat16 about half as fast as such a product where there are
few positions to add up, 2 P <= K (`python benchmarks/profiled.py dcgan ours-bf16 torch-tuned-malloc-bf16
--shapes` shows both), and copies weights and images that are a single position.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch


def one_place(size: Any, kernel: Any, padding: Any, dilation: Any, groups: int) -> bool:
    """Whether a kernel covers the whole of unpadded images.

    Args:
        size: of the images.
        kernel: its size.
        padding: low and high, for each axis.
        dilation: for each axis.
        groups: of channels.
    """
    return bool(
        size[0] == kernel[0]
        and groups == 1
        and size == kernel
        and all(p == (0, 0) for p in padding)
        and all(d == 1 or k == 1 for d, k in zip(dilation, kernel, strict=True))
    )


def _outputs_first(w: Any) -> Any:
    """(kernel..., C, O) as (O, K), copied if they lie in the plain order: no bit depends on how they lie."""
    return w.movedim(-1, 0).flatten(1).contiguous()


def forward(x: Any, w: Any, bias: Any) -> Any:
    """Convolution at one place: x (N, kernel..., C), w (kernel..., C, O) -> (N, 1..., O)."""
    rows, columns = x.flatten(1), _outputs_first(w).t()
    y = rows @ columns if bias is None else torch.addmm(bias, rows, columns)
    return y.view(x.shape[0], *(1,) * (x.dim() - 2), w.shape[-1])


def input_gradient(g: Any, w: Any) -> Any:
    """Its gradient of the images: g (N, 1..., O), w (kernel..., C, O) -> (N, kernel..., C)."""
    return (g.reshape(-1, w.shape[-1]) @ _outputs_first(w)).view(g.shape[0], *w.shape[:-1])


def weight_gradient(x: Any, g: Any) -> Any:
    """Its gradient of the weights, in the order O, kernel..., C: -> (kernel..., C, O)."""
    w = g.reshape(-1, g.shape[-1]).t() @ x.flatten(1)
    return w.view(g.shape[-1], *x.shape[1:]).movedim(0, -1)


def few_places(x: Any, g: Any, kernel: Any, groups: int) -> bool:
    """Whether the gradient of the weights is a product over few positions.

    Args:
        x: images.
        g: gradient of the result.
        kernel: size of the kernel.
        groups: of channels.
    """
    if x.dtype is not torch.bfloat16 or groups != 1 or not x.is_cpu:
        return False
    outputs = g.shape[-1]
    return 2 * g.numel() <= prod(kernel) * x.shape[-1] * outputs and outputs >= 64


def weight_gradient_of_columns(x: Any, g: Any, kernel: Any, strides: Any, dilation: Any) -> Any:
    """The gradient of the weights from what the window holds at each position.

    Args:
        x: padded images (N, spatial..., C).
        g: gradient of the result (N, positions..., O).
        kernel: size of the kernel.
        strides: for each axis.
        dilation: for each axis.

    Returns:
        (kernel..., C, O) in the order O, kernel..., C.
    """
    x = x.contiguous()
    outputs, steps = g.shape[-1], x.stride()[1:-1]
    sizes = (*g.shape[:-1], *kernel, x.shape[-1])
    over = [a * s for a, s in zip(steps, strides, strict=True)]
    within = [a * d for a, d in zip(steps, dilation, strict=True)]
    windows = x.as_strided(sizes, (x.stride(0), *over, *within, 1))
    rows = g.reshape(-1, outputs)
    w = rows.t() @ windows.reshape(rows.shape[0], prod(kernel) * x.shape[-1])
    return w.view(outputs, *kernel, x.shape[-1]).movedim(0, -1)
