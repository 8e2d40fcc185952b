"""What `compile` settles: the optimiser, the loss and the metrics of a model."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .. import losses, metrics, optim
from ..core.variable import Variable
from ..errors import StateError, message


class Recipe:
    """Optimiser, loss and metrics, made from names or objects.

    Args:
        optimizer: a name such as `"adam"`, or an optimiser.
        loss: a name such as `"softmax_cross_entropy"`, a loss, or a function `(target, prediction)`.
        measures: names or metrics.

    Attributes:
        optimizer: the optimiser.
        loss: the loss.
        metrics: the metrics, in order.
    """

    def __init__(self, optimizer: Any, loss: Any, measures: Any = ()) -> None:
        self.optimizer = optim.get(optimizer)
        self.loss = losses.get(loss)
        self.metrics = [metrics.get(m) for m in (measures or ())]
        for metric in self.metrics:  # a loss that reads scores tells the metrics that they are scores
            metric.link = metric.link or self.loss.link
        self.mean_loss = metrics.Mean(name="loss")

    def config(self) -> dict[str, Any]:
        """Plain values from which the recipe can be made again."""
        return {
            "optimizer": optim.serialize(self.optimizer),
            "loss": losses.serialize(self.loss),
            "metrics": [metrics.serialize(m) for m in self.metrics],
        }


def of(model: Any) -> Recipe:
    """The recipe of a compiled model.

    Args:
        model: the model.

    Returns:
        Its recipe.

    Raises:
        StateError: `compile` has not been called.
    """
    recipe = getattr(model, "_recipe", None)
    if recipe is None:
        fix = 'model.compile(optimizer="adam", loss="softmax_cross_entropy", metrics=["accuracy"])'
        raise StateError(message(model.name, "the model has no loss and optimiser yet.", fix=fix))
    return recipe  # type: ignore[no-any-return]


def settle(model: Any, optimizer: Any, loss: Any, measures: Any) -> Recipe:
    """Gives a model a recipe; steps recorded for an earlier one are forgotten."""
    model._recipe = Recipe(optimizer, loss, measures)
    model._steps = {}
    return model._recipe  # type: ignore[no-any-return]


def describe(model: Any) -> dict[str, Any] | None:
    """The recipe of a model in plain values, `None` if it is not compiled."""
    recipe = model.__dict__.get("_recipe")
    return None if recipe is None else recipe.config()


def restore(model: Any, config: dict[str, Any]) -> None:
    """Compiles a model from plain values, as `describe` gave them."""
    settle(model, config["optimizer"], config["loss"], config["metrics"])


def state(model: Any, names: Collection[str] | None = None) -> dict[str, Variable]:
    """What the optimiser of a model remembers: step, rate, what a schedule remembers, slots of the weights.

    An optimiser may serve several models and weights may have been frozen after they were trained, so it is
    the weights of this model, trained now or not, whose slots count.

    Args:
        model: the model.
        names: of a file that will be read: weights whose slots it names get them.

    Returns:
        name -> variable, named as in `optimizer.variables`; without names, empty before the first step.
    """
    recipe = model.__dict__.get("_recipe")
    if recipe is None or (names is None and not int(recipe.optimizer.step)):
        return {}
    optimizer, weights = recipe.optimizer, model.state()
    folders = {slot: f"{optimizer.name or 'optimizer'}/{slot}/" for slot in optimizer.slots}
    known = [
        weight
        for path, weight in weights.items()
        if weight.dtype.is_floating and any(folder + path in (names or ()) for folder in folders.values())
    ]
    optimizer.build(known)
    found = {v.name: v for v in optimizer.variables if not v.name.startswith(tuple(folders.values()))}
    for path, weight in weights.items():
        for slot, variable in optimizer.slots_of(weight).items():
            found[folders[slot] + path] = variable
    return found
