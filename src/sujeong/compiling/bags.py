"""What kernels are told of bags: rows of a table that ids name, some rows a bag (`bags.h`).

ids (n,), offsets (bags,)      bag b has the ids from offsets[b] on, up to those of the next
ids (bags,), ids (bags, T)     each has one id, or T of them
"""

from __future__ import annotations

from math import prod

from ..core.spec import Spec
from . import compiler

NO_PAD = -(1 << 63)


def text(index: str) -> str:
    """The text of `bags.h`.

    Args:
        index: the type of an id, in C++.
    """
    return f"typedef {index} I;\n{compiler.shared('bags.h')}"


def sizes(
    table: tuple[int, ...],
    ids: Spec,
    offsets: Spec | None = None,
    *,
    negative: bool = False,
    average: bool = False,
    pad: int | None = None,
) -> tuple[int, ...]:
    """The whole numbers of `bags.h`, up to the steps of a gradient.

    Args:
        table: its rows, and the numbers of a row.
        ids: shape (n,) beside offsets; else (bags,) or (bags, ids of a bag).
        offsets: shape (bags,); `None` where all bags hold as many ids.
        negative: whether an id below zero counts from the end.
        average: whether a bag's rows are divided by their number.
        pad: an id that names no row.

    Returns:
        Eight numbers.
    """
    bags, each = (ids.shape[0], prod(ids.shape[1:])) if offsets is None else (offsets.size, 0)
    least = -table[0] if negative else 0
    return (bags, each, ids.size, *table, least, NO_PAD if pad is None else pad, int(average))
