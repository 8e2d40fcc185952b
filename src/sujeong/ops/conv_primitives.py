"""Convolution, closed under three operations: each one's gradient is made of the other two.

    y[n, o, q] = sum_{j, c}  x[n, o s + j d - low, c]  w[j, c, q]          forward
    dx         = sum over all (o, j) that read the element of  g w         input gradient
    dw[j, c, q] = sum_{n, o}  x[n, o s + j d - low, c]  g[n, o, q]         weight gradient

n example, o position of the window, j element of it, c input channel, q output channel, s stride,
d dilation, low padding; x is zero outside. Shapes:

    x (N, spatial..., C)      w (kernel..., C / groups, O)      y, g (N, positions..., O)

With groups, output channels q of group i (there are O / groups of them) read only input channels c of
group i. All three are linear in each of their two inputs, so with F, I, W for the three of them

    y  = F(x, w):   dx = I(g, w)   dw = W(x, g)
    dx = I(g, w):   dg = F(h, w)   dw = W(h, g)        h: gradient of dx, shaped like x
    dw = W(x, g):   dx = I(g, h)   dg = F(x, h)        h: gradient of dw, shaped like w

and derivatives of any order exist. The readable forms below say the same with im2col and one matrix
product; an engine's kernels are held against them.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import Shape, same_dtypes
from ._spatial import Pairs, output_size, spatial_axes
from .matmul import MATMUL
from .padding import pad
from .shaping import matrix_transpose, permute_dims, reshape
from .slicing import cut
from .windows import COL2IM, IM2COL


def check_weights(op: str, x: Shape, w: Shape, groups: int) -> None:
    """Refuses an input (N, spatial..., C) and weights (kernel..., C / groups, O) that do not fit."""
    if len(x) != len(w):
        expected = "(kernel..., channels / groups, outputs), as many spatial axes as the input"
        fix = "a single example needs a batch axis: x[None]." if len(w) == len(x) + 1 else None
        received = f"input {x}, weights {w}"
        raise ShapeError(
            message(
                op, "input and weights differ in spatial axes.", received=received, expected=expected, fix=fix
            )
        )
    c, takes, outputs = x[-1], w[-2], w[-1]
    if groups < 1 or c % groups or outputs % groups:
        received = f"groups={groups}, {c} input channels, {outputs} output channels"
        fix = (
            f"groups={c} with weights (kernel..., 1, {c}) filters each channel by itself."
            if groups > 1
            else None
        )
        what = "groups must divide the input channels and the output channels."
        raise ArgumentError(message(op, what, received=received, fix=fix))
    if takes * groups != c:
        inside = f" in each of {groups} groups" if groups > 1 else ""
        raise ShapeError(
            message(
                op,
                f"input has {c} channels, weights take {takes * groups}.",
                received=f"input {x}, weights {w}",
                expected=f"weights (kernel..., {c // groups}, {outputs}): {c // groups} channels{inside}",
                fix='channels come last; for images with channels first say data_format="channels_first".',
            )
        )


def _forward_infer(x: Spec, w: Spec, strides: Shape, padding: Pairs, dilation: Shape, groups: int) -> Spec:
    dtype = same_dtypes("convolution", x, w)
    spatial_axes("convolution", x)
    check_weights("convolution", x.shape, w.shape, groups)
    positions = output_size("convolution", x.shape[1:-1], w.shape[:-2], strides, padding, dilation)
    return Spec((x.shape[0], *positions, w.shape[-1]), dtype)


def _input_infer(g: Spec, w: Spec, input_size: Shape, **settings: Any) -> Spec:
    x = Spec((g.shape[0], *input_size, w.shape[-2] * settings["groups"]), g.dtype)
    _check_result("convolution_input_gradient", g, _forward_infer(x, w, **settings))
    return x


def _weight_infer(x: Spec, g: Spec, kernel_size: Shape, **settings: Any) -> Spec:
    w = Spec((*kernel_size, x.shape[-1] // settings["groups"], g.shape[-1]), g.dtype)
    _check_result("convolution_weight_gradient", g, _forward_infer(x, w, **settings))
    return w


def _check_result(op: str, g: Spec, y: Spec) -> None:
    if g.shape != y.shape:
        raise ShapeError(message(op, "the gradient does not look like the result.", received=g, expected=y))


# --- readable forms: im2col and a matrix product -----------------------------------------------------
def _columns(
    x: Tensor, kernel: Shape, strides: Shape, padding: Pairs, dilation: Shape, groups: int
) -> Tensor:
    """Windows by group: (N, spatial..., C) -> (groups, N * positions, k * C / groups)."""
    k, c = prod(kernel), x.shape[-1] // groups
    x = pad(x, ((0, 0), *padding, (0, 0)))
    columns = apply(IM2COL, x, window=kernel, strides=strides, dilation=dilation)  # (rows, k * C)
    columns = reshape(columns, (columns.shape[0], k, groups, c))
    return reshape(permute_dims(columns, (2, 0, 1, 3)), (groups, columns.shape[0], k * c))


def _by_group(a: Tensor, groups: int) -> Tensor:
    """The last axis (channels, group after group) in front: (..., O) -> (groups, prod(...), O / groups)."""
    flat = reshape(a, (prod(a.shape[:-1]), groups, a.shape[-1] // groups))
    return permute_dims(flat, (1, 0, 2))


def _from_groups(a: Tensor, shape: Shape) -> Tensor:
    """Undoes `_by_group`."""
    return reshape(permute_dims(a, (1, 0, 2)), shape)


def _forward(x: Tensor, w: Tensor, **settings: Any) -> Tensor:
    shape = _forward_infer(x.spec, w.spec, **settings).shape
    columns = _columns(x, w.shape[:-2], **settings)
    return _from_groups(apply(MATMUL, columns, _by_group(w, settings["groups"])), shape)


def _input_gradient(g: Tensor, w: Tensor, input_size: Shape, **settings: Any) -> Tensor:
    shape = _input_infer(g.spec, w.spec, input_size, **settings).shape
    groups, padding, kernel = settings["groups"], settings["padding"], w.shape[:-2]
    k, c = prod(kernel), w.shape[-2]
    columns = apply(MATMUL, _by_group(g, groups), matrix_transpose(_by_group(w, groups)))
    rows = columns.shape[1]
    columns = permute_dims(reshape(columns, (groups, rows, k, c)), (1, 2, 0, 3))
    padded = (shape[0], *(a + n + b for n, (a, b) in zip(input_size, padding, strict=True)), shape[-1])
    windows = {"window": kernel, "strides": settings["strides"], "dilation": settings["dilation"]}
    y = apply(COL2IM, reshape(columns, (rows, k * groups * c)), shape=padded, **windows)
    return cut(y, (0, *(a for a, _ in padding), 0), (1,) * len(shape), shape)


def _weight_gradient(x: Tensor, g: Tensor, kernel_size: Shape, **settings: Any) -> Tensor:
    shape = _weight_infer(x.spec, g.spec, kernel_size, **settings).shape
    columns = _columns(x, kernel_size, **settings)
    return _from_groups(apply(MATMUL, matrix_transpose(columns), _by_group(g, settings["groups"])), shape)


# --- the operations, and their gradients ---------------------------------------------------------------
def _flops(result: Spec, weights: Shape) -> int:
    """A multiplication and an addition for each weight that a result reads: 2 N positions O k C / groups."""
    return 2 * result.size * prod(weights[:-1])


CONVOLUTION = Op(
    "convolution",
    _forward_infer,
    readable=_forward,
    flops=lambda x, w, **settings: _flops(_forward_infer(x, w, **settings), w.shape),
)
CONVOLUTION_INPUT = Op(
    "convolution_input_gradient",
    _input_infer,
    readable=_input_gradient,
    flops=lambda g, w, **_: _flops(g, w.shape),
)
CONVOLUTION_WEIGHT = Op(
    "convolution_weight_gradient",
    _weight_infer,
    readable=_weight_gradient,
    flops=lambda x, g, **settings: _flops(g, _weight_infer(x, g, **settings).shape),
)


@CONVOLUTION.gradient
def _forward_rule(g: Tensor, y: Any, x: Tensor, w: Tensor, **settings: Any) -> tuple[Any, ...]:
    return (
        lambda: apply(CONVOLUTION_INPUT, g, w, input_size=x.shape[1:-1], **settings),
        lambda: apply(CONVOLUTION_WEIGHT, x, g, kernel_size=w.shape[:-2], **settings),
    )


@CONVOLUTION_INPUT.gradient
def _input_rule(
    h: Tensor, y: Any, g: Tensor, w: Tensor, input_size: Shape, **settings: Any
) -> tuple[Any, ...]:
    return (
        lambda: apply(CONVOLUTION, h, w, **settings),
        lambda: apply(CONVOLUTION_WEIGHT, h, g, kernel_size=w.shape[:-2], **settings),
    )


@CONVOLUTION_WEIGHT.gradient
def _weight_rule(
    h: Tensor, y: Any, x: Tensor, g: Tensor, kernel_size: Shape, **settings: Any
) -> tuple[Any, ...]:
    return (
        lambda: apply(CONVOLUTION_INPUT, g, h, input_size=x.shape[1:-1], **settings),
        lambda: apply(CONVOLUTION, x, h, **settings),
    )
