"""Kernels that reduce along axes, or run along one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._wrap import plain, quiet


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    if x.dtype == np.float16:  # added up in 32 bits, as the other engine does
        return np.sum(x, axis=axis, keepdims=keepdims, dtype=np.float32).astype(np.float16)
    return np.sum(x, axis=axis, keepdims=keepdims, dtype=x.dtype)


def _prod(x: Any, axis: Any, keepdims: bool) -> Any:
    return np.prod(x, axis=axis, keepdims=keepdims, dtype=x.dtype)


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    n = 1
    for a in axis:
        n *= x.shape[a]
    wide = np.float32 if x.dtype == np.float16 else x.dtype  # sums of half numbers would overflow
    total = np.sum(x, axis=axis, keepdims=keepdims, dtype=wide)
    return np.divide(total, n, dtype=wide).astype(x.dtype, copy=False)


def _spread(x: Any, axis: Any, correction: float, keepdims: Any) -> Any:
    """The variance; that of half numbers, whose squares would overflow, in float32."""
    n = 1
    for a in axis:
        n *= x.shape[a]
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    kind = wide.dtype.type
    away = wide - np.add.reduce(wide, axis=axis, keepdims=True) / kind(n)
    total = np.add.reduce(away * away, axis=axis, keepdims=keepdims)
    return total / kind(max(n - correction, 0))


def _var(x: Any, **attributes: Any) -> Any:
    return _spread(x, **attributes).astype(x.dtype, copy=False)


def _std(x: Any, **attributes: Any) -> Any:
    return np.sqrt(_spread(x, **attributes)).astype(x.dtype, copy=False)


def _length(x: Any, axis: Any, keepdims: Any) -> Any:
    if x.dtype.kind == "c":
        squares = x.real * x.real + x.imag * x.imag
    else:
        squares = np.square(x, dtype=np.float32) if x.dtype == np.float16 else x * x
    return np.sqrt(np.add.reduce(squares, axis=axis, keepdims=keepdims)).astype(x.real.dtype, copy=False)


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, x.dtype.type(0))
    y = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True, dtype=x.dtype)) + m
    return y if keepdims else y.squeeze(axis)


def _cumulative_sum(x: Any, axis: int, reverse: bool) -> Any:
    if reverse:
        return np.ascontiguousarray(np.flip(np.cumsum(np.flip(x, axis), axis=axis, dtype=x.dtype), axis))
    return np.cumsum(x, axis=axis, dtype=x.dtype)


def _cumulative_prod(x: Any, axis: int) -> Any:
    return np.cumprod(x, axis=axis, dtype=x.dtype)


def _all_finite(*xs: Any) -> Any:
    return all(np.isfinite(x).all() for x in xs)


KERNELS = {
    "all_finite": plain(_all_finite),
    "sum": quiet(_sum),
    "prod": quiet(_prod),
    "mean": quiet(_mean),
    "var": quiet(_var),
    "std": quiet(_std),
    "vector_norm": quiet(_length),
    "max": quiet(np.max),
    "min": quiet(np.min),
    "logsumexp": quiet(_logsumexp),
    "all": plain(np.all),
    "any": plain(np.any),
    "argmax": plain(np.argmax),
    "argmin": plain(np.argmin),
    "cumulative_sum": quiet(_cumulative_sum),
    "cumulative_prod": quiet(_cumulative_prod),
}
