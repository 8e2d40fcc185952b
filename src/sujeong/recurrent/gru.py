"""The gated recurrent unit: one state, one gate between keeping and renewing it, one that looks back.

    a = x_t W + b        q = h_{t-1} R + d        each cut into three blocks of U columns: z, r, h

    z = sigmoid(a_z + q_z)     what stays              n   = tanh(a_h + r q_h)    what is on offer
    r = sigmoid(a_r + q_r)     what is looked back at  h_t = z h_{t-1} + (1 - z) n

    x (T, N, F)    W (F, 3U)    R (U, 3U)    b, d (3U,)    h (N, U)        T steps, N sequences

The gate r acts after the product with R, as cuDNN and PyTorch have it; with `reset_after=False`, as first
published, before it: n = tanh(a_h + (r h_{t-1}) R_h). A step that the mask leaves out changes nothing.

Gradient: back through time, from the last step to the first. With dh what flows into h_t,

    dz = dh (h_{t-1} - n) z(1-z)        dn = dh (1 - z) (1 - n^2)        dr = dn q_h r(1-r)
    da = (dz, dr, dn)        dq = (dz, dr, dn r)        dh_{t-1} = dh z + dq R^T

and after the loop dx = da W^T, dW = sum x^T da, db = sum da, dR = sum h_{t-1}^T dq, dd = sum dq.

K. Cho et al.: Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation. EMNLP 2014.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..ops._build import cast, filled_like
from ..ops.activations.sigmoids import sigmoid
from ..ops.batch_norm import wide
from ..ops.filling import zeros_like
from ..ops.hyperbolic import tanh
from ..ops.joining import concat, stack
from ..ops.matmul import matmul
from ..ops.shaping import matrix_transpose
from ..ops.slicing import narrow, split
from . import _parts as parts
from ._parts import Given, kept, sweep

Activation = Callable[[Tensor], Tensor]


def gru(
    x: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    initial_state: Any = None,
    mask: Any = None,
    *,
    reset_after: bool = True,
    reverse: bool = False,
    time_major: bool = False,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
    recurrent_factor: Any = None,
) -> tuple[Tensor, Tensor]:
    """The gated recurrent unit over a batch of sequences.

    z, r = sigmoid of the blocks of x_t W + h R; n = tanh(x_t W_h + r (h R_h)); h <- z h + (1 - z) n.

    Args:
        x: sequences (N, T, F): N of them, T steps, F features; float.
        kernel: W (F, 3U), the columns of z, r, h side by side.
        recurrent_kernel: R (U, 3U), in the same order.
        bias: b, added to x W, above d, added to h R: (2, 3U); without `reset_after` b alone: (3U,).
            Default zeros.
        initial_state: h (N, U), or a list with it; default zeros.
        mask: (N, T) of truth values; a step with `False`, such as padding, leaves the state as it is.
        reset_after: whether r acts after the product with R, or before it.
        reverse: whether to read from the last step to the first; each output stays with its step.
        time_major: whether x, mask and the outputs have the steps first: (T, N, F).
        activation: of n.
        recurrent_activation: of z and r.
        recurrent_factor: (N, U), multiplied into h before R in each step; dropout in the recurrence.

    Returns:
        All outputs (N, T, U), and the last h (N, U).

    Raises:
        ShapeError: shapes do not fit.
        DTypeError: a mask does not hold truth values, or an operand is complex.
        ArgumentError: `initial_state` is not one state.

    Example:
        >>> import sujeong as sj
        >>> y, h = sj.gru(sj.ones((5, 7, 3)), sj.ones((3, 6)), sj.ones((2, 6)))
        >>> y.shape, h.shape, bool(sj.all(y[:, -1] == h))
        ((5, 7, 2), (5, 2), True)
    """
    states = parts.as_states("gru", initial_state, 1)
    rows = 2 if reset_after else 0
    given = Given("gru", 3, x, kernel, recurrent_kernel, bias, states, mask, rows=rows, time_major=time_major)
    inputs = (given.x, given.states[0], given.kernel, given.recurrent, given.bias, *given.masks)
    reverse = bool(reverse)
    if not reset_after:
        chosen = (activation, recurrent_activation, recurrent_factor)
        out: Any = _steps_before(*inputs, reverse=reverse, chosen=chosen)
    elif activation is tanh and recurrent_activation is sigmoid and recurrent_factor is None:
        out = apply(GRU, *inputs, reverse=reverse)
    else:
        chosen = (activation, recurrent_activation, recurrent_factor)
        out = _steps(*inputs, reverse=reverse, chosen=chosen)
    return given.back(out[0]), out[1]


def _steps(
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    *masks: Tensor,
    reverse: bool,
    chosen: Any = (tanh, sigmoid, None),
) -> tuple[Tensor, ...]:
    """The formulas above, step by step; the last result holds z, r, n and q_h side by side."""
    activation, gate, factor = chosen
    dtype, width = x.dtype, wide(x.dtype)

    def step(h: Tensor, mask: Tensor | None, x_t: Tensor) -> tuple[Any, Any]:
        read = cast(h if factor is None else h * factor, dtype)
        a = split(cast(matmul(x_t, kernel) + bias[0], width), 3, axis=-1)
        q = split(cast(matmul(read, recurrent) + bias[1], width), 3, axis=-1)
        z, r = gate(a[0] + q[0]), gate(a[1] + q[1])
        n = activation(a[2] + r * q[2])
        inner = cast(concat([z, r, n, q[2]], axis=-1), dtype)
        h = kept(mask, z * h + (1 - z) * n, h)
        return h, (cast(h, dtype), kept(mask, inner, zeros_like(inner)))

    h, (hs, inner) = sweep(step, cast(h, width), [x], masks, reverse)
    return hs, cast(h, dtype), inner


def _steps_before(
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    *masks: Tensor,
    reverse: bool,
    chosen: Any,
) -> tuple[Tensor, ...]:
    """The first published form, in which r acts before the product with R."""
    activation, gate, factor = chosen
    dtype, width, units = x.dtype, wide(x.dtype), h.shape[1]
    gates, offer = narrow(recurrent, 1, 0, 2 * units), narrow(recurrent, 1, 2 * units, units)

    def step(h: Tensor, mask: Tensor | None, x_t: Tensor) -> tuple[Any, Any]:
        read = cast(h if factor is None else h * factor, dtype)
        a = split(cast(matmul(x_t, kernel) + bias, width), 3, axis=-1)
        q = split(cast(matmul(read, gates), width), 2, axis=-1)
        z, r = gate(a[0] + q[0]), gate(a[1] + q[1])
        n = activation(a[2] + cast(matmul(cast(r, dtype) * read, offer), width))
        h = kept(mask, z * h + (1 - z) * n, h)
        return h, cast(h, dtype)

    h, hs = sweep(step, cast(h, width), [x], masks, reverse)
    return hs, cast(h, dtype)


def _infer(
    x: Spec, h: Spec, kernel: Spec, recurrent: Spec, bias: Spec, *masks: Spec, reverse: bool
) -> tuple[Spec, ...]:
    hs, last = parts.sequences("gru", x, h, kernel, recurrent, 3, masks)
    parts.check("gru", {"bias": (bias, x.like(shape=(2, recurrent.shape[1])))})
    return hs, last, x.like(shape=(*x.shape[:2], 4 * recurrent.shape[0]))


GRU = Op(
    "gru",
    _infer,
    readable=_steps,
    keeps_inputs=(0, 1, 2, 3, 5),
    keeps_output=(0, 2),
    partial=True,
    flops=lambda x, h, kernel, recurrent, *_, **__: parts.product_flops(x, recurrent),
)


# --- back through time -----------------------------------------------------------------------------------
def _gradient_steps(
    recurrent: Tensor, h: Tensor, hs: Tensor, inner: Tensor, *rest: Tensor, given: Any, reverse: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Gives da and dq of all steps, dh of the initial state; `rest`: the given gradients, the mask."""
    came, masks = parts.came(("hs", "h", "inner"), rest, given)
    dtype, width = inner.dtype, wide(inner.dtype)
    across = matrix_transpose(recurrent)
    d_h = came.pop("h") if "h" in came else filled_like(inner, h.shape, 0)
    rows = [parts.shifted(h, hs, reverse), inner, *came.values()]

    def step(d_h: Tensor, mask: Tensor | None, h: Tensor, *row: Tensor) -> tuple[Any, Any]:
        extra = dict(zip(came, row[1:], strict=True))
        d_h = d_h + cast(extra["hs"], width) if "hs" in extra else d_h
        z, r, n, q = split(cast(row[0], width), 4, axis=-1)
        d_z, d_r, d_n, d_q = d_h * (cast(h, width) - n), zeros_like(r), d_h * (1 - z), zeros_like(q)
        if "inner" in extra:
            more = split(cast(extra["inner"], width), 4, axis=-1)
            d_z, d_r, d_n, d_q = d_z + more[0], more[1], d_n + more[2], more[3]
        d_n = d_n * (1 - n * n)
        d_z, d_r, d_q = d_z * z * (1 - z), (d_r + d_n * q) * r * (1 - r), d_q + d_n * r
        d_a = cast(concat([d_z, d_r, d_n], axis=-1), dtype)
        d_b = cast(concat([d_z, d_r, d_q], axis=-1), dtype)
        d_a, d_b = kept(mask, d_a, zeros_like(d_a)), kept(mask, d_b, zeros_like(d_b))
        return kept(mask, d_h * z + cast(matmul(d_b, across), width), d_h), (d_a, d_b)

    d_h, (d_a, d_q) = sweep(step, cast(d_h, width), rows, masks, not reverse)
    return d_a, d_q, cast(d_h, dtype)


