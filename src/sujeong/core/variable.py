"""The variable: the only thing that changes.

Weights, running statistics, optimiser slots, rates, steps and key counters are variables. While a
function is recorded, reading and writing go to the recorder, which makes them inputs and outputs of
the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import DTypeError, RecordError, ShapeError, message
from . import modes
from .dtypes import DType, as_dtype
from .engine import current, load_engine, using
from .node import Leaf
from .spec import Spec
from .tensor import Operand, Tensor, _home, as_tensor, constant


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

    __slots__ = (
        "__weakref__",
        "_grad",
        "_home",
        "_initial",
        "_shared",
        "_spec",
        "_store",
        "_tensor",
        "_trainable",
        "name",
    )

    def __init__(self, value: Any, name: str = "variable", trainable: bool = True) -> None:
        tensor = _first_value(value, name)
        self._begin(tensor.spec, name, trainable, tensor._engine, tensor.device)
        self._tensor: Tensor | None = self._wrap(tensor)

    def _begin(self, spec: Spec, name: str, trainable: bool, engine: Any, device: str) -> None:
        self.name, self._spec, self._home = name, spec, (engine, device)
        self._grad: Tensor | None = None
        self._trainable = trainable and spec.dtype.is_differentiable
        self._shared = True
        self._tensor = None
        self._initial: Callable[[], np.ndarray] | None = None
        self._store: Any = None  # where captured programs keep the value: a `core.executors.Store`

    @classmethod
    def later(
        cls, spec: Spec, initial: Callable[[], np.ndarray], name: str = "variable", trainable: bool = True
    ) -> Variable:
        """A variable whose first value is made when it is first read: counting a model needs no memory.

        Args:
            spec: its shape and element type.
            initial: gives the first value on the host.
            name: its path.
            trainable: whether gradients are asked for.

        Returns:
            The variable, on the engine and device chosen now.
        """
        engine, device = current()
        variable = cls.__new__(cls)
        variable._begin(spec, name, trainable, engine, device)
        variable._initial = initial
        return variable

    @property
    def _value(self) -> Tensor:
        """The present value outside of any recording, made now if it does not exist yet."""
        tensor = self._tensor
        if tensor is not None:
            return tensor
        engine, device = self._home
        if self._store is not None:
            tensor = self._wrap(Tensor(self._store.fetch(), engine))
            self._store.lent = tensor  # before anybody can take it for a value from outside
        else:
            host = np.zeros(self._spec.shape) if self._initial is None else self._initial()
            tensor = self._wrap(Tensor(engine.from_host(host, self._spec.dtype, device), engine))
            self._initial, self._shared = None, False  # made here: nobody else can hold it yet
        self._tensor = tensor
        return tensor

    @_value.setter
    def _value(self, tensor: Tensor) -> None:
        self._tensor = tensor

    def _wrap(self, tensor: Tensor) -> Tensor:
        return Tensor(tensor._array, tensor._engine, Leaf(self) if self._trainable else None)

    @property
    def value(self) -> Tensor:
        """The present value; a leaf for gradients if the variable is trainable."""
        stand_in = modes.substitutes.get()
        if stand_in is not None and self in stand_in:
            return stand_in[self]  # type: ignore[no-any-return]
        recorder = modes.recorder.get()
        if recorder is not None:
            return recorder.read(self)  # type: ignore[no-any-return]
        tensor, self._shared = self._value, True  # somebody may hold it now: no program may overwrite it
        return tensor

    @property
    def _exists(self) -> bool:
        """Whether its first value has been made."""
        return self._tensor is not None or self._store is not None

    def _cast(self, dtype: DType) -> None:
        """Gives the variable another element type, before any step is recorded with it."""
        if self._exists:
            engine, device = self._home
            host = engine.to_host(self._value._array)
            self._store = None
            self._tensor = self._wrap(Tensor(engine.from_host(host, dtype, device), engine))
        self._spec = self._spec.like(dtype=dtype)
        self._grad = None

    def assign(self, value: Any) -> None:
        """Gives the variable another value of the same shape and element type.

        Args:
            value: tensor, array or number; a number fills the element type of the variable.

        Raises:
            ShapeError: the shapes differ.
            DTypeError: the element types differ.
        """
        copied = isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, float)
        if isinstance(value, (bool, int, float)):
            tensor = constant(value, self.dtype, *self._here())
        elif copied:  # from the host to where the variable lies
            engine, device = self._here()
            dtype = as_dtype(value.dtype)
            tensor = Tensor(engine.from_host(np.asarray(value), dtype, device), engine)
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
        stand_in = modes.substitutes.get()
        if stand_in is not None and self in stand_in:
            stand_in[self] = tensor
            return
        recorder = modes.recorder.get()
        if recorder is not None:
            recorder.write(self, tensor)
            return
        self._value = self._wrap(tensor)
        self._shared = not copied  # a copy of what lies on the host is nobody else's

    def _here(self) -> tuple[Any, str]:
        """Where a value from the host goes: into the recording, or to the home of the variable."""
        return _home() if modes.recorder.get() is not None else self._home

    def assign_add(self, value: Any) -> None:
        """Adds to the value."""
        self.assign(self.value + value)

    def _replace(self, array: Any, engine: Any, shared: bool = False) -> None:
        """Puts in an array of the same spec, as a program does after a run."""
        self._tensor = Tensor(array, engine, Leaf(self) if self._trainable else None)
        self._shared = shared

    def to(self, device: str | None = None, *, engine: str | None = None) -> None:
        """Moves the variable to another device or engine."""
        if not self._exists:
            target = self._home[0] if engine is None else load_engine(engine)
            self._home = (target, device or target.devices()[0])
            return
        moved = self._value.detach().to(device, engine=engine)
        self._store = None
        self._replace(moved._array, moved._engine, shared=True)
        self._home = (moved._engine, moved.device)
        self._grad = None

    @property
    def trainable(self) -> bool:
        """Whether gradients are asked for and optimisers change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, on: bool) -> None:
        self._trainable = bool(on) and self.dtype.is_differentiable
        if self._tensor is not None:
            self._tensor = self._wrap(self._tensor)

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
        return self._spec.shape

    @property
    def dtype(self) -> DType:
        """Element type."""
        return self._spec.dtype

    @property
    def spec(self) -> Spec:
        """Shape and element type."""
        return self._spec

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._spec.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._spec.size

    @property
    def device(self) -> str:
        """Where it lies."""
        return self._home[1]

    @property
    def engine(self) -> str:
        """Name of its engine."""
        return self._home[0].name  # type: ignore[no-any-return]

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
        return self._spec.shape[0]

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        extra = "" if self._trainable else ", not trainable"
        return f"<Variable {self.name}: {self._spec}{extra}>"


