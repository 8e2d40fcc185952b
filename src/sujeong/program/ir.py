"""The program: a recorded function as typed single-assignment code.

Each symbol is given a value once, by an input, a constant or an equation, and has a spec. The checker
runs after recording and after each pass.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from ..core import modes
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import ProgramError, SujeongError, message

if TYPE_CHECKING:
    from .cost import Cost


class Phase(Enum):
    """What an operation was recorded as part of."""

    FORWARD = "forward"  # gradients flow through it
    BACKWARD = "backward"  # of a gradient through which gradients flow again
    APART = "apart"  # no gradient flows through it: of a gradient, an optimiser, a moving average


class Symbol:
    """A value that a program will have.

    Attributes:
        shape: sizes along each axis.
        dtype: element type.
        index: number, unique in the program.
    """

    __slots__ = ("dtype", "index", "shape")

    def __init__(self, spec: Spec, index: int) -> None:
        self.shape, self.dtype, self.index = spec.shape, spec.dtype, index

    @property
    def spec(self) -> Spec:
        """Shape and element type."""
        return Spec(self.shape, self.dtype)

    def __repr__(self) -> str:
        return f"%{self.index}: {self.spec}"


class Equation:
    """One operation of a program: outputs = op(inputs, attributes).

    Attributes:
        op: the operation.
        inputs: symbols it reads.
        attributes: its plain values.
        outputs: symbols it defines.
        several: whether the operation gives a tuple.
        place: the user's line that caused it, as `file:line`.
        phase: what it was recorded as part of.
        sound: the inputs, attributes and outputs for which its specs were found to follow from its rule.
            Programs share equations that a pass leaves alone: these are inferred once, unless they hold
            programs, whose lists can change.
    """

    __slots__ = ("attributes", "inputs", "op", "outputs", "phase", "place", "several", "sound")

    def __init__(
        self,
        op: Op,
        inputs: tuple[Symbol, ...],
        attributes: dict[str, Any],
        outputs: tuple[Symbol, ...],
        several: bool,
        place: str = "",
        phase: Phase = Phase.FORWARD,
    ) -> None:
        self.op, self.inputs, self.attributes, self.outputs = op, inputs, attributes, outputs
        self.several, self.place, self.phase = several, place, phase
        self.sound: tuple[Any, ...] = (None, None, None)

    def __repr__(self) -> str:
        left = ", ".join(map(repr, self.outputs))
        plain = {k: v for k, v in self.attributes.items() if k != "device" and v is not None}
        settings = "".join(f" {k}={_short(v)}" for k, v in plain.items())
        right = " ".join(f"%{s.index}" for s in self.inputs)
        return f"{left} = {self.op.name}{settings} {right}".strip()

    @property
    def programs(self) -> dict[str, Program]:
        """The programs among its attributes: the bodies of a loop or a branch."""
        return {k: v for k, v in self.attributes.items() if isinstance(v, Program)}

    def _lines(self) -> list[str]:
        """The equation, and below it the programs that it holds."""
        lines = [repr(self)]
        for key, program in self.programs.items():
            first, *rest = str(program).split("\n")
            lines += [f"  {key}: {first}", *(f"  {line}" for line in rest)]
        return lines


def _short(value: Any) -> str:
    if isinstance(value, Program):
        return f"<{value.name}>"
    return str(value).replace(" ", "")


class Program:
    """A recorded function.

    Attributes:
        name: the function's name.
        inputs: symbols of the arguments, in order.
        state: variables that are read, each with the symbol of its first value.
        constants: symbols whose values were known while recording.
        equations: the operations, in order.
        outputs: symbols of the results, in order.
        updates: variables that are written, each with the symbol of its last value.
        grads: variables whose `.grad` is set, each with the symbol of the gradient.
        cleared: variables whose `.grad` is set to `None`.
        adds_to: variables whose `.grad` was read before it was set; it must be `None` then.
        guards: truth values that must hold; where one does not, the run stops before any variable changes.
        engine: the engine that it was recorded for.
        device: the device that it was recorded for.
        precision: "float32" for the element types as recorded, "mixed_bfloat16" or "mixed_float16".
    """

    def __init__(self, name: str, engine: Any, device: str) -> None:
        self.name, self.engine, self.device = name, engine, device
        self.precision = modes.precision.get()
        self.inputs: list[Symbol] = []
        self.state: list[tuple[Variable, Symbol]] = []
        self.constants: dict[Symbol, Tensor] = {}
        self.equations: list[Equation] = []
        self.outputs: list[Symbol] = []
        self.updates: list[tuple[Variable, Symbol]] = []
        self.grads: list[tuple[Variable, Symbol]] = []
        self.cleared: list[Variable] = []
        self.adds_to: list[Variable] = []
        self.guards: list[Symbol] = []

    def __str__(self) -> str:
        arguments = ", ".join(map(repr, self.inputs))
        lines = [f"program {self.name}({arguments})"]
        lines += [f"  state {v.name} -> {s!r}" for v, s in self.state]
        for s, value in self.constants.items():
            text = value.item() if value.shape == () else "..."
            lines.append(f"  constant {s!r} = {text}")
        lines += [f"  {line}" for e in self.equations for line in e._lines()]
        lines += [f"  guard %{s.index}" for s in self.guards]
        lines += [f"  update {v.name} <- %{s.index}" for v, s in self.updates]
        lines.append("  return " + (", ".join(f"%{s.index}" for s in self.outputs) or "nothing"))
        return "\n".join(lines)

    def cost(self) -> Cost:
        """Counts parameters, floating-point operations, bytes and peak memory, before anything runs.

        Returns:
            The cost, by operation and in total; printed, it is a table.
        """
        from .cost import cost

        return cost(self)

    def check(self) -> Program:
        """Checks that every symbol is defined once, before its use, and that specs follow from the rules.

        Returns:
            The program itself.

        Raises:
            ProgramError: a defect of the recorder or of a pass.
        """
        known: set[int] = set()

        def define(symbol: Symbol, what: object) -> None:
            if symbol.index in known:
                raise ProgramError(message("program", f"{symbol!r} is defined twice.", received=what))
            known.add(symbol.index)

        for symbol in (*self.inputs, *(s for _, s in self.state), *self.constants):
            define(symbol, "an input")
        for e in self.equations:
            for symbol in e.inputs:
                if symbol.index not in known:
                    what = f"{symbol!r} is used before it is defined."
                    raise ProgramError(message("program", what, received=e))
            for symbol in e.outputs:
                define(symbol, e)  # as text only if it is a defect: programs are checked often
            inputs, attributes, outputs = e.sound
            same = inputs is e.inputs and attributes is e.attributes and outputs is e.outputs
            bodies = e.programs
            if bodies or not same:
                _check_specs(e)
                e.sound = e.inputs, e.attributes, e.outputs
            for program in bodies.values():
                program.check()
        updates, grads = [s for _, s in self.updates], [s for _, s in self.grads]
        for symbol in (*self.outputs, *updates, *grads, *self.guards):
            if symbol.index not in known:
                raise ProgramError(message("program", f"the result {symbol!r} is never defined."))
        for variable, symbol in self.updates:
            if variable.shape != symbol.shape or variable.dtype is not symbol.dtype:
                what = f"the update of {variable.name!r} has another spec."
                raise ProgramError(message("program", what, received=symbol, expected=variable))
        return self


def _check_specs(e: Equation) -> None:
    if e.op.infer is None:
        return
    try:
        out = e.op.infer(*[s.spec for s in e.inputs], **e.attributes)
    except SujeongError as error:
        raise ProgramError(
            message("program", f"an operation does not fit its inputs: {error}", received=e)
        ) from None
    specs = out if isinstance(out, tuple) else (out,)
    if specs != tuple([s.spec for s in e.outputs]):
        raise ProgramError(
            message("program", "a spec does not follow from its rule.", received=e, expected=specs)
        )
