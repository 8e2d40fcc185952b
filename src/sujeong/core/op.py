"""The record of one operation.

A *primitive* has a rule that infers shapes, a gradient written in operations, and one kernel an engine.
A *composite* also has a readable form in operations; an engine may hold a fused kernel for it, and
where it holds none the readable form runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SujeongError, message
from .spec import Spec

Infer = Callable[..., Any]
Gradient = Callable[..., tuple[Any, ...]]

OPS: dict[str, Op] = {}


class Op:
    """One operation: name, inference rule, gradient rule, and the readable form if it is a composite.

    Attributes:
        name: the key of its kernel in each engine's table.
        infer: `infer(*specs, **attributes)` gives the spec (or a tuple of specs) of the result, or raises.
        gradient_rule: `rule(g, y, *inputs, **attributes)` gives one gradient an input, or `None`; an entry
            may be a function without arguments, called only if that gradient is wanted. `g` is the
            gradient of the result `y` (tuples of them if there are several results).
        keeps_inputs: which inputs the rule reads: `True`, `False`, or positions. The others reach it as
            specs, so that their numbers need not be kept.
        keeps_output: whether the rule reads the result; positions, where it reads only some of several.
        partial: whether the rule takes `None` for the gradient of a result that nothing reads; else it gets
            zeros. For an operation whose further results are seldom differentiated.
        readable: the composite's form in operations.
        flops: `flops(*specs, **attributes)`, the multiplications and additions; default one an element.
        may_alias: whether a kernel may return a view of an input (reshape, transpose); all others return
            fresh arrays, and may therefore be overwritten.
        checks: whether it gives its first input back as it is, unless its values are refused.

    Args:
        name: unique name.
        infer: the inference rule; composites may leave it out, their readable form is traced instead.
        readable: the readable form, for composites.
        keeps_inputs: see above.
        keeps_output: see above.
        partial: see above.
        flops: see above.
        may_alias: see above.
        checks: see above.
        register: whether it is found by name; not for operations made on the fly.
    """

    __slots__ = (
        "checks",
        "flops",
        "gradient_rule",
        "infer",
        "keeps_inputs",
        "keeps_output",
        "may_alias",
        "name",
        "partial",
        "readable",
    )

    def __init__(
        self,
        name: str,
        infer: Infer | None = None,
        *,
        readable: Callable[..., Any] | None = None,
        keeps_inputs: bool | tuple[int, ...] = True,
        keeps_output: bool | tuple[int, ...] = False,
        partial: bool = False,
        flops: Callable[..., int] | None = None,
        may_alias: bool = False,
        checks: bool = False,
        register: bool = True,
    ) -> None:
        if register and name in OPS:
            raise SujeongError(message("op", f"an op named {name!r} exists.", fix="choose another name."))
        self.name = name
        self.infer = infer
        self.readable = readable
        self.keeps_inputs = keeps_inputs
        self.keeps_output = keeps_output
        self.partial = partial
        self.flops = flops
        self.may_alias = may_alias
        self.checks = checks
        self.gradient_rule: Gradient | None = None
        if register:
            OPS[name] = self

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return OPS.__getitem__, (self.name,)

    def gradient(self, rule: Gradient) -> Gradient:
        """Registers the gradient rule; used as a decorator."""
        self.gradient_rule = rule
        return rule


def same(*specs: Spec, **_: Any) -> Spec:
    """Inference rule: the result looks like the first input."""
    return specs[0]
