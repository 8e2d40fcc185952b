"""How an optimiser's step becomes an operation that an engine may do in one pass, in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.op import Op
from ..core.spec import Spec
from ..errors import DTypeError, ShapeError, message


def update_op(name: str, readable: Callable[..., Any], changed: int) -> Op:
    """The composite of a step.

    Its inputs are the weights, the slots, the gradient, then zero-dimensional ones (rate, number of the
    step). The first `changed` inputs are what it gives back renewed, so that an engine may overwrite them.

    Args:
        name: of the operation.
        readable: the step in operations.
        changed: how many inputs it renews: the weights and the slots.

    Returns:
        The operation.
    """

    def infer(*specs: Spec, **_: Any) -> Any:
        own = specs[: changed + 1]
        if any(s.shape != own[0].shape for s in own):
            received = ", ".join(map(str, own))
            raise ShapeError(message(name, "weights, slots and gradient differ in shape.", received=received))
        if any(s.dtype is not own[0].dtype for s in own):
            received = ", ".join(map(str, own))
            raise DTypeError(message(name, "weights, slots and gradient differ in type.", received=received))
        return own[0] if changed == 1 else own[:changed]

    return Op(name, infer, readable=readable)
