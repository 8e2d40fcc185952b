"""Errors that teach: what went wrong, what came, what was expected, how to fix it.

Every mistake of a user is answered by one of the classes here, built by one function, `message`, so
that all texts have the same four lines. A layer adds its path with `add_context` (an exception note),
which keeps the class of the error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SujeongError(Exception):
    """Base of all errors raised by this package."""


class ShapeError(SujeongError, ValueError):
    """Shapes do not fit the operation."""


class DTypeError(SujeongError, TypeError):
    """An element type that the operation does not take."""


class ArgumentError(SujeongError, ValueError):
    """An argument outside its allowed range or of the wrong kind."""


class NameUnknownError(SujeongError, KeyError):
    """A name that is not registered; the text offers the nearest spelling."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class IndexRangeError(SujeongError, IndexError):
    """An index, or a label, outside the axis it selects from."""


class AxisError(ArgumentError, IndexRangeError):
    """An axis that a tensor has not: an argument out of range, and an index out of range, as in NumPy."""


class ImmutableError(SujeongError, TypeError):
    """An attempt to change a tensor in place."""


class EngineError(SujeongError, RuntimeError):
    """An engine is missing, lacks a kernel, or two engines or devices were mixed."""


class ExchangeError(SujeongError, BufferError):
    """Memory of another library that cannot be taken over."""


class GradientError(SujeongError, RuntimeError):
    """A gradient was asked for where there is none."""


class RecordError(SujeongError, RuntimeError):
    """Something inside a recorded function that a program cannot hold."""


class ProgramError(SujeongError, RuntimeError):
    """A program that does not pass its checker."""


class DataError(SujeongError, ValueError):
    """Data that cannot be used: empty, NaN, truncated or hostile files, wrong labels."""


class StateError(SujeongError, RuntimeError):
    """An object used before it is ready: not built, not compiled, not fitted."""


class SujeongWarning(UserWarning):
    """Something that works, but hardly as it was meant."""


class NonFiniteError(SujeongError, ArithmeticError):
    """A NaN or an infinity arose where training cannot go on."""


def message(
    op: str,
    what: str,
    *,
    received: object = None,
    expected: object = None,
    fix: str | None = None,
) -> str:
    """Builds the text of an error.

    Args:
        op: the operation or layer that complains, put in square brackets.
        what: one sentence on what is wrong.
        received: what came (shapes, dtypes, values).
        expected: what would have been right.
        fix: the usual cure.

    Returns:
        The text, one line for each part that was given.

    Example:
        >>> print(message("matmul", "inner sizes differ.", received="(2, 3) @ (4, 5)", fix="transpose one."))
        [matmul] inner sizes differ.
          received: (2, 3) @ (4, 5)
          fix: transpose one.
    """
    lines = [f"[{op}] {what}"]
    for label, part in (("received", received), ("expected", expected), ("fix", fix)):
        if part is not None:
            lines.append(f"  {label}: {part}")
    return "\n".join(lines)


def unknown_name(kind: str, name: object, known: Iterable[str]) -> NameUnknownError:
    """The error for an unknown name, with the nearest spelling.

    Args:
        kind: what the name should have named, such as `"optimizer"`.
        name: what came.
        known: the names there are.

    Returns:
        The error, to be raised by the caller.

    Example:
        >>> print(unknown_name("optimizer", "adma", ["sgd", "adam"]))
        [optimizer] there is no optimizer named 'adma'.
          expected: one of adam, sgd
          fix: did you mean 'adam'?
    """
    choices = sorted(known)
    near = difflib.get_close_matches(str(name).lower(), choices, n=1, cutoff=0.5)
    fix = f"did you mean {near[0]!r}?" if near else None
    what = f"there is no {kind} named {name!r}."
    return NameUnknownError(message(kind, what, expected="one of " + ", ".join(choices), fix=fix))


def add_context(error: BaseException, note: str) -> None:
    """Adds where it happened (a layer's path, its input shapes) to an error, once a note.

    Args:
        error: the error on its way up.
        note: the text to show below the error's own.
    """
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)
