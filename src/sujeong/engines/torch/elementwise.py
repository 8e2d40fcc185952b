"""Kernels that work on each element by itself; torch's own where they keep the standard's special cases."""

from __future__ import annotations

from typing import Any

import torch


def _sign(x: Any) -> Any:
    if x.dtype.is_complex:
        return torch.sgn(x)
    return torch.where(torch.isnan(x), x, torch.sign(x)) if x.dtype.is_floating_point else torch.sign(x)


def _safe_divisor(b: Any) -> tuple[Any, Any, Any]:
    """Where an integer divisor is 0 or -1, and 1 in its place: by 0 the processor stops, and by -1 too, where
    the smallest number overflows.
    """
    zero, minus = b == 0, b == -1 if b.dtype.is_signed else torch.zeros_like(b, dtype=torch.bool)
    return zero, minus, torch.where(zero | minus, 1, b)


def _floor_divide(a: Any, b: Any) -> Any:
    if a.dtype.is_floating_point:
        infinite = torch.isinf(a) | torch.isinf(b)
        return torch.where(infinite, torch.floor(a / b), torch.floor_divide(a, b))
    zero, minus, divisor = _safe_divisor(b)
    out = torch.where(minus, -a, torch.floor_divide(a, divisor))
    return torch.where(zero, 0, out)


def _remainder(a: Any, b: Any) -> Any:
    if a.dtype.is_floating_point:
        out = torch.remainder(a, b)
        return torch.where(out == 0, torch.copysign(out, b), out)  # a rest of 0 has the divisor's sign, too
    zero, minus, divisor = _safe_divisor(b)
    return torch.where(zero | minus, 0, torch.remainder(a, divisor))


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
    "bitwise_and": torch.bitwise_and,
    "bitwise_or": torch.bitwise_or,
    "bitwise_xor": torch.bitwise_xor,
    "bitwise_invert": torch.bitwise_not,
    "bitwise_left_shift": torch.bitwise_left_shift,
    "bitwise_right_shift": torch.bitwise_right_shift,
}
