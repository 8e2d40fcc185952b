"""The loops of LSTM and GRU around compiled steps: a product and one call a step.

Addresses are counted up, so that a step makes no views. Data are float32 or bfloat16; the memory of an LSTM,
and the state that a GRU carries from step to step, are float32. Letters as in `recurrent/lstm.py` and
`recurrent/gru.py`.
"""

from __future__ import annotations

from typing import Any

import torch

from ...compiling.compiler import loaded
from ._dtypes import DTYPES
from .cells import TEXTS
from .gated import plain_gru, plain_gru_gradient
from .recurrent import (
    Packed,
    beside,
    came,
    neighbours,
    order,
    packs,
    plain_lstm,
    plain_lstm_gradient,
    product,
    through,
)


def compiled(op: str, x: Any, masked: bool) -> Any | None:
    """The compiled step of an operation for such data; `None` where the plain one is to run.

    Args:
        op: the operation.
        x: its data.
        masked: whether a mask stops rows.

    Returns:
        Function of rows, units, and addresses.
    """
    text = None if masked or not x.is_cpu or not x.numel() else TEXTS[op].get(DTYPES[x.dtype])
    return None if text is None else loaded(text)


def _ordered(*arrays: Any) -> list[Any]:
    return [x.contiguous() for x in arrays]


def lstm(step: Any, x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, *, reverse: bool) -> Any:
    """The forward pass of an LSTM: as `_lstm` in `recurrent.py`."""
    (steps, batch, features), units = x.shape, h.shape[1]
    h, c = _ordered(h, c)
    hs, cs = x.new_empty((steps, batch, units)), c.new_empty((steps, batch, units))
    packed = packs(x, batch)
    if packed:
        gates, rows = x.new_empty((steps, batch, 4 * units)), beside(x, h, reverse)
        both = torch.cat([kernel.t(), recurrent.t()], 1)  # as the packing wants it, so that it copies nothing
        multiply, read = Packed(both.t(), batch, bias), rows.unbind(0)
    else:
        gates = through(x, kernel, bias)
        read = gates.unbind(0)
    size, wide = x.itemsize * batch * units, 4 * batch * units  # bytes of a state, and of a memory
    state, at_h, at_c, at_gates = c.data_ptr(), hs.data_ptr(), cs.data_ptr(), gates.data_ptr()
    both_sizes = features + units
    row, at_rows = x.itemsize * batch * both_sizes, rows.data_ptr() + x.itemsize * features if packed else 0
    for t, after in neighbours(steps, reverse):
        z = multiply(read[t]) if packed else read[t].addmm_(h, recurrent)
        into = at_rows + after * row if packed and after is not None else 0
        new = at_c + t * wide
        step(
            batch, units, z.data_ptr(), state, at_gates + 4 * t * size, new, at_h + t * size, into, both_sizes
        )
        state = new
        if not packed:
            h = hs[t]
    last = 0 if reverse else steps - 1
    return hs, hs[last].clone(), cs[last].clone(), cs, gates


def lstm_gradient(
    step: Any, recurrent: Any, c: Any, cs: Any, gates: Any, *rest: Any, given: Any, reverse: bool
) -> Any:
    """The backward pass of an LSTM: as `_lstm_gradient` in `recurrent.py`, without gradients of the gates."""
    (steps, batch, units) = cs.shape
    found, _ = came(("hs", "h", "c", "cs", "gates"), rest, given)
    c, cs, gates = _ordered(c, cs, gates)
    across = product(gates, recurrent.t(), batch)
    d_h = found["h"].contiguous() if "h" in found else gates.new_zeros((batch, units))
    d_c = found["c"].clone(memory_format=torch.contiguous_format) if "c" in found else torch.zeros_like(c)
    d_z = torch.empty_like(gates)
    size, wide = gates.itemsize * batch * units, 4 * batch * units
    d_hs, d_cs = (found[n].contiguous() if n in found else None for n in ("hs", "cs"))
    at_hs, at_cs = (0 if d is None else d.data_ptr() for d in (d_hs, d_cs))
    rows, at_c, at_d_c = d_z.unbind(0), cs.data_ptr(), d_c.data_ptr()
    at_gates, at_d_z = gates.data_ptr(), d_z.data_ptr()
    for t, before in neighbours(steps, not reverse):
        at, far = t * size, t * wide
        step(
            *(batch, units, d_h.data_ptr(), at_hs and at_hs + at, at_cs and at_cs + far, at_d_c),
            *(at_gates + 4 * at, at_c + far, c.data_ptr() if before is None else at_c + before * wide),
            at_d_z + 4 * at,
        )
        d_h = across(rows[t])
    return d_z, d_h, d_c


