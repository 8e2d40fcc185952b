"""What a program asks of variables, done once and kept from run to run.

    derived    the same numbers in 16 bits, in another shape, beside others: the program takes them as inputs
    renewed    in 16 bits, of a variable that the program changes: it also gives them for the next run
    lays       the same numbers in the order in memory that a kernel reads best: the variable takes that order

Weights in prediction are only read, and frozen layers in training; those that are trained are read in 16
bits, and their update writes these beside the new values (`native/updates.py`). What was kept is made anew
as soon as a variable holds another value, whoever gave it: every change puts a new tensor in. It costs the
memory of the copies: half of the weights more in mixed precision.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_not
from typing import Any

from ..core import dtypes
from ..core.op import OPS
from ..core.tensor import Tensor
from ..core.variable import Variable
from .control.neutral import MARKS
from .copies import copies
from .ir import Equation, Program, Symbol
from .native.chain import CHAIN
from .native.kernel import wishes
from .native.updates import UPDATED, Member
from .passes.dead_code import dead_code
from .passes.rewrite import rebuilt, results
from .passes.simplify import simplify
from .replay import kernel_of


class Derived:
    """An array that is made of variables alone.

    Args:
        equations: that make it, in order.
        sources: the variables, each with the symbol of its value.
        lay: how the result is to lie.
        engine: whose kernels make it.
    """

    __slots__ = ("array", "calls", "lay", "result", "seen", "sources")

    def __init__(
        self,
        equations: list[Equation],
        sources: list[tuple[Variable, Symbol]],
        lay: Callable[[Any], Any] | None,
        engine: Any,
    ) -> None:
        self.sources, self.lay = sources, lay
        self.calls = [(None if e.op.name in MARKS else kernel_of(engine, e), e) for e in equations]
        self.result = equations[-1].outputs[0]
        self.seen: list[Tensor] = []
        self.array: Any = None

    def __call__(self) -> Any:
        """The array for the present values."""
        now = [variable._value for variable, _ in self.sources]
        if not self.seen or any(map(is_not, now, self.seen)):
            self.array = self._made(now)
            self.seen = now
        return self.array

    def renew(self, array: Any) -> None:
        """Takes over what a run has made of the values that it has given."""
        self.array, self.seen = array, [variable._value for variable, _ in self.sources]

    def _made(self, tensors: list[Tensor]) -> Any:
        known = {symbol: t._array for (_, symbol), t in zip(self.sources, tensors, strict=True)}
        for kernel, e in self.calls:
            inputs = [known[s] for s in e.inputs]
            known[e.outputs[0]] = inputs[0] if kernel is None else kernel(*inputs, **e.attributes)
        found = known[self.result]
        return found if self.lay is None else self.lay(found)


class Lay:
    """The order in memory of a variable's numbers.

    Args:
        variable: read only.
        make: gives the same numbers as a kernel likes them to lie.
    """

    __slots__ = ("array", "make", "variable")

    def __init__(self, variable: Variable, make: Callable[[Any], Any]) -> None:
        self.variable, self.make = variable, make
        self.array: Any = None

    def __call__(self) -> None:
        """Sees to it that the present value lies so."""
        tensor = self.variable._value
        if tensor._array is not self.array:
            self.array = tensor._array = self.make(tensor._array)


class Kept:
    """A program and what it keeps.

    Attributes:
        program: its inputs after its own are the derived arrays.
        derived: these arrays.
        renewed: those among them, the last ones, that each run gives for the next.
        results: the symbols that it gives them as.
        lays: the orders of variables.
    """

    def __init__(self, program: Program, derived: list[Derived], lays: list[Lay]) -> None:
        self.program, self.derived, self.lays = program, derived, lays
        self.renewed: list[Derived] = []
        self.results: list[Symbol] = []

    @property
    def lent(self) -> list[Symbol]:
        """The inputs that a run may write over."""
        return self.program.inputs[len(self.program.inputs) - len(self.renewed) :]


def kept(program: Program) -> Kept:
    """Takes out of a program what can be kept.

    Args:
        program: after all passes.

    Returns:
        What is left of it, and what it keeps.
    """
    found = _derived(program)
    _renew(found)
    return found


def _renew(found: Kept) -> None:
    """Lets updates write the values in 16 bits that the program reads of the same variables."""
    program = found.program
    casts = _casts(program)
    if not casts:
        return
    new = dict(program.updates)
    read = {s: v for v, s in program.state}
    given = (*program.inputs, *read, *program.constants)
    fresh = 1 + max(s.index for s in (*given, *(s for e in program.equations for s in e.outputs)))
    instead: dict[Equation, Equation] = {}
    equations, inputs = list(program.equations), []
    for at, e in enumerate(equations):
        if e.op is not UPDATED:
            continue
        call, members = e.attributes["updates"], []
        for m in call.members:
            w = m.state[0]
            if w in casts and w in read and new.get(read[w]) is m.results[0]:
                before, after = (Symbol(w.spec.like(dtype=dtypes.bfloat16), fresh + n) for n in (0, 1))
                fresh += 2
                instead |= {cast: _reshaped(cast, before) for cast in casts[w]}
                cast = Equation(OPS["astype"], (w,), {"dtype": before.dtype}, (before,), False, e.place)
                found.renewed.append(Derived([cast], [(read[w], w)], None, program.engine))
                found.results.append(after)
                inputs.append(before)
                m = Member(m.state, m.gradient, m.results, (before, after), m.sums)
            members.append(m)
        equations[at] = call.of(members).equation(e.place, e.phase)
    if inputs:
        rest = [instead.get(e, e) for e in equations]
        found.program = dead_code(simplify(rebuilt(program, rest, inputs=[*program.inputs, *inputs])))
        found.derived = [*found.derived, *found.renewed]


def _casts(program: Program) -> dict[Symbol, list[Equation]]:
    """Variable's symbol -> what casts it, or it in another shape, to 16 bits."""
    first = [s for _, s in program.state]
    of = dict(zip(first, first, strict=True))
    found: dict[Symbol, list[Equation]] = {}
    for e in program.equations:
        if e.op.name == "reshape" and e.inputs[0] in of:
            of[e.outputs[0]] = of[e.inputs[0]]
        elif e.op.name == "astype" and e.inputs[0] in of and e.outputs[0].dtype is dtypes.bfloat16:
            found.setdefault(of[e.inputs[0]], []).append(e)
    return found


