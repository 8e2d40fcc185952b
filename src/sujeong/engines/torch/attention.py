"""Kernels of attention: batched products with a softmax between them, which works in place.

Measured on a CPU beside the fused (flash) kernels, forward and backward together: somewhat faster in
float32, several times in bfloat16. The scale is folded into the products, a mask is added by them too.

- Wide numbers on a CPU go example by example: no operand is copied to be contiguous, the weights of one
  example stay in the cache, and results lie as a layer reads them. 16-bit products want contiguous
  operands, so there all examples go at once, as they do on a GPU.
- A long causal sequence goes block by block of queries: what no query of a block sees is not computed.
- `attention_blocks` goes block by block always, and keeps no weights.

Products of matrices repeat to the bit on a GPU as well; the gradients of its fused kernels do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import inf, prod
from typing import Any

import torch

_BLOCK = 64  # queries, in a causal sequence of four such blocks at least
_HELD = 1 << 21  # weights, of a block that is not kept
_SMALL = 1 << 13  # weights of an example, below which all examples go at once
_bmm, _baddbmm, _softmax = torch.bmm, torch.baddbmm, torch._softmax
_softmax_backward = torch._softmax_backward_data


@lru_cache(maxsize=16)
def _causal_bias(t: int, s: int, dtype: Any, device: Any) -> Any:
    """What is added to the scores of a causal sequence: 0 up to the diagonal, minus infinity above."""
    above = torch.ones((t, s), dtype=torch.bool, device=device).triu_(1)
    return torch.zeros((t, s), dtype=dtype, device=device).masked_fill_(above, -inf)


class _Masks:
    """Who sees whom, and which weights dropout keeps.

    Attributes:
        bias: what is added to the scores, (..., t, s) or what stretches to it; `None` where all is seen.
        sees: 1 or 0 a row, `None` where every row sees something.
        kept: which weights are kept, or `None`.
        rate: the chance of being left out.
    """

    def __init__(self, q: Any, k: Any, rest: Any, causal: bool, masked: bool, rate: float) -> None:
        t, s = q.shape[-2], k.shape[-2]
        self.shape = (*q.shape[:-1], s)
        self.rate, self.kept = rate, rest[-1] if rate else None
        self.bias = self.sees = None
        if not masked:
            self.bias = _causal_bias(t, s, q.dtype, q.device) if causal else None
            return
        mask = rest[0].reshape((1,) * (q.dim() - rest[0].dim()) + tuple(rest[0].shape))
        if causal:
            mask = mask & torch.ones((t, s), dtype=torch.bool, device=q.device).tril_()
        sees = mask.any(-1, keepdim=True)
        self.bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        self.bias.masked_fill_(mask.logical_not() & sees, -inf)
        if mask.is_cuda or not sees.all():
            self.sees = sees.to(q.dtype)

    def of(self, i: int | None) -> tuple[Any, Any, Any]:
        """Bias, rows and kept weights of one example, or of all at once: of two axes or three."""
        return self._part(self.bias, i), self._part(self.sees, i), self._part(self.kept, i)

    def _part(self, x: Any, i: int | None) -> Any:
        if x is None or x.dim() == 2:
            return x
        if i is not None:
            return x[i if x.shape[0] > 1 else 0]
        if prod(x.shape[:-2]) == 1:
            return x.reshape(x.shape[-2:])
        return x.expand(*self.shape[:-2], *x.shape[-2:]).reshape(prod(self.shape[:-2]), *x.shape[-2:])

    def drop(self, p: Any, kept: Any) -> Any:
        """The weights that dropout leaves, or their gradient."""
        return p if kept is None else (p * kept).mul_(1 / (1 - self.rate))


def _by_example(q: Any, k: Any) -> bool:
    if q.dim() != 4 or not q.is_cpu or q.element_size() == 2:
        return False
    return bool(q.shape[1] * q.shape[2] * k.shape[2] >= _SMALL)


def _examples(single: bool, *xs: Any) -> Iterator[tuple[int | None, list[Any]]]:
    """The operands of each example, of three axes; or those of all at once, with the index `None`."""
    if single:
        for i in range(xs[0].shape[0]):
            yield i, [x if x is None else x[i] for x in xs]
    else:
        yield None, [x if x is None else x.reshape(prod(x.shape[:-2]), *x.shape[-2:]) for x in xs]


def _rows(q: Any, k: Any, causal: bool, keep: bool) -> list[tuple[int, int, int]]:
    """Blocks of queries: the first, the end, and how many keys they may see."""
    n, t, s = *q.shape[:2], k.shape[1]
    size = _BLOCK if causal and t >= 4 * _BLOCK and (q.element_size() > 2 or not keep) else t
    if not keep:
        size = max(min(size, _HELD // max(n * s, 1)), 16)
    ends = [(a, min(a + size, t)) for a in range(0, t, max(size, 1))]
    return [(a, b, min(b, s) if causal and len(ends) > 1 else s) for a, b in ends]


def _cut(x: Any, a: int, b: int, e: int) -> Any:
    """Rows a to b and columns up to e; an axis of size 1 stands for all of them."""
    if x is None:
        return None
    if x.shape[-2] > 1:
        x = x[..., a:b, :]
    return x[..., :e] if x.shape[-1] > 1 else x


def _weights(q: Any, k: Any, bias: Any, sees: Any, scale: float, out: Any) -> Any:
    """softmax(scale q k^T + bias), into `out`."""
    if bias is None:
        _baddbmm(out, q, k.mT, beta=0, alpha=scale, out=out)
    else:
        _baddbmm(bias, q, k.mT, alpha=scale, out=out)
    _softmax(out, -1, False, out=out)
    return out if sees is None else out.mul_(sees)


def _fresh(q: Any, single: bool, rows: int, columns: int) -> Any:
    """Memory for a result; of single examples it lies as (example, row, head, column)."""
    if single:
        b, h = q.shape[:2]
        return torch.empty((b, rows, h, columns), dtype=q.dtype, device=q.device).permute(0, 2, 1, 3)
    return torch.empty((*q.shape[:-2], rows, columns), dtype=q.dtype, device=q.device)


def _forward(
    q: Any, k: Any, v: Any, masks: _Masks, causal: bool, scale: float, keep: bool
) -> tuple[Any, Any]:
    single = _by_example(q, k)
    y = _fresh(q, single, q.shape[-2], v.shape[-1])
    p = torch.empty(masks.shape, dtype=q.dtype, device=q.device) if keep else None
    for i, (q_, k_, v_, y_, p_) in _examples(single, q, k, v, y, p):
        bias, sees, kept = masks.of(i)
        blocks = _rows(q_, k_, causal, keep)
        for a, b, e in blocks:
            whole = keep and len(blocks) == 1
            held = p_ if whole else torch.empty((q_.shape[0], b - a, e), dtype=q.dtype, device=q.device)
            _weights(q_[:, a:b], k_[:, :e], _cut(bias, a, b, e), _cut(sees, a, b, e), scale, held)
            if keep and not whole:
                p_[:, a:b, :e] = held
                p_[:, a:b, e:] = 0
            _bmm(masks.drop(held, _cut(kept, a, b, e)), v_[:, :e], out=y_[:, a:b])
    return y, p


def _backward(g: Any, q: Any, k: Any, v: Any, p: Any, masks: _Masks, causal: bool, scale: float) -> Any:
    """dQ, dK and dV; the weights are computed again where they were not kept (`p` is `None`)."""
    single = _by_example(q, k)
    d_q = _fresh(q, single, *q.shape[-2:])
    d_k, d_v = _fresh(q, single, *k.shape[-2:]), _fresh(q, single, *v.shape[-2:])
    for i, (g_, q_, k_, v_, p_, d_q_, d_k_, d_v_) in _examples(single, g, q, k, v, p, d_q, d_k, d_v):
        bias, sees, kept = masks.of(i)
        blocks = _rows(q_, k_, causal, p is not None)
        beta = 0 if len(blocks) == 1 else 1
        sum_k, sum_v = (d_k_, d_v_) if beta == 0 else [_zeros(x) for x in (d_k_, d_v_)]
        for a, b, e in blocks:
            if p is not None:
                held = p_ if beta == 0 else p_[:, a:b, :e].contiguous()
            else:
                held = torch.empty((q_.shape[0], b - a, e), dtype=q.dtype, device=q.device)
                _weights(q_[:, a:b], k_[:, :e], _cut(bias, a, b, e), _cut(sees, a, b, e), scale, held)
            kept_ = _cut(kept, a, b, e)
            g_a = g_[:, a:b]
            _add(sum_v[:, :e], masks.drop(held, kept_).mT, g_a, beta, 1.0)
            d_p = masks.drop(_bmm(g_a, v_[:, :e].mT), kept_)
            d_s = _softmax_backward(d_p, held, -1, q.dtype, grad_input=d_p)
            _baddbmm(d_q_[:, a:b], d_s, k_[:, :e], beta=0, alpha=scale, out=d_q_[:, a:b])
            _add(sum_k[:, :e], d_s.mT, q_[:, a:b], beta, scale)
        if beta:
            d_k_.copy_(sum_k)
            d_v_.copy_(sum_v)
    return d_q, d_k, d_v


def _zeros(x: Any) -> Any:
    """Where several blocks are added up: in 32 bits at least."""
    return torch.zeros(x.shape, dtype=torch.float32 if x.element_size() == 2 else x.dtype, device=x.device)


def _add(total: Any, x: Any, y: Any, beta: int, alpha: float) -> None:
    """Makes the total beta total + alpha x y."""
    if total.dtype is x.dtype:
        _baddbmm(total, x, y, beta=beta, alpha=alpha, out=total)
    else:
        total.add_(_bmm(x, y), alpha=alpha)


def _attention(
    q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float
) -> Any:
    return _forward(q, k, v, _Masks(q, k, rest, causal, masked, rate), causal, scale, True)


def _gradient(
    g: Any, q: Any, k: Any, v: Any, p: Any, *rest: Any, causal: bool, scale: float, rate: float
) -> Any:
    return _backward(g, q, k, v, p, _Masks(q, k, rest, False, False, rate), causal, scale)


def _blocks(q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float) -> Any:
    return _forward(q, k, v, _Masks(q, k, rest, causal, masked, rate), causal, scale, False)[0]


def _blocks_gradient(
    g: Any, q: Any, k: Any, v: Any, *rest: Any, causal: bool, scale: float, masked: bool, rate: float
) -> Any:
    return _backward(g, q, k, v, None, _Masks(q, k, rest, causal, masked, rate), causal, scale)


KERNELS = {
    "attention": _attention,
    "attention_gradient": _gradient,
    "attention_blocks": _blocks,
    "attention_blocks_gradient": _blocks_gradient,
}
