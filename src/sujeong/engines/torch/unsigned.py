"""Arithmetic of uint16, uint32 and uint64, which torch can hold but hardly compute with.

The narrow ones go through int64, which holds all their values. For uint64 the bits are read as int64:
sums and products wrap around alike, and a flipped first bit puts the numbers in the right order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ...core import dtypes
from ...core.dtypes import DType
from . import comparison, elementwise

_SIGNED: dict[str, Callable[..., Any]] = elementwise.KERNELS | comparison.KERNELS
_FIRST = -(1 << 63)  # the first bit alone, as int64
_REST = (1 << 63) - 1  # all the other bits


def _through_int64(name: str) -> Callable[..., Any]:
    kernel = _SIGNED[name]

    def spare(*arrays: Any, **attributes: Any) -> Any:
        out = kernel(*[a.long() for a in arrays], **attributes)
        return out if out.dtype is torch.bool else out.to(arrays[0].dtype)

    return spare


def _as_bits(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel for uint64 of one that works on the bits as int64."""

    def spare(*arrays: Any, **attributes: Any) -> Any:
        out = kernel(*[a.view(torch.int64) for a in arrays], **attributes)
        return out if out.dtype is torch.bool else out.view(torch.uint64)

    return spare


def _greater_equal(a: Any, b: Any) -> Any:
    return torch.ge(a ^ _FIRST, b ^ _FIRST)


def _divide(a: Any, b: Any) -> tuple[Any, Any]:
    """Quotient and rest; both 0 where the divisor is.

    Half of a fits int64, so that twice its quotient is at most one too small. A divisor of 2^63 and more,
    negative as int64, goes into a once or not at all.
    """
    half = (a >> 1) & _REST
    quotient = torch.where(b < 0, 0, torch.div(half, torch.where(b <= 0, 1, b), rounding_mode="floor") << 1)
    rest = a - quotient * b
    more = _greater_equal(rest, b)
    quotient, rest = quotient + more, torch.where(more, rest - b, rest)
    return torch.where(b == 0, 0, quotient), torch.where(b == 0, 0, rest)


def _right_shift(a: Any, b: Any) -> Any:
    return torch.where(b == 0, a, ((a >> 1) & _REST) >> (b - 1))


def _pow(a: Any, b: Any) -> Any:
    """Exponents of 2^63 and more are negative as int64. Powers of odd numbers repeat after 2^62 steps at the
    latest, and high powers of even numbers are 0, so that the second bit may stand for the first.
    """
    return torch.pow(a, torch.where(b < 0, (b & (_REST >> 1)) | (1 << 62), b))


def _clip(x: Any, min: int | None, max: int | None) -> Any:
    """With the first bit flipped the numbers are 2^63 less, and in order as int64; so are the bounds."""
    low, high = (None if bound is None else bound + _FIRST for bound in (min, max))
    return torch.clamp(x ^ _FIRST, low, high) ^ _FIRST


_BITS: dict[str, Callable[..., Any]] = {
    "add": torch.add,
    "subtract": torch.sub,
    "negative": torch.neg,
    "abs": torch.clone,
    "sign": lambda x: (x != 0).long(),
    "clip": _clip,
    "pow": _pow,
    "floor_divide": lambda a, b: _divide(a, b)[0],
    "remainder": lambda a, b: _divide(a, b)[1],
    "maximum": lambda a, b: torch.where(_greater_equal(a, b), a, b),
    "minimum": lambda a, b: torch.where(_greater_equal(a, b), b, a),
    "greater": lambda a, b: torch.gt(a ^ _FIRST, b ^ _FIRST),
    "greater_equal": _greater_equal,
    "less": lambda a, b: torch.lt(a ^ _FIRST, b ^ _FIRST),
    "less_equal": lambda a, b: _greater_equal(b, a),
    "bitwise_invert": torch.bitwise_not,
    "bitwise_left_shift": torch.bitwise_left_shift,
    "bitwise_right_shift": _right_shift,
}
SPARES: dict[tuple[str, DType], Callable[..., Any]] = {
    **{(name, dtypes.uint16): _through_int64(name) for name in _BITS},
    **{(name, dtypes.uint32): _through_int64(name) for name in _BITS},
    **{(name, dtypes.uint64): _as_bits(kernel) for name, kernel in _BITS.items()},
}
