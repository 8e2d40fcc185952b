"""The closed list of classes that a file may name.

A saved model is data: class names and arguments. Loading looks each name up here, and nowhere else, so
a file can never reach other code. A class of one's own joins with `@nn.register`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from ..errors import ArgumentError, message, unknown_name

_CLASSES: dict[str, type] = {}
C = TypeVar("C", bound=type)


def register(cls: C) -> C:
    """Lets saved models name a class of one's own; used as a decorator.

    Args:
        cls: a layer, model, initialiser or the like, whose constructor takes plain values.

    Returns:
        The class itself.

    Raises:
        ArgumentError: another class has this name.

    Example:
        >>> from sujeong import nn
        >>> @nn.register
        ... class Doubled(nn.Module):
        ...     def call(self, x):
        ...         return x * 2
    """
    known = _CLASSES.get(cls.__name__)
    if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        fix = "give your class another name."
        raise ArgumentError(message("register", f"the name {cls.__name__!r} is taken by {known}.", fix=fix))
    _CLASSES[cls.__name__] = cls
    return cls


def lookup(name: Any) -> type:
    """The class of a name, refused if it is not registered.

    Args:
        name: as it stands in a file.

    Returns:
        The class.

    Raises:
        NameUnknownError: no class of that name is registered.
    """
    if not isinstance(name, str) or name not in _CLASSES:
        error = unknown_name("layer class", name, _CLASSES)
        error.add_note("A class of your own must be defined and decorated with @nn.register before loading.")
        raise error
    return _CLASSES[name]


def is_registered(cls: type) -> bool:
    """Whether files may name this class."""
    return _CLASSES.get(cls.__name__) is cls
