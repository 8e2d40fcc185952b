"""What the notes say that is not so, each checked by running it: `sujeong errata`.

A check computes what is true with the library and gives the figures that its text shows. It also says
whether the notes' version is indeed not so; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sujeong as sj

from ..checkpoints import write_aside
from ..messages import LANGUAGES, get_language, text

PAGES = {"en": "errata.md", "ko": "errata.ko.md"}


@dataclass(frozen=True)
class Erratum:
    """One slip. Its texts are `show.errata.NAME.says` and `show.errata.NAME.found`.

    Attributes:
        name: unique.
        source: "article", "book", "camp" or "deck".
        quote: a few words of the notes.
        check: computes `(whether it is a slip, figures)`.
    """

    name: str
    source: str
    quote: str
    check: Callable[[], tuple[bool, dict[str, Any]]]


def _dot() -> tuple[bool, dict[str, Any]]:
    a = sj.ones((2, 3))
    b = sj.asarray([[10.0, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, 120]])
    row = (a @ b).numpy()
    printed = np.array([[220, 280, 340, 400], [490, 640, 790, 940]])
    return not np.array_equal(row, printed), {"row": " ".join(f"{v:.0f}" for v in row[0])}


def _thrice() -> tuple[bool, dict[str, Any]]:
    c, x = 2.0, 5.0
    thrice = float(sj.asarray(c) * (c * (c * x)))
    return thrice == c**3 * x != c * 3 * x, {"c": c, "x": x, "thrice": thrice, "printed": c * 3 * x}


def _share() -> tuple[bool, dict[str, Any]]:
    right = np.arange(1000)
    shares = [float(sj.metrics.accuracy(np.ones(1000), right < n)) for n in (320, 324)]
    return shares[0] != shares[1], {"first": shares[0], "second": shares[1]}


ERRATA: tuple[Erratum, ...] = (
    Erratum("dot", "deck", "array([[220, 280, 340, 400], ...", _dot),
    Erratum("thrice", "deck", "c * 3x", _thrice),
    Erratum("share", "deck", "모두 32%", _share),
)


def page(language: str | None = None) -> str:
    """The errata as a page of Markdown."""
    language = language or get_language()
    others = [f"[{text('show.gallery.name', o)}]({PAGES[o]})" for o in LANGUAGES if o != language]
    lines = [f"# {text('show.errata.title', language)}", "", " · ".join(others), ""]
    lines += [text("show.errata.lead", language), ""]
    for one in ERRATA:
        _, figures = one.check()
        source = text(f"show.claims.source.{one.source}", language)
        lines += [f"- {text(f'show.errata.{one.name}.says', language)} “{one.quote}” ({source})"]
        lines += [f"  **{text(f'show.errata.{one.name}.found', language, **figures)}**", ""]
    return "\n".join(lines)


def write_pages(folder: Path) -> None:
    """Writes the page of each language into a folder."""
    for language, file in PAGES.items():
        write_aside(folder / file, page(language).encode("utf-8"))
