"""A Python float among the arguments of a recorded function: an input of the program, and still weak.

Eager, `x * 0.1` rounds 0.1 to the element type of x. So does a recorded function: the input has float64,
Python's own precision, and is cast to the type of whatever it meets. With other plain numbers it is
reckoned with in float64, as Python would.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes, modes
from ..core.tensor import Tensor, Weak
from ..ops._build import cast
from ..ops.arithmetic import add, divide, multiply, negative, subtract
from ..ops.magnitude import abs as magnitude
from ..ops.powers import pow as power


class Number(Weak):
    """A float whose value comes with each call.

    Args:
        exact: its value, float64.
    """

    __slots__ = ("_cast", "exact")

    def __init__(self, exact: Tensor) -> None:
        self.exact = exact
        self._cast: dict[tuple[int, dtypes.DType], Tensor] = {}

    def _as(self, dtype: dtypes.DType) -> Tensor:
        key = id(modes.recorder.get()), dtype
        if key not in self._cast:
            self._cast[key] = cast(self.exact, dtype)
        return self._cast[key]

    def beside(self, partner: Tensor) -> Tensor:
        """The number in the element type that it takes next to a tensor."""
        return self._as(dtypes.python_dtype(0.0, partner.dtype))

    @property
    def value(self) -> Tensor:
        """The number as a tensor of its own: float32, as for any Python float."""
        return self._as(dtypes.float32)

    @property
    def shape(self) -> tuple[int, ...]:
        """Zero-dimensional."""
        return ()

    @property
    def ndim(self) -> int:
        """Zero."""
        return 0

    @property
    def dtype(self) -> dtypes.DType:
        """That of a Python float."""
        return dtypes.float32

    def item(self) -> float:
        """Refused: there are no values while recording."""
        return float(self.exact)

    def __float__(self) -> float:
        return float(self.exact)

    def __int__(self) -> int:
        return int(self.exact)

    def __bool__(self) -> bool:
        return bool(self.exact)

    def __neg__(self) -> Number:
        return Number(negative(self.exact))

    def __abs__(self) -> Number:
        return Number(magnitude(self.exact))

    def __pos__(self) -> Number:
        return self

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Number({self.exact._array!r})"


def _exact(value: Any) -> Any:
    """A plain number in double precision, or `None` for anything else."""
    if isinstance(value, Number):
        return value.exact
    return value if isinstance(value, (int, float)) else None


def _install(name: str, function: Callable[..., Tensor]) -> None:
    """Lets `number OP number` stay a number; next to anything else it is what `Operand` says."""
    plain, reflected = f"__{name}__", f"__r{name}__"

    def forward(self: Number, other: Any) -> Any:
        partner = _exact(other)
        if partner is None:
            return getattr(super(Number, self), plain)(other)
        return Number(function(self.exact, partner))

    def backward(self: Number, other: Any) -> Any:
        partner = _exact(other)
        if partner is None:
            return getattr(super(Number, self), reflected)(other)
        return Number(function(partner, self.exact))

    setattr(Number, plain, forward)
    setattr(Number, reflected, backward)


for _name, _function in {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "pow": power,
}.items():
    _install(_name, _function)
