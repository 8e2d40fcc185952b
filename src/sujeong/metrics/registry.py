"""Metrics by name."""

from __future__ import annotations

from typing import Any

from ..core.names import find
from ..errors import ArgumentError, StateError, message
from .mean import MeanOf
from .metric import Metric

# Keras's names, and the short ones that people use.
ALIASES = {
    "acc": "accuracy",
    "sparse_categorical_accuracy": "categoricalaccuracy",
    "top_k_categorical_accuracy": "topkaccuracy",
    "sparse_top_k_categorical_accuracy": "topkaccuracy",
    "mae": "meanabsoluteerror",
    "mse": "meansquarederror",
    "rmse": "rootmeansquarederror",
    "r2_score": "r2",
    "f1_score": "f1",
}


def get(metric: Any, **settings: Any) -> Metric:
    """A metric by its name, by its description, of a function, or as it is.

    Args:
        metric: a name such as `"accuracy"` or `"mae"` (Keras's names are taken too; capitals, `_` and `-` do
            not matter), a dict from `config()`, a function `(target, prediction)` that gives one value a
            sample, or a metric.
        **settings: arguments of its constructor, beside a name.

    Returns:
        The metric; its `name` is the name that was given.

    Raises:
        NameUnknownError: there is no such name; the text offers the nearest spelling.
        ArgumentError: a setting that it does not take, or settings beside a finished metric.

    Example:
        >>> import sujeong as sj
        >>> sj.metrics.get("mae").name
        'mae'
        >>> sj.metrics.get("top_k_accuracy", k=3).k
        3
    """
    if isinstance(metric, Metric):
        if settings:
            fix = "put them where it is made."
            raise ArgumentError(
                message("metric", "settings go with a name only.", received=settings, fix=fix)
            )
        return metric
    if isinstance(metric, dict):
        return Metric.from_config(metric | settings)
    if isinstance(metric, type) and issubclass(metric, Metric):
        return metric(**settings)
    if callable(metric):
        return MeanOf(metric, **settings)
    cls = find("metric", metric, Metric._registry, ALIASES)
    return Metric.from_config({"class": cls.__name__, "name": metric} | settings)


def names() -> list[str]:
    """The names that `get` knows, Keras's among them.

    Returns:
        The names, in order.

    Example:
        >>> import sujeong as sj
        >>> "accuracy" in sj.metrics.names()
        True
    """
    return sorted((*Metric._registry, *ALIASES))


def serialize(metric: Metric) -> dict[str, Any]:
    """The description of a metric in plain values, which `get` takes.

    Args:
        metric: the metric.

    Returns:
        `{"class": "TopKAccuracy", "k": 5, "name": "top_k_accuracy"}`.

    Raises:
        StateError: a metric of a function of one's own, which a file cannot hold.

    Example:
        >>> import sujeong as sj
        >>> sj.metrics.serialize(sj.metrics.get("accuracy"))
        {'class': 'Accuracy', 'threshold': 0.5, 'name': 'accuracy'}
    """
    if isinstance(metric, MeanOf):
        fix = "write a class below sj.metrics.Metric; classes are found by name."
        raise StateError(message("metric", f"the function {metric.name!r} cannot be written down.", fix=fix))
    return metric.config()
