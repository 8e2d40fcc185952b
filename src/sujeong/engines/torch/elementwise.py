"""Kernels that work on each element by itself; torch's own where they keep the standard's special cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def _sign(x: Any) -> Any:
    """NaN stays NaN, of which torch makes 0. On the CPU it costs little to see that there is none."""
    if not x.is_floating_point():
        return torch.sgn(x)
    y = torch.sign(x)
    return y if x.is_cpu and torch.equal(x, x) else torch.where(torch.isnan(x), x, y)


def _whole(function: Callable[..., Any], by_minus_one: Callable[..., Any], a: Any, b: Any) -> Any:
    """An integer quotient or rest, 0 where the divisor is 0.

    On the CPU torch raises an error for a divisor of 0, on the GPU it gives any number. By -1 the smallest
    number overflows, which stops some processors.
    """
    if a.is_cpu:
        try:
            return function(a, b)
        except RuntimeError:  # a divisor is 0
            pass
    zero, minus = b == 0, b == (-1 if b.dtype.is_signed else 0)
    out = function(a, torch.where(zero | minus, 1, b))
    return torch.where(zero, 0, torch.where(minus, by_minus_one(a), out))


def _floor_divide(a: Any, b: Any) -> Any:
    """Where an operand is infinite a / b is whole, or NaN, and torch has other ideas.

    On the CPU it costs less to see that none is: such an `a` makes NaN of the quotient, `b` of `b - b`.
    """
    if not a.is_floating_point():
        return _whole(torch.floor_divide, torch.neg, a, b)
    y = torch.floor_divide(a, b)
    if a.is_cpu and torch.equal(y, y):
        zero = torch.sub(b, b)
        if torch.equal(zero, zero):
            return y
    return torch.where(torch.isinf(a) | torch.isinf(b), a / b, y)


def _remainder(a: Any, b: Any) -> Any:
    if not a.dtype.is_floating_point:
        return _whole(torch.remainder, torch.zeros_like, a, b)
    return torch.copysign(torch.remainder(a, b), b)  # a rest of 0 has the divisor's sign, too


KERNELS = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "negative": torch.neg,
    "abs": torch.abs,
    "sign": _sign,
    "signbit": torch.signbit,
    "copysign": torch.copysign,
    "hypot": torch.hypot,
    "clip": torch.clamp,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "nextafter": torch.nextafter,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "pow": torch.pow,
    "exp": torch.exp,
    "log": torch.log,
    "log2": torch.log2,
    "log10": torch.log10,
    "logaddexp": torch.logaddexp,
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "atan": torch.atan,
    "atan2": torch.atan2,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "erf": torch.erf,
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
    "logical_not": torch.logical_not,
    "bitwise_and": torch.bitwise_and,
    "bitwise_or": torch.bitwise_or,
    "bitwise_xor": torch.bitwise_xor,
    "bitwise_invert": torch.bitwise_not,
    "bitwise_left_shift": torch.bitwise_left_shift,
    "bitwise_right_shift": torch.bitwise_right_shift,
}
