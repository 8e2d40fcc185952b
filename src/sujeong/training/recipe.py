"""What `compile` settles: the optimiser, the loss and the metrics of a model."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .. import losses, metrics, optim
from ..core.variable import Variable
from ..errors import StateError, message
from ..messages import text
from ..program.ir import Program
from .loss_scale import LossScale
from .precision import checked, widen


class Recipe:
    """Optimiser, loss and metrics, made from names or objects.

    Args:
        optimizer: a name such as `"adam"`, or an optimiser.
        loss: a name such as `"softmax_cross_entropy"`, a loss, or a function `(target, prediction)`.
        measures: names or metrics.
        precision: what was asked for, such as `"auto"`.

    Attributes:
        optimizer: the optimiser.
        loss: the loss.
        metrics: the metrics, in order.
        precision: what was asked for.
        computes: the precision that it came to, and why; `None` until the first step.
        scale: the factor of the loss in float16, with the good steps since it changed.
        seen: the recorded forward pass for each kind of data that was checked.
    """

    def __init__(self, optimizer: Any, loss: Any, measures: Any = (), precision: str = "auto") -> None:
        self.precision = checked(precision)
        self.computes: tuple[str, str] | None = None
        self.scale = LossScale() if self.precision == "mixed_float16" else None
        self.optimizer = optim.get(optimizer)
        self.loss = losses.get(loss)
        self.metrics = [metrics.get(m) for m in (measures or ())]
        for metric in self.metrics:  # a loss that reads scores tells the metrics that they are scores
            metric.link = metric.link or self.loss.link
        self.mean_loss = metrics.Mean(name="loss")
        self.seen: dict[Any, Program] = {}

    @property
    def computed(self) -> str:
        """The precision of steps now: what training came to; before it, what was asked for, or float32."""
        if self.computes is not None:
            return self.computes[0]
        return "float32" if self.precision == "auto" else self.precision

    def config(self) -> dict[str, Any]:
        """Plain values from which the recipe can be made again."""
        return {
            "optimizer": optim.serialize(self.optimizer),
            "loss": losses.serialize(self.loss),
            "metrics": [metrics.serialize(m) for m in self.metrics],
            "precision": self.precision,
            "computed": self.computed,
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


def settle(model: Any, optimizer: Any, loss: Any, measures: Any, precision: str = "auto") -> Recipe:
    """Gives a model a recipe; steps recorded for an earlier one are forgotten."""
    model._recipe = Recipe(optimizer, loss, measures, precision)
    model._steps = {}
    if model._recipe.precision == "float64":
        widen(model.variables)
    return model._recipe  # type: ignore[no-any-return]


def describe(model: Any) -> dict[str, Any] | None:
    """The recipe of a model in plain values, `None` if it is not compiled."""
    recipe = model.__dict__.get("_recipe")
    return None if recipe is None else recipe.config()


def restore(model: Any, config: dict[str, Any]) -> None:
    """Compiles a model from plain values, as `describe` gave them."""
    precision = config.get("precision", "auto")
    recipe = settle(model, config["optimizer"], config["loss"], config["metrics"], precision)
    if recipe.precision == "auto":
        recipe.computes = (checked(config.get("computed", "float32")), text("precision.before"))


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
    return found | ({} if recipe.scale is None else recipe.scale.state())
