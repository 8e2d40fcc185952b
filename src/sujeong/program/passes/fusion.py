"""Fusion: groups of operations that share a matrix of values become one compiled kernel.

    %3 = add %1 %2 ; %4 = tanh %3 ; %5 = sum axis=0 %4      ->      %4, %5 = fused (add tanh sum) %1 %2

A value inside a kernel never reaches memory. Kernels are used if all that a program needs lie in the cache
(`compiling/compiler.py`); else the program stays as it was, so that a run has one kind of kernels from its
first step to its last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ...compiling import compiler
from ..ir import Equation, Phase, Program
from ..native.grouping import Groups
from ..native.kernel import FUSED, Kernel, compiled_text
from .again import again
from .dead_code import dead_code
from .expansion import expansion
from .folding import folding
from .rewrite import rebuilt
from .simplify import simplify
from .switches import switched_off

_building: ContextVar[list[str] | None] = ContextVar("building", default=None)


@contextmanager
def building() -> Iterator[list[str]]:
    """Inside this context kernels that are missing are built; gives the texts of all that were needed."""
    texts: list[str] = []
    token = _building.set(texts)
    try:
        yield texts
    finally:
        _building.reset(token)


def wanted(program: Program, lends: object) -> bool:
    """Whether compiled kernels may run in a program.

    Args:
        program: the program.
        lends: what its engine has to run this sort of kernels; `None` where it has nothing.

    Returns:
        Whether one may be found, or is to be built.
    """
    if lends is None or program.device != "cpu" or not compiler.enabled():
        return False
    return _building.get() is not None or compiler.folder().is_dir()


def ready(kernels: Sequence[Any], further: Sequence[str] = ()) -> bool:
    """Gives kernels their functions, which are built first inside of `building`.

    Args:
        kernels: with a `text`, and a `function` to be set.
        further: texts to be built as well.

    Returns:
        Whether all have one.
    """
    texts = _building.get()
    if texts is not None:
        new = [*(k.text for k in kernels), *further]
        texts += new
        compiler.build(new)
    for kernel in kernels:
        kernel.function = compiler.load(kernel.text)
        if kernel.function is None:
            return False
    return True


def fused(program: Program) -> tuple[Program, list[Kernel]]:
    """A program with groups of operations as one equation each, before anything is built.

    Args:
        program: any program.

    Returns:
        The program, which runs once each of its kernels has its function, and the kernels.
    """
    wide = dead_code(simplify(folding(expansion(program))))
    if "again" not in switched_off():
        wide = again(wide)
    groups = Groups(wide)
    made: dict[int, list[Equation]] = {}
    kernels: list[Kernel] = []
    for places, schedule, views in groups.kernels():
        kernel = Kernel(schedule, wide.constants)
        kernels.append(kernel)
        place = wide.equations[places[-1]].place
        one = Equation(FUSED, kernel.inputs, {"kernel": kernel}, kernel.outputs, True, place, Phase.APART)
        made[groups.of[places[0]]] = [one, *views]
    return (dead_code(rebuilt(wide, groups.order(made))) if made else program), kernels


def fusion(program: Program) -> Program:
    """The program with compiled kernels, where the engine and the cache have all that it needs.

    Args:
        program: any program.

    Returns:
        The same results, to rounding.
    """
    if not wanted(program, program.engine.native):
        return program
    found, kernels = fused(program)
    further: list[str] = []
    if _building.get() is not None:
        further += [text for e in found.equations if (text := compiled_text(program.engine, e))]
        program.engine.prepare()
    return found if ready(kernels, further) else program
