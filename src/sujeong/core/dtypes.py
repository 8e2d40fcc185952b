"""Element types and the rule that joins two of them.

join(a, b) = the smallest type that both kinds allow;  int with float gives the float,
whatever the widths (a deep-learning habit: labels never widen activations).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..errors import DTypeError, message, unknown_name


class DType:
    """An element type, such as `sj.float32`; compared by identity, one object a type.

    The types that there are stand ready in the namespace; the class is there for annotations.

    Args:
        name: the array API's name.
        kind: `"bool"`, `"int"`, `"uint"`, `"float"` or `"complex"`.
        bits: the width of one element.

    Attributes:
        name: as above; so are `kind` and `bits`.

    Example:
        >>> import sujeong as sj
        >>> sj.float32.kind, sj.float32.bits, sj.asarray([1, 2]).dtype is sj.int64
        ('float', 32, True)
    """

    __slots__ = ("bits", "kind", "name")

    def __init__(self, name: str, kind: str, bits: int) -> None:
        self.name, self.kind, self.bits = name, kind, bits

    def __repr__(self) -> str:
        return f"sujeong.{self.name}"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> str:
        return self.name

    @property
    def itemsize(self) -> int:
        """Bytes an element."""
        return max(self.bits // 8, 1)

    @property
    def is_floating(self) -> bool:
        """True for real floating types, which carry gradients."""
        return self.kind == "float"

    @property
    def is_differentiable(self) -> bool:
        """True for real and complex floating types."""
        return self.kind in ("float", "complex")

    @property
    def is_integer(self) -> bool:
        """True for signed and unsigned integers."""
        return self.kind in ("int", "uint")

    def to_numpy(self) -> np.dtype:
        """The NumPy dtype for the host; bfloat16, which NumPy lacks, travels as float32."""
        return _NUMPY[self]


bool_ = DType("bool", "bool", 8)
int8 = DType("int8", "int", 8)
int16 = DType("int16", "int", 16)
int32 = DType("int32", "int", 32)
int64 = DType("int64", "int", 64)
uint8 = DType("uint8", "uint", 8)
uint16 = DType("uint16", "uint", 16)
uint32 = DType("uint32", "uint", 32)
uint64 = DType("uint64", "uint", 64)
bfloat16 = DType("bfloat16", "float", 16)
float16 = DType("float16", "float", 16)
float32 = DType("float32", "float", 32)
float64 = DType("float64", "float", 64)
complex64 = DType("complex64", "complex", 64)
complex128 = DType("complex128", "complex", 128)

ALL: dict[str, DType] = {
    d.name: d
    for d in (bool_, int8, int16, int32, int64, uint8, uint16, uint32, uint64)
    + (bfloat16, float16, float32, float64, complex64, complex128)
}
_NUMPY = {d: np.dtype("float32" if n == "bfloat16" else n) for n, d in ALL.items()}
_FROM_NUMPY = {np.dtype(n): d for n, d in ALL.items() if n != "bfloat16"}
_FROM_PYTHON: dict[type, DType] = {bool: bool_, int: int64, float: float32, complex: complex64}
_KIND_ORDER = {"bool": 0, "uint": 1, "int": 1, "float": 2, "complex": 3}


def as_dtype(value: object) -> DType:
    """Turns a name, a NumPy dtype or a Python scalar type into a `DType`.

    Args:
        value: a `DType`, a name such as `"float32"`, a NumPy dtype, or `bool`, `int`, `float`, `complex`.

    Returns:
        The element type.

    Raises:
        NameUnknownError: the name is of no type.
        DTypeError: the NumPy dtype has no counterpart (object, string, date).
    """
    if isinstance(value, DType):
        return value
    if isinstance(value, str):
        if value not in ALL:
            raise unknown_name("dtype", value, ALL)
        return ALL[value]
    if isinstance(value, type) and value in _FROM_PYTHON:
        return _FROM_PYTHON[value]
    try:
        return _FROM_NUMPY[np.dtype(value).newbyteorder("=")]  # type: ignore[call-overload]
    except (TypeError, KeyError):
        fix = "convert the data to numbers first."
        raise DTypeError(message("dtype", "no such element type.", received=repr(value), fix=fix)) from None


@cache
def result_type(a: DType, b: DType) -> DType:
    """The element type that holds both.

    Args:
        a: one type.
        b: the other type.

    Returns:
        The joined type: the wider within a kind; float over int; complex over float, wide enough for both.

    Raises:
        DTypeError: uint64 with a signed integer, for which no integer type is wide enough.
    """
    if a is b:
        return a
    if _KIND_ORDER[a.kind] > _KIND_ORDER[b.kind]:
        a, b = b, a
    if b.kind == "complex":
        part = {"float": a.bits * 2, "complex": a.bits}.get(a.kind, 0)
        return complex128 if max(part, b.bits) > 64 else complex64
    if a.kind != b.kind and {a.kind, b.kind} == {"int", "uint"}:
        signed, unsigned = (a, b) if a.kind == "int" else (b, a)
        bits = max(signed.bits, unsigned.bits * 2)
        if bits > 64:
            fix = "cast one of them with sj.astype."
            text = message("dtype", "no integer type holds both.", received=f"{a}, {b}", fix=fix)
            raise DTypeError(text)
        return ALL[f"int{bits}"]
    if a.kind != b.kind:  # bool below int below float
        return b
    if a.bits == b.bits:  # bfloat16 with float16
        return float32
    return a if a.bits > b.bits else b


def python_dtype(value: complex, partner: DType | None = None) -> DType:
    """The element type of a Python number next to a partner: numbers are weak, the partner decides.

    Args:
        value: a Python number.
        partner: the element type next to it; `None` where there is none.

    Returns:
        The partner's type if it is of the number's kind or a higher one; else the number's own type.
    """
    own = as_dtype(type(value))
    if partner is None:
        return own
    if _KIND_ORDER[partner.kind] >= _KIND_ORDER[own.kind]:
        return partner
    return complex128 if own is complex64 and partner is float64 else own


def integer_range(dtype: DType) -> tuple[int, int]:
    """The smallest and the greatest number of an integer type."""
    low = -(1 << (dtype.bits - 1)) if dtype.kind == "int" else 0
    return low, low + (1 << dtype.bits) - 1


def check_range(value: complex, dtype: DType) -> None:
    """Refuses a whole number that an integer type cannot hold.

    Args:
        value: a Python number.
        dtype: the element type that it shall have.

    Raises:
        DTypeError: it does not fit.
    """
    if not dtype.is_integer or not isinstance(value, int):
        return
    low, high = integer_range(dtype)
    if not low <= value <= high:
        expected = f"{low} to {high}"
        raise DTypeError(message(str(dtype), "the number does not fit.", received=value, expected=expected))
