"""Which passes run, in what order, and switching them off to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core import modes
from ...errors import unknown_name
from ..ir import Equation, Program
from .bias import bias
from .chains import chains
from .common import common
from .dead_code import dead_code
from .finite import finite
from .folding import folding
from .fusion import fusion
from .gathered import gathered
from .pool_places import pool_places
from .pooled import pooled
from .precision import precision
from .rewrite import rebuilt, with_inputs
from .simplify import simplify
from .switches import switched_off
from .updates import updates

PASSES: dict[str, Callable[[Program], Program]] = {
    "precision": precision,
    "folding": folding,
    "simplify": simplify,
    "common": common,
    "dead_code": dead_code,
    "pooled": pooled,
    "pool_places": pool_places,
    "bias": bias,
    "gathered": gathered,
    "finite": finite,
    "fusion": fusion,
    "chains": chains,
    "updates": updates,
}
INSIDE = ("again",)
"""What fusion does before it looks for groups."""
WHILE_RUNNING = ("reuse", "joint", "kept", "arena", "graphs")
"""Not passes over the program, but of its replay: results written over what nobody reads again, one call
for the updates of all variables, casts of weights kept from run to run, arrays that lie where a plan says,
and the whole program in one launch where the engine can."""


def pass_names() -> tuple[str, ...]:
    """The names of all passes, in the order in which they run.

    Returns:
        The names.

    Example:
        >>> import sujeong as sj
        >>> "dead_code" in sj.pass_names()
        True
    """
    return (*PASSES, *INSIDE, *WHILE_RUNNING)


def without_passes(*names: str) -> Any:
    """Inside this context, functions are recorded anew and optimised without some passes.

    Args:
        *names: of passes; none for all.

    Returns:
        A context manager.

    Raises:
        NameUnknownError: there is no such pass.

    Example:
        >>> import sujeong as sj
        >>> double = sj.jit(lambda x: x * 1 + x)
        >>> with sj.without_passes("simplify"):
        ...     y = double(sj.asarray(3.0))
        >>> print(y)
        6.0
    """
    for name in names:
        if name not in pass_names():
            raise unknown_name("pass", name, pass_names())
    return modes._set(modes.passes_off, modes.passes_off.get() | frozenset(names or pass_names()))


def optimized(program: Program) -> Program:
    """A program after all passes that are not switched off; the bodies of loops and branches too.

    Args:
        program: as it was recorded; it is not changed.

    Returns:
        A program with equal results.
    """
    off = switched_off()
    program = rebuilt(program, [_with_bodies(e) for e in program.equations])
    for name, one in PASSES.items():
        if name not in off:
            program = one(program)
    return program


def _with_bodies(e: Equation) -> Equation:
    bodies = {key: optimized(body) for key, body in e.programs.items()}
    return with_inputs(e, e.inputs, **bodies)
