"""The four composites behind attention: with its weights kept, or block by block, and their gradients.

    attention                    (Y, P)          attention_gradient           (dQ, dK, dV), from P
    attention_blocks             Y               attention_blocks_gradient    (dQ, dK, dV), P computed anew

Formulas and letters stand in `attention.py`. Further inputs: a mask if `masked`; if there is a `rate`, what
dropout keeps.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ._build import broadcast_shapes, cast, filled_like, same_dtypes
from .arithmetic import add, multiply, subtract
from .batch_norm import wide
from .comparison import where
from .logic import logical_and, logical_not, logical_or
from .matmul import matmul
from .reduction import any, sum
from .shaping import matrix_transpose
from .softmax import softmax
from .triangles import TRIL


def check(q: Spec, k: Spec, v: Spec, mask: Spec | None) -> tuple[Spec, Spec]:
    """Specs of the result and of the weights, refused if queries, keys, values and mask do not fit.

    Args:
        q: queries (..., T, D).
        k: keys (..., S, D).
        v: values (..., S, E).
        mask: truth values, or `None`.
    """
    dtype = same_dtypes("attention", q, k, v)
    batch = q.shape[:-2]
    fits = q.ndim >= 2 and k.ndim >= 2 and v.ndim >= 2
    if not fits or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2] or batch != k.shape[:-2]:
        fits = False
    if not fits or batch != v.shape[:-2]:
        raise ShapeError(
            message(
                "attention",
                "queries, keys and values do not fit together.",
                received=f"q {q.shape}, k {k.shape}, v {v.shape}",
                expected="q (..., T, D), k (..., S, D), v (..., S, E)",
                fix="queries and keys have equal features; keys and values are equally many.",
            )
        )
    weights = Spec((*batch, q.shape[-2], k.shape[-2]), dtype)
    if mask is not None:
        shape = broadcast_shapes("attention", mask.shape, weights.shape)
        if shape != weights.shape or mask.dtype is not dtypes.bool_:
            raise ShapeError(
                message("attention", "the mask does not fit.", received=mask, expected=weights.shape)
            )
    return Spec((*batch, q.shape[-2], v.shape[-1]), dtype), weights


def _infer(q: Spec, k: Spec, v: Spec, *rest: Spec, masked: bool, **_: Any) -> tuple[Spec, Spec]:
    return check(q, k, v, rest[0] if masked else None)


def _flops(q: Spec, k: Spec, v: Spec, *rest: Spec, **_: Any) -> int:
    """Two products, and five steps a weight: scale, shift, e^x, sum, quotient."""
    return prod(q.shape[:-1]) * k.shape[-2] * (2 * q.shape[-1] + 2 * v.shape[-1] + 5)


def _gradient_flops(g: Spec, q: Spec, k: Spec, v: Spec, *rest: Spec, **_: Any) -> int:
    """Four products, and four steps a weight."""
    return prod(q.shape[:-1]) * k.shape[-2] * (4 * q.shape[-1] + 4 * v.shape[-1] + 4)


def _allowed(q: Tensor, k: Tensor, mask: Tensor | None, causal: bool) -> Tensor | None:
    """Who may look at whom, (..., T, S) or what stretches to it; `None` where all may."""
    if not causal:
        return mask
    square = filled_like(q, (q.shape[-2], k.shape[-2]), True, dtypes.bool_)
    lower: Tensor = apply(TRIL, square, diagonal=0)
    return lower if mask is None else logical_and(lower, mask)


def _weights(q: Tensor, k: Tensor, mask: Tensor | None, causal: bool, scale: float) -> Tensor:
    """P, in the element type of q."""
    scores = cast(multiply(matmul(q, matrix_transpose(k)), scale), wide(q.dtype))
    allowed = _allowed(q, k, mask, causal)
    if allowed is None:
        return cast(softmax(scores), q.dtype)
    sees = any(allowed, axis=-1, keepdims=True)
    weights = softmax(where(logical_or(allowed, logical_not(sees)), scores, float("-inf")))
    return cast(where(sees, weights, 0), q.dtype)


def _dropped(p: Tensor, rest: tuple[Tensor, ...], rate: float) -> Tensor:
    """Numbers of which dropout keeps some, the last of the further inputs says which."""
    return where(rest[-1], multiply(p, 1 / (1 - rate)), 0) if rate else p


def _readable(
    q: Tensor, k: Tensor, v: Tensor, *rest: Tensor, causal: bool, scale: float, masked: bool, rate: float
) -> tuple[Tensor, Tensor]:
    p = _weights(q, k, rest[0] if masked else None, causal, scale)
    return matmul(_dropped(p, rest, rate), v), p


ATTENTION = Op("attention", _infer, readable=_readable, keeps_output=(1,), partial=True, flops=_flops)


def _gradient_readable(
    g: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    p: Tensor,
    *rest: Tensor,
    causal: bool,
    scale: float,
    rate: float,
) -> tuple[Tensor, Tensor, Tensor]:
    d_v = matmul(matrix_transpose(_dropped(p, rest, rate)), g)
    d_p = _dropped(matmul(g, matrix_transpose(v)), rest, rate)
    return (*_from_weights(d_p, q, k, p, scale), d_v)


def _from_weights(d_p: Tensor, q: Tensor, k: Tensor, p: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Gradients of queries and keys, from that of the weights."""
    d_p, weights = cast(d_p, wide(p.dtype)), cast(p, wide(p.dtype))
    d_s = cast(multiply(weights, subtract(d_p, sum(multiply(d_p, weights), axis=-1, keepdims=True))), p.dtype)
    return multiply(matmul(d_s, k), scale), multiply(matmul(matrix_transpose(d_s), q), scale)


