"""Recording: a function runs once on symbols, and every operation becomes an equation.

The recorder is an engine whose arrays are symbols. Shapes and element types flow through the
operations' inference rules; nothing is computed, so a model of any size can be recorded.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np

from ..core import modes
from ..core.dtypes import DType
from ..core.engine import Engine
from ..core.node import Leaf
from ..core.op import OPS, Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import EngineError, ProgramError, RecordError, message
from .control.neutral import NEUTRAL, STOP
from .ir import Equation, Phase, Program, Symbol
from .recording import recording, refuse_write

_PACKAGE = __name__.partition(".")[0]


def user_place() -> str:
    """The nearest line of the user's code, as `file:line`."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in (_PACKAGE, "contextlib", "functools"):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return "unknown place"


class _Emitters:
    """The recorder's table of kernels: each one writes an equation.

    It is empty where another recording goes on inside this one, so that what a body computes is written
    into the body, and after the recording.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._cache: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if modes.recorder.get() is self._recorder else default

    def __getitem__(self, name: str) -> Any:
        emit = self._cache.get(name)
        if emit is None and (name in self._recorder.target.kernels or name in NEUTRAL):
            emit = self._cache[name] = functools.partial(self._recorder.emit, OPS[name])
        return emit

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None


class Recorder(Engine):
    """An engine that writes down instead of computing.

    Args:
        name: the name of the program.
        target: the engine that will run it.
        device: the device that will run it.
        parent: the recorder around it, when the body of a loop is recorded.
    """

    is_recorder = True

    def __init__(self, name: str, target: Engine, device: str, parent: Recorder | None = None) -> None:
        super().__init__()
        self.name = target.name
        self.target, self.target_device, self.parent = target, device, parent
        self.dtypes = target.dtypes
        self.program = Program(name, target, device)
        self.kernels = _Emitters(self)  # type: ignore[assignment]
        self.updates = {}
        self.captured: dict[tuple[int, int], tuple[Tensor, Tensor, Tensor]] = {}
        self._state: dict[Variable, Tensor] = {}
        self._written: dict[Variable, Tensor] = {}
        self._grads: dict[Variable, Tensor | None] = {}
        self._lifted: dict[int, tuple[Tensor, Symbol]] = {}
        self._count = 0

    # --- the contract of an engine -----------------------------------------------------------------
    def devices(self) -> tuple[str, ...]:
        """Those of the engine that will run the program."""
        return self.target.devices()

    def from_host(self, array: np.ndarray, dtype: DType, device: str, *, copy: bool = True) -> Symbol:
        """A constant of the program."""
        value = Tensor(self.target.from_host(array, dtype, device, copy=copy), self.target)
        return self._constant(value)

    def from_dlpack(self, obj: Any, device: str | None) -> Symbol:
        """A constant of the program."""
        return self._constant(Tensor(self.target.from_dlpack(obj, device), self.target))

    def to_host(self, array: Symbol) -> np.ndarray:
        """Refused: there are no values yet."""
        if modes.recorder.get() is None:
            raise self.leak("value", (Tensor(array, self),))
        raise RecordError(
            message(
                "jit",
                f"a value was read inside a recorded function, at {user_place()}.",
                received=array,
                expected="operations on tensors only; nothing is computed while recording",
                fix="sj.where or sj.cond instead of `if`, sj.while_loop instead of `while`, and return what "
                "you want to see instead of printing it.",
            )
        )

    def dtype(self, array: Symbol) -> DType:
        """The element type of a symbol."""
        return array.dtype

    def device(self, array: Symbol) -> str:
        """Where the program will run."""
        return self.target_device

    def spec(self, array: Symbol) -> Spec:
        """Shape and element type of a symbol."""
        return array.spec

    # --- writing equations ---------------------------------------------------------------------------
    def symbol(self, spec: Spec) -> Symbol:
        """A new symbol."""
        self._count += 1
        return Symbol(spec, self._count - 1)

    def input(self, spec: Spec, requires_grad: bool = False) -> Tensor:
        """A new argument of the program."""
        symbol = self.symbol(spec)
        self.program.inputs.append(symbol)
        return Tensor(symbol, self, Leaf() if requires_grad else None)

    def emit(self, op: Op, *inputs: Symbol, **attributes: Any) -> Any:
        """Writes one equation, after the inference rule has accepted its inputs."""
        specs = [s.spec for s in inputs]
        out = (
            op.infer(*specs, **attributes)
            if op.infer is not None
            else infer_readable(self, op, specs, attributes)
        )
        several = isinstance(out, tuple)
        outputs = tuple(self.symbol(s) for s in (out if several else (out,)))
        equation = Equation(op, inputs, attributes, outputs, several, user_place(), _phase())
        self.program.equations.append(equation)
        return outputs if several else outputs[0]

    def cut(self, tensor: Tensor) -> Tensor:
        """The same values, marked in the program: no gradient flows here, also when it is replayed."""
        with modes.no_grad():
            return Tensor(self.emit(STOP, tensor._array), self)

    def value_of(self, tensor: Tensor) -> Tensor | None:
        """The value of a symbol that is known while recording: a constant, or fresh `zeros` and the like."""
        symbol = tensor._array
        if symbol in self.program.constants:
            return self.program.constants[symbol]
        for e in self.program.equations:
            if symbol in e.outputs and not e.inputs:
                return Tensor(self.target.kernels[e.op.name](**e.attributes), self.target)
        return None

    def leak(self, op: str, tensors: tuple[Tensor, ...]) -> RecordError:
        """The error for a tensor that outlived the recording that it belongs to."""
        received = ", ".join(str(t.spec) for t in tensors if t._engine is self)
        fix = "return it from the function instead of keeping it."
        what = f"a tensor of the recording of {self.program.name!r} was used outside; it has no value there."
        return RecordError(message(op, what, received=received, fix=fix))

    def _constant(self, value: Tensor) -> Symbol:
        symbol = self.symbol(value.spec)
        self.program.constants[symbol] = value
        return symbol

    def lift(self, tensor: Tensor, op: str) -> Tensor:
        """Brings a tensor from outside in: a constant, or a capture of the recorder around this one."""
        if tensor._engine is self:
            return tensor
        if getattr(tensor._engine, "is_recorder", False):
            return self._capture(tensor, op)
        if tensor._engine is not self.target:
            received = f"{tensor.spec} on {tensor.engine}, program for {self.target.name}"
            fix = "x.to(engine=...), or record with the same engine."
            raise EngineError(message(op, "tensors of two engines were mixed.", received=received, fix=fix))
        if tensor._node is not None and modes.grad_enabled.get():
            fix = "pass it as an argument, make it a Variable, or cut it off with sj.stop_gradient."
            what = "a tensor from outside that requires a gradient is used; its gradient would be lost."
            raise RecordError(message("jit", what, received=tensor.spec, fix=fix))
        known = self._lifted.get(id(tensor))
        if known is None:
            value = Tensor(tensor._array, tensor._engine)
            known = self._lifted[id(tensor)] = (tensor, self._constant(value))
        return Tensor(known[1], self)

    def _capture(self, tensor: Tensor, op: str) -> Tensor:
        """A value of the recording around this one, as a further input of this program."""
        if self.parent is None:
            raise tensor._engine.leak(op, (tensor,))  # type: ignore[attr-defined]
        key = id(tensor._array), id(tensor._node)
        known = self.captured.get(key)
        if known is None:
            outer = self.parent.lift(tensor, op)
            node = None if outer._node is None else Leaf()
            known = self.captured[key] = (outer, Tensor(self.symbol(tensor.spec), self, node), tensor)
        return known[1]

    # --- variables ---------------------------------------------------------------------------------
    def read(self, variable: Variable) -> Tensor:
        """The present value of a variable, as a symbol; the same leaf at each reading."""
        if variable not in self._state:
            if self.parent is not None:
                outer = self.parent.read(variable)
                inner = self.lift(outer, "variable")
                node = None if outer._node is None else Leaf(variable)
                return self._state.setdefault(variable, Tensor(inner._array, self, node))
            if variable._home[0] is not self.target:
                received = f"{variable!r} on {variable.engine}, program for {self.target.name}"
                fix = "model.to(engine=...) moves all variables."
                raise EngineError(
                    message("jit", "a variable lies on another engine.", received=received, fix=fix)
                )
            if variable._home[1] != self.target_device:
                received = f"{variable!r} on {variable.device}, program for {self.target_device}"
                fix = "model.to(device=...) moves all variables; x.to(device) the arguments."
                text = message("jit", "a variable lies on another device.", received=received, fix=fix)
                raise EngineError(text)
            symbol = self.symbol(variable.spec)
            self.program.state.append((variable, symbol))
            self._state[variable] = Tensor(symbol, self, Leaf(variable) if variable.trainable else None)
        return self._state[variable]

    def write(self, variable: Variable, tensor: Tensor) -> None:
        """Notes a new value of a variable; it becomes an output of the program."""
        if self.parent is not None:
            refuse_write(variable, "written")
        inside = self.lift(tensor, "assign")
        self.read(variable)
        self._state[variable] = Tensor(inside._array, self, Leaf(variable) if variable.trainable else None)
        self._written[variable] = self._state[variable]

    def read_grad(self, variable: Variable) -> Tensor | None:
        """The gradient slot of a variable while recording; it starts empty."""
        if self.parent is None:
            if variable not in self._grads:
                self._grads[variable] = None
                self.program.adds_to.append(variable)
            return self._grads[variable]
        outer = self.parent.read_grad(variable)
        return None if outer is None else self.lift(outer, "grad")

    def write_grad(self, variable: Variable, value: Tensor | None) -> None:
        """Sets the gradient slot of a variable."""
        if self.parent is not None:
            refuse_write(variable, "given a gradient")
        self._grads[variable] = value

    def finish(self, outputs: list[Tensor]) -> Program:
        """Closes the recording.

        Args:
            outputs: the results, as tensors of this recorder.

        Returns:
            The checked program.
        """
        program = self.program
        program.outputs = [self.lift(o, "return")._array for o in outputs]
        program.updates = [(v, t._array) for v, t in self._written.items()]
        grads = {v: None if t is None else self.lift(t, "grad") for v, t in self._grads.items()}
        program.grads = [(v, t._array) for v, t in grads.items() if t is not None]
        program.cleared = [v for v, t in grads.items() if t is None]
        return program.check()


def _phase() -> Phase:
    """What an operation that is recorded now is part of."""
    if not modes.grad_enabled.get():
        return Phase.APART
    return Phase.BACKWARD if modes.backward.get() else Phase.FORWARD


def infer_readable(recorder: Recorder, op: Op, specs: list[Spec], attributes: dict[str, Any]) -> Any:
    """The specs of a composite's results, by recording its readable form and dropping the recording."""
    scratch = Recorder(op.name, recorder.target, recorder.target_device)
    return record_readable(scratch, op, specs, attributes)[1]


def record_readable(
    scratch: Recorder, op: Op, specs: list[Spec], attributes: dict[str, Any]
) -> tuple[Program, Any]:
    """Records the readable form of a composite.

    Args:
        scratch: a recorder of its own.
        op: the composite.
        specs: of its inputs.
        attributes: its plain values.

    Returns:
        The program, and the spec (or a tuple of specs) of the results.
    """
    if op.readable is None:
        raise ProgramError(
            message(op.name, "this operation has neither an inference rule nor a readable form.")
        )
    inputs = [scratch.input(s) for s in specs]
    with recording(scratch):
        out = op.readable(*inputs, **attributes)
    several = isinstance(out, tuple)
    program = scratch.finish(list(out) if several else [out])
    return program, tuple(o.spec for o in out) if several else out.spec