def _reshaped(cast: Equation, low: Symbol) -> Equation:
    """What takes the place of a cast."""
    shape = cast.outputs[0].shape
    return Equation(OPS["reshape"], (low,), {"shape": shape}, cast.outputs, False, cast.place, cast.phase)


def _derived(program: Program) -> Kept:
    """Takes out what is made of variables that the program only reads."""
    changed = {id(v) for v, _ in program.updates}
    read = {s: v for v, s in program.state if id(v) not in changed}
    liked: dict[Symbol, Callable[..., Any]] = {}
    for one in program.equations:
        for e in one.attributes["chain"].equations if one.op is CHAIN else (one,):
            for position, lay in wishes(program.engine, e).items():
                liked[e.inputs[position]] = lay
    lays = [Lay(v, liked[s]) for s, v in read.items() if s in liked]
    makers, copied = copies(program)
    handed = set(results(program))
    inside = {id(makers[s]) for s in copied - handed}
    rest = [e for e in program.equations if id(e) not in inside]
    asked = [s for s in dict.fromkeys(s for e in rest for s in e.inputs) if s in copied - handed]
    if not asked:
        return Kept(program, [], lays)
    derived = []
    for symbol in asked:
        equations = _needed(symbol, makers)
        sources = [(v, s) for s, v in read.items() if any(s in e.inputs for e in equations)]
        derived.append(Derived(equations, sources, liked.get(symbol), program.engine))
    return Kept(rebuilt(program, rest, inputs=[*program.inputs, *asked]), derived, lays)


def _needed(symbol: Symbol, makers: dict[Symbol, Equation]) -> list[Equation]:
    """The equations that make a symbol, in order."""
    found: dict[int, Equation] = {}

    def visit(s: Symbol) -> None:
        e = makers.get(s)
        if e is not None and id(e) not in found:
            for source in e.inputs:
                visit(source)
            found[id(e)] = e

    visit(symbol)
    return list(found.values())
