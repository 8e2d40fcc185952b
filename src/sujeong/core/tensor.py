"""The tensor: an immutable value, and how it was made.

A tensor is an engine's array, the engine, and (where a gradient may flow) the node that made it. The
operators are attached by `ops.operators`, `backward` by `autodiff`; nothing here computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ImmutableError, message
from . import dtypes, modes
from .dtypes import python_dtype
from .engine import Engine, current, load_engine
from .node import Leaf
from .spec import Spec


class Operand:
    """What operators work on: tensors and variables. `ops.operators` fills in the operators."""

    __slots__ = ()
    __array_priority__ = 1000  # NumPy hands mixed expressions over to us
    if TYPE_CHECKING:
        __add__: Any
        __radd__: Any
        __sub__: Any
        __rsub__: Any
        __mul__: Any
        __rmul__: Any
        __truediv__: Any
        __rtruediv__: Any
        __floordiv__: Any
        __rfloordiv__: Any
        __mod__: Any
        __rmod__: Any
        __pow__: Any
        __rpow__: Any
        __matmul__: Any
        __rmatmul__: Any
        __neg__: Any
        __abs__: Any
        __lt__: Any
        __le__: Any
        __gt__: Any
        __ge__: Any
        __and__: Any
        __or__: Any
        __xor__: Any
        __invert__: Any
        __lshift__: Any
        __rshift__: Any
        __getitem__: Any
        T: Any
        mT: Any
        sum: Any
        mean: Any
        reshape: Any
        astype: Any


class Weak(Operand):
    """A number that takes the element type of the tensor it meets, as Python's own numbers do."""

    __slots__ = ()

    def beside(self, partner: Tensor) -> Tensor:
        """The number in the element type that it takes next to a tensor."""
        raise NotImplementedError


