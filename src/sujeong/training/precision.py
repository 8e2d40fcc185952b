"""How many bits a training step computes with, and the choice of them.

    float32            what is written is what is computed; the same on all engines
    mixed_bfloat16     products in 16 bits, weights, norms, sums and losses in 32
    mixed_float16      the same with float16, whose small range needs the loss to be scaled up
    float64            everything in 64 bits
    auto               mixed_bfloat16 where the device has units for it and the step enough work, else float32

The rule of `auto` reads what the device is and how many operations a step has; it measures nothing, so
that the same run on the same machine computes the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..core import dtypes, modes
from ..core.engine import current
from ..core.precisions import PRECISIONS
from ..core.variable import Variable
from ..errors import ArgumentError, message, unknown_name
from ..messages import text
from ..program.ir import Program
from ..program.passes.precision import LOW

SMALL = 1e8
"""Operations of a step below which no device gains by 16 bits: the casts cost more."""
BACKWARD = 3
"""A training step has about three times the operations of its forward pass."""


def checked(name: str) -> str:
    """The name of a precision; for `"auto"` what `sj.using(precision=...)` says around, if it says anything.

    Raises:
        NameUnknownError: there is no such precision.
    """
    if name not in PRECISIONS:
        raise unknown_name("precision", name, PRECISIONS)
    return modes.auto_precision.get() if name == "auto" else name


def decide(asked: str, forward: Program | None, samples: int, batch_size: int) -> tuple[str, str]:
    """What a step computes with, and why in a sentence.

    Args:
        asked: what `compile` was given.
        forward: the recorded forward pass, for `"auto"`.
        samples: how many samples it was recorded with.
        batch_size: samples a step.

    Returns:
        `(precision, reason)`.

    Raises:
        ArgumentError: the engine has no such element type.
    """
    engine, device = current()
    if asked != "auto":
        low = LOW.get(asked)
        if low is not None and low not in engine.dtypes:
            fix = 'precision="float32", or the engine torch.'
            what = f"engine {engine.name!r} has no {low}."
            raise ArgumentError(message("compile", what, received=f"precision={asked!r}", fix=fix))
        return asked, text("precision.asked")
    work = 0.0 if forward is None else forward.cost().flops * BACKWARD * batch_size / samples
    if work < SMALL:  # said the same on every machine
        return "float32", text("precision.small", work=work / 1e9)
    units = engine.low_precision(device)
    if units is None:
        return "float32", text("precision.no_units", engine=engine.name, device=device)
    fields: dict[str, Any] = {"units": units.name, "work": work / 1e9, "least": units.least_flops / 1e9}
    if work < units.least_flops:
        return "float32", text("precision.little_work", **fields)
    return units.precision, text("precision.pays", **fields)


@contextmanager
def computing(precision: str) -> Iterator[None]:
    """Inside this context, steps are recorded and replayed with a precision."""
    with modes._set(modes.precision, precision if precision in LOW else "float32"):
        yield


def widen(variables: list[Variable]) -> None:
    """Turns variables of 32 bits into variables of 64."""
    for variable in variables:
        if variable.dtype is dtypes.float32:
            variable._cast(dtypes.float64)
