"""Stages of a chain: C++ functions that compute one equation each, and when an equation has one.

    static void stage(int64_t rows, const double* k, const float* i0, const float* i1, float* o0) { ... }
                      sizes         numbers          inputs                            outputs, room

A group's kernel is a stage as it is. A single operation that a group could hold is one of its own here, where
a call costs nothing, and an operation on single numbers is a line. Products, picked elements and updates of
variables have texts of their own (`products.py`, `indices.py`, `updated.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from ...core import dtypes
from ...core.tensor import Tensor
from ..ir import Equation, Symbol
from .expressions import ALIASES, CTYPES, ELEMENTWISE, REDUCTIONS, cast, computed, known
from .frame import own_frame
from .kernel import FUSED, Kernel
from .schedule import scheduled


@dataclass(frozen=True)
class Stage:
    """One function of a chain, and what it is called with.

    Attributes:
        text: C++ that defines `stage`.
        inputs: the values that it reads, in C order.
        outputs: the values that it writes, in C order.
        sizes: its whole numbers.
        numbers: its doubles; `None` where it takes none.
        turns: position of an input of two axes -> position of the size that is 1 where they lie turned.
        room: bytes that it needs beside its results.
        refuses: whether it gives `false` for input that the plain kernel refuses.
        over: position of an output -> position of the input whose memory it may take.
        updates: whether it computes new values of variables.
    """

    text: str
    inputs: tuple[Symbol, ...]
    outputs: tuple[Symbol, ...]
    sizes: tuple[int, ...] = ()
    numbers: tuple[float, ...] | None = ()
    room: int = 0
    refuses: bool = False
    over: Mapping[int, int] = field(default_factory=dict)
    updates: bool = False
    turns: Mapping[int, int] = field(default_factory=dict)


def grouped(kernel: Kernel) -> Stage:
    """The kernel of a group as a stage."""
    return Stage(_inside(kernel.text), kernel.inputs, kernel.outputs, (kernel.rows,), tuple(kernel.numbers))


def single(e: Equation, constants: Mapping[Symbol, Tensor]) -> Stage | None:
    """A stage for what a group could hold: one operation on its own.

    Args:
        e: the equation.
        constants: known values of the program.

    Returns:
        The stage; `None` where no generated kernel computes it.
    """
    if e.op is FUSED:
        return grouped(e.attributes["kernel"])
    if not known(e):
        return None
    if all(prod(s.shape) == 1 for s in (*e.inputs, *e.outputs)):
        return _number(e)
    frame = own_frame(e)
    schedule = None if frame is None else scheduled([e], e.outputs, frame)
    return None if schedule is None else grouped(Kernel(schedule, constants))


def formed(engine: Any, e: Equation, turned: tuple[bool, ...]) -> Stage | None:
    """A stage for an operation that has a compiled form of the engine's.

    Args:
        engine: the engine.
        e: the equation.
        turned: for each input, whether its last two axes lie the other way round in memory.

    Returns:
        The stage; `None` where there is no such form, or its function takes more than sizes and arrays.
    """
    form, specs = engine.compiled.get(e.op.name), [s.spec for s in e.inputs]
    text = form.text(e.attributes, *specs) if form is not None and form.sizes is not None else None
    given = form.sizes(e.attributes, *specs) if text is not None else None
    if text is None or given is None or any(t and n not in form.turns for n, t in enumerate(turned)):
        return None
    sizes = list(given)
    for n, at in form.turns.items():
        sizes[at] = int(turned[n])
    return Stage(_inside(text), e.inputs, e.outputs, tuple(sizes), None, turns=form.turns)


def _inside(text: str) -> str:
    """The text of a kernel as that of a stage."""
    return text.replace('extern "C" void kernel(', "static void stage(")


def _number(e: Equation) -> Stage | None:
    """An operation on single numbers."""
    (out,) = e.outputs
    if e.op.name in REDUCTIONS:
        return None
    values = [f"wide(*i{n})" if s.dtype is dtypes.bfloat16 else f"*i{n}" for n, s in enumerate(e.inputs)]
    first = e.inputs[1] if e.op.name == "where" else out
    if e.op.name in ALIASES:
        text = values[0]
    elif e.op.name == "astype":
        text = cast(values[0], e.inputs[0].dtype, out.dtype)
    else:
        names = [f"{computed(s.dtype)}({v})" for s, v in zip(e.inputs, values, strict=True)]
        text = ELEMENTWISE[e.op.name].text.format(*names, T=computed(first.dtype))
    stored = f"narrow({text})" if out.dtype is dtypes.bfloat16 else f"{CTYPES[out.dtype]}({text})"
    arguments = parameters((), e.inputs, e.outputs)
    return Stage(f"static void stage({arguments}) {{ *o0 = {stored}; }}\n", e.inputs, e.outputs)


def parameters(sizes: tuple[str, ...], inputs: tuple[Symbol, ...], outputs: tuple[Symbol, ...]) -> str:
    """The parameters of a stage as text, from the names of its sizes."""
    found = [f"int64_t {name}" for name in sizes] + ["const double* k"]
    found += [f"const {CTYPES[s.dtype]}* i{n}" for n, s in enumerate(inputs)]
    found += [f"{CTYPES[s.dtype]}* o{n}" for n, s in enumerate(outputs)]
    return ", ".join(found)
