"""Docstrings of layers that differ only in their number of axes: the shared arguments are written once."""

from __future__ import annotations

import inspect
from typing import Any


class Documented:
    """Base of families: a public class takes over the sections of its private base's docstring."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        base = next((b for b in cls.__mro__[1:] if b.__name__.startswith("_")), None)
        if base is not None and not cls.__name__.startswith("_"):
            cls.__doc__ = joined(inspect.cleandoc(cls.__doc__ or ""), inspect.cleandoc(base.__doc__ or ""))


def joined(own: str, shared: str) -> str:
    """A docstring with the sections of another one before its example.

    Args:
        own: what the class says of itself, ending with an example; arguments of its own stand before those
            that it shares.
        shared: what its base says; from `Args:` on it is taken over.

    Returns:
        The whole docstring.
    """
    text, mark, example = own.partition("Example:\n")
    sections = shared[shared.index("Args:") :]
    if "Args:\n" in text:
        text, sections = text.rstrip() + "\n", sections.removeprefix("Args:\n")
    return f"{text}{sections}\n\n{mark}{example}"
