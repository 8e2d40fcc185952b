"""Kernels of recurrent operations: a loop over the steps, all else in as few large products as there can be.

On the CPU each step is one call of oneDNN's product with weights packed once for all steps: the row (x_t, h)
meets W above R. Where oneDNN does not go (float64, CUDA, few rows, old processors), the product x W is made
for all steps at once, and h R is added in place, step by step. Torch's own recurrent layer hands what its
gradient needs to no one, so that nothing could be built on it.

Letters as in `recurrent/lstm.py`, `gru.py` and `simple_rnn.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

_sigmoid_slope = torch.ops.aten.sigmoid_backward.grad_input
_tanh_slope = torch.ops.aten.tanh_backward.grad_input
_NARROW = (torch.bfloat16, torch.float16)
FEW_ROWS = 8  # below, packing costs more than it saves


def _wide(dtype: Any) -> Any:
    """The element type to compute in."""
    return torch.float32 if dtype in _NARROW else dtype


def packs(x: Any, rows: int) -> bool:
    """Whether oneDNN multiplies with packed weights here, and it pays."""
    if not x.is_cpu or rows < FEW_ROWS or not torch.backends.mkldnn.is_available():
        return False
    if x.dtype is torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return x.dtype is torch.float32


class Packed:
    """Gives act(x W + b) for one matrix W (K, G) and many x (N, K)."""

    def __init__(self, weight: Any, rows: int, bias: Any = None, activation: str = "none") -> None:
        # oneDNN keeps W as (G, K).
        self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.t().contiguous(), rows)
        self.bias, self.activation = bias, activation
        self.product = torch.ops.mkldnn._linear_pointwise.default

    def __call__(self, x: Any) -> Any:
        """Gives act(x W + b)."""
        return self.product(x, self.weight, self.bias, self.activation, [], "")


def product(x: Any, weight: Any, rows: int) -> Callable[[Any], Any]:
    """A function that multiplies by a matrix: packed where that pays."""
    return Packed(weight, rows) if packs(x, rows) else lambda row: torch.mm(row, weight)


def tanh(x: Any, out: Any) -> Any:
    """Puts tanh into `out`: NumPy's for blocks on the CPU, which takes a sixth of the time of torch's."""
    if x.is_cpu and x.dtype in (torch.float32, torch.float64):
        np.tanh(x.numpy(), out=out.numpy())
        return out
    return torch.tanh(x, out=out)


def order(steps: int, reverse: bool) -> range:
    """The steps in the order in which they are read."""
    return range(steps - 1, -1, -1) if reverse else range(steps)


def neighbours(steps: int, reverse: bool) -> list[tuple[int, int | None]]:
    """Each step and the one that is read after it, `None` after the last."""
    found = order(steps, reverse)
    return list(zip(found, [*found[1:], None], strict=False))


def through(x: Any, kernel: Any, bias: Any, out: Any = None) -> Any:
    """Gives x W + b for all steps: (T, N, F) to (T, N, G); `out` may be columns of something wider."""
    steps, batch, features = x.shape
    if out is not None:
        rows = out.as_strided((steps * batch, kernel.shape[1]), out.stride()[1:])
        torch.addmm(bias, x.reshape(steps * batch, features), kernel, out=rows)
        return out
    return torch.addmm(bias, x.reshape(steps * batch, features), kernel).view(steps, batch, kernel.shape[1])


def beside(x: Any, h: Any, reverse: bool) -> Any:
    """Rows (x_t, h) for all steps (T, N, F + U), h so far only in the first that is read."""
    count, batch, features = x.shape
    rows = torch.empty((count, batch, features + h.shape[1]), dtype=x.dtype, device=x.device)
    rows[:, :, :features] = x
    if count:
        rows[-1 if reverse else 0, :, features:] = h
    return rows


def came(names: Any, rest: Any, given: Any) -> tuple[dict[str, Any], Any]:
    """The gradients that are given, by name, and the mask (T, N, 1), or `None`."""
    here = [name for name, is_here in zip(names, given, strict=True) if is_here]
    masks = rest[len(here) :]
    return dict(zip(here, rest, strict=False)), masks[0].unsqueeze(-1) if masks else None


def _blocks(gates: Any, units: int) -> list[tuple[Any, ...]]:
    """Views of each step's gates: i beside f, i, f, g, o. Made at once, they cost little."""
    parts = (gates[..., : 2 * units], *gates.split(units, -1))
    return list(zip(*[part.unbind(0) for part in parts], strict=True))


