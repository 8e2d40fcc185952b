"""Where a NaN or an infinity arose: data, a layer, the loss, or a gradient."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from ..autodiff.functional import value_and_grad
from ..core import dtypes, modes
from ..core.tensor import Tensor
from ..errors import NonFiniteError, message
from ..nn.module import Module, watching
from ..ops.casting import astype
from ..program.executing import TrippedLate
from ..program.replay import Tripped
from .recipe import Recipe
from .steps import penalties

CURE = "lower the learning rate, clip gradients (global_clipnorm=1.0), and look at the range of the data."


class Given:
    """What the last steps of an epoch were given, in case one of them turns out to have been bad.

    A device may read its flags only every few steps. The engine keeps the arguments of the steps in between,
    so here only the places of those arrays are noted: no batch lives longer than it must.
    """

    def __init__(self) -> None:
        self._last: tuple[int, Any] = (0, None)
        self._places: deque[tuple[int, int]] = deque(maxlen=64)

    def note(self, number: int, arrays: tuple[Any, Any, Any]) -> None:
        """A step is about to be taken.

        Args:
            number: of the batch, from 0.
            arrays: inputs, targets and weights.
        """
        self._last = number, arrays
        self._places.append((number, id(arrays[0]._array)))

    def of(self, error: Tripped) -> tuple[int, tuple[Any, Any, Any]]:
        """Number and arrays of the step that an error is about.

        Args:
            error: what a step raised, or reading the flags.

        Returns:
            `(number, (inputs, targets, weights))`.
        """
        if not isinstance(error, TrippedLate):
            return self._last
        x, target, *weight = error.arguments
        places = (n for n, place in reversed(self._places) if place == id(x._array))
        return next(places, self._last[0]), (x, target, weight[0] if weight else None)


def explain(
    model: Module, recipe: Recipe, batch: tuple[Any, Any, Any], epoch: int, number: int
) -> NonFiniteError:
    """Runs the failed step again, slowly, and names the first place with a value that is not finite.

    Args:
        model: in the state before the step.
        recipe: its loss.
        batch: inputs, targets and weights of the step.
        epoch: from 0.
        number: of the batch within the epoch, from 0.

    Returns:
        The error to raise.
    """
    x, target, weight = batch
    if x.dtype.is_floating and x.dtype.itemsize == 2:  # as it was gathered for a step in 16 bits
        x = astype(x, dtypes.float32)
    when = f"epoch {epoch + 1}, batch {number + 1}"
    found: list[tuple[str, np.ndarray]] = []

    def watch(module: Module, out: Any) -> None:
        if isinstance(out, Tensor) and out.dtype.is_floating and not found:
            host = out.detach().numpy()
            if not np.isfinite(host).all():
                found.append((f"layer {module.path or module.name!r} ({type(module).__name__})", host))

    kept = {v: v.value.detach() for v in model.variables}
    try:
        with modes.training_mode(), np.errstate(all="ignore"), watching(watch):

            def objective() -> Tensor:
                value = recipe.loss(target, model(x, training=True), sample_weight=weight)
                extra = penalties(model)
                return value if extra is None else value + extra

            variables = model.trainable_variables
            value, gradients = value_and_grad(objective, variables=variables)()
    finally:
        for variable, tensor in kept.items():
            variable.assign(tensor)
    if found:
        place, host = found[0]
        rows = np.unique(np.argwhere(~np.isfinite(host))[:, 0])[:5].tolist() if host.ndim else []
        what = f"the output of {place} is not finite; it is the first one."
        received = (
            f"{np.isnan(host).sum()} NaN and {np.isinf(host).sum()} infinite of {host.size}, samples {rows}"
        )
    elif not np.isfinite(float(value)):
        what, received = "the loss is not finite, though every layer's output is.", str(float(value))
    else:
        bad = [v.name for v, g in zip(variables, gradients, strict=True) if not np.isfinite(g.numpy()).all()]
        what, received = "a gradient is not finite, though the loss is.", ", ".join(bad[:5])
    error = NonFiniteError(message("fit", what, received=received, fix=CURE))
    error.add_note(f"at {when}; the step was not taken, all variables keep their last good values")
    return error
