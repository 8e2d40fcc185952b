"""Pairs of calls for `eager_overhead.py`: the engine's own call, and ours for the same result.

Every operation stands here for which the engine has one call of the same meaning, on small arrays. Where
an engine has no such call (NumPy has no convolution, no one-hot, no layer norm), there is nothing to
compare with, and the row is left out.

On torch three calls do not mean quite the same, and what ours does beyond them is counted against us:

x // y    torch makes NaN of inf // 2 and -1 of 1 // -inf, where the standard has inf and -0. To see that no
          operand is infinite takes three small calls, together a little more than the quotient itself.
top_k     torch takes any of equal values, ours the first, as on every engine: a stable sort and two picks.
conv      ours keeps channels last, torch wants them second: views of images, weights and result, each a
          call of a microsecond. The engine's side gets its views ready-made.

`linear` is two operations in one row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

Call = Callable[[], Any]
Pairs = dict[str, tuple[Call, Call]]


def pairs(engine: str) -> Pairs:
    """Operation -> (the engine's own call, ours)."""
    host = np.random.default_rng(0).uniform(0.5, 1.5, (4, 4)).astype(np.float32)
    x, y = sj.asarray(host), sj.asarray(host[::-1].copy())
    i, c = sj.asarray(np.arange(16).reshape(4, 4)), sj.asarray(host > 1)
    rows = sj.asarray(np.array([2, 0, 1]))
    if engine == "numpy":
        return {**_operators(x, y, i), **_numpy(x, y, c, rows)}
    return {**_operators(x, y, i), **_torch(x, y, c, rows), **_layers()}


def _unary(own: Any, names: tuple[str, ...], *arguments: Any) -> Pairs:
    """Functions of one tensor that carry the same name on both sides."""

    def row(name: str) -> tuple[Call, Call]:
        theirs, ours = getattr(own, name), getattr(sj, name)
        *rest, x = arguments
        a = x._array
        return lambda: theirs(a, *rest), lambda: ours(x)

    return {name: row(name) for name in names}


ELEMENTWISE = ("exp", "log", "sqrt", "tanh", "sin", "square", "sign", "floor", "round", "isfinite")
ACTIVATIONS = ("relu", "sigmoid", "silu", "gelu", "softplus", "elu")


def _operators(x: Any, y: Any, i: Any) -> Pairs:
    """What both engines write alike."""
    a, b, j = x._array, y._array, i._array
    return {
        "x + y": (lambda: a + b, lambda: x + y),
        "x - y": (lambda: a - b, lambda: x - y),
        "x * y": (lambda: a * b, lambda: x * y),
        "x / y": (lambda: a / b, lambda: x / y),
        "x * 2.0": (lambda: a * 2.0, lambda: x * 2.0),
        "2 - x": (lambda: 2 - a, lambda: 2 - x),
        "x + 1": (lambda: a + 1, lambda: x + 1),
        "x ** 2": (lambda: a**2, lambda: x**2),
        "x > 0": (lambda: a > 0, lambda: x > 0),
        "x == y": (lambda: a == b, lambda: x == y),
        "x // y": (lambda: a // b, lambda: x // y),
        "i // 3": (lambda: j // 3, lambda: i // 3),
        "x % y": (lambda: a % b, lambda: x % y),
        "i & 3": (lambda: j & 3, lambda: i & 3),
        "-x": (lambda: -a, lambda: -x),
        "abs": (lambda: abs(a), lambda: abs(x)),
        "x @ y": (lambda: a @ b, lambda: x @ y),
        "x[2]": (lambda: a[2], lambda: x[2]),
        "x[1:3]": (lambda: a[1:3], lambda: x[1:3]),
        "x[:, 1]": (lambda: a[:, 1], lambda: x[:, 1]),
        "x[..., None]": (lambda: a[..., None], lambda: x[..., None]),
        "x[:, 1:, None]": (lambda: a[:, 1:, None], lambda: x[:, 1:, None]),
        "reshape": (lambda: a.reshape((2, 8)), lambda: sj.reshape(x, (2, 8))),
    }


def _numpy(x: Any, y: Any, c: Any, rows: Any) -> Pairs:
    a, b, d, r = x._array, y._array, c._array, rows._array
    n, p, q = r.reshape(3, 1), x[:3], rows.reshape((3, 1))
    own = p._array
    return {
        **_unary(np, ELEMENTWISE, x),
        "maximum": (lambda: np.maximum(a, b), lambda: sj.maximum(x, y)),
        "atan2": (lambda: np.atan2(a, b), lambda: sj.atan2(x, y)),
        "where": (lambda: np.where(d, a, b), lambda: sj.where(c, x, y)),
        "clip": (lambda: np.clip(a, 0.2, 0.8), lambda: sj.clip(x, 0.2, 0.8)),
        "sum": (lambda: np.sum(a, axis=1), lambda: sj.sum(x, axis=1)),
        "mean": (lambda: np.mean(a, axis=1), lambda: sj.mean(x, axis=1)),
        "var": (lambda: np.var(a, axis=1), lambda: sj.var(x, axis=1)),
        "max": (lambda: np.max(a, axis=1), lambda: sj.max(x, axis=1)),
        "argmax": (lambda: np.argmax(a, axis=1), lambda: sj.argmax(x, axis=1)),
        "all": (lambda: np.all(d, axis=1), lambda: sj.all(c, axis=1)),
        "cumulative_sum": (lambda: np.cumsum(a, axis=1), lambda: sj.cumulative_sum(x, axis=1)),
        "sort": (lambda: np.sort(a, axis=1, stable=True), lambda: sj.sort(x, axis=1)),
        "permute_dims": (lambda: a.transpose(1, 0), lambda: sj.permute_dims(x, (1, 0))),
        "expand_dims": (lambda: np.expand_dims(a, 0), lambda: sj.expand_dims(x, axis=0)),
        "broadcast_to": (lambda: np.broadcast_to(a, (2, 4, 4)), lambda: sj.broadcast_to(x, (2, 4, 4))),
        "concat": (lambda: np.concat((a, b), axis=0), lambda: sj.concat((x, y), axis=0)),
        "stack": (lambda: np.stack((a, b), axis=0), lambda: sj.stack((x, y), axis=0)),
        "flip": (lambda: np.flip(a, axis=0), lambda: sj.flip(x, axis=0)),
        "roll": (lambda: np.roll(a, 1, axis=0), lambda: sj.roll(x, 1, axis=0)),
        "take": (lambda: np.take(a, r, axis=0), lambda: sj.take(x, rows, axis=0)),
        "x[rows]": (lambda: a[r], lambda: x[rows]),
        "take_along_axis": (
            lambda: np.take_along_axis(own, n, axis=1),
            lambda: sj.take_along_axis(p, q, axis=1),
        ),
        "astype": (lambda: a.astype(np.float64), lambda: sj.astype(x, sj.float64)),
        "tril": (lambda: np.tril(a), lambda: sj.tril(x)),
        "zeros": (lambda: np.zeros((4, 4), np.float32), lambda: sj.zeros((4, 4))),
        "full": (lambda: np.full((4, 4), 2.0, np.float32), lambda: sj.full((4, 4), 2.0)),
        "arange": (lambda: np.arange(0, 4, 1), lambda: sj.arange(4)),
        "pad": (lambda: np.pad(a, ((1, 1), (1, 1))), lambda: sj.pad(x, ((1, 1), (1, 1)))),
        "linalg.vector_norm": (lambda: np.linalg.norm(a, axis=1), lambda: sj.linalg.vector_norm(x, axis=1)),
    }


def _torch(x: Any, y: Any, c: Any, rows: Any) -> Pairs:
    import torch

    a, b, d, r = x._array, y._array, c._array, rows._array
    n, p, q = r.reshape(3, 1), x[:3], rows.reshape((3, 1))
    own = p._array
    return {
        **_unary(torch, ELEMENTWISE, x),
        **_unary(torch.nn.functional, ACTIVATIONS, x),
        **_unary(torch.nn.functional, ("softmax", "log_softmax"), 1, x),
        "maximum": (lambda: torch.maximum(a, b), lambda: sj.maximum(x, y)),
        "atan2": (lambda: torch.atan2(a, b), lambda: sj.atan2(x, y)),
        "where": (lambda: torch.where(d, a, b), lambda: sj.where(c, x, y)),
        "clip": (lambda: torch.clamp(a, 0.2, 0.8), lambda: sj.clip(x, 0.2, 0.8)),
        "sum": (lambda: torch.sum(a, 1), lambda: sj.sum(x, axis=1)),
        "mean": (lambda: torch.mean(a, 1), lambda: sj.mean(x, axis=1)),
        "var": (lambda: torch.var(a, 1, correction=0), lambda: sj.var(x, axis=1)),
        "max": (lambda: torch.amax(a, 1), lambda: sj.max(x, axis=1)),
        "argmax": (lambda: torch.argmax(a, 1), lambda: sj.argmax(x, axis=1)),
        "all": (lambda: torch.all(d, 1), lambda: sj.all(c, axis=1)),
        "logsumexp": (lambda: torch.logsumexp(a, 1), lambda: sj.logsumexp(x, axis=1)),
        "cumulative_sum": (lambda: torch.cumsum(a, 1), lambda: sj.cumulative_sum(x, axis=1)),
        "sort": (lambda: torch.sort(a, dim=1, stable=True), lambda: sj.sort(x, axis=1)),
        "top_k": (lambda: torch.topk(a, 2), lambda: sj.top_k(x, 2)),
        "permute_dims": (lambda: a.permute(1, 0), lambda: sj.permute_dims(x, (1, 0))),
        "expand_dims": (lambda: torch.unsqueeze(a, 0), lambda: sj.expand_dims(x, axis=0)),
        "broadcast_to": (lambda: torch.broadcast_to(a, (2, 4, 4)), lambda: sj.broadcast_to(x, (2, 4, 4))),
        "concat": (lambda: torch.cat((a, b), 0), lambda: sj.concat((x, y), axis=0)),
        "stack": (lambda: torch.stack((a, b), 0), lambda: sj.stack((x, y), axis=0)),
        "flip": (lambda: torch.flip(a, (0,)), lambda: sj.flip(x, axis=0)),
        "roll": (lambda: torch.roll(a, 1, 0), lambda: sj.roll(x, 1, axis=0)),
        "take": (lambda: torch.index_select(a, 0, r), lambda: sj.take(x, rows, axis=0)),
        "x[rows]": (lambda: a[r], lambda: x[rows]),
        "take_along_axis": (
            lambda: torch.take_along_dim(own, n, 1),
            lambda: sj.take_along_axis(p, q, axis=1),
        ),
        "astype": (lambda: a.to(torch.float64), lambda: sj.astype(x, sj.float64)),
        "tril": (lambda: torch.tril(a), lambda: sj.tril(x)),
        "zeros": (lambda: torch.zeros((4, 4), dtype=torch.float32), lambda: sj.zeros((4, 4))),
        "full": (lambda: torch.full((4, 4), 2.0, dtype=torch.float32), lambda: sj.full((4, 4), 2.0)),
        "arange": (lambda: torch.arange(0, 4, 1), lambda: sj.arange(4)),
        "one_hot": (lambda: torch.nn.functional.one_hot(r, 4), lambda: sj.one_hot(rows, 4)),
        "pad": (lambda: torch.nn.functional.pad(a, (1, 1, 1, 1)), lambda: sj.pad(x, ((1, 1), (1, 1)))),
        "linalg.vector_norm": (
            lambda: torch.linalg.vector_norm(a, dim=1),
            lambda: sj.linalg.vector_norm(x, axis=1),
        ),
    }


def _layers() -> Pairs:
    """Convolution, pooling, embedding and norms, which of the engines only torch has."""
    from torch.nn import functional as f

    random = np.random.default_rng(1)
    image = sj.asarray(random.normal(size=(1, 6, 6, 2)).astype(np.float32))
    kernel = sj.asarray(random.normal(size=(3, 3, 2, 3)).astype(np.float32))
    line, scale = sj.asarray(random.normal(size=(4, 8)).astype(np.float32)), sj.ones((8,))
    ids, table = sj.asarray(np.array([1, 0, 3])), sj.asarray(random.normal(size=(5, 8)).astype(np.float32))
    pixels = image._array.permute(0, 3, 1, 2)
    weights = kernel._array.permute(3, 2, 0, 1)
    i, t, v, s = ids._array, table._array, line._array, scale._array
    return {
        "conv": (lambda: f.conv2d(pixels, weights), lambda: sj.conv(image, kernel)),
        "max_pool": (lambda: f.max_pool2d(pixels, 2), lambda: sj.max_pool(image, 2)),
        "average_pool": (lambda: f.avg_pool2d(pixels, 2), lambda: sj.average_pool(image, 2)),
        "embedding": (lambda: f.embedding(i, t), lambda: sj.embedding(table, ids)),
        "layer_norm": (lambda: f.layer_norm(v, (8,), s, s), lambda: sj.layer_norm(line, scale, scale)),
        "linear": (lambda: v @ t.mT, lambda: line @ table.mT),  # two operations
    }
