"""What the rooms of operations share: bringing two operands together, and undoing a broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, Weak, as_tensor
from ..errors import ArgumentError, AxisError, DTypeError, ShapeError, message

Shape = tuple[int, ...]
NUMBERS = (bool, int, float, complex)
_OPERANDS = frozenset({Tensor, *NUMBERS})


def broadcast_shapes(op: str, *shapes: Shape) -> Shape:
    """The shape that all shapes stretch to, aligned at the last axis; sizes must be equal or 1."""
    rank = max(map(len, shapes), default=0)
    out = [1] * rank
    for shape in shapes:
        for i, size in enumerate(shape, rank - len(shape)):
            if size != 1 and out[i] not in (1, size):
                raise ShapeError(
                    message(
                        op,
                        "shapes do not broadcast.",
                        received=" and ".join(str(s) for s in shapes),
                        expected="sizes equal or 1, counted from the last axis",
                        fix="reshape one of them, or add an axis with x[..., None].",
                    )
                )
            if size != 1:
                out[i] = size
    return tuple(out)


def same_dtypes(op: str, *specs: Spec) -> dtypes.DType:
    """The one element type of all inputs of a kernel."""
    first = specs[0].dtype
    if any(s.dtype is not first for s in specs):
        received = ", ".join(map(str, specs))
        raise DTypeError(
            message(op, "inputs differ in element type.", received=received, fix="cast with sj.astype.")
        )
    return first


# Kinds of element types that a function takes, and how an error calls them.
REAL = ("int", "uint", "float")
NUMERIC = (*REAL, "complex")
WHOLE = ("int", "uint")
BITS = ("bool", *WHOLE)
ORDERED = ("bool", *REAL)
_KINDS = {
    REAL: "real numbers",
    NUMERIC: "numbers",
    WHOLE: "whole numbers",
    BITS: "whole numbers or truth values",
    ORDERED: "real numbers or truth values",
    ("bool",): "truth values",
    ("float",): "floating-point numbers",
}


def need(op: str, x: Tensor | Spec, kinds: tuple[str, ...]) -> None:
    """Refuses an element type of another kind."""
    kind = x.dtype.kind
    if kind not in kinds:
        fix = "cast it with sj.astype."
        if kind == "complex":
            fix = "take a part of it: sj.real(x), sj.imag(x), sj.abs(x)."
        received = x if isinstance(x, Spec) else x.spec
        raise DTypeError(message(op, f"takes {_KINDS[kinds]}.", received=received, fix=fix))


def numeric(op: str, x: Any) -> Tensor:
    """An operand as tensor, refused if it holds truth values."""
    x = x if x.__class__ is Tensor else as_tensor(x, op)
    need(op, x, NUMERIC)
    return x


def cast(x: Tensor, dtype: dtypes.DType) -> Tensor:
    """The same values in another element type; the tensor itself if it has that type."""
    return x if x.dtype is dtype else apply(ASTYPE, x, dtype=dtype)


def pair(op: str, a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Two operands as tensors of one element type. Python numbers are weak: the tensor decides."""
    if a.__class__ is not Tensor or b.__class__ is not Tensor:
        a, b = _tensors(op, a, b)
    if a._array.dtype != b._array.dtype:
        dtype = dtypes.result_type(a.dtype, b.dtype)
        a, b = cast(a, dtype), cast(b, dtype)
    return a, b


