"""What a recorded function sees from outside: plain numbers and texts; when one changes, it is recorded anew.

Seen are those in its closure and among the globals that it names, also inside functions written within it
and in functions of the same module that it names. Not seen are attributes of objects and the contents of
lists and dicts: a program keeps those as they were when it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, type(None))
_GONE = object()


class Guards:
    """The outside values of one function.

    Args:
        function: the function.

    Attributes:
        labels: a name for each value.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.labels: list[str] = []
        self._cells: list[Any] = []
        self._globals: list[tuple[dict[str, Any], str]] = []
        names: list[str] = []
        seen: set[int] = set()
        waiting = list(_layers(function))
        while waiting:
            inner = waiting.pop()
            if id(inner) in seen:
                continue
            seen.add(id(inner))
            for name, cell in zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True):
                value = _content(cell)
                if isinstance(value, PLAIN) and id(cell) not in seen:
                    seen.add(id(cell))
                    self._cells.append(cell)
                    self.labels.append(name)
                elif callable(value):
                    waiting += _layers(value)
            scope = inner.__globals__
            for name in set(_names(inner.__code__)):
                value = scope.get(name, _GONE)
                if isinstance(value, PLAIN) and (scope, name) not in self._globals:
                    self._globals.append((scope, name))
                    names.append(name)
                elif isinstance(value, FunctionType) and value.__globals__ is scope:
                    waiting += _layers(value)
        self.labels += names

    def now(self) -> tuple[Any, ...]:
        """The present values, with their types."""
        values = [_content(cell) for cell in self._cells]
        values += [scope.get(name, _GONE) for scope, name in self._globals]
        return tuple([(v.__class__, v if isinstance(v, PLAIN) else None) for v in values])


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled in yet
        return _GONE


def _layers(function: Any) -> Iterator[FunctionType]:
    """The Python functions behind a callable: wrappers, partial applications, methods."""
    for _ in range(20):
        if isinstance(function, partial):
            function = function.func
            continue
        plain = getattr(function, "__func__", function)
        if isinstance(plain, FunctionType):
            yield plain
        function = getattr(function, "__wrapped__", None)
        if function is None:
            return


def _names(code: CodeType) -> Iterator[str]:
    """Names that a function's text looks up, also inside functions written within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
