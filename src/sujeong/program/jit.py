"""`sj.jit`: record a function once for each kind of arguments, then replay it.

What makes a new recording: another tree of arguments, other shapes or element types, another whole
number, text or truth value among the arguments or in the function's closure and globals, another
engine, another mode. Python floats among the arguments are inputs of the program.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import modes, tree
from ..core.dispatch import _noted
from ..core.engine import current
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import EngineError, RecordError, message
from .ir import Program
from .recorder import Recorder, recording
from .replay import Runner, evaluate

_STATIC = (bool, int, str, bytes, type(None))


class Compiled:
    """One recording, ready to run, and how to put its results together again."""

    def __init__(
        self, program: Program, structure: tree.Structure, static: list[Any], flows: list[bool]
    ) -> None:
        self.program = program
        self.runner = Runner(program)
        self.structure, self.static, self.flows = structure, static, flows
        self.variables = [v for v, _ in program.state]
        self.op = Op(f"program {program.name}", readable=functools.partial(evaluate, program), register=False)

    def __call__(self, tensors: list[Tensor]) -> Any:
        """Runs the program on the arguments and on the variables as they are now."""
        engine = self.program.engine
        arrays = [t._array for t in tensors]
        differentiable = any(self.flows) and modes.grad_enabled.get()
        copy = engine.kernels["copy"]
        for variable, owned in zip(self.variables, self.runner.owned, strict=True):
            array = variable._value._array
            if owned and (variable._shared or differentiable):
                array = copy(array)
            arrays.append(array)
        values = [v._value for v in self.variables] if differentiable else []
        try:
            out = self.runner.run(*arrays)
        except Exception as error:  # noqa: BLE001 - explained in our own words, and raised
            self.runner.explain(error)
        for variable, shown in zip(self.variables, self.runner.shown, strict=True):
            if shown:
                variable._shared = True
        updates, n = self.program.updates, len(self.program.outputs)
        for (variable, _), array, shared in zip(updates, out[n:], self.runner.shared, strict=False):
            variable._replace(array, engine, shared=shared)
        for (variable, _), array in zip(self.program.grads, out[n + len(updates) :], strict=True):
            variable.grad = Tensor(array, engine)
        if differentiable:
            both = _noted(self.op, (*tensors, *values), {}, out[: n + len(updates)], engine)
            results = [b if f else b.detach() for b, f in zip(both, self.flows, strict=False)]
        else:
            results = [Tensor(array, engine) for array in out[:n]]
        if not self.static:
            return tree.unflatten(self.structure, results)
        rest = iter(results)
        return tree.unflatten(self.structure, [next(rest) if s is _TENSOR else s for s in self.static])


_TENSOR = object()


class Recorded:
    """A function that is recorded for each kind of arguments and replayed.

    Attributes:
        function: the function as written.
        programs: the programs recorded so far.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._cache: dict[Any, Compiled] = {}
        functools.update_wrapper(self, function, updated=())  # not a module's attributes

    @property
    def programs(self) -> list[Program]:
        """The programs recorded so far."""
        return [c.program for c in self._cache.values()]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The results for these arguments; the first of their kind are recorded."""
        if modes.recorder.get() is not None or modes.substitutes.get() is not None:
            return self.function(
                *args, **kwargs
            )  # part of a recording around it, or on stand-ins of variables
        leaves, structure = tree.flatten((args, kwargs))
        tensors, statics = [], []
        for value in leaves:
            if isinstance(value, (Operand, np.ndarray, np.generic, float)) and not isinstance(value, bool):
                tensors.append(as_tensor(value, "jit"))
                statics.append(_TENSOR)
            else:
                statics.append(_checked(value))
        engine, device = _common(tensors)
        specs = tuple([engine.spec(t._array) for t in tensors])
        flags = (
            modes.training.get(),
            modes.grad_enabled.get(),
            tuple([t._node is not None for t in tensors]),
        )
        key = (structure, specs, tuple(statics), engine.name, device, flags, guards(self.function))
        compiled = self._cache.get(key)
        if compiled is not None and any(v._value._engine is not engine for v in compiled.variables):
            compiled = None
        if compiled is None:
            compiled = self._cache[key] = self._record(structure, statics, specs, flags[2], engine, device)
        return compiled(tensors)

    def _record(
        self,
        structure: tree.Structure,
        statics: list[Any],
        specs: tuple[Spec, ...],
        flows: tuple[bool, ...],
        engine: Any,
        device: str,
    ) -> Compiled:
        recorder = Recorder(getattr(self.function, "__name__", "function"), engine, device)
        inputs = iter([recorder.input(s, f) for s, f in zip(specs, flows, strict=True)])
        leaves = [next(inputs) if s is _TENSOR else s for s in statics]
        args, kwargs = tree.unflatten(structure, leaves)
        with recording(recorder):
            out = self.function(*args, **kwargs)
            found, shape = tree.flatten(out)
            operands = [isinstance(o, Operand) for o in found]
            results = [
                recorder.lift(as_tensor(o), "return") for o, t in zip(found, operands, strict=True) if t
            ]
        static = [] if all(operands) else [_TENSOR if t else o for o, t in zip(found, operands, strict=True)]
        program = recorder.finish(results)
        return Compiled(program, shape, static, [r._node is not None for r in results])


def _checked(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        fix = "pass tensors, numbers, text, or trees (dict, list, tuple, dataclass) of them."
        what = "an argument cannot be part of a program."
        raise RecordError(message("jit", what, received=type(value).__name__, fix=fix)) from None
    return value


def _common(tensors: list[Tensor]) -> tuple[Any, str]:
    if not tensors:
        return current()
    engine = tensors[0]._engine
    if any(t._engine is not engine for t in tensors):
        received = ", ".join(f"{t.spec} on {t.engine}" for t in tensors)
        fix = "bring them together: x.to(engine=...)."
        raise EngineError(message("jit", "tensors of two engines were mixed.", received=received, fix=fix))
    return engine, tensors[0].device


def guards(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Plain numbers and texts that the function sees from outside; when one changes, it is recorded anew."""
    inner = getattr(function, "__wrapped__", function)
    code = getattr(inner, "__code__", None)
    if code is None:
        return ()
    seen: list[Any] = []
    for cell in inner.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:  # not filled in yet
            continue
        if isinstance(value, (*_STATIC, float)):
            seen.append((type(value), value))
    scope = inner.__globals__
    for name in code.co_names:
        value = scope.get(name, _TENSOR)
        if isinstance(value, (*_STATIC, float)):
            seen.append((name, type(value), value))
    return tuple(seen)


def jit(function: Callable[..., Any]) -> Recorded:
    """Makes a function of tensors that is recorded once and replayed without Python graph work.

    Args:
        function: takes and returns trees of tensors; may read and assign variables. Its Python code runs
            only while recording.

    Returns:
        A function with the same results, to the bit.

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
    statics: list[Any] = []
    specs: list[Spec] = []
    engine, device = _common([as_tensor(v) for v in leaves if isinstance(v, Operand)])
    for value in leaves:
        if isinstance(value, (Spec, Operand, np.ndarray, float)) and not isinstance(value, bool):
            specs.append(value if isinstance(value, Spec) else as_tensor(value).spec)
            statics.append(_TENSOR)
        else:
            statics.append(_checked(value))
    flows = tuple(False for _ in specs)
    return recorded._record(structure, statics, tuple(specs), flows, engine, device).program