def _first_value(value: Any, name: str) -> Tensor:
    """The value that a variable starts with: real numbers also while a function is recorded."""
    recorder = modes.recorder.get()
    if recorder is not None and not isinstance(value, Operand):
        with modes._set(modes.recorder, None), using(recorder.target.name, recorder.target_device):
            return as_tensor(value, "Variable")
    tensor = as_tensor(value, "Variable")
    if not getattr(tensor._engine, "is_recorder", False):
        return tensor
    known = tensor._engine.value_of(tensor)  # type: ignore[attr-defined]
    if known is None:
        fix = "make it outside, or give it a number or a NumPy array."
        what = f"variable {name!r} was made of a value that a recorded function has yet to compute."
        raise RecordError(message("Variable", what, received=tensor.spec, fix=fix))
    return known  # type: ignore[no-any-return]


class _StandIns(dict[Variable, Tensor]):
    """Tensors that stand in for some variables; for others, those of the context around this one do."""

    def __init__(self, values: dict[Variable, Tensor], around: Any) -> None:
        super().__init__(values)
        self.around: Any = () if around is None else around

    def __contains__(self, variable: object) -> bool:
        return super().__contains__(variable) or variable in self.around

    def __missing__(self, variable: Variable) -> Tensor:
        return self.around[variable]  # type: ignore[no-any-return]

    def __setitem__(self, variable: Variable, tensor: Tensor) -> None:
        if super().__contains__(variable):
            super().__setitem__(variable, tensor)
        else:
            self.around[variable] = tensor


@contextmanager
def substituted(values: dict[Variable, Tensor]) -> Iterator[dict[Variable, Tensor]]:
    """Inside this context the given tensors stand in for variables; assigning changes only the stand-ins.

    Args:
        values: variable -> tensor.

    Yields:
        The present stand-ins.
    """
    present = _StandIns(values, modes.substitutes.get())
    token = modes.substitutes.set(present)
    try:
        yield present
    finally:
        modes.substitutes.reset(token)
