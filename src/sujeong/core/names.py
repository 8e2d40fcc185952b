"""Names that users write for things: how they are compared, and what is said to an unknown one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ..errors import unknown_name

T = TypeVar("T")


def plain(name: str) -> str:
    """A name as it is compared: `"Mean_Squared-Error"` -> `"meansquarederror"`.

    Args:
        name: as it was written.

    Returns:
        Without capitals, underscores, hyphens and blanks.
    """
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def find(kind: str, name: Any, table: Mapping[str, T], aliases: Mapping[str, str] | None = None) -> T:
    """Looks a name up, whatever its capitals and underscores.

    Args:
        kind: what the name should name, such as `"loss"`.
        name: what came.
        table: name -> thing.
        aliases: other name -> name in the table.

    Returns:
        The thing.

    Raises:
        NameUnknownError: there is no such name; the text offers the nearest spelling.
    """
    if isinstance(name, str):
        wanted = plain(name)
        for other, own in (aliases or {}).items():
            if plain(other) == wanted:
                return table[own]
        for own, thing in table.items():
            if plain(own) == wanted:
                return thing
    raise unknown_name(kind, name, (*table, *(aliases or ())))
