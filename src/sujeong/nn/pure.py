"""A module as a pure function of its state: what goes in comes out, nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.tensor import Tensor, as_tensor
from ..core.variable import substituted

if TYPE_CHECKING:
    from .module import Module


def pure(module: Module) -> tuple[Callable[..., Any], dict[str, Tensor]]:
    """The pure function of a module and its present state.

    Args:
        module: built (used once, or `build_for`).

    Returns:
        `(f, state)`, where `f(state, *inputs, training=False)` gives `(outputs, new_state)`.
    """
    variables = module.state()

    def function(
        state: dict[str, Any], *inputs: Any, training: bool = False
    ) -> tuple[Any, dict[str, Tensor]]:
        values = {variables[path]: as_tensor(value, path) for path, value in state.items()}
        with substituted(values) as present:
            out = module(*inputs, training=training)
        return out, {path: present[v] for path, v in variables.items()}

    return function, {path: v.value.detach() for path, v in variables.items()}
