"""Constructor arguments kept as they came, so that an object can be described and made again."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def keep(constructor: Callable[..., None]) -> Callable[..., None]:
    """Wraps a constructor: the outermost call notes its arguments, by name, in `self._arguments`.

    Args:
        constructor: an `__init__`.

    Returns:
        The wrapped constructor.
    """
    signature = inspect.signature(constructor)

    @functools.wraps(constructor)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if "_arguments" not in self.__dict__:
            try:
                bound = signature.bind(self, *args, **kwargs)
            except TypeError:
                constructor(self, *args, **kwargs)  # let Python explain the wrong call
                raise
            noted: dict[str, Any] = {}
            for name, value in list(bound.arguments.items())[1:]:
                kind = signature.parameters[name].kind
                if kind is inspect.Parameter.VAR_KEYWORD:
                    noted.update(value)
                elif kind is inspect.Parameter.VAR_POSITIONAL:
                    noted[f"*{name}"] = list(value)
                else:
                    noted[name] = value
            self.__dict__["_arguments"] = noted
        constructor(self, *args, **kwargs)

    return init
