"""Long short-term memory: a state that is added to, and gates that say what enters, stays and leaves.

    z = x_t W + h_{t-1} R + b, cut into four blocks of U columns, in the order i, f, g, o

    i = sigmoid(z_i)     what enters               g = tanh(z_g)        what is on offer
    f = sigmoid(z_f)     what stays                c_t = f c_{t-1} + i g
    o = sigmoid(z_o)     what is shown             h_t = o tanh(c_t)

    x (T, N, F)    W (F, 4U)    R (U, 4U)    b (4U,)    h, c (N, U)        T steps, N sequences

A step that the mask leaves out changes neither h nor c; its gates count as zeros.

Gradient: back through time, from the last step to the first. With dh and dc what flows into h_t and c_t,

    do = dh tanh(c_t)        dc <- dc + dh o (1 - tanh(c_t)^2)
    di = dc g        df = dc c_{t-1}        dg = dc i
    dz = (di i(1-i), df f(1-f), dg (1-g^2), do o(1-o))
    dh_{t-1} = dz R^T        dc_{t-1} = dc f

and after the loop dx = dz W^T, dW = sum x^T dz, dR = sum h_{t-1}^T dz, db = sum dz, each in one product.
The sum in c carries gradients over many steps, where repeated products would let them vanish.

S. Hochreiter, J. Schmidhuber: Long Short-Term Memory. Neural Computation, 1997.
F. Gers, J. Schmidhuber, F. Cummins: Learning to Forget. Neural Computation, 2000.
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
from ..ops.joining import concat
from ..ops.matmul import matmul
from ..ops.shaping import matrix_transpose
from ..ops.slicing import split
from . import _parts as parts
from ._parts import Given, kept, sweep

Activation = Callable[[Tensor], Tensor]


def lstm(
    x: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    initial_state: Any = None,
    mask: Any = None,
    *,
    reverse: bool = False,
    time_major: bool = False,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
    recurrent_factor: Any = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Long short-term memory over a batch of sequences.

    i, f, o = sigmoid, g = tanh of the blocks of x_t W + h R + b; c <- f c + i g; h <- o tanh(c).

    Args:
        x: sequences (N, T, F): N of them, T steps, F features; float.
        kernel: W (F, 4U), the columns of the gates i, f, g, o side by side.
        recurrent_kernel: R (U, 4U), in the same order.
        bias: b (4U,); default zeros.
        initial_state: `[h, c]`, each (N, U); default zeros.
        mask: (N, T) of truth values; a step with `False`, such as padding, leaves the state as it is.
        reverse: whether to read from the last step to the first; each output stays with its step.
        time_major: whether x, mask and the outputs have the steps first: (T, N, F).
        activation: of g and of c.
        recurrent_activation: of the gates i, f, o.
        recurrent_factor: (N, U), multiplied into h before R in each step; dropout in the recurrence.

    Returns:
        All outputs (N, T, U), the last h (N, U), the last c (N, U).

    Raises:
        ShapeError: shapes do not fit.
        DTypeError: a mask does not hold truth values, or an operand is complex.
        ArgumentError: `initial_state` is not two states.

    Example:
        >>> import sujeong as sj
        >>> w, r = sj.ones((3, 8)), sj.ones((2, 8))
        >>> y, h, c = sj.lstm(sj.ones((5, 7, 3)), w, r)
        >>> y.shape, h.shape, bool(sj.all(y[:, -1] == h))
        ((5, 7, 2), (5, 2), True)
    """
    states = parts.as_states("lstm", initial_state, 2)
    given = Given("lstm", 4, x, kernel, recurrent_kernel, bias, states, mask, time_major=time_major)
    h, c = given.states
    inputs = (given.x, h, cast(c, wide(c.dtype)), given.kernel, given.recurrent, given.bias, *given.masks)
    if activation is tanh and recurrent_activation is sigmoid and recurrent_factor is None:
        out = apply(LSTM, *inputs, reverse=bool(reverse))
    else:
        chosen = (activation, recurrent_activation, recurrent_factor)
        out = _steps(*inputs, reverse=bool(reverse), chosen=chosen)
    return given.back(out[0]), out[1], cast(out[2], c.dtype)


def _steps(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    *masks: Tensor,
    reverse: bool,
    chosen: Any = (tanh, sigmoid, None),
) -> tuple[Tensor, ...]:
    """The formulas above, step by step."""
    activation, gate, factor = chosen

    def step(carry: tuple[Tensor, Tensor], mask: Tensor | None, x_t: Tensor) -> tuple[Any, Any]:
        h, c = carry
        read = h if factor is None else h * factor
        z = cast(matmul(x_t, kernel) + matmul(read, recurrent) + bias, c.dtype)
        z_i, z_f, z_g, z_o = split(z, 4, axis=-1)
        i, f, g, o = gate(z_i), gate(z_f), activation(z_g), gate(z_o)
        new_c = f * c + i * g
        new_h = cast(o * activation(new_c), h.dtype)
        gates = cast(concat([i, f, g, o], axis=-1), h.dtype)
        h, c = kept(mask, new_h, h), kept(mask, new_c, c)
        return (h, c), (h, c, kept(mask, gates, zeros_like(gates)))

    (h, c), (hs, cs, gates) = sweep(step, (h, c), [x], masks, reverse)
    return hs, h, c, cs, gates


