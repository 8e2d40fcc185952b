"""The ledger of claims: sentences of the notes, each tested by an exhibit over several seeds.

A claim *holds* if it does with every seed, *does not* if it does with none, else it holds *partly*. What an
exhibit found with one seed is kept in DIR/NAME-SEED.json, so that a long run can go on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..checkpoints import write_aside
from ..messages import LANGUAGES, get_language, text
from .catalogue import CHAPTERS, NAMES, exhibit
from .exhibit import Claim, Exhibit, Run
from .runner import fingerprint, measure

PAGES = {"en": "claims.md", "ko": "claims.ko.md"}
HOLDS, PARTLY, FAILS = "holds", "partly", "fails"


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes:
        exhibit: its name.
        claim: the claim.
        outcome: `"holds"`, `"partly"` or `"fails"`.
        agreeing: seeds with which it holds.
        seeds: seeds tried.
        figures: means over the seeds.
    """

    exhibit: str
    claim: Claim
    outcome: str
    agreeing: int
    seeds: int
    figures: dict[str, float]

    def says(self, language: str | None = None) -> str:
        """The sentence of the notes, in our words."""
        return text(f"show.{self.exhibit}.claim.{self.claim.name}.says", language)

    def found(self, language: str | None = None) -> str:
        """What was measured, in one sentence."""
        return text(f"show.{self.exhibit}.claim.{self.claim.name}.found", language, **self.figures)


def examine(
    *,
    seeds: int = 5,
    small: bool = False,
    names: Sequence[str] = NAMES,
    folder: Path | None = None,
    report: Callable[[str], None] = print,
    watch: Any = iter,
) -> list[Verdict]:
    """Tests the claims of exhibits.

    Args:
        seeds: how many: 0, 1, ...
        small: the short forms of the exhibits, for tests.
        names: of exhibits.
        folder: where to keep what was found; `None` keeps nothing.
        report: told what is being done.
        watch: wraps a loop to show its progress.

    Returns:
        A verdict a claim.

    Raises:
        NameUnknownError: there is no such exhibit.
    """
    verdicts = []
    for name in names:
        one = exhibit(name)
        if not one.claims:
            continue
        rows = []
        for seed in range(seeds):
            known = _known(folder, one, seed, small)
            if known is None:
                report(text("show.claims.begin", name=name, seed=seed))
                known = _row(one, Run(seed, small, watch))
                _keep(folder, one, seed, small, known)
            rows.append(known)
        verdicts += [_verdict(one, claim, [row[claim.name] for row in rows]) for claim in one.claims]
    return verdicts


def _row(one: Exhibit, run: Run) -> dict[str, Any]:
    """What one run says of each claim."""
    found = measure(one, run)
    return {
        claim.name: {
            "holds": bool(claim.holds(found)),
            "figures": {figure: float(found[figure]) for figure in claim.figures},
        }
        for claim in one.claims
    }


def _verdict(one: Exhibit, claim: Claim, rows: list[dict[str, Any]]) -> Verdict:
    agreeing = sum(row["holds"] for row in rows)
    outcome = HOLDS if agreeing == len(rows) else PARTLY if agreeing else FAILS
    means = {f: float(np.mean([row["figures"][f] for row in rows])) for f in claim.figures}
    return Verdict(one.name, claim, outcome, agreeing, len(rows), means)


def _file(folder: Path, one: Exhibit, seed: int, small: bool) -> Path:
    return folder / f"{one.name}-{seed}{'-small' if small else ''}.json"


def _known(folder: Path | None, one: Exhibit, seed: int, small: bool) -> dict[str, Any] | None:
    """What an earlier run of the same code found, if it speaks of the same claims and figures."""
    if folder is None:
        return None
    try:
        kept = json.loads(_file(folder, one, seed, small).read_text(encoding="utf-8"))
        row: dict[str, Any] = kept["claims"]
        same = kept["code"] == fingerprint(one) and all(
            set(row[c.name]["figures"]) == set(c.figures) for c in one.claims
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return row if same else None


def _keep(folder: Path | None, one: Exhibit, seed: int, small: bool, row: dict[str, Any]) -> None:
    if folder is not None:
        content = {"code": fingerprint(one), "claims": row}
        encoded = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        write_aside(_file(folder, one, seed, small), encoded.encode("utf-8"))


def page(verdicts: Sequence[Verdict], language: str | None = None) -> str:
    """The ledger as a page of Markdown."""
    language = language or get_language()
    others = [f"[{text('show.gallery.name', o)}]({PAGES[o]})" for o in LANGUAGES if o != language]
    lines = [f"# {text('show.claims.title', language)}", "", " · ".join(others), ""]
    seeds = max((v.seeds for v in verdicts), default=0)
    lines += [text("show.claims.lead", language, seeds=seeds), ""]
    heads = [text(f"show.claims.{head}", language) for head in ("claim", "found", "outcome", "exhibit")]
    for chapter, names in CHAPTERS.items():
        rows = [v for v in verdicts if v.exhibit in names]
        if not rows:
            continue
        lines += [f"## {text(f'chapter.{chapter}', language)}", ""]
        lines += ["| " + " | ".join(heads) + " |", "|---|---|---|---|"]
        for v in rows:
            source = text(f"show.claims.source.{v.claim.source}", language)
            said = f"{v.says(language)}<br>“{v.claim.quote}” ({source})"
            outcome = f"**{text(f'show.claims.{v.outcome}', language)}** ({v.agreeing}/{v.seeds})"
            lines.append(f"| {said} | {v.found(language)} | {outcome} | `sujeong show {v.exhibit}` |")
        lines.append("")
    return "\n".join(lines)


def write_pages(verdicts: Sequence[Verdict], folder: Path) -> None:
    """Writes the page of each language into a folder."""
    for language, file in PAGES.items():
        write_aside(folder / file, page(verdicts, language).encode("utf-8"))
