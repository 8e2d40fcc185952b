"""Attention: each place looks at all others and takes their values, weighed by how well they match.

    S = scale Q K^T            P = softmax(S) over the keys, where a mask allows them         Y = P V

    Q (..., T, D)   queries: what each of T places asks for
    K (..., S, D)   keys: what each of S places offers
    V (..., S, E)   values: what it gives         P (..., T, S)   weights         Y (..., T, E)

Gradient, with dY = dL/dY and sums over the keys:

    dV = P^T dY        dP = dY V^T        dS = P (dP - sum(dP P))        dQ = scale dS K
                                                                         dK = scale dS^T Q

P is kept for the gradient. Where it would be large (`KEPT` numbers and more), Y is made block by block
instead and P is computed anew in the gradient. With dropout, P is multiplied by a mask before it meets V,
and so is dP. A place that may look at nothing has weights of zero. In 16 bits the softmax is computed in
float32.

A. Vaswani et al.: Attention Is All You Need. NeurIPS 2017.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, ShapeError, message
from ._build import broadcast_shapes, cast, filled_like, pair, same_dtypes
from ._real import real_floating
from .arithmetic import add, multiply, subtract
from .batch_norm import wide
from .comparison import where
from .logic import logical_and, logical_not, logical_or
from .matmul import matmul
from .reduction import any, sum
from .shaping import broadcast_to, matrix_transpose
from .softmax import softmax
from .triangles import TRIL

KEPT = 1 << 25
"""So many weights are kept for the gradient; more are computed anew."""


def _check(q: Spec, k: Spec, v: Spec, mask: Spec | None) -> tuple[Spec, Spec]:
    """Specs of the result and of the weights."""
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
    return _check(q, k, v, rest[0] if masked else None)


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


def attention(
    q: Any, k: Any, v: Any, /, *, mask: Any = None, causal: bool = False, scale: float | None = None
) -> Tensor:
    """Values weighed by how well their keys match the queries: y = softmax(scale q k^T + mask) v.

    Args:
        q: queries (..., T, D); float, integers become float32.
        k: keys (..., S, D); leading axes broadcast.
        v: values (..., S, E).
        mask: truth values that broadcast to (..., T, S): whether a query may look at a key. A query that may
            look at none gives zeros.
        causal: whether query i may look only at keys 0 to i: at what came before, and at itself.
        scale: factor of the products; default 1 / sqrt(D), with which their variance stays near 1.

    Returns:
        Tensor (..., T, E).

    Raises:
        ShapeError: the shapes do not fit together.
        DTypeError: numbers are complex, or the mask does not hold truth values.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([[4.0, 0.0], [0.0, 4.0]])
        >>> print(sj.attention(x, x, x, scale=100.0))
        [[4. 0.]
         [0. 4.]]
        >>> print(sj.attention(x, x, x, scale=0.0, causal=True))
        [[4. 0.]
         [2. 2.]]
    """
    return attended(q, k, v, mask=mask, causal=causal, scale=scale)[0]


def attended(
    q: Any,
    k: Any,
    v: Any,
    *,
    mask: Any = None,
    causal: bool = False,
    scale: float | None = None,
    kept: Tensor | None = None,
    rate: float = 0.0,
    weights: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """`attention` for layers: with dropout of the weights, and the weights themselves if they are wanted.

    Args:
        q: queries (..., T, D).
        k: keys (..., S, D).
        v: values (..., S, E).
        mask: as in `attention`.
        causal: as in `attention`.
        scale: as in `attention`.
        kept: truth values (..., T, S): which weights dropout keeps.
        rate: the chance with which it was drawn that a weight is left out, below 1.
        weights: whether P is wanted.

    Returns:
        The result, and P (before dropout) or `None`.
    """
    q, k, v = _operands(q, k, v)
    rest: list[Any] = []
    if mask is not None:
        rest.append(_mask(mask, q, k))
    if rate:
        rest.append(kept)
    options: dict[str, Any] = {
        "causal": bool(causal),
        "scale": 1 / sqrt(max(q.shape[-1], 1)) if scale is None else float(scale),
        "masked": mask is not None,
        "rate": float(rate),
    }
    if not weights and prod(q.shape[:-1]) * k.shape[-2] >= KEPT:
        return apply(ATTENTION_BLOCKS, q, k, v, *rest, **options), None
    y, p = apply(ATTENTION, q, k, v, *rest, **options)
    return y, p if weights else None


def _operands(q: Any, k: Any, v: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values of one element type, their leading axes stretched to each other."""
    q, k, v = [real_floating("attention", x) for x in (q, k, v)]
    if not q.dtype is k.dtype is v.dtype:
        q, k = pair("attention", q, k)
        q, v = pair("attention", q, v)
        k, v = pair("attention", k, v)
    shapes = q.shape, k.shape, v.shape
    batch, *others = [s[:-2] for s in shapes]
    if others != [batch, batch] and min(map(len, shapes)) >= 2:
        batch = broadcast_shapes("attention", *[s[:-2] for s in shapes])
        q, k, v = [
            x if x.shape[:-2] == batch else broadcast_to(x, (*batch, *x.shape[-2:])) for x in (q, k, v)
        ]
    _check(q.spec, k.spec, v.spec, None)
    return q, k, v


def _mask(mask: Any, q: Tensor, k: Tensor) -> Tensor:
    mask = as_tensor(mask, "attention")
    if mask.dtype is not dtypes.bool_:
        fix = "True: may look at; make it by a comparison, such as ids != 0."
        raise DTypeError(message("attention", "the mask holds truth values.", received=mask.spec, fix=fix))
    shape = (*q.shape[:-1], k.shape[-2])
    if broadcast_shapes("attention", mask.shape, shape) != shape:
        fix = "a mask of keys (batch, S) is given as mask[:, None, None, :] beside (batch, heads, T, D)."
        what = "the mask does not stretch to the weights."
        raise ShapeError(message("attention", what, received=mask.shape, expected=shape, fix=fix))
    return mask
