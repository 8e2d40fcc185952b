"""Operations that need no kernel of an engine: those that run a program inside a program, and two marks.

A mark changes no number. `stop_gradient` says that no gradient flows here; `recompute` says that what
follows is computed a second time on purpose, so that no pass may join it with the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.op import Op, same

NEUTRAL: dict[str, Callable[..., Any]] = {}
"""Op name -> kernel for the arrays of any engine; attributes that hold programs arrive ready to run."""

REPLAYS: dict[str, Callable[..., Any]] = {}
"""Op name -> function of tensors that repeats the operation, where that takes more than applying it."""

MARKS = frozenset({"identity", "recompute", "stop_gradient"})
"""Operations whose result is their input; a replay gives the value a second name and calls nothing."""


def neutral(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Puts a kernel into the table; used as a decorator."""

    def register(kernel: Callable[..., Any]) -> Callable[..., Any]:
        NEUTRAL[name] = kernel
        return kernel

    return register


@neutral("stop_gradient")
@neutral("recompute")
def _itself(x: Any) -> Any:
    return x


STOP = Op("stop_gradient", same, readable=lambda x: x.detach(), keeps_inputs=False, may_alias=True)