def _gradient_infer(
    recurrent: Spec, h: Spec, hs: Spec, inner: Spec, *rest: Spec, given: Any, reverse: bool
) -> tuple[Spec, Spec, Spec]:
    d_a = inner.like(shape=(*inner.shape[:2], recurrent.shape[1]))
    return d_a, d_a, h


GRU_GRADIENT = Op(
    "gru_gradient",
    _gradient_infer,
    readable=_gradient_steps,
    flops=lambda recurrent, h, hs, inner, *_, **__: 2 * hs.size * recurrent.shape[1],
)


@GRU.gradient
def _gradient(
    g: tuple[Any, ...],
    y: tuple[Any, ...],
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Any,
    *masks: Tensor,
    reverse: bool,
) -> tuple[Any, ...]:
    hs, _, inner = y
    given = tuple([part is not None for part in g])
    came = [part for part in g if part is not None]
    settings = {"given": given, "reverse": reverse}
    d_a, d_q, d_h = apply(GRU_GRADIENT, recurrent, h, hs, inner, *came, *masks, **settings)
    return (
        lambda: parts.input_gradient(d_a, kernel),
        d_h,
        lambda: parts.weight_gradient(x, d_a),
        lambda: parts.recurrent_gradient(h, hs, d_q, reverse),
        lambda: stack([parts.bias_gradient(d_a), parts.bias_gradient(d_q)]),
        *[None for _ in masks],
    )
