"""Kernels that reduce along axes, or run along one."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import torch

from ._ordered import UNSIGNED, restored, signed, wrapping


def _lone(axis: Any) -> Any:
    """A single axis as a number, which torch reads faster than a tuple."""
    return axis[0] if len(axis) == 1 else axis


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    if not axis:  # torch would take all axes
        return x.clone()
    if x.is_floating_point():
        return torch.sum(x, _lone(axis), keepdims)
    dtype = x.dtype
    if dtype in UNSIGNED:
        return torch.sum(x.to(torch.int64), axis, keepdim=keepdims).to(dtype)
    return torch.sum(x, axis, keepdim=keepdims, dtype=dtype)


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    return torch.mean(x, _lone(axis), keepdims) if axis else x.clone()


def _spread(function: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(x: Any, axis: Any, correction: float, keepdims: bool) -> Any:
        count = 1
        for a in axis:
            count *= x.shape[a]
        if axis and count > correction and x.numel():
            return function(x, _lone(axis), correction=correction, keepdim=keepdims)
        away = x - x.mean(axis, keepdim=True) if axis else x - x  # of too few values torch would warn
        squares = torch.sum(away * away, axis, keepdim=keepdims) if axis else away * away
        y = squares / max(count - correction, 0)
        return y if function is torch.var else torch.sqrt(y)

    return kernel


def _length(x: Any, axis: Any, keepdims: bool) -> Any:
    return torch.linalg.vector_norm(x, 2, axis, keepdims) if axis else torch.abs(x)


def _prod(x: Any, axis: Any, keepdims: bool) -> Any:
    if not axis:
        return x.clone()
    for a in reversed(axis):
        x = torch.prod(x, a, keepdim=keepdims, dtype=x.dtype)
    return x


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(x: Any, axis: Any, keepdims: bool) -> Any:
        if not axis:
            return x.clone()
        if x.is_floating_point():
            return function(x, _lone(axis), keepdims)
        return restored(function(signed(x), axis, keepdim=keepdims), x.dtype)

    return kernel


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    return torch.logsumexp(x, _lone(axis), keepdims) if axis else x.clone()


def _best(function: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(x: Any, axis: int, keepdims: bool) -> Any:
        return function(x if x.is_floating_point() else signed(x), axis, keepdims)

    return kernel


def _truth(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis, keepdims: function(x, axis, keepdim=keepdims) if axis else x.clone()


def in_rows(x: Any, function: Callable[..., Any], merge: Callable[..., Any], neutral: int) -> Any:
    """A running sum or product of a vector, cut into rows; the totals of the rows before are merged in."""
    n = x.shape[0]
    length = max(int(n**0.5), 2)
    rows = n // length + 1
    table = x.new_full((rows * length,), neutral)
    table[:n] = x
    table = function(table.view(rows, length), 1, dtype=x.dtype)
    before = x.new_full((rows, 1), neutral)
    before[1:, 0] = function(table[:, -1].expand(2, rows), 1, dtype=x.dtype)[0, :-1]
    return merge(table, before).view(-1)[:n].clone()


def _scan(function: Callable[..., Any], merge: Callable[..., Any], neutral: int) -> Callable[..., Any]:
    """A running sum or product that repeats to the bit.

    On a GPU torch scans a lone row by a method whose order of adding varies, but several rows each in order.
    """

    def kernel(x: Any, axis: int) -> Any:
        n = x.numel()
        exact = not (x.is_floating_point() or x.is_complex())
        if exact or not x.is_cuda or n != x.shape[axis] or n < 2:
            return function(x, axis, dtype=x.dtype)
        return in_rows(x.reshape(n), function, merge, neutral).view(x.shape)

    return kernel


_running_sum = wrapping(_scan(torch.cumsum, torch.add, 0))


def _cumulative_sum(x: Any, axis: int, reverse: bool) -> Any:
    if not reverse and x.is_cpu and x.is_floating_point():
        return torch.cumsum(x, axis)
    if reverse:
        return _running_sum(x.flip(axis), axis=axis).flip(axis)
    return _running_sum(x, axis=axis)


def _all_finite(*xs: Any) -> Any:
    """Whether a sum of all is finite: infinity and NaN never leave a sum. One that overflows is looked into.

    A GPU reads all arrays in one call: the largest magnitudes, which need no second look.
    """
    full = [x for x in xs if x.numel() and x.is_floating_point()]  # whole numbers are finite
    if xs[0].is_cpu:
        total = 0.0
        for x in full:
            total += (x.sum(dtype=torch.float32) if x.element_size() < 4 else x.sum()).item()
        return torch.tensor(isfinite(total) or all(bool(x.isfinite().all()) for x in full))
    if not full:
        return torch.ones((), dtype=torch.bool, device=xs[0].device)
    largest = torch._foreach_norm(full, float("inf"))
    if len({x.dtype for x in largest}) == 1:
        return torch.stack(largest).isfinite().all()
    return torch.stack([x.isfinite() for x in largest]).all()


KERNELS: dict[str, Callable[..., Any]] = {
    "all_finite": _all_finite,
    "sum": _sum,
    "prod": wrapping(_prod),
    "mean": _mean,
    "var": _spread(torch.var),
    "std": _spread(torch.std),
    "vector_norm": _length,
    "max": _extreme(torch.amax),
    "min": _extreme(torch.amin),
    "logsumexp": _logsumexp,
    "all": _truth(torch.all),
    "any": _truth(torch.any),
    "argmax": _best(torch.argmax),
    "argmin": _best(torch.argmin),
    "cumulative_sum": _cumulative_sum,
    "cumulative_prod": wrapping(_scan(torch.cumprod, torch.mul, 1)),
}