def _tensors(op: str, a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Two operands as tensors, each of the element type that it brings or, a number, is given."""
    if isinstance(b, Weak) and not isinstance(a, (Weak, *NUMBERS)):
        a = as_tensor(a, op)
        return a, b.beside(a)
    if not isinstance(b, NUMBERS):
        b = as_tensor(b, op)
        if isinstance(a, Weak):
            return a.beside(b), b
        return Tensor(b._engine.weak(a, b._array), b._engine) if isinstance(a, NUMBERS) else as_tensor(
            a, op
        ), b
    a = as_tensor(a, op)
    return a, Tensor(a._engine.weak(b, a._array), a._engine)


def floating(op: str, x: Any) -> Tensor:
    """An operand as floating-point tensor; integers become float32."""
    x = x if x.__class__ is Tensor else as_tensor(x, op)
    return x if x.dtype.is_differentiable else cast(x, dtypes.float32)


def floating_pair(op: str, a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Two operands as real floating-point tensors of one element type; integers become float32."""
    a, b = pair(op, a, b)
    kind = a.dtype.kind
    if kind == "float":
        return a, b
    if kind == "complex":
        need(op, a, REAL)
    return cast(a, dtypes.float32), cast(b, dtypes.float32)


def filled_like(like: Tensor, shape: Shape, value: float, dtype: dtypes.DType | None = None) -> Tensor:
    """A constant on the engine and device of another tensor; its element type unless told otherwise."""
    engine = like._engine
    kernel = engine.kernels["full"]
    return Tensor(kernel(shape=shape, value=value, dtype=dtype or like.dtype, device=like.device), engine)


def counted_like(like: Tensor, count: int) -> Tensor:
    """The numbers 0, 1, ... count - 1 as int64, on the engine and device of another tensor."""
    engine = like._engine
    kernel = engine.kernels["arange"]
    return Tensor(kernel(start=0, step=1, count=count, dtype=dtypes.int64, device=like.device), engine)


def unbroadcast(g: Tensor, like: Tensor | Spec) -> Tensor:
    """Sums a gradient back to the shape that was stretched: the transpose of broadcasting.

    Args:
        g: gradient of the stretched value.
        like: the value before it was stretched.

    Returns:
        The gradient, with `like`'s shape.
    """
    shape, have = like.shape, g.shape
    if shape == have:
        return g
    extra = len(have) - len(shape)
    axes = tuple(range(extra)) + tuple(
        i + extra for i, s in enumerate(shape) if s == 1 and have[i + extra] != 1
    )
    g = apply(SUM, g, axis=axes, keepdims=False)
    return g if g.shape == shape else apply(RESHAPE, g, shape=shape)


def normalize_axis(op: str, axis: int, ndim: int) -> int:
    """An axis counted from the front, refused outside -ndim..ndim-1."""
    if not isinstance(axis, int) or isinstance(axis, bool):
        raise ArgumentError(message(op, "an axis is a whole number.", received=repr(axis)))
    if not -ndim <= axis < ndim:
        expected = (
            f"{-ndim} to {ndim - 1} for {ndim} axes" if ndim else "no axis: the value is zero-dimensional"
        )
        raise AxisError(message(op, "there is no such axis.", received=axis, expected=expected))
    return axis % ndim


def normalize_axes(op: str, axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """Axes counted from the front, in order, without repeats; `None` means all."""
    if axis is None:
        return tuple(range(ndim))
    if axis.__class__ is int and -ndim <= axis < ndim:  # type: ignore[operator]
        return (axis % ndim,)  # type: ignore[operator]
    chosen = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = tuple(sorted(normalize_axis(op, a, ndim) for a in chosen))
    if len(set(axes)) != len(axes):
        raise ArgumentError(message(op, "an axis is named twice.", received=axis))
    return axes


def unary_infer(name: str, kinds: tuple[str, ...], result: dtypes.DType | None = None) -> Any:
    """Inference rule of an elementwise operation of one input, of certain kinds."""

    def infer(x: Spec, **_: Any) -> Spec:
        need(name, x, kinds)
        return x if result is None else Spec(x.shape, result)

    return infer


def binary_infer(name: str, result: dtypes.DType | None = None, kinds: tuple[str, ...] = ()) -> Any:
    """Inference rule of an elementwise operation of two inputs."""

    def infer(a: Spec, b: Spec, **_: Any) -> Spec:
        dtype = same_dtypes(name, a, b)
        if kinds:
            need(name, a, kinds)
        return Spec(broadcast_shapes(name, a.shape, b.shape), result or dtype)

    return infer


def is_operand(value: Any) -> bool:
    """Whether an operator should take the value, or hand the question back to Python."""
    return value.__class__ in _OPERANDS or isinstance(value, (Operand, np.ndarray, np.generic, *NUMBERS))


# Operations that every gradient rule leans on; their public functions are in casting, reduction, shaping.
ASTYPE = Op("astype", lambda x, dtype: x.like(dtype=dtype), keeps_inputs=False, may_alias=True)


def _sum_infer(x: Spec, axis: Shape, keepdims: bool) -> Spec:
    shape = tuple(1 if i in axis else s for i, s in enumerate(x.shape) if keepdims or i not in axis)
    return x.like(shape=shape)


SUM = Op("sum", _sum_infer, keeps_inputs=False)


def _reshape_infer(x: Spec, shape: Shape) -> Spec:
    new = x.like(shape=shape)
    if new.size != x.size:
        raise ShapeError(
            message(
                "reshape",
                "the number of elements differs.",
                received=f"{x.shape} to {shape}",
                expected=x.size,
            )
        )
    return new


RESHAPE = Op("reshape", _reshape_infer, keeps_inputs=False, may_alias=True)

COPY = Op("copy", lambda x: x, keeps_inputs=False)


@COPY.gradient
def _copy_gradient(g: Tensor, y: Any, x: Any) -> tuple[Any, ...]:
    return (g,)


CONJ = Op("conj", lambda x: x, keeps_inputs=False)


def conjugate(x: Tensor) -> Tensor:
    """The complex conjugate; a real tensor is its own."""
    return apply(CONJ, x) if x.dtype.kind == "complex" else x
