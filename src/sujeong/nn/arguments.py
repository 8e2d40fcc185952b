"""Constructor arguments kept as they came, so that an object can be described and made again."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, message, unknown_name


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


def construct(cls: type, arguments: dict[str, Any]) -> Any:
    """Makes an object of the arguments that `keep` noted.

    Args:
        cls: its class.
        arguments: name -> value; `"*name"` holds the list of the further positional ones.

    Returns:
        The object.

    Raises:
        NameUnknownError: the constructor has no such argument.
    """
    parameters = inspect.signature(cls).parameters
    free = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    for name in arguments:
        if name.lstrip("*") not in parameters and not free:
            raise unknown_name(f"argument of {cls.__name__}", name, parameters)
    rest = next((name for name in arguments if name.startswith("*")), None)
    if rest is None:
        return cls(**arguments)
    first = list(parameters)[: list(parameters).index(rest[1:])]
    named = {k: v for k, v in arguments.items() if k not in first and k != rest}
    return cls(*[arguments[k] for k in first if k in arguments], *arguments[rest], **named)


def checked_penalty(layer: str, penalty: Any) -> Any:
    """A penalty on weights, refused unless it is a function of them or `None`."""
    if penalty is not None and (not callable(penalty) or isinstance(penalty, type)):
        fix = "kernel_regularizer=sj.losses.l2(1e-4)."
        raise ArgumentError(
            message(layer, "a penalty is a function of the weights.", received=repr(penalty), fix=fix)
        )
    return penalty
