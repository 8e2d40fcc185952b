"""Operands of functions that are defined for real numbers only, such as activations and losses."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..errors import DTypeError, message
from ._build import floating


def real_floating(op: str, x: Any) -> Tensor:
    """The operand as real floating-point tensor; integers become float32, complex numbers are refused."""
    if x.__class__ is Tensor and x.dtype.kind == "float":
        return x
    x = floating(op, x)
    if x.dtype.kind != "float":
        fix = "take a part of it: sj.real(x), sj.imag(x), sj.abs(x)."
        raise DTypeError(message(op, "takes real numbers.", received=x.spec, fix=fix))
    return x
