"""Kernels of the optimisers' steps for many variables at once: one call for each pass, not one a variable.

The numbers are those of the kernels in `optimizer`, to the bit: the same operations in the same order, each
over a list of arrays. On CUDA only Adam's fused kernel takes a list; the other steps run one by one there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import torch

from . import optimizer

_Kernel = Callable[..., Any]
_Lists = tuple[list[Any], ...]
_contiguous = torch.Tensor.is_contiguous
ALWAYS = 1 << 62
"""Bytes: pays for arrays of any size."""
IN_CACHE = 1 << 15
"""Bytes of an array up to which several passes over all pay: what the first wrote is still in the cache."""


def _rows_aligned(*lists: list[Any]) -> _Lists:
    """The arrays of each variable with equal strides, as `_aligned` has them for one."""
    if all(map(_contiguous, chain.from_iterable(lists))):
        return lists
    laid = [optimizer._aligned(p, tuple(slots), g) for p, *slots, g in _rows(lists)]
    return tuple([list(column) for column in _rows(laid)])


def _vectors(column: list[Any]) -> list[Any]:
    return [optimizer._vector(x) for x in column]


def _rows(lists: Any) -> list[tuple[Any, ...]]:
    return list(zip(*lists, strict=True))


def _adam(*arrays: Any, **settings: Any) -> Any:
    """Adam, and AMSGrad, which has one list more: the greatest mean squares."""
    *lists, rate, step = arrays
    laid = _rows_aligned(*lists)
    p, m, v, *top, g = [_vectors(column) for column in laid]
    optimizer.fused_adam(p, m, v, top[0] if top else [], g, rate, step, **settings)
    return tuple(laid[:-1])


def _sgd(p: list[Any], g: list[Any], rate: Any, weight_decay: float) -> list[Any]:
    p, g = _rows_aligned(p, g)
    _decay(p, rate, weight_decay)
    torch._foreach_addcmul_(p, g, [rate] * len(p), value=-1)
    return p


def _momentum(
    p: list[Any], v: list[Any], g: list[Any], rate: Any, momentum: float, nesterov: bool, weight_decay: float
) -> _Lists:
    p, v, g = _rows_aligned(p, v, g)
    rates = [rate] * len(p)
    _decay(p, rate, weight_decay)
    torch._foreach_mul_(v, momentum)
    torch._foreach_addcmul_(v, g, rates, value=-1)
    if nesterov:
        torch._foreach_add_(p, v, alpha=momentum)
        torch._foreach_addcmul_(p, g, rates, value=-1)
    else:
        torch._foreach_add_(p, v)
    return p, v


def _adagrad(
    p: list[Any], h: list[Any], g: list[Any], rate: Any, epsilon: float, weight_decay: float
) -> _Lists:
    p, h, g = _rows_aligned(p, h, g)
    _decay(p, rate, weight_decay)
    torch._foreach_addcmul_(h, g, g)
    _step_over_root(p, h, g, rate, epsilon)
    return p, h


def _rmsprop(
    p: list[Any], h: list[Any], g: list[Any], rate: Any, rho: float, epsilon: float, weight_decay: float
) -> _Lists:
    p, h, g = _rows_aligned(p, h, g)
    _decay(p, rate, weight_decay)
    torch._foreach_mul_(h, rho)
    torch._foreach_addcmul_(h, g, g, value=1 - rho)
    _step_over_root(p, h, g, rate, epsilon)
    return p, h


def _step_over_root(p: list[Any], h: list[Any], g: list[Any], rate: Any, epsilon: float) -> None:
    """The step p <- p - g / (sqrt(h) + epsilon) rate."""
    root = torch._foreach_sqrt(h)
    torch._foreach_add_(root, epsilon)
    quotient = torch._foreach_div(g, root)
    torch._foreach_mul_(quotient, rate)
    torch._foreach_sub_(p, quotient)


def _decay(p: list[Any], rate: Any, weight_decay: float) -> None:
    if weight_decay:
        torch._foreach_sub_(p, torch._foreach_mul(p, rate * weight_decay))


def _one_by_one(name: str, lists: tuple[Any, ...], shared: tuple[Any, ...], settings: Any) -> Any:
    found = [optimizer.UPDATES[name](*row, *shared, **settings) for row in _rows(lists)]
    return tuple([list(column) for column in _rows(found)]) if isinstance(found[0], tuple) else found


def _joint(name: str, function: _Kernel, largest: int, on_cuda: bool) -> _Kernel:
    """A kernel for lists, which leaves to the kernel for one what the device does not do in lists."""
    own = optimizer.UPDATES[name].overwrites + 1  # type: ignore[attr-defined]

    def kernel(*arrays: Any, **settings: Any) -> Any:
        p = arrays[0][0]
        if p.is_cpu or (on_cuda and p.dtype is not torch.float64):
            return function(*arrays, **settings)
        return _one_by_one(name, arrays[:own], arrays[own:], settings)

    kernel.largest = largest  # type: ignore[attr-defined]
    return kernel


JOINT = {
    "sgd_update": _joint("sgd_update", _sgd, IN_CACHE, on_cuda=False),
    "momentum_update": _joint("momentum_update", _momentum, IN_CACHE, on_cuda=False),
    "adagrad_update": _joint("adagrad_update", _adagrad, IN_CACHE, on_cuda=False),
    "rmsprop_update": _joint("rmsprop_update", _rmsprop, IN_CACHE, on_cuda=False),
    "adam_update": _joint("adam_update", _adam, ALWAYS, on_cuda=True),
    "amsgrad_update": _joint("amsgrad_update", _adam, ALWAYS, on_cuda=True),
}
