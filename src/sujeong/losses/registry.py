"""Losses by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from ..core.names import find
from ..errors import ArgumentError, message
from .catalogue import _OWN, ALIASES, FROM_LOGITS, LOSSES
from .loss import Loss

F = TypeVar("F", bound=Callable[..., Any])


def get(loss: Any, **settings: Any) -> Loss:
    """A loss by its name, by its description, of a function, or as it is.

    Args:
        loss: a name such as `"softmax_cross_entropy"` or `"mse"` (Keras's names are taken too; capitals,
            `_` and `-` do not matter), a dict from `config()`, a function `(target, prediction)`, or a loss.
        **settings: such as `reduction=`, `delta=`, `label_smoothing=`; `from_logits=True` turns a
            cross-entropy of probabilities into that of scores.

    Returns:
        The loss.

    Raises:
        NameUnknownError: there is no such name; the text offers the nearest spelling.
        ArgumentError: a setting that it does not take.

    Example:
        >>> import sujeong as sj
        >>> sj.losses.get("huber", delta=2.0)
        Loss(huber, reduction='mean', delta=2.0)
        >>> sj.losses.get("sparse_categorical_crossentropy", from_logits=True).name
        'softmax_cross_entropy'
    """
    if isinstance(loss, Loss):
        if settings:
            fix = "put them where it is made."
            raise ArgumentError(message("loss", "settings go with a name only.", received=settings, fix=fix))
        return loss
    if isinstance(loss, dict):
        settings = loss | settings
        loss = settings.pop("loss", None)
    function = loss if callable(loss) else find("loss", loss, LOSSES, ALIASES)
    function = _from_logits(function, settings)
    if LOSSES.get(function.__name__ if hasattr(function, "__name__") else "") is function:
        _check_settings(function, settings)
    return Loss(function, **settings)


def _from_logits(function: Callable[..., Any], settings: dict[str, Any]) -> Callable[..., Any]:
    """The function for scores, where settings ask for it."""
    if "from_logits" not in settings or function not in _OWN:
        return function
    name = function.__name__
    if name not in FROM_LOGITS and name not in FROM_LOGITS.values():
        expected = "one of " + ", ".join(FROM_LOGITS)
        raise ArgumentError(message(name, "from_logits means nothing to this loss.", expected=expected))
    if settings.pop("from_logits"):
        return LOSSES[FROM_LOGITS.get(name, name)]
    if name in FROM_LOGITS.values():
        fix = "use cross_entropy or binary_cross_entropy for probabilities."
        raise ArgumentError(message(name, "this loss takes scores.", received="from_logits=False", fix=fix))
    return function


def _check_settings(function: Callable[..., Any], settings: dict[str, Any]) -> None:
    known = [n for n, p in inspect.signature(function).parameters.items() if p.kind is p.KEYWORD_ONLY]
    unknown = [name for name in settings if name not in known]
    if unknown:
        what = f"there is no setting {', '.join(map(repr, unknown))}."
        raise ArgumentError(message(function.__name__, what, expected="one of " + ", ".join(known)))


def names() -> list[str]:
    """The names that `get` knows, Keras's among them.

    Returns:
        The names, in order.

    Example:
        >>> import sujeong as sj
        >>> "huber" in sj.losses.names()
        True
    """
    return sorted((*LOSSES, *ALIASES))


def register(function: F) -> F:
    """Gives a loss function of one's own a name that files may use; used as a decorator.

    Args:
        function: `(target, prediction, *, reduction, sample_weight, mask)`, like the losses here.

    Returns:
        The function itself.

    Raises:
        ArgumentError: the name is taken, or the function lacks an argument.

    Example:
        >>> import sujeong as sj
        >>> @sj.losses.register
        ... def tilted_error(target, prediction, *, reduction="mean", sample_weight=None, mask=None):
        ...     error = sj.where(prediction > target, 2.0, 1.0) * sj.losses.mean_absolute_error(
        ...         target, prediction, reduction="none")
        ...     return sj.losses.reduced("tilted_error", error, reduction, sample_weight, mask)
        >>> print(sj.losses.get("tilted_error")(sj.asarray([0.0, 0.0]), sj.asarray([1.0, -1.0])))
        1.5
    """
    name = function.__name__
    if name in LOSSES and getattr(LOSSES[name], "__module__", "") != function.__module__:
        raise ArgumentError(
            message("register", f"there is a loss named {name!r}.", fix="choose another name.")
        )
    missing = {"reduction", "sample_weight", "mask"} - set(inspect.signature(function).parameters)
    if missing:
        fix = "end with: return sj.losses.reduced(name, losses, reduction, sample_weight, mask)"
        received = ", ".join(inspect.signature(function).parameters)
        what = f"a loss takes {', '.join(sorted(missing))} too."
        raise ArgumentError(message("register", what, received=received, fix=fix))
    LOSSES[name] = function
    return function


def serialize(loss: Loss) -> dict[str, Any]:
    """The description of a loss in plain values, which `get` takes.

    Args:
        loss: the loss.

    Returns:
        `{"loss": "huber", "reduction": "mean", "delta": 1.0}`.

    Raises:
        StateError: a function of one's own that was not registered.

    Example:
        >>> import sujeong as sj
        >>> sj.losses.serialize(sj.losses.get("mse"))
        {'loss': 'mean_squared_error', 'reduction': 'mean'}
    """
    return loss.config()
