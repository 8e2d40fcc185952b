"""Operations as C++ expressions: what a generated kernel can compute for one element.

    multiply  ->  (a * b)          where  ->  (a ? b : c)          tanh  ->  tanh_of(a)

An operation that is not in the table is left to the engine. Functions of `maths.h` exist in float32; in
float64 they call the C library, which does not run in vectors, so only single numbers take them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...core import dtypes
from ...core.dtypes import DType
from ..ir import Equation

CTYPES: dict[DType, str] = {
    dtypes.float32: "float",
    dtypes.float64: "double",
    dtypes.bfloat16: "bf16",
    dtypes.int16: "int16_t",
    dtypes.int32: "int32_t",
    dtypes.int64: "int64_t",
    dtypes.bool_: "uint8_t",  # of `bool`, compilers make no vectors
}
"""Element type -> its C++ type in memory."""


@dataclass(frozen=True)
class Expression:
    """How an operation is written.

    Attributes:
        text: the expression; `{0}`, `{1}` are the inputs, `{T}` the type of the result.
        heavy: whether it costs so much that a value needed again is kept rather than computed again.
        floats: whether it is for floating-point numbers only.
    """

    text: str
    heavy: bool = False
    floats: bool = False


def _function(name: str) -> Expression:
    return Expression(f"{name}({{0}})", heavy=True, floats=True)


ELEMENTWISE: dict[str, Expression] = {
    "add": Expression("({0} + {1})"),
    "subtract": Expression("({0} - {1})"),
    "multiply": Expression("({0} * {1})"),
    "divide": Expression("({0} / {1})", floats=True),
    "negative": Expression("(-{0})"),
    "abs": Expression("std::abs({0})", floats=True),
    "sign": Expression("sign_of<{T}>({0})"),
    "sqrt": Expression("std::sqrt({0})", floats=True),
    "rsqrt": Expression("({T}(1) / std::sqrt({0}))", floats=True),
    "maximum": Expression("greatest<{T}>({0}, {1})"),
    "minimum": Expression("least<{T}>({0}, {1})"),
    "relu": Expression("({0} <= 0 ? {T}(0) : {0})", floats=True),
    "relu_gradient": Expression("({1} <= 0 ? {T}(0) : {0})", floats=True),
    "equal": Expression("({0} == {1})"),
    "not_equal": Expression("({0} != {1})"),
    "greater": Expression("({0} > {1})"),
    "greater_equal": Expression("({0} >= {1})"),
    "less": Expression("({0} < {1})"),
    "less_equal": Expression("({0} <= {1})"),
    "logical_and": Expression("({0} & {1})"),
    "logical_or": Expression("({0} | {1})"),
    "logical_not": Expression("(!{0})"),
    "isnan": Expression("({0} != {0})", floats=True),
    "where": Expression("({0} ? {1} : {2})"),
    "exp": _function("exp_of"),
    "log": _function("log_of"),
    "log1p": _function("log1p_of"),
    "expm1": _function("expm1_of"),
    "tanh": _function("tanh_of"),
    "erf": _function("erf_of"),
    "pow": Expression("std::pow({0}, {1})", heavy=True, floats=True),
}

ALIASES = frozenset({"identity", "stop_gradient", "recompute", "reshape", "broadcast_to"})
"""Operations that change no number: the result is another name of the input, or the input stretched."""

REDUCTIONS = frozenset({"sum", "mean", "max", "min"})

_ONE_BY_ONE = frozenset({"pow"})
"""Operations that run in no vector in any type: for single numbers only."""


def computed(dtype: DType) -> str:
    """The C++ type in which values of an element type are computed.

    Truth values are 32 bits wide, as float32 is: a loop over values of one width becomes better vectors.
    """
    if dtype is dtypes.bool_:
        return "int32_t"
    return "float" if dtype is dtypes.bfloat16 else CTYPES[dtype]


def known(e: Equation) -> bool:
    """Whether a kernel could compute an equation, as far as operation and element types go."""
    name = e.op.name
    symbols = (*e.inputs, *e.outputs)
    if len(e.outputs) != 1 or not e.inputs or any(s.dtype not in CTYPES for s in symbols):
        return False
    if name == "astype":
        return _castable(e.inputs[0].dtype, e.outputs[0].dtype)
    if name in ALIASES:
        return True
    if name in REDUCTIONS:
        return e.inputs[0].dtype is e.outputs[0].dtype and e.inputs[0].dtype.is_floating
    expression = ELEMENTWISE.get(name)
    if expression is None:
        return False
    values = [s.dtype for s in e.inputs if s.dtype is not dtypes.bool_]
    if expression.floats and not all(d.is_floating for d in values):
        return False
    slow = name in _ONE_BY_ONE or (expression.text.endswith("_of({0})") and dtypes.float64 in values)
    return not slow or e.outputs[0].shape == ()


def _castable(before: DType, after: DType) -> bool:
    """Whether a cast means in C++ what it means here: out of floating-point numbers only into others."""
    return after.is_floating or not before.is_floating


def cast(text: str, before: DType, after: DType) -> str:
    """A value in another element type; 16-bit floats are rounded where they are stored."""
    target = computed(after)
    if after is dtypes.bfloat16 and before is not dtypes.bfloat16:
        return f"wide(narrow(float({text})))"
    if after is dtypes.bool_:
        return f"({text} != 0)"
    return text if computed(before) == target else f"{target}({text})"
