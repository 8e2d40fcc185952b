"""Objects made from settings: checked numbers, and a description from which they can be made again."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from ..errors import ArgumentError, message
from .names import find, plain


class Configured:
    """Base of classes whose constructor takes plain values and keeps each under its own name."""

    _settled: ClassVar[tuple[str, ...]] = ()  # arguments of a class above that this class has decided
    _kind = "object"
    _registry: dict[str, type[Any]]

    def __init_subclass__(cls, *, base: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if base is not None:  # a family of its own, with its own names
            cls._kind, cls._registry = base, {}
            return
        if cls.__name__.startswith("_"):  # a step between, not to be named by anybody
            return
        known = cls._registry.get(plain(cls.__name__))
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            what = f"the name {cls.__name__!r} is taken by {known.__module__}.{known.__qualname__}."
            raise ArgumentError(message(cls._kind, what, fix="give your class another name."))
        cls._registry[plain(cls.__name__)] = cls

    @classmethod
    def lookup(cls, name: Any) -> type[Self]:
        """The class of a name.

        Args:
            name: such as `"adam"`; capitals, `_` and `-` do not matter.

        Returns:
            The class.

        Raises:
            NameUnknownError: there is none; the text offers the nearest spelling.
        """
        return find(cls._kind, name, cls._registry)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the object that a description describes.

        Args:
            config: what `config()` gave.

        Returns:
            A new object with the same settings; its state is not in the description.

        Raises:
            NameUnknownError: the description names an unknown class.
            ArgumentError: it lacks the class, or has settings that the class does not take.
        """
        settings = dict(config)
        if "class" not in settings:
            raise ArgumentError(
                message(cls._kind, 'the description lacks "class".', received=sorted(settings))
            )
        target = cls.lookup(settings.pop("class"))
        target._refuse([key for key in settings if key not in target._settings()])
        return target(**settings)

    @classmethod
    def _settings(cls) -> list[str]:
        """Names of the constructor's arguments, also of those that it hands on to the class above."""
        found: dict[str, None] = {}
        for part in cls.__mro__:
            make = vars(part).get("__init__")
            parameters = inspect.signature(make).parameters if make and part is not object else {}
            fixed = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
            found |= dict.fromkeys(n for n, p in parameters.items() if p.kind not in fixed and n != "self")
        return [name for name in found if name not in cls._settled]

    @classmethod
    def _refuse(cls, unknown: Iterable[str]) -> None:
        """Refuses settings that the class does not take."""
        named = ", ".join(map(repr, unknown))
        if named:
            expected = "one of " + ", ".join(cls._settings())
            raise ArgumentError(message(cls.__name__, f"there is no setting {named}.", expected=expected))

    def config(self) -> dict[str, Any]:
        """A description in plain values, for `from_config`.

        Returns:
            `{"class": ..., setting: value, ...}`.
        """
        return {"class": type(self).__name__} | {name: getattr(self, name) for name in self._settings()}

    def __repr__(self) -> str:
        shown = ", ".join(f"{k}={v!r}" for k, v in self.config().items() if k != "class" and v is not None)
        return f"{type(self).__name__}({shown})"


def number(
    owner: object,
    name: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    below: float | None = None,
    above: float | None = None,
) -> float:
    """A setting as a float, refused outside its range.

    Args:
        owner: whose setting.
        name: its name.
        value: what came.
        low: the least number allowed.
        high: the greatest number allowed.
        below: a number that it must stay below.
        above: a number that it must stay above.

    Returns:
        The number.

    Raises:
        ArgumentError: not a finite number, or outside the range.
    """
    expected = f"{name} > {above:g}" if above is not None else f"{name} >= {low:g}" if low > -math.inf else ""
    if below is not None or high < math.inf:
        limit = f"< {below:g}" if below is not None else f"<= {high:g}"
        expected = f"{expected} and {name} {limit}" if expected else f"{name} {limit}"
    title = owner if isinstance(owner, str) else type(owner).__name__
    try:
        given = float(value)
    except (TypeError, ValueError):
        given = math.nan
    if isinstance(value, (str, bool)) or not math.isfinite(given):
        text = message(title, f"{name} must be a number.", received=repr(value), expected=expected or None)
        raise ArgumentError(text)
    beyond = (below is not None and given >= below) or (above is not None and given <= above)
    if not low <= given <= high or beyond:
        raise ArgumentError(message(title, f"{name} is out of range.", received=value, expected=expected))
    return given


def count(owner: object, name: str, value: Any, low: int = 0) -> int:
    """A setting as a whole number, refused below `low`."""
    given = number(owner, name, value, low)
    if given != int(given):
        title = owner if isinstance(owner, str) else type(owner).__name__
        raise ArgumentError(message(title, f"{name} must be a whole number.", received=value))
    return int(given)
