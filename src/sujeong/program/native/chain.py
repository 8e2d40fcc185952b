"""A chain: equations that run one after the other in one compiled function.

    namespace stage_0 { ... }  namespace stage_1 { ... }
    extern "C" void kernel(const int64_t* s, const double* k, char* const* p, int64_t* refused) {
      stage_0::stage(s[0], s[1], s[2], k, (const float*)p[0], (const float*)p[1], (float*)p[4]);
      stage_1::stage(s[3], k, (const float*)p[4], (const float*)p[2], (float*)p[3]);
    }

Sizes, numbers and addresses are arguments, so that another batch is the same text, and equal stages have one
function. What is read within only lies in a room that belongs to the call, where memory is used again as soon
as nothing reads it.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from ...core.native import ChainCall
from ...core.op import Op
from ...core.spec import Spec
from ..ir import Equation, Symbol
from .expressions import CTYPES
from .stages import Stage

LINE = 64
"""Bytes of a line of the cache, at which every value begins."""


class Chain:
    """A compiled chain, or one that waits to be compiled.

    Attributes:
        stages: its functions, in order.
        equations: what they compute, for input that a stage refuses.
        inputs: the arrays that it reads.
        outputs: the arrays that it gives.
        specs: shapes and element types of these.
        over: position of a result -> position of the input whose memory it may take: the values of variables.
        guards: truth values that it looks at itself; where one does not hold, it refuses its input.
        text: its C++ text without the prelude.
        function: the loaded function; `None` until there is one.

    Args:
        stages: as above.
        equations: as above.
        outputs: as above.
        guards: of the program.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        equations: Sequence[Equation],
        outputs: Sequence[Symbol],
        guards: Container[Symbol] = (),
    ) -> None:
        self.stages = _refusals_first(stages, guards)
        self.equations, self.outputs = tuple(equations), tuple(outputs)
        made = {s for stage in stages for s in stage.outputs}
        self.inputs = tuple(dict.fromkeys(s for t in stages for s in t.inputs if s not in made))
        self.guards = tuple([s for stage in stages for s in stage.outputs if s in guards])
        self.specs = tuple(s.spec for s in self.outputs)
        self._places = {s: n for n, s in enumerate((*self.inputs, *self.outputs))}
        self._offsets: list[int] = []
        self.room = self._planned()
        self.over = self._overwritten()
        self.text = self._text()
        self.function: Any = None

    def __str__(self) -> str:
        return f"{len(self.stages)} stages"

    def bound(
        self,
        engine: Any,
        over: Mapping[int, int],
        plain: Callable[..., Any],
        constants: Container[Symbol] = (),
        passing: Container[Symbol] = (),
    ) -> Callable[..., Any]:
        """A function from the engine's arrays to a tuple of them.

        Args:
            engine: the engine.
            over: position of a result -> position of the input whose memory it takes.
            plain: the same by plain kernels, for input that a stage refuses.
            constants: inputs whose numbers never change.
            passing: inputs that each run makes anew.

        Returns:
            The function.
        """
        sizes = [n for stage in self.stages for n in stage.sizes]
        numbers = [x for stage in self.stages for x in stage.numbers or ()]
        call = ChainCall(
            self.function,
            (ctypes.c_int64 * max(1, len(sizes)))(*sizes),
            (ctypes.c_double * max(1, len(numbers)))(*numbers),
            tuple([s.spec for s in self.inputs]),
            self.specs,
            dict(over),
            tuple(self._offsets),
            self.room,
            plain,
            frozenset([n for n, s in enumerate(self.inputs) if s in constants]),
            frozenset([n for n, s in enumerate(self.inputs) if s in passing]).difference(over.values()),
            self._turns(),
        )
        return engine.chained(call)  # type: ignore[no-any-return]

    @property
    def overwritten(self) -> list[Symbol]:
        """The inputs whose memory results may take."""
        return [self.inputs[position] for position in self.over.values()]

    def _planned(self) -> int:
        """Gives each value within, and the room of each stage, a place; how many bytes that takes."""
        last = {s: n for n, stage in enumerate(self.stages) for s in (*stage.inputs, *stage.outputs)}
        taken: list[tuple[int, int, int]] = []  # first byte, byte behind, last stage
        self._rooms: dict[int, int] = {}
        end = 0
        for n, stage in enumerate(self.stages):
            wanted: list[tuple[Symbol | None, int, int]] = [
                (s, s.spec.nbytes, last[s]) for s in stage.outputs if s not in self._places
            ]
            if stage.room:
                wanted.append((None, stage.room, n))
            taken = [t for t in taken if t[2] >= n]
            for symbol, size, until in wanted:
                size = -(-size // LINE) * LINE
                at = 0
                for first, behind, _ in sorted(taken):
                    if at + size <= first:
                        break
                    at = max(at, behind)
                taken.append((at, at + size, until))
                end = max(end, at + size)
                place = len(self.inputs) + len(self.outputs) + len(self._offsets)
                self._offsets.append(at)
                if symbol is None:
                    self._rooms[n] = place
                else:
                    self._places[symbol] = place
        return end

    def _overwritten(self) -> dict[int, int]:
        """The results that may take the memory of an input: nobody reads it later, no later stage refuses."""
        found = {}
        last = {s: n for n, stage in enumerate(self.stages) for s in stage.inputs}
        refusal = max([n for n, stage in enumerate(self.stages) if self._may_refuse(stage)], default=-1)
        for n, stage in enumerate(self.stages):
            if n < refusal:
                continue
            beside = Counter(stage.inputs)
            for out, position in stage.over.items():
                s, result = stage.inputs[position], stage.outputs[out]
                if s in self.inputs and result in self.outputs and last[s] == n and beside[s] == 1:
                    found[self.outputs.index(result)] = self.inputs.index(s)
        return found

    def _may_refuse(self, stage: Stage) -> bool:
        return stage.refuses or not set(self.guards).isdisjoint(stage.outputs)

    def _turns(self) -> dict[int, tuple[int, ...]]:
        """The inputs that each stage reads in either order of their axes, with the sizes that say so."""
        found: dict[Symbol, list[int]] = {}
        fixed: set[Symbol] = set()
        begin = 0
        for stage in self.stages:
            for n, s in enumerate(stage.inputs):
                if n in stage.turns and len(s.shape) == 2:
                    found.setdefault(s, []).append(begin + stage.turns[n])
                else:
                    fixed.add(s)
            begin += len(stage.sizes)
        return {n: tuple(found[s]) for n, s in enumerate(self.inputs) if s in found and s not in fixed}

    def _text(self) -> str:
        names: dict[str, str] = {}
        lines: list[str] = []
        sizes = numbers = 0
        for n, stage in enumerate(self.stages):
            name = names.setdefault(stage.text, f"stage_{len(names)}")
            given = [f"s[{sizes + i}]" for i in range(len(stage.sizes))]
            given += [] if stage.numbers is None else [f"k + {numbers}"]
            given += [f"(const {CTYPES[s.dtype]}*)p[{self._places[s]}]" for s in stage.inputs]
            given += [f"({CTYPES[s.dtype]}*)p[{self._places[s]}]" for s in stage.outputs]
            if stage.room:
                given.append(f"(float*)p[{self._rooms[n]}]")
            call = f"{name}::stage({', '.join(given)})"
            lines.append(f"  if (!{call}) {{ *refused = 1; return; }}" if stage.refuses else f"  {call};")
            for s in set(self.guards).intersection(stage.outputs):
                lines.append(f"  if (!*(const uint8_t*)p[{self._places[s]}]) {{ *refused = 1; return; }}")
            sizes, numbers = sizes + len(stage.sizes), numbers + len(stage.numbers or ())
        parts = [f"namespace {name} {{\n{text}}}\n" for text, name in names.items()]
        arguments = "const int64_t* s, const double* k, char* const* p, int64_t* refused"
        head = f'extern "C" void kernel({arguments}) {{'
        return "".join(parts) + "\n".join([head, *lines, "}"]) + "\n"


def _refusals_first(stages: Sequence[Stage], guards: Container[Symbol]) -> tuple[Stage, ...]:
    """The stages with what may refuse, and what that reads, ahead: what follows may write over variables."""
    early: list[Stage] = []
    later: list[Stage] = []
    asked: set[Symbol] = set()
    for stage in reversed(stages):
        if stage.refuses or any(s in guards or s in asked for s in stage.outputs):
            asked.update(stage.inputs)
            early.insert(0, stage)
        else:
            later.insert(0, stage)
    return (*early, *later)


def _specs(*_: Spec, chain: Chain) -> tuple[Spec, ...]:
    return chain.specs


CHAIN = Op("chain", _specs)
"""Equations in one compiled function; its attribute `chain` says which."""
