"""Where the arrays of a program lie."""

from __future__ import annotations

from typing import Protocol


class Places(Protocol):
    """What an engine does around each call of one program, so that its arrays lie close together."""

    def enter(self) -> None:
        """The call begins, in this thread."""

    def leave(self) -> None:
        """The call has ended, as it should or with an error."""
