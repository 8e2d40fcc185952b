"""Kernels of recurrent operations: the product with the inputs once for all steps, then a loop over them.

Letters as in `recurrent/lstm.py`, `gru.py` and `simple_rnn.py`. 16-bit values are computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._wrap import silent


def _wide(dtype: Any) -> Any:
    """The element type to compute in."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _order(steps: int, reverse: bool) -> range:
    return range(steps - 1, -1, -1) if reverse else range(steps)


def _sigmoid(x: Any) -> None:
    """In place: half a tanh of half the argument, which never overflows."""
    x *= x.dtype.type(0.5)
    np.tanh(x, out=x)
    x *= x.dtype.type(0.5)
    x += x.dtype.type(0.5)


def _through(x: Any, kernel: Any, bias: Any) -> Any:
    """Gives x W + b for all steps: (T, N, F) to (T, N, G)."""
    steps, batch, features = x.shape
    z = x.reshape(steps * batch, features) @ kernel
    z += bias
    return z.reshape(steps, batch, kernel.shape[1])


def _keep(masks: Any, t: int, new: Any, old: Any) -> Any:
    """The new values where the mask of step t is true, the old ones elsewhere."""
    return np.where(masks[0][t][:, None], new, old) if masks else new


def _came(names: Any, rest: Any, given: Any, dtype: Any) -> tuple[dict[str, Any], Any]:
    """The gradients that are given, by name, and the mask."""
    here = [name for name, is_here in zip(names, given, strict=True) if is_here]
    found = {n: g.astype(dtype, copy=False) for n, g in zip(here, rest, strict=False)}
    return found, rest[len(here) :]