def gru(step: Any, x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, *, reverse: bool) -> Any:
    """The forward pass of a GRU: as `_gru` in `gated.py`."""
    (steps, batch, _), units = x.shape, h.shape[1]
    x, h = _ordered(x, h)
    hs, inner = x.new_empty((steps, batch, units)), x.new_empty((steps, batch, 4 * units))
    through(x, kernel, bias[0], inner[..., : 3 * units])  # a step reads its row before it writes there
    packed = Packed(recurrent, batch, bias[1].contiguous()) if packs(x, batch) else None
    shown, size, narrow = hs.unbind(0), x.itemsize * batch * units, x.dtype is not torch.float32
    wide = h.float()  # in bfloat16, a state of its own, which each step overwrites
    at_state, state, read = wide.data_ptr(), wide.data_ptr(), h
    for t in order(steps, reverse):
        q = packed(read) if packed else torch.addmm(bias[1], read, recurrent)
        at = t * size
        step(
            *(batch, units, q.data_ptr(), state),
            *(inner.data_ptr() + 4 * at, hs.data_ptr() + at, at_state),
        )
        read = shown[t]
        state = at_state if narrow else hs.data_ptr() + at
    return hs, read.clone(), inner


def gru_gradient(
    step: Any, recurrent: Any, h: Any, hs: Any, inner: Any, *rest: Any, given: Any, reverse: bool
) -> Any:
    """The backward pass of a GRU: as `_gru_gradient` in `gated.py`, without gradients of the inner values."""
    steps, batch, units = hs.shape
    found, _ = came(("hs", "h", "inner"), rest, given)
    h, hs, inner = _ordered(h, hs, inner)
    across = product(inner, recurrent.t(), batch)
    d_h = (
        found["h"].float().contiguous()
        if "h" in found
        else inner.new_zeros((batch, units), dtype=torch.float32)
    )
    shape = (steps, batch, 3 * units)
    d_a, d_q = inner.new_empty(shape), inner.new_empty(shape)
    d_hs = found["hs"].contiguous() if "hs" in found else None
    size, rows = inner.itemsize * batch * units, d_q.unbind(0)
    for t, before in neighbours(steps, not reverse):
        kept, at = torch.empty_like(d_h), t * size
        step(
            *(batch, units, d_h.data_ptr(), 0 if d_hs is None else d_hs.data_ptr() + at),
            *(inner.data_ptr() + 4 * at, h.data_ptr() if before is None else hs.data_ptr() + before * size),
            *(d_a.data_ptr() + 3 * at, rows[t].data_ptr(), kept.data_ptr()),
        )
        d_h = kept.add_(across(rows[t]))
    return d_a, d_q, d_h.to(inner.dtype)


def _lstm(x: Any, h: Any, c: Any, *rest: Any, reverse: bool) -> Any:
    step = compiled("lstm", x, len(rest) > 3)  # a mask behind the weights
    if step is None:
        return plain_lstm(x, h, c, *rest, reverse=reverse)
    return lstm(step, x, h, c, *rest, reverse=reverse)


def _lstm_gradient(recurrent: Any, c: Any, cs: Any, gates: Any, *rest: Any, given: Any, reverse: bool) -> Any:
    special = len(rest) > sum(given) or given[4]  # a mask, or gradients of the gates
    step = compiled("lstm_gradient", gates, special)
    if step is None:
        return plain_lstm_gradient(recurrent, c, cs, gates, *rest, given=given, reverse=reverse)
    return lstm_gradient(step, recurrent, c, cs, gates, *rest, given=given, reverse=reverse)


def _gru(x: Any, h: Any, *rest: Any, reverse: bool) -> Any:
    step = compiled("gru", x, len(rest) > 3)
    if step is None:
        return plain_gru(x, h, *rest, reverse=reverse)
    return gru(step, x, h, *rest, reverse=reverse)


def _gru_gradient(recurrent: Any, h: Any, hs: Any, inner: Any, *rest: Any, given: Any, reverse: bool) -> Any:
    special = len(rest) > sum(given) or given[2]
    step = compiled("gru_gradient", inner, special)
    if step is None:
        return plain_gru_gradient(recurrent, h, hs, inner, *rest, given=given, reverse=reverse)
    return gru_gradient(step, recurrent, h, hs, inner, *rest, given=given, reverse=reverse)


KERNELS = {"lstm": _lstm, "lstm_gradient": _lstm_gradient, "gru": _gru, "gru_gradient": _gru_gradient}