def _infer(
    x: Spec, h: Spec, c: Spec, kernel: Spec, recurrent: Spec, bias: Spec, *masks: Spec, reverse: bool
) -> tuple[Spec, ...]:
    hs, last = parts.sequences("lstm", x, h, kernel, recurrent, 4, masks)
    gates = x.like(shape=(*x.shape[:2], recurrent.shape[1]))
    parts.check("lstm", {"bias": (bias, x.like(shape=gates.shape[2:])), "c": (c, parts.widened(last))})
    return hs, last, c, parts.widened(hs), gates


LSTM = Op(
    "lstm",
    _infer,
    readable=_steps,
    keeps_inputs=(0, 1, 2, 3, 4, 6),
    keeps_output=(0, 3, 4),
    partial=True,
    flops=lambda x, h, c, kernel, recurrent, *_, **__: parts.product_flops(x, recurrent),
)


# --- back through time -----------------------------------------------------------------------------------
def _gradient_steps(
    recurrent: Tensor, c: Tensor, cs: Tensor, gates: Tensor, *rest: Tensor, given: Any, reverse: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Gives dz of all steps, dh and dc of the first state; `rest`: the given gradients, the mask."""
    came, masks = parts.came(("hs", "h", "c", "cs", "gates"), rest, given)
    across = matrix_transpose(recurrent)
    d_h = came.pop("h") if "h" in came else filled_like(gates, c.shape, 0)
    d_c = came.pop("c") if "c" in came else zeros_like(c)
    rows = [cs, parts.shifted(c, cs, reverse), gates, *came.values()]

    def step(carry: Any, mask: Tensor | None, c: Tensor, c_before: Tensor, *row: Tensor) -> tuple[Any, Any]:
        d_h, d_c = carry
        extra = dict(zip(came, row[1:], strict=True))
        d_h = d_h + extra["hs"] if "hs" in extra else d_h
        d_c = d_c + extra["cs"] if "cs" in extra else d_c
        i, f, g, o = split(cast(row[0], c.dtype), 4, axis=-1)
        flow, squashed = cast(d_h, c.dtype), tanh(c)
        d_o = flow * squashed
        d_state = d_c + flow * o * (1 - squashed * squashed)
        d_gates = concat([d_state * g, d_state * c_before, d_state * i, d_o], axis=-1)
        if "gates" in extra:
            d_gates = d_gates + cast(extra["gates"], c.dtype)
        slopes = concat([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)], axis=-1)
        d_z = cast(d_gates * slopes, gates.dtype)
        d_z = kept(mask, d_z, zeros_like(d_z))
        return (kept(mask, matmul(d_z, across), d_h), kept(mask, d_state * f, d_c)), d_z

    (d_h, d_c), d_z = sweep(step, (d_h, d_c), rows, masks, not reverse)
    return d_z, d_h, d_c


def _gradient_infer(
    recurrent: Spec, c: Spec, cs: Spec, gates: Spec, *rest: Spec, given: Any, reverse: bool
) -> tuple[Spec, Spec, Spec]:
    return gates, c.like(dtype=gates.dtype), c


LSTM_GRADIENT = Op(
    "lstm_gradient",
    _gradient_infer,
    readable=_gradient_steps,
    flops=lambda recurrent, c, cs, gates, *_, **__: 2 * gates.size * recurrent.shape[0],
)


@LSTM.gradient
def _gradient(
    g: tuple[Any, ...],
    y: tuple[Any, ...],
    x: Tensor,
    h: Tensor,
    c: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Any,
    *masks: Tensor,
    reverse: bool,
) -> tuple[Any, ...]:
    hs, _, _, cs, gates = y
    given = tuple([part is not None for part in g])
    came = [part for part in g if part is not None]
    settings = {"given": given, "reverse": reverse}
    d_z, d_h, d_c = apply(LSTM_GRADIENT, recurrent, c, cs, gates, *came, *masks, **settings)
    return (
        lambda: parts.input_gradient(d_z, kernel),
        d_h,
        d_c,
        lambda: parts.weight_gradient(x, d_z),
        lambda: parts.recurrent_gradient(h, hs, d_z, reverse),
        lambda: parts.bias_gradient(d_z),
        *[None for _ in masks],
    )