def _lstm(
    x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    """The forward pass of an LSTM: states, last states, memories, gates."""
    (steps, batch, features), units, same = x.shape, h.shape[1], c.dtype is x.dtype
    mask = masks[0].unsqueeze(-1) if masks else None
    hs, cs = x.new_empty((steps, batch, units)), c.new_empty((steps, batch, units))
    packed = packs(x, batch)
    if packed:
        gates, rows = x.new_empty((steps, batch, 4 * units)), beside(x, h, reverse)
        multiply = Packed(torch.cat([kernel, recurrent]), batch, bias)
    else:
        gates = through(x, kernel, bias)
    block = gates if same else c.new_empty((1, batch, 4 * units))
    views = _blocks(block, units) if same else _blocks(block, units) * steps
    squashed = c.new_empty((batch, units))
    for t, after in neighbours(steps, reverse):
        z = multiply(rows[t]) if packed else gates[t].addmm_(h, recurrent)
        z = z if same else z.to(c.dtype)
        both, i, f, g, o = views[t]
        torch.sigmoid(z[:, : 2 * units], out=both)
        torch.sigmoid(z[:, 3 * units :], out=o)
        tanh(z[:, 2 * units : 3 * units], g)
        new = torch.mul(f, c, out=cs[t]).addcmul_(i, g)
        tanh(new, squashed)
        if same:
            shown = torch.mul(o, squashed, out=hs[t])
        else:
            shown = hs[t].copy_(torch.mul(o, squashed, out=squashed))
            gates[t].copy_(block[0])
        if mask is not None:
            torch.where(mask[t], new, c, out=new)
            torch.where(mask[t], shown, h, out=shown)
            gates[t].masked_fill_(~mask[t], 0)
        h, c = shown, new
        if packed and after is not None:
            rows[after, :, features:] = h
    return hs, h.clone(), c.clone(), cs, gates


def _lstm_gradient(
    recurrent: Any, c: Any, cs: Any, gates: Any, *rest: Any, given: Any, reverse: bool
) -> tuple[Any, ...]:
    """The backward pass of an LSTM: gradients of z, and of the first state and memory."""
    (steps, batch, units), dtype, same = cs.shape, c.dtype, c.dtype is gates.dtype
    found, mask = came(("hs", "h", "c", "cs", "gates"), rest, given)
    across = product(gates, recurrent.t(), batch)
    d_h = found.get("h", gates.new_zeros((batch, units)))
    d_c = found["c"].clone() if "c" in found else torch.zeros_like(c)
    d_z = torch.empty(gates.shape, dtype=gates.dtype, device=gates.device)
    # Where values have 16 bits, each step is computed in these two.
    block, slopes = (gates, d_z) if same else (c.new_empty((1, batch, 4 * units)) for _ in range(2))
    times = 1 if same else steps
    values, places = _blocks(block, units) * times, _blocks(slopes, units) * times
    squashed, flow = c.new_empty((batch, units)), c.new_empty((batch, units))
    for t, before in neighbours(steps, not reverse):
        if "hs" in found:
            d_h = d_h + found["hs"][t]
        if "cs" in found:
            d_c = d_c + found["cs"][t]
        if not same:
            block[0].copy_(gates[t])
        both, i, f, g, o = values[t]
        d_both, d_i, d_f, d_g, d_o = places[t]
        wide = d_h if same else d_h.to(dtype)
        tanh(cs[t], squashed)
        torch.mul(wide, squashed, out=d_o)
        torch.mul(wide, o, out=flow)
        kept = d_c
        d_c = torch.add(d_c, _tanh_slope(flow, squashed, grad_input=flow))
        torch.mul(d_c, g, out=d_i)
        torch.mul(d_c, c if before is None else cs[before], out=d_f)
        torch.mul(d_c, i, out=d_g)
        if "gates" in found:
            slopes[t if same else 0].add_(found["gates"][t])
        _tanh_slope(d_g, g, grad_input=d_g)
        _sigmoid_slope(d_both, both, grad_input=d_both)
        _sigmoid_slope(d_o, o, grad_input=d_o)
        d_c.mul_(f)
        row = d_z[t] if same else d_z[t].copy_(slopes[0])
        if mask is not None:
            row.masked_fill_(~mask[t], 0)
            d_h, d_c = torch.where(mask[t], across(row), d_h), torch.where(mask[t], d_c, kept)
        else:
            d_h = across(row)
    return d_z, d_h if steps else d_h.clone(), d_c


def _simple_rnn(
    x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, *masks: Any, reverse: bool
) -> tuple[Any, ...]:
    (steps, batch, features), units, dtype = x.shape, h.shape[1], _wide(x.dtype)
    mask = masks[0].unsqueeze(-1) if masks else None
    packed = packs(x, batch)
    if packed:
        hs, rows = x.new_empty((steps, batch, units)), beside(x, h, reverse)
        following = Packed(torch.cat([kernel, recurrent]), batch, bias, "tanh")
    else:
        hs = through(x, kernel, bias)
    for t, after in neighbours(steps, reverse):
        z = hs[t]
        if packed:
            z.copy_(following(rows[t]))
        else:
            z.addmm_(h, recurrent)
            z.copy_(torch.tanh(z.to(dtype))) if dtype is not x.dtype else tanh(z, z)
        if mask is not None:
            torch.where(mask[t], z, h, out=z)
        h = z
        if packed and after is not None:
            rows[after, :, features:] = h
    return hs, h.clone()


def _simple_rnn_gradient(recurrent: Any, hs: Any, *rest: Any, given: Any, reverse: bool) -> tuple[Any, ...]:
    steps, batch, units = hs.shape
    found, mask = came(("hs", "h"), rest, given)
    across = product(hs, recurrent.t(), batch)
    d_h = found.get("h", hs.new_zeros((batch, units)))
    d_z = torch.empty(hs.shape, dtype=hs.dtype, device=hs.device)
    for t in order(steps, not reverse):
        if "hs" in found:
            d_h = d_h + found["hs"][t]
        row = _tanh_slope(d_h, hs[t], grad_input=d_z[t])
        if mask is not None:
            row.masked_fill_(~mask[t], 0)
            d_h = torch.where(mask[t], across(row), d_h)
        else:
            d_h = across(row)
    return d_z, d_h if steps else d_h.clone()


KERNELS = {
    "lstm": _lstm,
    "lstm_gradient": _lstm_gradient,
    "simple_rnn": _simple_rnn,
    "simple_rnn_gradient": _simple_rnn_gradient,
}
