"""One training step, one step of evaluation, one of prediction, each recorded once and replayed.

prediction = model(x)            data and model
L = loss(target, prediction)     loss, plus the layers' penalties
g = dL/dW                        backpropagation
W <- optimiser(W, g)             optimiser; not if anything is infinite or NaN
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autodiff.functional import stop_gradient, value_and_grad
from ..core import modes
from ..core.tensor import Tensor
from ..nn.module import Module
from ..ops.arithmetic import add
from ..ops.finite import all_finite
from ..program.guard import guard
from ..program.jit import jit
from .recipe import Recipe

Step = Callable[..., Any]


def penalties(model: Module) -> Tensor | None:
    """The sum of all regularisers of a model's layers, `None` if there are none."""
    total = None
    for module in model.modules():
        for name in ("kernel", "recurrent_kernel", "bias", "embeddings"):
            penalty = getattr(module, f"{name}_regularizer", None)
            if penalty is not None and module.built:  # a layer that is never used has no weights
                value = penalty(getattr(module, name))
                total = value if total is None else add(total, value)
    return total


def train_step(model: Module, recipe: Recipe) -> Step:
    """The recorded training step: `(x, target, weight) -> loss`.

    Args:
        model: built.
        recipe: optimiser (built), loss, metrics.

    Returns:
        A function that changes the model's, the optimiser's and the metrics' variables.
    """
    variables, scale = model.trainable_variables, recipe.scale

    def step(x: Any, target: Any, weight: Any) -> Tensor:
        def objective() -> tuple[Tensor, Any]:
            prediction = model(x, training=True)
            value = recipe.loss(target, prediction, sample_weight=weight)
            extra = penalties(model)
            value = value if extra is None else add(value, extra)
            return (value if scale is None else scale.up(value)), (value, prediction)

        (_, (value, prediction)), gradients = value_and_grad(objective, variables=variables, has_aux=True)()
        if scale is not None:
            gradients = scale.down(gradients)
        guard(all_finite(value, *gradients))
        if scale is not None:
            scale.step_was_good()
        recipe.optimizer.apply(gradients, variables)
        value = stop_gradient(value)
        _measure(recipe, value, target, stop_gradient(prediction), weight)
        return value

    return jit(step)


def test_step(model: Module, recipe: Recipe) -> Step:
    """The recorded step of evaluation: `(x, target, weight) -> loss`, which changes only the metrics."""

    def step(x: Any, target: Any, weight: Any) -> Tensor:
        with modes.no_grad():
            prediction = model(x, training=False)
            value = recipe.loss(target, prediction, sample_weight=weight)
            extra = penalties(model)
            value = value if extra is None else add(value, extra)
            _measure(recipe, value, target, prediction, weight)
        return value

    return jit(step)


def predict_step(model: Module, finish: Callable[[Tensor], Tensor]) -> Step:
    """The recorded step of prediction: `x -> finish(model(x))`."""

    def step(x: Any) -> Tensor:
        with modes.no_grad():
            return finish(model(x, training=False))

    return jit(step)


def _measure(recipe: Recipe, value: Tensor, target: Any, prediction: Any, weight: Any) -> None:
    with modes.no_grad():
        count = prediction.shape[0]
        recipe.mean_loss.update(value, sample_weight=float(count))
        for metric in recipe.metrics:
            metric.update(target, prediction, sample_weight=weight)
