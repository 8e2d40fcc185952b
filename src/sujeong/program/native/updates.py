"""The updates of several large variables as one compiled call.

    W, m, v, (W in 16 bits)  <-  Adam(W, m, v, g; rate, t)        for each variable, in its memory

One pass over memory: gradients that a product gave in 16 bits are widened where they are read, and what the
next step's products read in 16 bits is written with the new values. Every element stands for itself, so the
arrays of a variable may lie in any order without gaps, if all lie in the same one; threads take pieces of all
variables. A gradient that is a sum of picked rows is made piece by piece on the way (`summed.py`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Container, Sequence
from math import prod
from typing import Any

from ...core import dtypes
from ...core.native import UPDATE_PLACES, UpdatesCall, UpdatesMember
from ...core.op import Op
from ...core.spec import Spec
from ..ir import Equation, Symbol
from . import summed
from .summed import PIECE
from .updated import UPDATES, function


class Member:
    """One variable's update.

    Attributes:
        state: symbols that it overwrites: values, then what the optimiser keeps.
        gradient: symbol of the gradient, in 32 or 16 bits.
        results: symbols of the new values of `state`.
        low: symbols of the values in 16 bits, before and after; `None` where nobody reads these.
        sums: what its gradient is the sum of; `None` where `gradient` is all of it.
    """

    def __init__(
        self,
        state: tuple[Symbol, ...],
        gradient: Symbol,
        results: tuple[Symbol, ...],
        low: tuple[Symbol, Symbol] | None = None,
        sums: summed.Summed | None = None,
    ) -> None:
        self.state, self.gradient, self.results, self.low, self.sums = state, gradient, results, low, sums

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """What it reads, in the order of its arrays in a call."""
        further = () if self.sums is None else self.sums.inputs
        return (*self.state, self.gradient, *(self.low or ())[:1], *further)

    @property
    def outputs(self) -> tuple[Symbol, ...]:
        """What it gives."""
        return (*self.results, *(self.low or ())[1:])

    @property
    def kind(self) -> int:
        """Which of the text's functions: 1 for a gradient in 16 bits, 2 for values in 16 bits, 4 for sums."""
        low = self.gradient.dtype is dtypes.bfloat16
        return low + 2 * (self.low is not None) + 4 * (self.sums is not None)

    @property
    def arrays(self) -> UpdatesMember:
        """What an engine needs to know of its arrays."""
        where = () if self.sums is None else (self.sums.sizes, len(self.sums.inputs))
        return UpdatesMember(len(self.state), self.low is not None, *where)

    @property
    def piece(self) -> int:
        """Elements that a thread takes at once."""
        return PIECE if self.sums is None else summed.piece(self.state[0].shape[1])


