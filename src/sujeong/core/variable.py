"""The variable: the only thing that changes.

Weights, running statistics, optimiser slots, rates, steps and key counters are variables. While a
function is recorded, reading and writing go to the recorder, which makes them inputs and outputs of
the program.
"""

from __future__ import annotations

from typing import Any

from ..errors import DTypeError, ShapeError, message
from . import modes
from .dtypes import DType
from .node import Leaf
from .tensor import Operand, Tensor, as_tensor


class Variable(Operand):
    """A named, changeable tensor.

    Args:
        value: the first value: a tensor, a NumPy array or a number.
        name: its path, such as `"dense_1/kernel"`.
        trainable: whether gradients are asked for and optimisers change it.

    Example:
        >>> import sujeong as sj
        >>> step = sj.Variable(0, name="step", trainable=False)
        >>> step.assign(step + 1)
        >>> step
        <Variable step: int64[], not trainable>
    """

    __slots__ = ("__weakref__", "_grad", "_shared", "_trainable", "_value", "name")

    def __init__(self, value: Any, name: str = "variable", trainable: bool = True) -> None:
        tensor = as_tensor(value, "Variable")
        self.name = name
        self._grad: Tensor | None = None
        self._trainable = trainable and tensor.dtype.is_differentiable
        self._shared = True
        self._value = self._wrap(tensor)

    def _wrap(self, tensor: Tensor) -> Tensor:
        return Tensor(tensor._array, tensor._engine, Leaf(self) if self._trainable else None)

    @property
    def value(self) -> Tensor:
        """The present value; a leaf for gradients if the variable is trainable."""
        recorder = modes.recorder.get()
        if recorder is not None:
            return recorder.read(self)  # type: ignore[no-any-return]
        self._shared = True  # somebody may hold it now: no program may overwrite the buffer
        return self._value

    def assign(self, value: Any) -> None:
        """Gives the variable another value of the same shape and element type.

        Args:
            value: tensor, array or number; a number fills the element type of the variable.

        Raises:
            ShapeError: the shapes differ.
            DTypeError: the element types differ.
        """
        if isinstance(value, (bool, int, float)):
            from .tensor import _home, constant

            tensor = constant(value, self.dtype, *_home())
        else:
            tensor = as_tensor(value, "assign")
        if tensor.shape != self.shape:
            fix = "a variable keeps its shape; make another one."
            what = f"variable {self.name!r} cannot take this shape."
            raise ShapeError(message("assign", what, received=tensor.shape, expected=self.shape, fix=fix))
        if tensor.dtype is not self.dtype:
            what = f"variable {self.name!r} cannot take this element type."
            fix = f"cast it: value.astype(sj.{self.dtype})."
            raise DTypeError(message("assign", what, received=tensor.dtype, expected=self.dtype, fix=fix))
        recorder = modes.recorder.get()
        if recorder is not None:
            recorder.write(self, tensor)
            return
        self._value = self._wrap(tensor)
        self._shared = True

    def assign_add(self, value: Any) -> None:
        """Adds to the value."""
        self.assign(self.value + value)

    def _replace(self, array: Any, engine: Any, shared: bool = False) -> None:
        """Puts in an array of the same spec, as a program does after a run."""
        self._value = Tensor(array, engine, Leaf(self) if self._trainable else None)
        self._shared = shared

    def to(self, device: str | None = None, *, engine: str | None = None) -> None:
        """Moves the variable to another device or engine."""
        moved = self._value.detach().to(device, engine=engine)
        self._replace(moved._array, moved._engine, shared=True)
        self._grad = None

    @property
    def trainable(self) -> bool:
        """Whether gradients are asked for and optimisers change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, on: bool) -> None:
        self._trainable = bool(on) and self.dtype.is_differentiable
        self._value = self._wrap(self._value)

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` filled in."""
        recorder = modes.recorder.get()
        return self._grad if recorder is None else recorder.read_grad(self)

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        recorder = modes.recorder.get()
        if recorder is None:
            self._grad = value
        else:
            recorder.write_grad(self, value)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along each axis."""
        return self._value.shape

    @property
    def dtype(self) -> DType:
        """Element type."""
        return self._value.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._value.size

    @property
    def device(self) -> str:
        """Where it lies."""
        return self._value.device

    @property
    def engine(self) -> str:
        """Name of its engine."""
        return self._value.engine

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to it."""
        return self._trainable

    def numpy(self) -> Any:
        """The values as a NumPy array that cannot be written to."""
        return self.value.numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.value.__array__(dtype, copy)

    def item(self) -> Any:
        """The only element, as a Python number."""
        return self.value.item()

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __len__(self) -> int:
        return len(self._value)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        extra = "" if self._trainable else ", not trainable"
        return f"<Variable {self.name}: {self._value.spec}{extra}>"
