"""Python's operators on tensors and variables: each is one of the functions of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Operand
from . import arithmetic, comparison, matmul, reduction, shaping, statistics
from ._build import cast, is_operand


def _both(name: str, function: Callable[..., Any]) -> None:
    """Installs `a OP b` and `b OP a`."""

    def forward(self: Any, other: Any) -> Any:
        return function(self, other) if is_operand(other) else NotImplemented

    def reflected(self: Any, other: Any) -> Any:
        return function(other, self) if is_operand(other) else NotImplemented

    setattr(Operand, f"__{name}__", forward)
    setattr(Operand, f"__r{name}__", reflected)


def _one(name: str, function: Callable[..., Any]) -> None:
    """Installs `a OP b` without a reflected form (comparisons reflect into each other)."""

    def forward(self: Any, other: Any) -> Any:
        return function(self, other) if is_operand(other) else NotImplemented

    setattr(Operand, f"__{name}__", forward)


def _method(name: str, function: Callable[..., Any]) -> None:
    setattr(Operand, name, function)


for _name, _function in {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "matmul": matmul.matmul,
}.items():
    _both(_name, _function)
for _name, _function in {
    "eq": comparison.equal,
    "gt": comparison.greater,
}.items():
    _one(_name, _function)
_method("__neg__", lambda self: arithmetic.negative(self))
_method("sum", lambda self, axis=None, keepdims=False: reduction.sum(self, axis=axis, keepdims=keepdims))
_method("mean", lambda self, axis=None, keepdims=False: statistics.mean(self, axis=axis, keepdims=keepdims))
_method("reshape", lambda self, *shape: shaping.reshape(self, shape[0] if len(shape) == 1 else shape))
Operand.mT = property(lambda self: shaping.matrix_transpose(self))
