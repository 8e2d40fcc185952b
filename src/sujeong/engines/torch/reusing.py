"""Kernels that write their result over one of their inputs; a program uses them where nobody reads it again.

The numbers are those of the plain kernels, to the bit. What is saved is fresh memory: to write it costs a
read as well, and the input is in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

_aten = torch.ops.aten
_Kernel = Callable[..., Any]


def _over_gradient(backward: Any, *rest: Any) -> dict[int, _Kernel]:
    """The gradient of an activation, written over the gradient that comes in."""

    def kernel(g: Any, x: Any) -> Any:
        return backward(g, x, *rest, grad_input=g)

    return {0: kernel}


REUSES: dict[str, dict[int, _Kernel]] = {
    "add": {0: lambda a, b: a.add_(b), 1: lambda a, b: b.add_(a)},
    "subtract": {0: lambda a, b: a.sub_(b)},
    "multiply": {0: lambda a, b: a.mul_(b), 1: lambda a, b: b.mul_(a)},
    "divide": {0: lambda a, b: a.div_(b)},
    "negative": {0: torch.neg_},
    "exp": {0: torch.exp_},
    "sqrt": {0: torch.sqrt_},
    "tanh": {0: torch.tanh_},
    "relu": {0: torch.relu_},
    "sigmoid": {0: torch.sigmoid_},
    "relu_gradient": _over_gradient(_aten.threshold_backward.grad_input, 0),
    "gelu_gradient": {
        0: lambda g, x, approximate="none": _aten.gelu_backward.grad_input(
            g, x, approximate=approximate, grad_input=g
        )
    },
    "sigmoid_gradient": _over_gradient(_aten.sigmoid_backward.grad_input),
    "silu_gradient": _over_gradient(_aten.silu_backward.grad_input),
}
