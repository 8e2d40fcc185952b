"""Expansion: composites taken apart into operations that a generated kernel can compute.

    layer_norm  ->  sum, divide, subtract, multiply, sum, ...        gelu  ->  multiply, erf, add, multiply

What it is taken apart into is its readable form. A composite stays whole where that form holds an operation
that no kernel computes or refuses such arrays, or where the engine updates it in place. What the form checks
(labels) is checked as before, and once.
"""

from __future__ import annotations

from typing import Any

from ...errors import SujeongError
from ..ir import Equation, Program, Symbol
from ..native.expressions import known
from ..recorder import Recorder, record_readable
from .common import common
from .dead_code import dead_code
from .rewrite import rebuilt
from .simplify import simplify

Form = Program | None


def expansion(program: Program) -> Program:
    """The program with such composites in their readable form.

    Args:
        program: any program.

    Returns:
        The same results, to rounding.
    """
    forms: dict[Any, Form] = {}
    constants = dict(program.constants)
    symbols = [*program.inputs, *(s for _, s in program.state), *constants]
    count = 1 + max(
        (s.index for s in [*symbols, *(s for e in program.equations for s in e.outputs)]), default=0
    )
    equations: list[Equation] = []
    checked: dict[Any, Symbol] = {}
    for e in program.equations:
        form = _form(program, e, forms)
        if form is None:
            equations.append(e)
            continue
        names = dict(zip(form.inputs, e.inputs, strict=True))
        for s, value in form.constants.items():
            names[s] = Symbol(s.spec, count)
            constants[names[s]] = value
            count += 1
        for part in form.equations:
            for s in part.outputs:
                names[s] = Symbol(s.spec, count)
                count += 1
        given = dict(zip(form.outputs, e.outputs, strict=True))
        whole = {s: given[s] if s in given else names[s] for s in names}
        for part in form.equations:
            inputs, outputs = tuple([whole[s] for s in part.inputs]), tuple([whole[s] for s in part.outputs])
            if part.op.checks:
                again = (part.op.name, inputs, tuple(part.attributes.items()))
                if again in checked:
                    whole[part.outputs[0]] = checked[again]
                    continue
                checked[again] = outputs[0]
            equations.append(
                Equation(part.op, inputs, part.attributes, outputs, part.several, e.place, e.phase)
            )
    return rebuilt(program, equations, constants=constants) if any(forms.values()) else program


def _form(program: Program, e: Equation, forms: dict[Any, Form]) -> Form:
    """The readable form of an equation, down to what a kernel computes; `None` where it has none."""
    op = e.op
    if op.readable is None or known(e) or op.name in program.engine.updates or e.programs:
        return None
    try:
        at = (op.name, tuple([s.spec for s in e.inputs]), tuple(sorted(e.attributes.items())))
        hash(at)
    except TypeError:
        return None
    if at not in forms:
        scratch = Recorder(op.name, program.engine, program.device)
        try:
            form, _ = record_readable(scratch, op, [s.spec for s in e.inputs], e.attributes)
            forms[at] = _taken_apart(form)
        except SujeongError:  # of empty arrays a kernel may know what to give where a formula does not
            forms[at] = None
    return forms[at]


def _taken_apart(form: Program) -> Form:
    """A form with the composites inside it taken apart as well; `None` where one part cannot be computed."""
    form = dead_code(common(simplify(expansion(form))))
    inner = {s for e in form.equations for s in e.outputs}
    own = all(known(e) or e.op.checks or not e.inputs for e in form.equations)
    fresh = len(set(form.outputs)) == len(form.outputs) and inner.issuperset(form.outputs)
    return form if own and fresh and not form.state else None
