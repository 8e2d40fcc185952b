"""The built-in data sets by name: what each is, and how it is loaded."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from ...errors import ArgumentError, message, unknown_name

Splits = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""`(x, y), (x_test, y_test)`."""

Loader = TypeVar("Loader", bound=Callable[..., Splits])


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """What a data set is.

    Args:
        name: how it is loaded.
        title: what it is called.
        kind: whether a class or a number is to be told.
        classes: the classes' names, in the order of their labels; none for a regression.
        features: the features' names, in the order of the last axis; none where they have no names.
        input_shape: shape of one example.
        source: who made it and where it comes from.
        licence: under which terms.
        needs: what has to be there before it loads; empty when nothing.

    Example:
        >>> import sujeong as sj
        >>> about = sj.datasets.info("xor")
        >>> about.title, about.kind, about.classes
        ('Exclusive or', 'classification', ('false', 'true'))
    """

    name: str
    title: str
    kind: Literal["classification", "regression"]
    input_shape: tuple[int, ...]
    source: str
    licence: str
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    needs: str = ""


_REGISTRY: dict[str, tuple[DatasetInfo, Callable[..., Splits]]] = {}


def register(info: DatasetInfo) -> Callable[[Loader], Loader]:
    """Makes a loading function known under `info.name`; used as a decorator.

    Args:
        info: what the data set is.

    Returns:
        A decorator that returns the function unchanged.

    Example:
        A data set of one's own, known to `load` from then on::

            @sj.datasets.register(DatasetInfo(name="sensors", ...))
            def sensors(*, seed: int = 0) -> Splits: ...
    """

    def decorate(loader: Loader) -> Loader:
        _REGISTRY[info.name] = (info, loader)
        return loader

    return decorate


def names() -> tuple[str, ...]:
    """The names of the built-in data sets, in alphabetical order.

    Example:
        >>> import sujeong as sj
        >>> "digits" in sj.datasets.names()
        True
    """
    return tuple(sorted(_REGISTRY))


def info(name: str) -> DatasetInfo:
    """What a data set is, without loading it.

    Args:
        name: one of `names()`.

    Returns:
        Its title, kind, classes, input shape, source and licence.

    Raises:
        NameUnknownError: no such data set; the text gives the nearest spelling.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("digits").input_shape
        (8, 8, 1)
    """
    return _entry(name)[0]


def load(name: str, **options: Any) -> Splits:
    """Loads a data set by its name.

    Args:
        name: one of `names()`.
        **options: what the function of that name takes, such as `seed`.

    Returns:
        `(x, y), (x_test, y_test)`.

    Raises:
        NameUnknownError: no such data set; the text gives the nearest spelling.
        ArgumentError: an option that this data set does not take.
        DataError: the data are not there; the text says what to do.

    Example:
        >>> import sujeong as sj
        >>> (x, y), (x_test, y_test) = sj.datasets.load("digits", test_fraction=0.5)
        >>> x.shape, x_test.shape
        ((898, 8, 8, 1), (899, 8, 8, 1))
    """
    loader = _entry(name)[1]
    taken = tuple(inspect.signature(loader).parameters)
    for option in options:
        if option not in taken:
            near = difflib.get_close_matches(option, taken, n=1)
            raise ArgumentError(
                message(
                    f"datasets.{name}",
                    f"there is no option {option!r}.",
                    expected=", ".join(taken) or "no options",
                    fix=f"did you mean {near[0]!r}?" if near else None,
                )
            )
    return loader(**options)


def _entry(name: str) -> tuple[DatasetInfo, Callable[..., Splits]]:
    if name not in _REGISTRY:
        raise unknown_name("data set", name, _REGISTRY)
    return _REGISTRY[name]
