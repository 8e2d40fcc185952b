"""The terminal, and tables on it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def console(*, stderr: bool = False) -> Console:
    """The terminal of this moment, for redirected output too; brackets are shown as they are."""
    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True)


def table(title: str | None, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Shows a table; its last columns are numbers where the head begins with `#`.

    Args:
        title: above it.
        heads: of the columns.
        rows: of texts.
    """
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for head in heads:
        made.add_column(head.lstrip("#"), justify="right" if head.startswith("#") else "left")
    for row in rows:
        made.add_row(*row)
    console().print(made)
