"""What happens when a module is used: its inputs become tensors, and a mistake leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import tree
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import DTypeError, message
from ..ops.creation import asarray

if TYPE_CHECKING:
    from .module import Module


class Call:
    """The use of a module by its user, with all that happens below it."""

    __slots__ = ("built", "root")

    def __init__(self, root: Module) -> None:
        self.root = root
        self.built: list[Module] = []

    def undo(self) -> None:
        """After a mistake: what was built for it is forgotten, so that the next use finds its own sizes."""
        for module in self.built:
            module.built, module.input_specs, module.output_spec = False, None, None
            module._frozen.clear()


def graph_of(inputs: tuple[Any, ...]) -> Any:
    """The graph that a symbolic input belongs to, if there is one among the inputs or in lists of them."""
    for x in inputs:
        if isinstance(x, Tensor):
            if hasattr(x._engine, "add_layer"):
                return x._engine
        elif isinstance(x, (list, tuple)):
            found = graph_of(tuple(x))
            if found is not None:
                return found
    return None


def as_input(x: Any, module: Module) -> Any:
    """An input as a tensor: arrays, numbers, lists of numbers; other things where a module takes them."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (Operand, np.ndarray, np.generic, float, int)) and not isinstance(x, bool):
        return as_tensor(x, module.name)
    if isinstance(x, (list, tuple)) and x and all(isinstance(v, (int, float)) for v in tree.leaves(x)):
        return asarray(x)
    if module.tensors_only:
        own = type(module).__name__
        fix = "give the tensors one by one, or make a tensor of the data: sj.asarray(x)."
        raise DTypeError(message(own, "takes tensors.", received=spec_of(x), fix=fix))
    return x


def spec_of(x: Any) -> Any:
    """Shape and element type of a tensor, tuples of them for lists, the class's name for anything else."""
    if isinstance(x, Tensor):
        return x.spec
    if isinstance(x, (list, tuple)):
        return tuple(spec_of(v) for v in x)
    return x if isinstance(x, Spec) else type(x).__name__


def shown(value: Any) -> str:
    """An argument as `repr` shows it: functions by name."""
    return getattr(value, "__name__", "") if callable(value) and hasattr(value, "__name__") else repr(value)
