"""A kernel made for a group of equations: its text, what it reads and writes, and how it is called.

It stands in a program as one equation, `fused`. The engine lends the memory of its arrays; the rest is
neutral.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from ...compiling.compiler import loaded
from ...core.native import NativeCall
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ..ir import Equation, Symbol
from .expressions import ALIASES
from .frame import Kind
from .schedule import Schedule
from .source import Writer


class Kernel:
    """A compiled group, or one that waits to be compiled.

    Attributes:
        text: its C++ text without the prelude.
        inputs: the arrays that it reads.
        outputs: the arrays that it gives.
        specs: shapes and element types of these.
        over: position of a result -> positions of inputs that it may be written over.
        alike: positions of inputs that may lie in another order than C's, if all do.
        function: the loaded function; `None` until there is one.

    Args:
        schedule: the group in order.
        constants: known values of the program.
    """

    def __init__(self, schedule: Schedule, constants: Mapping[Symbol, Tensor]) -> None:
        known = [s for s in schedule.inputs if s.shape == () and _exact(constants.get(s))]
        writer = Writer(schedule, known)
        self.text = writer.text
        self.inputs, self.outputs = tuple(writer.arrays), tuple(schedule.outputs)
        self.specs = tuple(s.spec for s in self.outputs)
        self.rows = schedule.frame.rows
        self.alike = _alike(schedule, self.inputs)
        self.numbers = [float(constants[s].item()) for s in known]
        self.over = {
            n: [m for m, s in enumerate(self.inputs) if _may_overwrite(writer, schedule, s, out)]
            for n, out in enumerate(self.outputs)
        }
        names = [e.op.name for e in schedule.maker.values() if e.op.name not in ALIASES]
        self.names = names
        self.function: Any = None

    def __str__(self) -> str:
        shown = self.names if len(self.names) <= 6 else [*self.names[:3], "...", *self.names[-2:]]
        return "+".join(shown)

    def bound(self, engine: Any, over: Mapping[int, int]) -> Callable[..., Any]:
        """A function from the engine's arrays to a tuple of them.

        Args:
            engine: the engine.
            over: position of a result -> position of the input that it is written over.

        Returns:
            The function; its arrays have the shapes and element types of `inputs` and `specs`.
        """
        numbers = (ctypes.c_double * max(1, len(self.numbers)))(*self.numbers)
        inputs = tuple([s.spec for s in self.inputs])
        call = NativeCall(self.function, self.rows, numbers, inputs, self.specs, dict(over), self.alike)
        return engine.native(call)  # type: ignore[no-any-return]


def compiled_text(engine: Any, e: Equation) -> str | None:
    """The text of the compiled kernel that an equation has beside those that groups become, if it has one."""
    compiled = engine.compiled.get(e.op.name)
    return compiled.text(e.attributes, *[s.spec for s in e.inputs]) if compiled else None


def compiled_call(engine: Any, e: Equation) -> Callable[..., Any] | None:
    """What runs an equation in place of its kernel, where that was built before."""
    compiled = engine.compiled.get(e.op.name)
    text = compiled_text(engine, e)
    if text is None or compiled.bound is None:
        return None
    function = loaded(text)
    return None if function is None else compiled.bound(function, e.attributes, *[s.spec for s in e.inputs])


def wishes(engine: Any, e: Equation) -> Mapping[int, Callable[..., Any]]:
    """How what runs an equation likes its inputs to lie: position -> the same array, lying so."""
    own: Mapping[int, Callable[..., Any]] = engine.lays.get(e.op.name, {})
    text = compiled_text(engine, e)
    if text is None or loaded(text) is None or (lays := engine.compiled[e.op.name].lays) is None:
        return own
    found = lays(e.attributes, *[s.spec for s in e.inputs])
    return own if found is None else found  # type: ignore[no-any-return]


def _exact(value: Tensor | None) -> bool:
    """Whether a constant is one number that a double holds."""
    return value is not None and (value.dtype.is_floating or abs(int(value.item())) < 1 << 53)


def _may_overwrite(writer: Writer, schedule: Schedule, s: Symbol, out: Symbol) -> bool:
    """Whether a result may be written over an input: it is read for the last time where that is written."""
    same = s.spec == out.spec and schedule.kinds[s] is Kind.FULL and schedule.kinds[out] is Kind.FULL
    return same and writer.reads.get(s, (0, 0)) <= writer.writes[out]


def _alike(schedule: Schedule, inputs: tuple[Symbol, ...]) -> tuple[int, ...]:
    """Inputs whose order makes no difference, if they share it: element by element, and all of one shape."""
    values = (*inputs, *schedule.maker)
    shapes = {s.shape for s in values if schedule.kinds[s] is Kind.FULL}
    if schedule.frame.columns is not None or len(shapes) > 1:
        return ()
    return tuple([n for n, s in enumerate(inputs) if schedule.kinds[s] is Kind.FULL])


def _specs(*_: Spec, kernel: Kernel) -> tuple[Spec, ...]:
    return kernel.specs


FUSED = Op("fused", _specs)
"""A group of equations in one kernel; its attribute `kernel` says which."""
