"""The closed list of classes that a file may name.

A saved model is data: class names and arguments. Loading looks each name up here, and nowhere else, so
a file can never reach other code. A class or function of one's own joins with `@nn.register`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import ArgumentError, message, unknown_name

_CLASSES: dict[str, type] = {}
_FUNCTIONS: dict[str, Callable[..., Any]] = {}
T = TypeVar("T", bound=Callable[..., Any])


def register(item: T) -> T:
    """Lets saved models name a class or a function of one's own; used as a decorator.

    Args:
        item: a layer, model, initialiser or the like, whose constructor takes plain values; or a function,
            for `nn.Lambda` and `activation=`.

    Returns:
        The item itself.

    Raises:
        ArgumentError: something else has this name, or a function has none.

    Example:
        >>> from sujeong import nn
        >>> @nn.register
        ... class Doubled(nn.Module):
        ...     def call(self, x):
        ...         return x * 2
        >>> @nn.register
        ... def thirded(x):
        ...     return x / 3
    """
    table: dict[str, Any] = _CLASSES if isinstance(item, type) else _FUNCTIONS
    name = getattr(item, "__name__", "")
    if not name.isidentifier():
        fix = "give it a name: def halved(x): return x / 2."
        raise ArgumentError(message("register", "a function without a name cannot be found again.", fix=fix))
    known = table.get(name)
    if known is not None and (known.__module__, known.__qualname__) != (item.__module__, item.__qualname__):
        fix = "choose another name."
        raise ArgumentError(message("register", f"the name {name!r} is taken by {known}.", fix=fix))
    table[name] = item
    return item


def lookup(name: Any) -> type:
    """The class of a name, refused if it is not registered.

    Args:
        name: as it stands in a file.

    Returns:
        The class.

    Raises:
        NameUnknownError: no class of that name is registered.
    """
    return _find("layer class", name, _CLASSES)  # type: ignore[no-any-return]


def lookup_function(name: Any) -> Callable[..., Any]:
    """The function of a name, refused if it is not registered.

    Args:
        name: as it stands in a file.

    Returns:
        The function.

    Raises:
        NameUnknownError: no function of that name is registered.
    """
    return _find("function", name, _FUNCTIONS)  # type: ignore[no-any-return]


def _find(kind: str, name: Any, table: dict[str, Any]) -> Any:
    if not isinstance(name, str) or name not in table:
        error = unknown_name(kind, name if isinstance(name, str) else repr(name), table)
        error.add_note(
            f"A {kind} of your own must be defined and decorated with @nn.register before loading."
        )
        raise error
    return table[name]


def is_registered(item: Any) -> bool:
    """Whether files may name this class or function."""
    name = getattr(item, "__name__", None)
    return name is not None and item is (_CLASSES if isinstance(item, type) else _FUNCTIONS).get(name)


def registered() -> dict[str, type]:
    """All classes that files may name, by name."""
    return dict(_CLASSES)
