"""Python's operators on tensors and variables, and methods: each is one of the functions of this package.

`x += y` gives `x` a new value and changes no tensor, since none of the operators works in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ShapeError, message
from . import (
    arithmetic,
    bitwise,
    casting,
    comparison,
    exponential,
    extremes,
    magnitude,
    matmul,
    powers,
    reduction,
    rounding,
    searching,
    shaping,
    statistics,
)
from ._build import is_operand

_Functions = dict[str, Callable[..., Any]]

TWO_SIDED: _Functions = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "floordiv": rounding.floor_divide,
    "mod": rounding.remainder,
    "pow": powers.pow,
    "matmul": matmul.matmul,
    "and": bitwise.bitwise_and,
    "or": bitwise.bitwise_or,
    "xor": bitwise.bitwise_xor,
    "lshift": bitwise.bitwise_left_shift,
    "rshift": bitwise.bitwise_right_shift,
}
COMPARISONS: _Functions = {  # Python reflects them into each other
    "__eq__": comparison.equal,
    "__ne__": comparison.not_equal,
    "__lt__": comparison.less,
    "__le__": comparison.less_equal,
    "__gt__": comparison.greater,
    "__ge__": comparison.greater_equal,
}
METHODS: _Functions = {
    "__neg__": arithmetic.negative,
    "__pos__": arithmetic.positive,
    "__abs__": magnitude.abs,
    "__invert__": bitwise.bitwise_invert,
    "abs": magnitude.abs,
    "astype": casting.astype,
    "clip": extremes.clip,
    "exp": exponential.exp,
    "log": exponential.log,
    "round": rounding.round,
    "sqrt": exponential.sqrt,
    "square": arithmetic.square,
}
ALONG_AXES: _Functions = {
    "sum": reduction.sum,
    "prod": reduction.prod,
    "max": reduction.max,
    "min": reduction.min,
    "any": reduction.any,
    "all": reduction.all,
    "mean": statistics.mean,
    "var": statistics.var,
    "std": statistics.std,
    "argmax": searching.argmax,
    "argmin": searching.argmin,
}


def _forward(function: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Any, other: Any) -> Any:
        return function(self, other) if other.__class__ is Tensor or is_operand(other) else NotImplemented

    return operator


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: Any, other: Any) -> Any:
        return function(other, self) if is_operand(other) else NotImplemented

    return operator


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    return method


def _along_axes(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method that takes the axis also by position: `x.sum(0)`."""

    def method(self: Any, axis: Any = None, **options: Any) -> Any:
        return function(self, axis=axis, **options)

    return method


def _reshape(self: Any, *shape: Any) -> Any:
    """The same elements in another shape, given as one tuple or size by size: `x.reshape(2, -1)`."""
    return shaping.reshape(self, shape[0] if len(shape) == 1 else shape)


def _flatten(self: Any) -> Any:
    """The same elements, row by row, along one axis."""
    return shaping.reshape(self, (self.size,))


def _to_device(self: Any, device: str, /, *, stream: Any = None) -> Any:
    """The same values on another device of the engine; `stream` is accepted for the array API."""
    return as_tensor(self).to(device)


def _transposed(self: Any) -> Any:
    """The transpose of a matrix."""
    if self.ndim != 2:
        fix = "x.mT swaps the last two axes, sj.permute_dims(x, axes) orders all of them."
        raise ShapeError(message("T", "needs exactly two axes.", received=self.spec, fix=fix))
    return shaping.matrix_transpose(self)


def _install(name: str, function: Callable[..., Any], described: Callable[..., Any] | None = None) -> None:
    function.__name__ = name
    function.__doc__ = (described or function).__doc__
    setattr(Operand, name, function)


for _name, _function in TWO_SIDED.items():
    _install(f"__{_name}__", _forward(_function), _function)
    _install(f"__r{_name}__", _reflected(_function), _function)
for _name, _function in COMPARISONS.items():
    _install(_name, _forward(_function), _function)
for _name, _function in METHODS.items():
    _install(_name, _method(_function), _function)
for _name, _function in ALONG_AXES.items():
    _install(_name, _along_axes(_function), _function)
_OWN: _Functions = {"reshape": _reshape, "flatten": _flatten, "to_device": _to_device}
for _name, _function in _OWN.items():
    _install(_name, _function)
Operand.T = property(_transposed)
Operand.mT = property(shaping.matrix_transpose, doc="Each matrix transposed: the last two axes swapped.")
