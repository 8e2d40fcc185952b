"""Kernels of the gated recurrent unit: x W + b for all steps at once, then h R + d step by step.

Letters as in `recurrent/gru.py`; how products are made, in `recurrent.py` beside this file.
"""

from __future__ import annotations

from typing import Any

import torch

from .recurrent import (
    Packed,
    _sigmoid_slope,
    _tanh_slope,
    _wide,
    came,
    neighbours,
    order,
    packs,
    product,
    tanh,
    through,
)


def _gru(
    x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    """The forward pass of a GRU: states, last state, inner values."""
    (steps, batch, _), units, dtype = x.shape, h.shape[1], _wide(x.dtype)
    same = dtype is x.dtype
    mask = masks[0].unsqueeze(-1) if masks else None
    hs = x.new_empty((steps, batch, units))
    inner = x.new_empty((steps, batch, 4 * units))
    a = through(
        x, kernel, bias[0], inner[..., : 3 * units]
    )  # each step reads its part before it writes there
    packed = Packed(recurrent, batch, bias[1].contiguous()) if packs(x, batch) else None
    state = h if same else h.to(dtype)
    for t in order(steps, reverse):
        read = state if same else state.to(x.dtype)
        q = packed(read) if packed else torch.addmm(bias[1], read, recurrent)
        into, row = a[t], inner[t]
        if not same:
            q, into, row = q.to(dtype), into.to(dtype), q.new_empty((batch, 4 * units), dtype=dtype)
        z, r, n, inside = row.split(units, 1)
        torch.add(into[:, : 2 * units], q[:, : 2 * units], out=row[:, : 2 * units]).sigmoid_()
        inside.copy_(q[:, 2 * units :])
        tanh(torch.addcmul(into[:, 2 * units :], r, inside, out=n), n)
        new = torch.sub(state, n).mul_(z).add_(n)  # z h + (1 - z) n
        if mask is not None:
            new = torch.where(mask[t], new, state)
            row.masked_fill_(~mask[t], 0)
        if not same:
            inner[t].copy_(row)
        hs[t].copy_(new)
        state = new
    last = state if same else state.to(x.dtype)
    return hs, last if steps else last.clone(), inner


def _gru_gradient(
    recurrent: Any, h: Any, hs: Any, inner: Any, *rest: Any, given: Any, reverse: bool
) -> tuple[Any, ...]:
    """The backward pass of a GRU: gradients of a and q, and of the first state."""
    steps, batch, units = hs.shape
    narrow, dtype = inner.dtype, _wide(inner.dtype)
    same = dtype is narrow
    found, mask = came(("hs", "h", "inner"), rest, given)
    across = product(inner, recurrent.t(), batch)
    d_h = found["h"].to(dtype) if "h" in found else inner.new_zeros((batch, units), dtype=dtype)
    shape = (steps, batch, 3 * units)
    d_a, d_q = inner.new_empty(shape), inner.new_empty(shape)
    block = None if same else inner.new_empty((batch, 3 * units), dtype=dtype)
    for t, before in neighbours(steps, not reverse):
        if "hs" in found:
            d_h = d_h + found["hs"][t]
        start = h if before is None else hs[before]
        row = inner[t] if same else inner[t].to(dtype)
        z, r, n, q = row.split(units, 1)
        into = d_a[t] if block is None else block
        d_z, d_r, d_n = into.split(units, 1)
        torch.mul(d_h, (start if same else start.to(dtype)) - n, out=d_z)
        kept = d_h * z
        torch.sub(d_h, kept, out=d_n)  # dh (1 - z)
        more = found["inner"][t].to(dtype).split(units, 1) if "inner" in found else None
        if more:
            d_z += more[0]
            d_n += more[2]
        _tanh_slope(d_n, n, grad_input=d_n)
        torch.mul(d_n, q, out=d_r)
        d_inside = d_n * r
        if more:
            d_r += more[1]
            d_inside += more[3]
        gates = into[:, : 2 * units]
        _sigmoid_slope(gates, row[:, : 2 * units], grad_input=gates)
        if block is not None:
            d_a[t].copy_(block)
        out = d_q[t]
        out[:, : 2 * units], out[:, 2 * units :] = gates, d_inside
        if mask is not None:
            d_a[t].masked_fill_(~mask[t], 0)
            out.masked_fill_(~mask[t], 0)
            d_h = torch.where(mask[t], kept.add_(across(out)), d_h)
        else:
            d_h = kept.add_(across(out))
    d_h = d_h if same else d_h.to(narrow)
    return d_a, d_q, d_h if steps else d_h.clone()


KERNELS = {"gru": _gru, "gru_gradient": _gru_gradient}