class Tensor(Operand):
    """An immutable array of one element type, on one device of one engine.

    Make one with `sj.asarray`, `sj.zeros` and the like, not with the class.

    Args:
        array: the engine's own array.
        engine: the engine that it belongs to.
        node: what made it, where a gradient may flow.

    Attributes:
        shape: sizes along each axis.
        dtype: element type.
        device: where it lies, such as `"cpu"`.
        engine: name of the engine that computes with it.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray([[1.0, 2.0], [3.0, 4.0]])
        >>> x.shape, x.dtype
        ((2, 2), sujeong.float32)
        >>> print(x @ x)
        [[ 7. 10.]
         [15. 22.]]
    """

    __slots__ = ("__weakref__", "_array", "_engine", "_node")
    if TYPE_CHECKING:
        backward: Any

    def __init__(self, array: Any, engine: Engine, node: Any = None) -> None:
        self._array = array
        self._engine = engine
        self._node = node

    # --- what it is -----------------------------------------------------------------------------
    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along each axis."""
        return tuple(self._array.shape)

    @property
    def dtype(self) -> dtypes.DType:
        """Element type."""
        return self._engine.dtype(self._array)

    @property
    def spec(self) -> Spec:
        """Shape and element type."""
        return self._engine.spec(self._array)

    @property
    def ndim(self) -> int:
        """Number of axes (the rank)."""
        return len(self._array.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.spec.size

    @property
    def nbytes(self) -> int:
        """Bytes of the elements."""
        return self.spec.nbytes

    @property
    def device(self) -> str:
        """Where it lies."""
        return self._engine.device(self._array)

    @property
    def engine(self) -> str:
        """Name of the engine that computes with it."""
        return self._engine.name

    def __len__(self) -> int:
        if not self.shape:
            raise ArgumentError(message("len", "a zero-dimensional tensor has no length.", fix="use x.size."))
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    __hash__ = object.__hash__

    # --- gradients ------------------------------------------------------------------------------
    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this value."""
        return self._node is not None

    @property
    def is_leaf(self) -> bool:
        """Whether no operation made it."""
        return self._node is None or isinstance(self._node, Leaf)

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` filled in, for a leaf made with `requires_grad=True`."""
        return self._node.grad if isinstance(self._node, Leaf) else None

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if not isinstance(self._node, Leaf):
            fix = "make it with requires_grad=True."
            raise ArgumentError(message("grad", "only a leaf that requires a gradient has one.", fix=fix))
        self._node.grad = value

    def detach(self) -> Tensor:
        """The same values, cut off from how they were made."""
        cut = getattr(self._engine, "cut", None)  # a recording must remember the cut
        return Tensor(self._array, self._engine) if cut is None else cut(self)

    # --- to and from the host -------------------------------------------------------------------
    def numpy(self) -> np.ndarray:
        """The values as a NumPy array that cannot be written to."""
        host = self._engine.to_host(self._array).view()
        host.flags.writeable = False
        return host

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        host = self.numpy()
        if dtype is not None and host.dtype != np.dtype(dtype):
            return host.astype(dtype)
        return host.copy() if copy else host

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self.size != 1:
            text = message("item", "needs exactly one element.", received=f"shape {self.shape}")
            raise ArgumentError(text)
        return self._engine.to_host(self._array).item()

    def tolist(self) -> Any:
        """The values as nested Python lists."""
        return self.numpy().tolist()

    def __bool__(self) -> bool:
        return bool(self._only("bool"))

    def __float__(self) -> float:
        return float(self._only("float"))

    def __int__(self) -> int:
        return int(self._only("int"))

    def __complex__(self) -> complex:
        return complex(self._only("complex"))

    def __index__(self) -> int:
        if not self.dtype.is_integer or self.shape:
            expected = "a zero-dimensional tensor of integers"
            text = message("index", "not an index.", received=self.spec, expected=expected)
            raise DTypeError(text)
        return int(self.item())

    def _only(self, what: str) -> Any:
        if self.size != 1:
            text = message(
                what,
                "the value of a tensor with several elements is ambiguous.",
                received=self.spec,
                expected="one element",
                fix="reduce it first: sj.all(x), sj.any(x), sj.sum(x).",
            )
            raise ArgumentError(text)
        return self.item()

    def to(self, device: str | None = None, *, engine: str | None = None) -> Tensor:
        """The same values on another device or engine; no gradient flows through a change of engine.

        Args:
            device: a device's name, such as `"cuda"`; default the engine's first.
            engine: an engine's name; default the tensor's own.

        Returns:
            A tensor there; the tensor itself if it is there already.
        """
        target = self._engine if engine is None else load_engine(engine)
        if device is None:
            device = self.device if target is self._engine else target.devices()[0]
        if target is self._engine and device == self.device:
            return self
        array = target.from_host(self._engine.to_host(self._array), self.dtype, device)
        return Tensor(array, target)

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
    ) -> Any:
        options = {"stream": stream, "max_version": max_version, "dl_device": dl_device, "copy": copy}
        return self._array.__dlpack__(**{name: v for name, v in options.items() if v is not None})

    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        import sys

        return sys.modules[__name__.partition(".")[0]]

    # --- text -----------------------------------------------------------------------------------
    def __str__(self) -> str:
        if getattr(self._engine, "is_recorder", False):
            return repr(self)
        return str(self._engine.to_host(self._array))

    def __repr__(self) -> str:
        if getattr(self._engine, "is_recorder", False):
            return f"Tensor({self._array!r})"
        body = np.array2string(self._engine.to_host(self._array), separator=", ", prefix="Tensor(")
        extra = ", requires_grad=True" if isinstance(self._node, Leaf) else ""
        return f"Tensor({body}, dtype={self.dtype}{extra})"

    # --- what it refuses ------------------------------------------------------------------------
    def __setitem__(self, index: Any, value: Any) -> None:
        raise ImmutableError(
            message(
                "tensor",
                "a tensor cannot be changed in place.",
                fix="x = sj.slice_update(x, value, start) gives a changed copy; sj.where chooses by a mask; "
                "state that changes is a Variable.",
            )
        )


def leaf(tensor: Tensor) -> Tensor:
    """A tensor of the same values that gradients are asked for."""
    if not tensor.dtype.is_differentiable:
        text = message(
            "requires_grad",
            "only floating-point values have gradients.",
            received=tensor.spec,
            fix="make it with dtype=sj.float32.",
        )
        raise DTypeError(text)
    recorder = modes.recorder.get()
    if recorder is not None and tensor._engine is not recorder:  # a leaf of the innermost recording
        tensor = recorder.lift(tensor, "requires_grad")
    return Tensor(tensor._array, tensor._engine, Leaf())


def constant(value: complex, dtype: dtypes.DType, engine: Engine, device: str) -> Tensor:
    """A zero-dimensional tensor of a Python number, refused if the type cannot hold it."""
    return Tensor(engine.scalar(value, dtype, device), engine)


def as_tensor(value: Any, op: str = "tensor") -> Tensor:
    """Takes a tensor or variable as it is, makes a tensor of a number or a NumPy array, refuses the rest."""
    if value.__class__ is Tensor:
        return value
    if isinstance(value, Operand):
        return value.value  # type: ignore[attr-defined, no-any-return]
    if isinstance(value, (bool, int, float, complex)):
        engine, device = _home()
        return constant(value, python_dtype(value), engine, device)
    if isinstance(value, (np.ndarray, np.generic)):
        engine, device = _home()
        dtype = dtypes.as_dtype(value.dtype)
        return Tensor(engine.from_host(np.asarray(value), dtype, device), engine)
    if isinstance(value, Tensor):
        return value
    fix = "make a tensor of it first: sj.asarray(value)."
    text = message(op, "takes tensors, numbers and NumPy arrays.", received=type(value).__name__, fix=fix)
    raise DTypeError(text)


def _home() -> tuple[Engine, str]:
    """Engine and device for a new value: the recorder while recording, else the chosen ones."""
    recording = modes.recorder.get()
    if recording is not None:
        return recording, recording.target_device
    return current()