ATTENTION_GRADIENT = Op(
    "attention_gradient",
    lambda g, q, k, v, *rest, **_: (q, k, v),
    readable=_gradient_readable,
    flops=_gradient_flops,
)


@ATTENTION.gradient
def _gradient(
    g: tuple[Any, Any],
    y: Any,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *rest: Tensor,
    causal: bool,
    scale: float,
    masked: bool,
    rate: float,
) -> tuple[Any, ...]:
    g_y, g_p = g
    p = y[1]
    d_q = d_k = d_v = None
    if g_y is not None:
        kept = rest[-1:] if rate else ()
        options = {"causal": causal, "scale": scale, "rate": rate}
        d_q, d_k, d_v = apply(ATTENTION_GRADIENT, g_y, q, k, v, p, *kept, **options)
    if g_p is not None:  # somebody reads the weights themselves, or a second derivative does
        more_q, more_k = _from_weights(g_p, q, k, p, scale)
        d_q, d_k = (more_q, more_k) if d_q is None else (add(d_q, more_q), add(d_k, more_k))
    return d_q, d_k, d_v, *[None] * len(rest)


def _blocks_readable(*inputs: Tensor, **options: Any) -> Tensor:
    return _readable(*inputs, **options)[0]


ATTENTION_BLOCKS = Op(
    "attention_blocks",
    lambda *specs, **options: _infer(*specs, **options)[0],
    readable=_blocks_readable,
    flops=_flops,
)


def _blocks_gradient_readable(
    g: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *rest: Tensor,
    causal: bool,
    scale: float,
    masked: bool,
    rate: float,
) -> tuple[Tensor, Tensor, Tensor]:
    p = _weights(q, k, rest[0] if masked else None, causal, scale)
    return _gradient_readable(g, q, k, v, p, *rest, causal=causal, scale=scale, rate=rate)


ATTENTION_BLOCKS_GRADIENT = Op(
    "attention_blocks_gradient",
    lambda g, q, k, v, *rest, **_: (q, k, v),
    readable=_blocks_gradient_readable,
    flops=lambda g, q, k, v, *rest, **_: (
        _gradient_flops(g, q, k, v) + prod(q.shape[:-1]) * k.shape[-2] * (2 * q.shape[-1] + 5)
    ),
)


@ATTENTION_BLOCKS.gradient
def _blocks_gradient(g: Tensor, y: Any, *inputs: Tensor, **options: Any) -> tuple[Any, ...]:
    found = apply(ATTENTION_BLOCKS_GRADIENT, g, *inputs, **options)
    return *found, *[None] * (len(inputs) - 3)
