"""The simple recurrent layer: each state follows from the state before and from what is read.

    h_t = tanh(x_t W + h_{t-1} R + b)

    x (T, N, F)    W (F, U)    R (U, U)    b (U,)    h (N, U)        T steps, N sequences

A step that the mask leaves out does not change the state.

Gradient: back through time, from the last step to the first. With dh what flows into h_t,

    dz = dh (1 - h_t^2)        dh_{t-1} = dz R^T

and after the loop dx = dz W^T, dW = sum x^T dz, dR = sum h_{t-1}^T dz, db = sum dz. Over many steps the
products with R^T let the gradient vanish or grow, which gates prevent: see `lstm`.

J. L. Elman: Finding Structure in Time. Cognitive Science, 1990.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..ops._build import cast, filled_like
from ..ops.batch_norm import wide
from ..ops.filling import zeros_like
from ..ops.hyperbolic import tanh
from ..ops.matmul import matmul
from ..ops.shaping import matrix_transpose
from . import _parts as parts
from ._parts import Given, kept, sweep


def simple_rnn(
    x: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    initial_state: Any = None,
    mask: Any = None,
    *,
    reverse: bool = False,
    time_major: bool = False,
    activation: Callable[[Tensor], Tensor] = tanh,
    recurrent_factor: Any = None,
) -> tuple[Tensor, Tensor]:
    """A simple recurrence over a batch of sequences: h <- tanh(x_t W + h R + b).

    Args:
        x: sequences (N, T, F): N of them, T steps, F features; float.
        kernel: W (F, U).
        recurrent_kernel: R (U, U).
        bias: b (U,); default zeros.
        initial_state: h (N, U), or a list with it; default zeros.
        mask: (N, T) of truth values; a step with `False`, such as padding, leaves the state as it is.
        reverse: whether to read from the last step to the first; each output stays with its step.
        time_major: whether x, mask and the outputs have the steps first: (T, N, F).
        activation: of the new state.
        recurrent_factor: (N, U), multiplied into h before R in each step; dropout in the recurrence.

    Returns:
        All outputs (N, T, U), and the last h (N, U).

    Raises:
        ShapeError: shapes do not fit.
        DTypeError: a mask does not hold truth values, or an operand is complex.
        ArgumentError: `initial_state` is not one state.

    Example:
        >>> import sujeong as sj
        >>> y, h = sj.simple_rnn(sj.ones((1, 3, 1)), sj.ones((1, 1)), sj.ones((1, 1)))
        >>> [round(v, 3) for v in y[0, :, 0].tolist()]
        [0.762, 0.943, 0.96]
    """
    states = parts.as_states("simple_rnn", initial_state, 1)
    given = Given("simple_rnn", 1, x, kernel, recurrent_kernel, bias, states, mask, time_major=time_major)
    inputs = (given.x, given.states[0], given.kernel, given.recurrent, given.bias, *given.masks)
    if activation is tanh and recurrent_factor is None:
        ys, h = apply(SIMPLE_RNN, *inputs, reverse=bool(reverse))
    else:
        ys, h = _steps(*inputs, reverse=bool(reverse), chosen=(activation, recurrent_factor))
    return given.back(ys), h


def _steps(
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    *masks: Tensor,
    reverse: bool,
    chosen: Any = (tanh, None),
) -> tuple[Tensor, Tensor]:
    """The formula above, step by step."""
    activation, factor = chosen

    def step(h: Tensor, mask: Tensor | None, x_t: Tensor) -> tuple[Any, Any]:
        read = h if factor is None else h * factor
        z = cast(matmul(x_t, kernel) + matmul(read, recurrent) + bias, wide(h.dtype))
        h = kept(mask, cast(activation(z), h.dtype), h)
        return h, h

    h, hs = sweep(step, h, [x], masks, reverse)
    return hs, h


def _infer(
    x: Spec, h: Spec, kernel: Spec, recurrent: Spec, bias: Spec, *masks: Spec, reverse: bool
) -> tuple[Spec, Spec]:
    hs, last = parts.sequences("simple_rnn", x, h, kernel, recurrent, 1, masks)
    parts.check("simple_rnn", {"bias": (bias, x.like(shape=recurrent.shape[1:]))})
    return hs, last


SIMPLE_RNN = Op(
    "simple_rnn",
    _infer,
    readable=_steps,
    keeps_inputs=(0, 1, 2, 3, 5),
    keeps_output=(0,),
    partial=True,
    flops=lambda x, h, kernel, recurrent, *_, **__: parts.product_flops(x, recurrent),
)


# --- back through time -----------------------------------------------------------------------------------
def _gradient_steps(
    recurrent: Tensor, hs: Tensor, *rest: Tensor, given: Any, reverse: bool
) -> tuple[Tensor, Tensor]:
    """Gives dz of all steps, dh of the first state; `rest`: the given gradients, the mask."""
    came, masks = parts.came(("hs", "h"), rest, given)
    across = matrix_transpose(recurrent)
    d_h = came.pop("h") if "h" in came else filled_like(hs, hs.shape[1:], 0)

    def step(d_h: Tensor, mask: Tensor | None, h: Tensor, *extra: Tensor) -> tuple[Any, Any]:
        d_h = d_h + extra[0] if extra else d_h
        h = cast(h, wide(h.dtype))
        d_z = cast(cast(d_h, h.dtype) * (1 - h * h), hs.dtype)
        d_z = kept(mask, d_z, zeros_like(d_z))
        return kept(mask, matmul(d_z, across), d_h), d_z

    d_h, d_z = sweep(step, d_h, [hs, *came.values()], masks, not reverse)
    return d_z, d_h


SIMPLE_RNN_GRADIENT = Op(
    "simple_rnn_gradient",
    lambda recurrent, hs, *rest, given, reverse: (hs, hs.like(shape=hs.shape[1:])),
    readable=_gradient_steps,
    flops=lambda recurrent, hs, *_, **__: 2 * hs.size * recurrent.shape[0],
)


@SIMPLE_RNN.gradient
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
    hs = y[0]
    given = tuple([part is not None for part in g])
    came = [part for part in g if part is not None]
    d_z, d_h = apply(SIMPLE_RNN_GRADIENT, recurrent, hs, *came, *masks, given=given, reverse=reverse)
    return (
        lambda: parts.input_gradient(d_z, kernel),
        d_h,
        lambda: parts.weight_gradient(x, d_z),
        lambda: parts.recurrent_gradient(h, hs, d_z, reverse),
        lambda: parts.bias_gradient(d_z),
        *[None for _ in masks],
    )
