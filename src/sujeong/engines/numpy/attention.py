"""Kernels of attention: two products and a softmax between them, which is computed in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._wrap import silent
from .softmax import _softmax, _softmax_gradient


def _weights(q: Any, k: Any, mask: Any, causal: bool, scale: float) -> Any:
    dtype = q.dtype
    scores = np.matmul(q, k.swapaxes(-1, -2))
    scores *= dtype.type(scale)
    if dtype.itemsize == 2:
        scores = scores.astype(np.float32)
    if causal:
        lower = np.tri(*scores.shape[-2:], dtype=np.bool_)
        mask = lower if mask is None else mask & lower
    if mask is not None:
        sees = mask.any(axis=-1, keepdims=True)
        np.copyto(scores, -np.inf, where=~mask & sees)
    p = _softmax(scores)
    if mask is not None:
        np.copyto(p, 0, where=~sees)
    return p.astype(dtype, copy=False)


def _dropped(p: Any, rest: Any, rate: float) -> Any:
    return np.where(rest[-1], p * p.dtype.type(1 / (1 - rate)), p.dtype.type(0)) if rate else p


def _attention(
    q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float
) -> Any:
    p = _weights(q, k, rest[0] if masked else None, causal, scale)
    return np.matmul(_dropped(p, rest, rate), v), p


def _gradient(
    g: Any, q: Any, k: Any, v: Any, p: Any, *rest: Any, causal: bool, scale: float, rate: float
) -> Any:
    dtype = q.dtype
    d_v = np.matmul(_dropped(p, rest, rate).swapaxes(-1, -2), g)
    d_p = _dropped(np.matmul(g, v.swapaxes(-1, -2)), rest, rate)
    if dtype.itemsize == 2:
        d_p, p = d_p.astype(np.float32), p.astype(np.float32)
    d_s = _softmax_gradient(d_p, p, -1).astype(dtype, copy=False)
    d_q, d_k = np.matmul(d_s, k), np.matmul(d_s.swapaxes(-1, -2), q)
    d_q *= dtype.type(scale)
    d_k *= dtype.type(scale)
    return d_q, d_k, d_v


KERNELS = {"attention": silent(_attention), "attention_gradient": silent(_gradient)}
