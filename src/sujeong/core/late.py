"""Methods that a room above brings when they are first used.

`model.fit` belongs to the room of training, which stands above modules and must not be imported by them,
nor be loaded by `import sujeong`. The face of the package names, for a class, who brings a method; the
class asks here when it is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_BRINGERS: dict[tuple[str, str], Callable[[], object]] = {}


def provide(owner: str, names: tuple[str, ...], bring: Callable[[], object]) -> None:
    """Says who brings methods of a class.

    Args:
        owner: the name of the class.
        names: of the methods.
        bring: loads the room that attaches them.
    """
    for name in names:
        _BRINGERS[owner, name] = bring


def missing(owner: str, instance: Any, name: str) -> Any:
    """Answers a look-up that failed: brings the method, or raises as Python does.

    Args:
        owner: the name of the class that has late methods.
        instance: the object.
        name: what was looked up.

    Returns:
        The attribute.

    Raises:
        AttributeError: nobody brings it.
    """
    bring = _BRINGERS.get((owner, name))
    if bring is not None:
        bring()
        if hasattr(type(instance), name):
            return getattr(instance, name)
    raise AttributeError(f"{type(instance).__name__!r} object has no attribute {name!r}")
