"""JSON from files that may be hostile: bounded in size and depth, no duplicate keys, finite numbers only."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from ..errors import DataError, message

LARGEST = 16 << 20  # bytes; a model of 10,000 layers takes about 5 MB
DEEPEST = 100


def dumps(value: Any) -> bytes:
    """Plain values as JSON text, readable.

    Args:
        value: dicts, lists, texts, finite numbers, truth values, `None`.

    Returns:
        UTF-8 text with a line end.
    """
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def loads(content: bytes, file: str) -> Any:
    """Plain values from JSON text, refused where it is more or other than such a file needs.

    Args:
        content: the text.
        file: its name, for errors.

    Returns:
        Dicts, lists, texts, numbers, truth values, `None`.

    Raises:
        DataError: too large, too deep, not JSON, duplicate keys, NaN or infinity.

    Example:
        >>> loads(b'{"units": 3}', "config.json")
        {'units': 3}
    """
    if len(content) > LARGEST:
        raise DataError(
            message(file, "too large.", received=f"{len(content)} bytes", expected=f"at most {LARGEST}")
        )

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            names = [name for name, _ in items]
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(message(file, f"the key {_short(twice)} stands twice in one object."))
        return found

    def constant(text: str) -> Any:
        raise DataError(message(file, f"{text} is not a number that JSON has."))

    def real(text: str) -> float:
        value = float(text)
        if not isfinite(value):
            raise DataError(message(file, "a number is too large.", received=_short(text)))
        return value

    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant, parse_float=real
        )
    except DataError:
        raise
    except RecursionError:
        raise DataError(message(file, "nested too deeply.", expected=f"at most {DEEPEST} levels")) from None
    except ValueError as error:  # not UTF-8, not JSON, or a whole number of thousands of digits
        fix = "the file is damaged or is no JSON; take it from its source again."
        raise DataError(message(file, "not readable.", received=_short(str(error)), fix=fix)) from None
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise DataError(message(file, "nested too deeply.", expected=f"at most {DEEPEST} levels"))
        inner = [x for x in level if isinstance(x, (dict, list))]
        level = [y for x in inner for y in (x.values() if isinstance(x, dict) else x)]
    return value


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
