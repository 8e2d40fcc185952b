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
from ..core.tensor import Tensor, as_tensor
from ..errors import DTypeError, ShapeError, message
from ._build import broadcast_shapes, pair
from ._real import real_floating
from .attention_primitives import ATTENTION, ATTENTION_BLOCKS, check
from .shaping import broadcast_to

KEPT = 1 << 25
"""So many weights are kept for the gradient; more are computed anew."""


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
    keep: bool = True,
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
        keep: whether a gradient is likely to be asked for, which P is then kept for unless it is large.

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
    if not weights and (not keep or prod(q.shape[:-1]) * k.shape[-2] >= KEPT):
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
    check(q.spec, k.spec, v.spec, None)
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
