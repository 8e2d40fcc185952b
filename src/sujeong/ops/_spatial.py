"""Windows that move over the spatial axes: sizes, strides, padding, and how many positions there are.

A window of k elements, spread by the dilation d, covers  e = d (k - 1) + 1  neighbours. With `low` and
`high` elements of padding around n elements, and steps of s, it stands at

    floor((n + low + high - e) / s) + 1          positions.

"valid" pads nothing. "same" gives ceil(n / s) positions, by padding  max((ceil(n / s) - 1) s + e - n, 0)
elements in all, the odd one at the high end. Arguments are checked here, once for all rooms with windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from operator import index
from typing import Any, Literal, TypeVar

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message, unknown_name
from ._build import Shape, floating
from .shaping import permute_dims

Pairs = tuple[tuple[int, int], ...]
PerAxis = int | Sequence[int]
Padding = int | str | Sequence[Any]
DataFormat = Literal["channels_last", "channels_first"]
AXES = {1: "(N, L, C)", 2: "(N, H, W, C)", 3: "(N, D, H, W, C)"}


Plan = TypeVar("Plan", bound=Callable[..., Any])


def planned(function: Plan) -> Plan:
    """Remembers the answers of a function of plain values: settings are checked once, not at each call."""
    known = lru_cache(maxsize=1024, typed=True)(function)

    @wraps(function)
    def plan(*values: Any) -> Any:
        try:
            return known(*values)
        except TypeError:  # lists among them
            return function(*values)

    return plan  # type: ignore[return-value]


def _whole(value: Any) -> bool:
    """Whether a value is a whole number, and not a truth value."""
    return hasattr(value, "__index__") and not isinstance(value, (bool, Tensor))


def per_axis(op: str, name: str, value: Any, axes: int, least: int = 1) -> Shape:
    """One whole number for each spatial axis, from a number for all or a sequence of them."""
    items = (value,) * axes if _whole(value) else value
    if not isinstance(items, Sequence) or isinstance(items, str) or not all(map(_whole, items)):
        expected = f"a whole number, or {axes} of them"
        raise ArgumentError(
            message(op, f"{name} are not understood.", received=repr(value), expected=expected)
        )
    numbers = tuple(map(index, items))
    if len(numbers) != axes:
        expected = f"{axes} numbers, one for each spatial axis"
        raise ArgumentError(
            message(op, f"{name} do not fit the axes.", received=repr(value), expected=expected)
        )
    if any(n < least for n in numbers):
        raise ArgumentError(
            message(op, f"{name} are too small.", received=value, expected=f"{least} or more")
        )
    return numbers


def extent(window: Shape, dilation: Shape) -> Shape:
    """How many neighbours a window covers along each axis: d (k - 1) + 1."""
    return tuple([d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)])


def same_padding(size: Shape, covered: Shape, strides: Shape) -> Pairs:
    """The padding that gives ceil(n / s) positions."""
    totals = [max((-(-n // s) - 1) * s + e - n, 0) for n, e, s in zip(size, covered, strides, strict=True)]
    return tuple((t // 2, t - t // 2) for t in totals)


def padding_pairs(op: str, padding: Any, size: Shape, covered: Shape, strides: Shape) -> Pairs:
    """The padding as one (low, high) for each spatial axis.

    Args:
        op: who asks.
        padding: "valid", "same", a number for every side, or for each axis a number or (low, high).
        size: of the input along the spatial axes.
        covered: extent of the window along them.
        strides: its steps.

    Returns:
        The pairs.
    """
    axes = len(size)
    if isinstance(padding, str):
        if padding == "same":
            return same_padding(size, covered, strides)
        if padding != "valid":
            raise unknown_name("padding", padding, ("valid", "same"))
        return ((0, 0),) * axes
    items = (padding,) * axes if _whole(padding) else padding
    right = isinstance(items, Sequence) and len(items) == axes
    pairs = [(i, i) if _whole(i) else i for i in items] if right else []
    if not right or not all(isinstance(p, Sequence) and len(p) == 2 and all(map(_whole, p)) for p in pairs):
        example = ", ".join(["(1, 1)"] * axes)
        expected = f'"valid", "same", a number, or a pair (low, high) for each spatial axis: ({example},)'
        raise ArgumentError(
            message(op, "the padding is not understood.", received=repr(padding), expected=expected)
        )
    found = tuple((index(a), index(b)) for a, b in pairs)
    if any(w < 0 for p in found for w in p):
        fix = "cut the input instead: x[:, 1:-1]."
        raise ArgumentError(message(op, "padding cannot be negative.", received=padding, fix=fix))
    return found


def output_size(
    op: str, size: Shape, window: Shape, strides: Shape, padding: Pairs, dilation: Shape
) -> Shape:
    """The number of positions of a window along each spatial axis, by the formula at the top of this room."""
    found = []
    for axis, (n, k, s, (low, high), d) in enumerate(
        zip(size, window, strides, padding, dilation, strict=True)
    ):
        if k < 1:
            raise ShapeError(
                message(op, "the window is empty.", received=window, expected="sizes of 1 or more")
            )
        covered = d * (k - 1) + 1
        room = n + low + high - covered
        if room < 0:
            window_text = f"a window of {k}" + (f" with dilation {d} (covers {covered})" if d > 1 else "")
            raise ShapeError(
                message(
                    op,
                    "the window is larger than the input.",
                    received=f"{window_text} along spatial axis {axis} of size {n}, padding ({low}, {high})",
                    expected="floor((n + low + high - dilation (k - 1) - 1) / stride) + 1 >= 1 positions; "
                    f"here floor(({n} + {low} + {high} - {d} ({k} - 1) - 1) / {s}) + 1 = {room // s + 1}",
                    fix='a smaller window, padding="same", or larger images.',
                )
            )
        found.append(room // s + 1)
    return tuple(found)


def spatial_axes(op: str, x: Tensor | Spec) -> int:
    """How many spatial axes a batch has: 1, 2 or 3."""
    axes = x.ndim - 2
    if axes not in AXES:
        expected = "a batch " + ", ".join(AXES.values()) + "; N examples, C channels"
        fix = "a single example needs a batch axis: x[None]; grey images need a channel axis: x[..., None]."
        raise ShapeError(
            message(op, "takes one to three spatial axes.", received=x.shape, expected=expected, fix=fix)
        )
    return axes


def real_batch(op: str, x: Any, data_format: str) -> Tensor:
    """The input as real floating-point batch (N, spatial..., C)."""
    if x.__class__ is not Tensor or x.dtype.kind != "float":
        x = floating(op, x)
        if not x.dtype.is_floating:
            raise DTypeError(
                message(op, "takes real numbers.", received=x.spec, fix="use sj.real(x), sj.imag(x).")
            )
    shape = x._array.shape
    if len(shape) - 2 not in AXES:
        spatial_axes(op, x)
    if data_format != "channels_last":
        x = channels_last(x, data_format)
        shape = x.shape
    if not shape[-1]:
        raise ShapeError(
            message(op, "there are no channels.", received=x.spec, expected="(N, spatial..., C), C >= 1")
        )
    return x


def channels_last(x: Tensor, data_format: str) -> Tensor:
    """A batch with its channels moved to the last axis, if they come second."""
    if data_format == "channels_last":
        return x
    if data_format != "channels_first":
        raise unknown_name("data_format", data_format, ("channels_last", "channels_first"))
    return permute_dims(x, (0, *range(2, x.ndim), 1))


def as_format(y: Tensor, data_format: str) -> Tensor:
    """Undoes `channels_last` for a result."""
    if data_format == "channels_last":
        return y
    return permute_dims(y, (0, y.ndim - 1, *range(1, y.ndim - 1)))
