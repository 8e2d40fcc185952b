"""The contract of an engine, and the choice of one.

An engine owns arrays and kernels. Neutral code never asks which engine it is on; it looks up a kernel
by the op's name, and where there is none the op's readable form runs instead.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import numpy as np

from ..errors import EngineError, message, unknown_name
from . import modes
from .dtypes import DType, check_range, python_dtype
from .executors import Executor, Job
from .native import ChainCall, NativeCall, NativeForm, UpdatesCall
from .places import Places
from .precisions import PRECISIONS, LowPrecision
from .spec import Spec

Array = Any
Kernel = Callable[..., Any]


class Engine:
    """Arrays, devices and kernels of one library.

    Attributes:
        name: how users call it.
        kernels: op name -> function from arrays (and the op's attributes) to an array or a tuple of arrays.
        updates: op name -> the same computation that may overwrite the arrays it is given; only a
            program uses these, for buffers that nothing else can see.
        joint: op name -> the update of many variables: lists of weights, slots, gradients, then what they
            share; to the same bits. Its `largest`: up to how many bytes of an array that pays.
        reuses: op name -> position of an input -> the same computation, written over that input.
        spares: (op name, element type of the first array) -> kernel to use where the one of `kernels`
            lacks that type.
        lays: op name -> position of an input -> the same array, its numbers in the order in which the kernel
            reads them best.
        compiled: op name -> how it runs compiled.
        native: makes a kernel of a compiled function that works on the memory of its arrays on the CPU.
        chained: the same for a chain of them.
        updated: the same for updates of several variables.
        executor: what runs a program on a device in a way of the engine's own, `None` if call by call.
        places: bytes of a program's largest array -> what decides where its arrays lie on the CPU.
        dtypes: the element types that it can hold.
    """

    name: str = ""
    kernels: Mapping[str, Kernel]
    updates: Mapping[str, Kernel]
    joint: Mapping[str, Kernel] = {}
    reuses: Mapping[str, Mapping[int, Kernel]] = {}
    spares: Mapping[tuple[str, DType], Kernel] = {}
    lays: Mapping[str, Mapping[int, Kernel]] = {}
    compiled: Mapping[str, NativeForm] = {}
    native: Callable[[NativeCall], Kernel] | None = None
    chained: Callable[[ChainCall], Kernel] | None = None
    updated: Callable[[UpdatesCall], Kernel] | None = None
    executor: Callable[[Job, str], Executor | None] | None = None
    places: Callable[[int], Places | None] | None = None
    dtypes: frozenset[DType]

    def __init__(self) -> None:
        self._scalars: dict[tuple[Any, ...], Array] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Engine:
        return self  # copies of tensors and variables stay on it

    def __repr__(self) -> str:
        return f"<engine {self.name}>"

    def devices(self) -> tuple[str, ...]:
        """Names of the devices at hand, the default one first."""
        raise NotImplementedError

    def from_host(self, array: np.ndarray, dtype: DType, device: str, *, copy: bool = True) -> Array:
        """Brings a NumPy array over; with `copy=False` memory may be shared."""
        raise NotImplementedError

    def to_host(self, array: Array) -> np.ndarray:
        """A NumPy array of the values, sharing memory where that is possible."""
        raise NotImplementedError

    def dtype(self, array: Array) -> DType:
        """The element type of an array."""
        raise NotImplementedError

    def device(self, array: Array) -> str:
        """The device where an array lies."""
        raise NotImplementedError

    def spec(self, array: Array) -> Spec:
        """Shape and element type of an array."""
        return Spec(tuple(array.shape), self.dtype(array))

    def from_dlpack(self, obj: Any, device: str | None) -> Array:
        """An array that shares the memory of an object which offers DLPack; on `device`, if one is named."""
        raise NotImplementedError

    def can_view(self, array: Array, shape: tuple[int, ...]) -> bool:
        """Whether the elements lie so that another shape needs no copy."""
        return True

    def low_precision(self, device: str) -> LowPrecision | None:
        """The units for 16-bit products that a device has; `None` where 32 bits are as fast."""
        return None

    def facts(self) -> dict[str, str]:
        """What this engine has set for the process and a reader of its figures should know."""
        return {}

    def prepare(self) -> None:
        """Builds what its programs need beside kernels; called where kernels are built."""

    def release(self) -> None:
        """Gives memory that it keeps for the next step, and that nothing uses now, back to the system."""

    def synchronize(self) -> None:
        """Waits until the device has finished; nothing to do on a CPU."""

    def scalar(self, value: complex, dtype: DType, device: str) -> Array:
        """A zero-dimensional array of a Python number, kept for the next time; refused if it does not fit."""
        key = (_exact(value), dtype, device)
        array = self._scalars.get(key)
        if array is None:
            check_range(value, dtype)
            if len(self._scalars) > 4096:
                self._scalars.clear()
            with np.errstate(all="ignore"):  # 1e300 is infinite in float32
                host = np.asarray(value).astype(dtype.to_numpy())
            array = self._scalars[key] = self.from_host(host, dtype, device)
        return array

    def weak(self, value: complex, partner: Array) -> Array:
        """A Python number as an array, of the element type that it takes next to a partner."""
        key = (_exact(value), value.__class__, partner.dtype, self.device(partner))
        array = self._scalars.get(key)
        if array is None:
            dtype = python_dtype(value, self.dtype(partner))
            array = self._scalars[key] = self.scalar(value, dtype, self.device(partner))
        return array


def _exact(value: complex) -> complex | str:
    """A key that tells -0.0 from 0.0, which are equal."""
    return value if value and value.__class__ is not complex else repr(value)


_PACKAGE = __name__.rpartition(".core.")[0] + ".engines"
_LOADED: dict[str, Engine] = {}
_default: dict[str, str | None] = {"engine": None, "device": None}
_chosen: ContextVar[tuple[Engine, str] | None] = ContextVar("engine", default=None)


def engine_names() -> tuple[str, ...]:
    """Names of the engines that this package knows, installed or not.

    Returns:
        The names.

    Example:
        >>> import sujeong as sj
        >>> sj.engine_names()
        ('numpy', 'torch')
    """
    return ("numpy", "torch")


def load_engine(name: str) -> Engine:
    """Loads an engine by name, once.

    Args:
        name: one of `engine_names()`.

    Returns:
        The engine.

    Raises:
        NameUnknownError: there is no such engine.
        EngineError: its library is not installed.
    """
    if name not in _LOADED:
        if name not in engine_names():
            raise unknown_name("engine", name, engine_names())
        try:
            module = importlib.import_module(f"{_PACKAGE}.{name}")
        except ModuleNotFoundError as error:
            fix = f'install it: pip install "sujeong[{name}]", or use the engine "numpy".'
            text = message(
                "engine", f"the library of engine {name!r} is not installed.", received=error, fix=fix
            )
            raise EngineError(text) from None
        _LOADED[name] = module.create()
    return _LOADED[name]


def _initial_name() -> str:
    name = os.environ.get("SUJEONG_ENGINE")
    if name:
        return name
    return "torch" if importlib.util.find_spec("torch") else "numpy"


def _check_device(engine: Engine, device: str | None) -> str:
    known = engine.devices()
    if device is None:
        return known[0]
    device = str(device)
    if device not in known:
        raise EngineError(
            message(
                "device",
                f"engine {engine.name!r} has no device {device!r} here.",
                expected="one of " + ", ".join(known),
                fix="choose one of these, or install a build with support for the device.",
            )
        )
    return device


def current() -> tuple[Engine, str]:
    """The engine and device on which new tensors are made."""
    return _chosen.get() or _of_process()


@cache
def _of_process() -> tuple[Engine, str]:
    """The engine and device outside of `using`; the environment is asked once."""
    engine = load_engine(_default["engine"] or _initial_name())
    wanted = _default["device"] or os.environ.get("SUJEONG_DEVICE") or None
    return engine, _check_device(engine, wanted)


def get_engine() -> Engine:
    """The engine on which new tensors are made.

    Returns:
        The engine; its `name` is what `set_engine` takes.

    Example:
        >>> import sujeong as sj
        >>> with sj.using(engine="numpy"):
        ...     sj.get_engine().name
        'numpy'
    """
    return current()[0]


def get_device() -> str:
    """The device on which new tensors are made.

    Returns:
        A name such as `"cpu"` or `"cuda:0"`.

    Example:
        >>> import sujeong as sj
        >>> with sj.using(engine="numpy"):
        ...     sj.get_device()
        'cpu'
    """
    return current()[1]


def set_engine(name: str) -> None:
    """Chooses the engine of new tensors, for the whole process; `using` does so for a block.

    Args:
        name: `"numpy"` or `"torch"`.

    Raises:
        NameUnknownError: there is no such engine.
        EngineError: its library is not installed.

    Example:
        >>> import sujeong as sj
        >>> before = sj.get_engine().name
        >>> sj.set_engine("numpy"); sj.zeros(2).engine
        'numpy'
        >>> sj.set_engine(before)
    """
    load_engine(name)
    _default["engine"], _default["device"] = name, None
    _of_process.cache_clear()


def set_device(device: str) -> None:
    """Chooses the device of new tensors, for the whole process.

    Args:
        device: a name such as `"cpu"`, `"cuda"` or `"cuda:1"`.

    Raises:
        EngineError: the engine has no such device here.

    Example:
        >>> import sujeong as sj
        >>> sj.set_device("cpu")
    """
    _default["device"] = _check_device(load_engine(_default["engine"] or _initial_name()), device)
    _of_process.cache_clear()


@contextmanager
def using(
    engine: str | Engine | None = None, device: str | None = None, *, precision: str | None = None
) -> Iterator[None]:
    """Chooses engine and device of new tensors inside a block, and what training computes with.

    Args:
        engine: a name; default the current one.
        device: a name; default the engine's first device.
        precision: what `compile(precision="auto")` comes to; default the choice by device and work.

    Returns:
        A context manager.

    Raises:
        NameUnknownError: there is no such engine or precision.
        EngineError: the library or the device is missing.

    Example:
        >>> import sujeong as sj
        >>> with sj.using(engine="numpy"):
        ...     sj.zeros(2).engine
        'numpy'
    """
    chosen = get_engine() if engine is None else engine
    if isinstance(chosen, str):
        chosen = load_engine(chosen)
    if precision is not None and precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    token = _chosen.set((chosen, _check_device(chosen, device)))
    auto = modes.auto_precision.set(precision or modes.auto_precision.get())
    try:
        yield
    finally:
        modes.auto_precision.reset(auto)
        _chosen.reset(token)
