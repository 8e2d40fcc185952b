"""Kernels of attention: batched products with a softmax between them, which works in place.

Measured on a CPU beside the fused (flash) kernels, forward and backward together: about as fast in float32,
several times in bfloat16. All examples and heads are one batch, so that each product is one call; going
example by example would keep the weights in the cache, but threads would meet far too often. The scale is
folded into the products, a mask is added by them too.

- A long causal sequence goes block by block of queries: what no query of a block sees is not computed.
- `attention_blocks` goes block by block always, and keeps no weights. One query, as when text is generated,
  is one call of the fused kernel: what there is to compute is less than what further calls cost.

In 16 bits the scores are rounded as every product's result is; the softmax then computes in 32. Products of
matrices repeat to the bit on a GPU as well; the gradients of its fused kernels do not.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, prod
from typing import Any

import torch

_LONG, _BLOCK = 256, 128  # queries: of a long causal sequence, and of one of its blocks
_HELD = 1 << 21  # weights, of a block that is not kept
_bmm, _baddbmm, _softmax = torch.bmm, torch.baddbmm, torch._softmax
_softmax_backward = torch._softmax_backward_data
_fused = torch.nn.functional.scaled_dot_product_attention


@lru_cache(maxsize=16)
def _causal_bias(t: int, s: int, dtype: Any, device: Any) -> Any:
    """What is added to the scores of a causal sequence: 0 up to the diagonal, minus infinity above."""
    above = torch.ones((t, s), dtype=torch.bool, device=device).triu_(1)
    return torch.zeros((t, s), dtype=dtype, device=device).masked_fill_(above, -inf)


class _Masks:
    """Who sees whom, and which weights dropout keeps; of two axes, or of three with all heads in the first.

    Attributes:
        bias: what is added to the scores; `None` where all is seen.
        sees: 1 or 0 a row; `None` where every row sees something.
        kept: which weights are kept, or `None`.
        rate: the chance of being left out.
    """

    def __init__(self, q: Any, k: Any, rest: Any, causal: bool, masked: bool, rate: float) -> None:
        self.batch, t, s = q.shape[:-2], q.shape[-2], k.shape[-2]
        self.bias = self.sees = None
        self.rate, self.kept = rate, _flat(rest[-1]) if rate else None
        if not masked:
            self.bias = _causal_bias(t, s, q.dtype, q.device) if causal else None
            return
        mask = rest[0].reshape((1,) * (q.dim() - rest[0].dim()) + tuple(rest[0].shape))
        if causal:
            mask = mask & torch.ones((t, s), dtype=torch.bool, device=q.device).tril_()
        sees = mask.any(-1, keepdim=True)
        bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        self.bias = self._spread(bias.masked_fill_(mask.logical_not() & sees, -inf))
        if mask.is_cuda or not sees.all():
            self.sees = self._spread(sees.to(q.dtype))

    def _spread(self, x: Any) -> Any:
        """One matrix for all heads, or one for each."""
        if prod(x.shape[:-2]) == 1:
            return x.reshape(x.shape[-2:])
        return _flat(x.expand(*self.batch, *x.shape[-2:]))

    def weights(self, q: Any, k: Any, a: int, b: int, scale: float, out: Any) -> Any:
        """softmax(scale q k^T + bias) of rows a to b, into `out`."""
        e = k.shape[1]
        bias, sees = _cut(self.bias, a, b, e), _cut(self.sees, a, b, e)
        if bias is None:
            _baddbmm(out, q, k.mT, beta=0, alpha=scale, out=out)
        else:
            _baddbmm(bias, q, k.mT, alpha=scale, out=out)
        _softmax(out, -1, False, out=out)
        return out if sees is None else out.mul_(sees)

    def drop(self, p: Any, a: int, b: int) -> Any:
        """The weights that dropout leaves of rows a to b, or their gradient."""
        if self.kept is None:
            return p
        return (p * _cut(self.kept, a, b, p.shape[-1])).mul_(1 / (1 - self.rate))


def _flat(x: Any) -> Any:
    """All leading axes as one."""
    return x.reshape(prod(x.shape[:-2]), *x.shape[-2:])


def _cut(x: Any, a: int, b: int, e: int) -> Any:
    """Rows a to b and columns up to e; an axis of size 1 stands for all of them."""
    if x is None:
        return None
    if x.shape[-2] > 1:
        x = x[..., a:b, :]
    return x[..., :e] if x.shape[-1] > 1 else x


def _rows(q: Any, k: Any, causal: bool, keep: bool) -> list[tuple[int, int, int]]:
    """Blocks of queries: the first, the end, and how many keys they may see."""
    n, t, s = q.shape[0], q.shape[1], k.shape[1]
    size = _BLOCK if causal and t >= _LONG and (q.element_size() > 2 or not keep) else t
    if not keep:
        size = max(min(size, _HELD // max(n * s, 1)), 16)
    ends = [(a, min(a + size, t)) for a in range(0, t, max(size, 1))]
    return [(a, b, min(b, s) if causal and len(ends) > 1 else s) for a, b in ends]


def _empty(like: Any, *shape: int) -> Any:
    return torch.empty(shape, dtype=like.dtype, device=like.device)


def _forward(
    q: Any, k: Any, v: Any, masks: _Masks, causal: bool, scale: float, keep: bool
) -> tuple[Any, Any]:
    """The result, and the weights if they are kept."""
    q, k, v = _flat(q), _flat(k), _flat(v)
    n, t, s = q.shape[0], q.shape[1], k.shape[1]
    blocks = _rows(q, k, causal, keep)
    if keep and len(blocks) == 1:
        p = masks.weights(q, k, 0, t, scale, _empty(q, n, t, s))
        return _bmm(masks.drop(p, 0, t), v), p
    y, p = _empty(q, n, t, v.shape[2]), _empty(q, n, t, s) if keep else None
    for a, b, e in blocks:
        held = masks.weights(q[:, a:b], k[:, :e], a, b, scale, _empty(q, n, b - a, e))
        if p is not None:
            p[:, a:b, :e] = held
            p[:, a:b, e:] = 0
        y[:, a:b] = _bmm(masks.drop(held, a, b), v[:, :e])
    return y, p


def _backward(g: Any, q: Any, k: Any, v: Any, p: Any, masks: _Masks, causal: bool, scale: float) -> list[Any]:
    """dQ, dK and dV; the weights are computed again where they were not kept (`p` is `None`)."""
    g, q, k, v = _flat(g), _flat(q), _flat(k), _flat(v)
    p = None if p is None else _flat(p)
    n, t, _ = q.shape
    blocks = _rows(q, k, causal, p is not None)
    if p is not None and len(blocks) == 1:
        d_v = _bmm(masks.drop(p, 0, t).mT, g)
        d_s = _scores_gradient(_bmm(g, v.mT), p, masks, 0, t)
        d_q, d_k = _empty(q, *q.shape), _empty(k, *k.shape)
        _baddbmm(d_q, d_s, k, beta=0, alpha=scale, out=d_q)
        return [d_q, _baddbmm(d_k, d_s.mT, q, beta=0, alpha=scale, out=d_k), d_v]
    d_q = _empty(q, *q.shape)
    d_k, d_v = _sums(k), _sums(v)
    for a, b, e in blocks:
        q_a, g_a, k_e = q[:, a:b], g[:, a:b], k[:, :e]
        if p is None:
            held = masks.weights(q_a, k_e, a, b, scale, _empty(q, n, b - a, e))
        else:
            held = p[:, a:b, :e].contiguous()
        d_v[:, :e].add_(_bmm(masks.drop(held, a, b).mT, g_a))
        d_s = _scores_gradient(_bmm(g_a, v[:, :e].mT), held, masks, a, b)
        torch.mul(_bmm(d_s, k_e), scale, out=d_q[:, a:b])
        d_k[:, :e].add_(_bmm(d_s.mT, q_a), alpha=scale)
    return [d_q, d_k.to(k.dtype), d_v.to(v.dtype)]


def _scores_gradient(d_p: Any, p: Any, masks: _Masks, a: int, b: int) -> Any:
    """P (dP - sum(dP P)), in the memory of dP."""
    d_p = masks.drop(d_p, a, b)
    return _softmax_backward(d_p, p, -1, p.dtype, grad_input=d_p)


def _sums(x: Any) -> Any:
    """Zeros to which blocks are added, in 32 bits at least."""
    return torch.zeros(x.shape, dtype=torch.float32 if x.element_size() == 2 else x.dtype, device=x.device)


def _attention(
    q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float
) -> Any:
    masks = _Masks(q, k, rest, causal, masked, rate)
    y, p = _forward(q, k, v, masks, causal, scale, True)
    return y.view(*q.shape[:-1], v.shape[-1]), p.view(*q.shape[:-1], k.shape[-2])


def _gradient(
    g: Any, q: Any, k: Any, v: Any, p: Any, *rest: Any, causal: bool, scale: float, rate: float
) -> Any:
    found = _backward(g, q, k, v, p, _Masks(q, k, rest, False, False, rate), causal, scale)
    return tuple([d.view(x.shape) for d, x in zip(found, (q, k, v), strict=True)])


def _blocks(q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float) -> Any:
    if q.shape[-2] == 1 and masked and not causal and not rate and q.is_cpu:  # a word that is generated
        mask = rest[0].reshape((1,) * (q.dim() - rest[0].dim()) + tuple(rest[0].shape))
        return _fused(q, k, v, attn_mask=mask, scale=scale)
    masks = _Masks(q, k, rest, causal, masked, rate)
    return _forward(q, k, v, masks, causal, scale, False)[0].view(*q.shape[:-1], v.shape[-1])


def _blocks_gradient(
    g: Any, q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float
) -> Any:
    found = _backward(g, q, k, v, None, _Masks(q, k, rest, causal, masked, rate), causal, scale)
    return tuple([d.view(x.shape) for d, x in zip(found, (q, k, v), strict=True)])


KERNELS = {
    "attention": _attention,
    "attention_gradient": _gradient,
    "attention_blocks": _blocks,
    "attention_blocks_gradient": _blocks_gradient,
}