class Updates:
    """A compiled call, or one that waits to be compiled.

    Attributes:
        name: of the operation, in UPDATES.
        members: the variables.
        shared: symbols that all of them read: rate, number of the step.
        text: its C++ text without the prelude; the same for all calls of the operation.
        function: the loaded function; `None` until there is one.

    Args:
        name: as above.
        members: as above.
        shared: as above.
        attributes: of the operation.
    """

    def __init__(
        self, name: str, members: Sequence[Member], shared: tuple[Symbol, ...], attributes: dict[str, Any]
    ) -> None:
        self.name, self.members, self.shared, self.attributes = name, tuple(members), shared, attributes
        self.inputs = (*(s for m in members for s in m.inputs), *shared)
        self.outputs = tuple([s for m in members for s in m.outputs])
        self.specs = tuple([s.spec for s in self.outputs])
        self.text = _text(name, len(members[0].state), len(shared))
        self.function: Any = None

    def __str__(self) -> str:
        return f"{self.name} of {len(self.members)}"

    def of(self, members: Sequence[Member]) -> Updates:
        """The same call for other members."""
        new = Updates(self.name, members, self.shared, self.attributes)
        new.function = self.function
        return new

    @property
    def overwritten(self) -> list[Symbol]:
        """The inputs that results may be written over: each result's own."""
        return [s for m in self.members for s in (*m.state, *(m.low or ())[:1])]

    def equation(self, place: str, phase: Any) -> Equation:
        """The call as an equation."""
        return Equation(UPDATED, self.inputs, {"updates": self}, self.outputs, True, place, phase)

    def bound(self, engine: Any, owned: Container[Symbol]) -> Callable[..., Any]:
        """A function from the engine's arrays to a tuple of them.

        Args:
            engine: the engine.
            owned: what may be overwritten; of all else copies are.

        Returns:
            The function.
        """
        names = UPDATES[self.name][1]
        numbers = (ctypes.c_double * len(names))(*[float(self.attributes[n]) for n in names])
        pieces: list[int] = []
        for n, m in enumerate(self.members):
            size = prod(m.state[0].shape)
            for first in range(0, size, m.piece):
                pieces += (m.kind, n, first, min(m.piece, size - first))
        members = tuple([m.arrays for m in self.members])
        copied = frozenset(n for n, s in enumerate(self.inputs) if s in self.overwritten and s not in owned)
        call = UpdatesCall(self.function, (ctypes.c_int64 * len(pieces))(*pieces), numbers, members, copied)
        return engine.updated(call)  # type: ignore[no-any-return]


def _text(name: str, states: int, shared: int) -> str:
    """The functions for each kind of variable, and the one that gives threads their pieces."""
    inputs, row = states + 1 + shared, states + UPDATE_PLACES
    parts, cases = [summed.text()], []
    for kind in range(4):
        gradient, low = ("float", "bf16")[kind % 2], kind >= 2
        text = function(name, inputs, states, gradient=gradient, low=low)
        parts.append(f"namespace kind_{kind} {{\n{text}}}\n")
        before = ["at[3]", "k", *(f"(const float*)m[{n}] + at[2]" for n in range(states))]
        behind = [f"(const float*)p[{n}]" for n in range(shared)]
        behind += [f"(float*)m[{n}] + at[2]" for n in range(states)]
        behind += [f"(bf16*)m[{states + 1}] + at[2]"] * low
        given = ", ".join([*before, f"(const {gradient}*)m[{states}] + at[2]", *behind])
        cases.append(f"      case {kind}: kind_{kind}::stage({given}); break;")
        if gradient == "float":
            given = ", ".join([*before, "sums", *behind])
            made = f"places[at[1]].sum(at[2], at[3], (const float*)m[{states}], sums)"
            cases.append(f"      case {kind + 4}: {made}; kind_{kind}::stage({given}); break;")
    lines = [
        'extern "C" void kernel(int64_t pieces, const int64_t* s, const double* k, char* const* p) {',
        "  // each piece: kind, variable, first element, how many",
        "  const std::unique_ptr<Places[]> places(new Places[s[4 * pieces - 3] + 1]);",
        "  for (const int64_t* at = s; at < s + 4 * pieces; at += 4) {",
        f"    char* const* m = p + {shared + states + 2} + at[1] * {row};",
        "    if (at[0] >= 4 && !at[2])",
        "      places[at[1]].sort(Bags((const int64_t*)m[2], (const I*)m[0], (const int64_t*)m[1]));",
        "  }",
        "#pragma omp parallel for schedule(static) if (pieces > 2)",
        "  for (int64_t piece = 0; piece < pieces; ++piece) {",
        "    const int64_t* at = s + 4 * piece;",
        f"    char* const* m = p + {shared} + at[1] * {row};",
        "    alignas(64) float sums[PIECE];",
        "    switch (at[0]) {",
        *cases,
        "    }",
        "  }",
        "}",
    ]
    return "".join(parts) + "\n".join(lines) + "\n"


def _specs(*_: Spec, updates: Updates) -> tuple[Spec, ...]:
    return updates.specs


UPDATED = Op("updated", _specs)
"""Updates of several variables in one compiled call; its attribute `updates` says which."""