def _lstm(
    x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    dtype, units = c.dtype, h.shape[1]
    gates = _through(*[v.astype(dtype, copy=False) for v in (x, kernel, bias)])
    steps, batch = gates.shape[:2]
    recurrent = recurrent.astype(dtype, copy=False)
    hs, cs = np.empty((steps, batch, units), dtype), np.empty((steps, batch, units), dtype)
    last, c = h.astype(dtype), c.copy()
    for t in _order(steps, reverse):
        z = gates[t]
        z += last @ recurrent
        _sigmoid(z[:, : 2 * units])
        _sigmoid(z[:, 3 * units :])
        i, f, g, o = [z[:, k * units : (k + 1) * units] for k in range(4)]
        np.tanh(g, out=g)
        new = f * c
        new += i * g
        shown = np.tanh(new)
        shown *= o
        last, c = _keep(masks, t, shown, last), _keep(masks, t, new, c)
        hs[t], cs[t] = last, c
        if masks:
            z[~masks[0][t]] = 0
    narrow = [v.astype(x.dtype, copy=False) for v in (hs, last, gates)]
    return narrow[0], narrow[1], c, cs, narrow[2]


def _lstm_gradient(
    recurrent: Any, c: Any, cs: Any, gates: Any, *rest: Any, given: Any, reverse: bool
) -> tuple[Any, ...]:
    dtype, units, steps = c.dtype, c.shape[1], len(gates)
    came, masks = _came(("hs", "h", "c", "cs", "gates"), rest, given, dtype)
    across = recurrent.astype(dtype, copy=False).T
    d_h, d_c = came.get("h", np.zeros_like(c)).copy(), came.get("c", np.zeros_like(c)).copy()
    d_z = np.empty(gates.shape, dtype)
    order = _order(steps, not reverse)
    for t in order:
        d_h = d_h + came["hs"][t] if "hs" in came else d_h
        d_c = d_c + came["cs"][t] if "cs" in came else d_c
        before = cs[t - 1 if not reverse else t + 1] if t != order[-1] else c
        z = gates[t].astype(dtype, copy=False)
        i, f, g, o = [z[:, k * units : (k + 1) * units] for k in range(4)]
        squashed = np.tanh(cs[t])
        total = d_c + d_h * o * (1 - squashed * squashed)
        row = d_z[t]
        for k, d_gate in enumerate((total * g, total * before, total * i, d_h * squashed)):
            row[:, k * units : (k + 1) * units] = d_gate
        if "gates" in came:
            row += came["gates"][t]
        slopes = z * (1 - z)
        slopes[:, 2 * units : 3 * units] = 1 - g * g
        row *= slopes
        if masks:
            row[~masks[0][t]] = 0
        d_h, d_c = _keep(masks, t, row @ across, d_h), _keep(masks, t, total * f, d_c)
    return d_z.astype(gates.dtype, copy=False), d_h.astype(gates.dtype, copy=False), d_c


def _gru(
    x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    dtype, units = _wide(x.dtype), h.shape[1]
    x_wide, kernel, recurrent, bias = [v.astype(dtype, copy=False) for v in (x, kernel, recurrent, bias)]
    a = _through(x_wide, kernel, bias[0])
    steps, batch = a.shape[:2]
    hs, inner = np.empty((steps, batch, units), dtype), np.empty((steps, batch, 4 * units), dtype)
    last = h.astype(dtype)
    for t in _order(steps, reverse):
        q = last @ recurrent
        q += bias[1]
        row = inner[t]
        np.add(a[t, :, : 2 * units], q[:, : 2 * units], out=row[:, : 2 * units])
        _sigmoid(row[:, : 2 * units])
        row[:, 3 * units :] = q[:, 2 * units :]
        z, r, n, inside = [row[:, k * units : (k + 1) * units] for k in range(4)]
        np.multiply(r, inside, out=n)
        n += a[t, :, 2 * units :]
        np.tanh(n, out=n)
        last = _keep(masks, t, z * last + (1 - z) * n, last)
        hs[t] = last
        if masks:
            row[~masks[0][t]] = 0
    return tuple(v.astype(x.dtype, copy=False) for v in (hs, last, inner))


def _gru_gradient(
    recurrent: Any, h: Any, hs: Any, inner: Any, *rest: Any, given: Any, reverse: bool
) -> tuple[Any, ...]:
    narrow, dtype, units, steps = inner.dtype, _wide(inner.dtype), h.shape[1], len(inner)
    came, masks = _came(("hs", "h", "inner"), rest, given, dtype)
    across = recurrent.astype(dtype, copy=False).T
    d_h = came.get("h", np.zeros(h.shape, dtype)).copy()
    d_a = np.empty((*inner.shape[:2], 3 * units), dtype)
    d_q = np.empty(d_a.shape, dtype)
    order = _order(steps, not reverse)
    for t in order:
        d_h = d_h + came["hs"][t] if "hs" in came else d_h
        before = (hs[t - 1 if not reverse else t + 1] if t != order[-1] else h).astype(dtype, copy=False)
        z, r, n, q = [inner[t, :, k * units : (k + 1) * units].astype(dtype, copy=False) for k in range(4)]
        more = (
            [came["inner"][t, :, k * units : (k + 1) * units] for k in range(4)] if "inner" in came else None
        )
        d_z, d_n = d_h * (before - n), d_h * (1 - z)
        if more is not None:
            d_z, d_n = d_z + more[0], d_n + more[2]
        d_n *= 1 - n * n
        d_r, d_inside = d_n * q, d_n * r
        if more is not None:
            d_r, d_inside = d_r + more[1], d_inside + more[3]
        d_z *= z * (1 - z)
        d_r *= r * (1 - r)
        for row, third in ((d_a[t], d_n), (d_q[t], d_inside)):
            row[:, :units], row[:, units : 2 * units], row[:, 2 * units :] = d_z, d_r, third
            if masks:
                row[~masks[0][t]] = 0
        d_h = _keep(masks, t, d_h * z + d_q[t] @ across, d_h)
    return tuple(v.astype(narrow, copy=False) for v in (d_a, d_q, d_h))


def _simple_rnn(
    x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    dtype = _wide(x.dtype)
    hs = _through(*[v.astype(dtype, copy=False) for v in (x, kernel, bias)])
    recurrent, last = recurrent.astype(dtype, copy=False), h.astype(dtype)
    for t in _order(len(hs), reverse):
        z = hs[t]
        z += last @ recurrent
        np.tanh(z, out=z)
        if masks:
            z[...] = _keep(masks, t, z, last)
        last = z
    return hs.astype(x.dtype, copy=False), last.astype(x.dtype)


def _simple_rnn_gradient(recurrent: Any, hs: Any, *rest: Any, given: Any, reverse: bool) -> tuple[Any, ...]:
    narrow, dtype = hs.dtype, _wide(hs.dtype)
    came, masks = _came(("hs", "h"), rest, given, dtype)
    across = recurrent.astype(dtype, copy=False).T
    d_h = came.get("h", np.zeros(hs.shape[1:], dtype)).copy()
    d_z = 1 - np.square(hs.astype(dtype, copy=False))
    for t in _order(len(hs), not reverse):
        d_h = d_h + came["hs"][t] if "hs" in came else d_h
        row = d_z[t]
        row *= d_h
        if masks:
            row[~masks[0][t]] = 0
        d_h = _keep(masks, t, row @ across, d_h)
    return d_z.astype(narrow, copy=False), d_h.astype(narrow, copy=False)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "gru": _gru,
    "gru_gradient": _gru_gradient,
    "lstm": _lstm,
    "lstm_gradient": _lstm_gradient,
    "simple_rnn": _simple_rnn,
    "simple_rnn_gradient": _simple_rnn_gradient,
}
KERNELS = {name: silent(function) for name, function in FUNCTIONS.items()}
