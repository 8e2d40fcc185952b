"""`sj.jit`: record a function once for each kind of arguments, then replay it.

What makes a new recording: another tree of arguments, other shapes or element types, another whole
number, text, variable or truth value among the arguments, another plain value that the function sees from
outside, another engine, another mode. Python floats among the arguments are inputs of the program.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import numpy as np

from ..core import dtypes, modes, tree
from ..core.engine import current
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import EngineError, RecordError, SujeongWarning, message
from .churn import LIMIT, Kind, warning
from .compiled import TENSOR, Compiled
from .guards import Guards
from .ir import Program
from .number import Number
from .recorder import Recorder
from .recording import recording


class Recorded:
    """A function that is recorded for each kind of arguments and replayed.

    Attributes:
        function: the function as written.
        programs: the programs recorded so far.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._cache: dict[Kind, Compiled] = {}
        self._known: dict[tuple[Any, ...], Compiled] = {}  # the same, for calls with nothing but tensors
        self._guards: Guards | None = None
        self._lock = threading.RLock()
        self._warned = False
        functools.update_wrapper(self, function, updated=())  # not a module's attributes

    @property
    def programs(self) -> list[Program]:
        """The programs recorded so far."""
        return [c.program for c in self._cache.values()]

    @property
    def kernels(self) -> str:
        """`"compiled"` if one of them runs with compiled kernels, else `"plain"`."""
        compiled = any(c.runner.compiled for c in self._cache.values())
        return "compiled" if compiled else "plain"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The results for these arguments; the first of their kind are recorded."""
        if modes.recorder.get() is not None or modes.substitutes.get() is not None:
            return self.function(*args, **kwargs)  # part of another recording, or on stand-ins of variables
        key = None if kwargs else self._key(args)
        known = self._known.get(key) if key is not None else None
        if known is not None and known.at_home:
            return known([a for a in args if a is not None])
        leaves: Any = args
        if not kwargs and _LEAVES.issuperset([a.__class__ for a in args]):  # no trees: nothing to take apart
            structure = _flat(len(args))
        else:
            leaves, structure = tree.flatten((args, kwargs))
        tensors: list[Any] = []
        statics: list[tuple[Any, Any]] = []
        for value in leaves:
            if value.__class__ is float:
                tensors.append(value)  # becomes a tensor where the others are
                statics.append((float, TENSOR))
            elif is_input(value):
                tensors.append(as_tensor(value, "jit"))
                statics.append((None, TENSOR))
            else:
                statics.append((value.__class__, _checked(value)))
        engine, device = _common(tensors, statics)
        tensors = [_double(t, engine, device) if t.__class__ is float else t for t in tensors]
        specs = tuple([engine.spec(t._array) for t in tensors])
        flows = tuple([t._node is not None for t in tensors])
        if self._guards is None:
            self._guards = Guards(self.function)
        kind = Kind(
            structure,
            specs,
            tuple(statics),
            (engine.name, device),
            (*_modes(), flows),
            self._guards.now(),
        )
        compiled = self._cache.get(kind)
        if compiled is None or not compiled.at_home:
            with self._lock:  # two threads at once: the second waits and finds the recording of the first
                compiled = self._cache.get(kind)
                if compiled is None or not compiled.at_home:
                    compiled = self._record(structure, statics, specs, flows, engine, device)
                    self._cache[kind] = compiled
                    self._count()
        if key is not None:
            self._known[key] = compiled
        return compiled(tensors)

    def _key(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """What tells calls with nothing but tensors (or `None`) apart, in a tenth of the time of a `Kind`."""
        if self._guards is None:
            return None
        parts: list[Any] = [_modes(), self._guards.now()]
        first: Any = None
        for a in args:
            if a is None:
                parts.append(None)
                continue
            if a.__class__ is not Tensor:
                return None
            first, array = a if first is None else first, a._array
            parts += (array.shape, array.dtype, a._engine, a._node is None)
        parts.append(current() if first is None else first._engine.device(first._array))
        return tuple(parts)

    def flush(self) -> None:
        """Waits until it is known that all steps so far were good; call it before what they changed is used.

        An engine that launches whole steps reads their guards only now and then. Elsewhere nothing is done.

        Raises:
            TrippedLate: a guard did not hold. From that step on no variable was changed.
        """
        for compiled in tuple(self._cache.values()):
            compiled.flush()

    def _count(self) -> None:
        if len(self._cache) > LIMIT and not self._warned and self._guards is not None:
            self._warned = True
            text = warning(self.function, list(self._cache), self._guards.labels, TENSOR)
            warnings.warn(text, SujeongWarning, stacklevel=3)

    def _record(
        self,
        structure: tree.Structure,
        statics: list[tuple[Any, Any]],
        specs: tuple[Spec, ...],
        flows: tuple[bool, ...],
        engine: Any,
        device: str,
    ) -> Compiled:
        recorder = Recorder(getattr(self.function, "__name__", "function"), engine, device)
        inputs = iter([recorder.input(s, f) for s, f in zip(specs, flows, strict=True)])
        leaves = [_given(next(inputs), kind) if value is TENSOR else value for kind, value in statics]
        args, kwargs = tree.unflatten(structure, leaves)
        with recording(recorder):
            out = self.function(*args, **kwargs)
            found, shape = tree.flatten(out)
            kept = [isinstance(o, Operand) and not isinstance(o, Variable) for o in found]
            results = [recorder.lift(as_tensor(o), "return") for o, t in zip(found, kept, strict=True) if t]
        static = [] if all(kept) else [TENSOR if t else o for o, t in zip(found, kept, strict=True)]
        program = recorder.finish(results)
        return Compiled(program, shape, static, [r._node is not None for r in results])


def _modes() -> tuple[Any, ...]:
    """The modes that change what is recorded."""
    return (
        modes.training.get(),
        modes.grad_enabled.get(),
        modes.precision.get(),
        modes.passes_off.get(),
    )


_LEAVES = frozenset({Tensor, Variable, float, int, bool, str, np.ndarray})


@functools.cache
def _flat(count: int) -> tree.Structure:
    """The structure of so many positional arguments, none of them a tree."""
    return tree.flatten(((0,) * count, {}))[1]


def is_input(value: Any) -> bool:
    """Whether an argument is an input of the program; all others are part of what is recorded."""
    if isinstance(value, Variable):
        return False
    return isinstance(value, (Operand, np.ndarray, np.generic, float))


def _double(value: Any, engine: Any, device: str) -> Tensor:
    """A Python float in full precision; inside it is cast to the type of whatever it meets."""
    return Tensor(engine.from_host(np.asarray(value), dtypes.float64, device), engine)


def _spec(value: Any) -> Spec:
    """Shape and element type of an input."""
    if value.__class__ is float:
        return Spec((), dtypes.float64)
    return value if isinstance(value, Spec) else as_tensor(value).spec


def _given(tensor: Tensor, kind: Any) -> Any:
    """An argument as the function sees it while it is recorded."""
    return Number(tensor) if kind is float else tensor


def _checked(value: Any) -> Any:
    if isinstance(value, Iterator):
        what = "an argument can be read only once, so it cannot be part of a program."
        raise RecordError(message("jit", what, received=type(value).__name__, fix="pass a list or a tuple."))
    try:
        hash(value)
    except TypeError:
        fix = "pass tensors, numbers, text, or trees (dict, list, tuple, dataclass) of them."
        what = "an argument cannot be part of a program."
        raise RecordError(message("jit", what, received=type(value).__name__, fix=fix)) from None
    return value


def _common(tensors: list[Any], statics: list[tuple[Any, Any]]) -> tuple[Any, str]:
    """Engine and device of the arguments: of the tensors, else of a variable, else the chosen ones."""
    tensors = [t for t in tensors if t.__class__ is not float]
    if not tensors:
        homes = [v._home for _, v in statics if isinstance(v, Variable)]
        return homes[0] if homes else current()
    engine = tensors[0]._engine
    if any(t._engine is not engine for t in tensors):
        received = ", ".join(f"{t.spec} on {t.engine}" for t in tensors)
        fix = "bring them together: x.to(engine=...)."
        raise EngineError(message("jit", "tensors of two engines were mixed.", received=received, fix=fix))
    return engine, tensors[0].device


def jit(function: Callable[..., Any]) -> Recorded:
    """Makes a function of tensors that is recorded once and replayed without Python graph work.

    Args:
        function: takes and returns trees of tensors; may read and assign variables. Its Python code runs
            only while recording.

    Returns:
        A function with the same results: to the bit, or to rounding where passes such as "bias" join
        operations (`sj.without_passes`).

    Raises:
        RecordError: a value was read inside (`float(x)`, `if x > 0`).

    Example:
        >>> import sujeong as sj
        >>> square = sj.jit(lambda x: x * x)
        >>> print(square(sj.asarray([1.0, 2.0])))
        [1. 4.]
    """
    return Recorded(function)


def record(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """Records a function for arguments like the given ones, without computing anything.

    Args:
        function: takes and returns trees of tensors.
        *args: tensors, or `sj.Spec` for a tensor that need not exist.
        **kwargs: the same, by name.

    Returns:
        The program; `print(program)` shows it.

    Raises:
        RecordError: a value was read inside.

    Example:
        >>> import sujeong as sj
        >>> print(sj.record(lambda x: x * 2, sj.Spec((3,), sj.float32)))
        program <lambda>(%0: float32[3])
          constant %1: float32[] = 2.0
          %2: float32[3] = multiply %0 %1
          return %2
    """
    recorded = function if isinstance(function, Recorded) else Recorded(function)
    leaves, structure = tree.flatten((args, kwargs))
    given = [isinstance(v, Spec) or is_input(v) for v in leaves]
    tensors = [as_tensor(v) for v, t in zip(leaves, given, strict=True) if t and isinstance(v, Operand)]
    statics: list[tuple[Any, Any]] = []
    specs: list[Spec] = []
    for value, is_given in zip(leaves, given, strict=True):
        if is_given:
            kind = float if value.__class__ is float else None
            statics.append((kind, TENSOR))
            specs.append(_spec(value))
        else:
            statics.append((type(value), _checked(value)))
    engine, device = _common(tensors, statics)
    flows = tuple(False for _ in specs)
    compiled = recorded._record(structure, statics, tuple(specs), flows, engine, device)
    return compiled.program
