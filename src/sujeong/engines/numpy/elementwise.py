"""Kernels that work on each element by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._erf import erf
from ._wrap import plain, quiet


def _integer_power(a: Any, b: Any) -> Any:
    """Powers with negative exponents, which NumPy refuses: those of 1 and -1 are whole, others give 0."""
    out = np.power(a, np.maximum(b, 0))
    whole = (a == 1) | (a == -1)
    return np.where(b < 0, np.where(whole, np.power(a, b & 1), 0).astype(a.dtype), out)


def _pow(a: Any, b: Any) -> Any:
    return _integer_power(a, b) if a.dtype.kind == "i" else np.power(a, b)


def _floor_divide(a: Any, b: Any) -> Any:
    """Where an operand is infinite a / b is whole, or NaN, and NumPy has other ideas."""
    y = np.floor_divide(a, b)
    if a.dtype.kind != "f" or np.count_nonzero(np.isfinite(np.subtract(a, b))) == y.size:
        return y
    return np.where(np.isinf(a) | np.isinf(b), a / b, y)


def _clip(x: Any, min: Any, max: Any) -> Any:
    if min is not None:
        x = np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


KERNELS = {
    "add": quiet(np.add),
    "subtract": quiet(np.subtract),
    "multiply": quiet(np.multiply),
    "divide": quiet(np.divide),
    "negative": quiet(np.negative),
    "abs": quiet(np.abs),
    "sign": quiet(np.sign),
    "signbit": plain(np.signbit),
    "copysign": quiet(np.copysign),
    "hypot": quiet(np.hypot),
    "clip": quiet(_clip),
    "maximum": quiet(np.maximum),
    "minimum": quiet(np.minimum),
    "nextafter": quiet(np.nextafter),
    "floor": quiet(np.floor),
    "ceil": quiet(np.ceil),
    "trunc": quiet(np.trunc),
    "round": quiet(np.rint),
    "floor_divide": quiet(_floor_divide),
    "remainder": quiet(np.remainder),
    "pow": quiet(_pow),
    "exp": quiet(np.exp),
    "log": quiet(np.log),
    "log1p": quiet(np.log1p),
    "log2": quiet(np.log2),
    "log10": quiet(np.log10),
    "logaddexp": quiet(np.logaddexp),
    "sqrt": quiet(np.sqrt),
    "rsqrt": quiet(lambda x: np.reciprocal(np.sqrt(x))),
    "sin": quiet(np.sin),
    "cos": quiet(np.cos),
    "tan": quiet(np.tan),
    "asin": quiet(np.arcsin),
    "acos": quiet(np.arccos),
    "atan": quiet(np.arctan),
    "atan2": quiet(np.arctan2),
    "sinh": quiet(np.sinh),
    "cosh": quiet(np.cosh),
    "asinh": quiet(np.arcsinh),
    "acosh": quiet(np.arccosh),
    "atanh": quiet(np.arctanh),
    "erf": quiet(erf),
    "logical_and": plain(np.logical_and),
    "logical_or": plain(np.logical_or),
    "logical_xor": plain(np.logical_xor),
    "logical_not": plain(np.logical_not),
    "bitwise_and": plain(np.bitwise_and),
    "bitwise_or": plain(np.bitwise_or),
    "bitwise_xor": plain(np.bitwise_xor),
    "bitwise_invert": plain(np.invert),
    "bitwise_left_shift": plain(np.left_shift),
    "bitwise_right_shift": plain(np.right_shift),
}
