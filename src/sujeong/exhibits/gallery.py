"""All exhibits on one page a language: picture, sentences, time, and where the code is.

Each finished exhibit leaves DIR/NAME.json with its sentences; the pages are put together from these. So a
gallery that was interrupted goes on where it stopped, and a page can be made again in a moment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checkpoints import write_aside
from ..errors import SujeongError
from ..messages import LANGUAGES, text
from .catalogue import CHAPTERS, NAMES, exhibit
from .runner import Shown, fingerprint, show

PAGES = {"en": "README.md", "ko": "README.ko.md"}


@dataclass(frozen=True)
class Outcome:
    """How it went with all exhibits.

    Attributes:
        shown: names of those that ran.
        kept: names of those that had been finished before.
        failed: name -> what went wrong.
    """

    shown: list[str]
    kept: list[str]
    failed: dict[str, str]


def build(
    out: Path,
    *,
    seed: int = 0,
    small: bool = False,
    resume: bool = False,
    names: tuple[str, ...] = NAMES,
    report: Callable[[str], None] = print,
    watch: Any = iter,
) -> Outcome:
    """Runs exhibits, and writes the pages.

    Args:
        out: folder of pictures and pages.
        seed: of everything random.
        small: the short forms.
        resume: whether exhibits finished before with this seed, size and code are kept.
        names: which.
        report: told what is being done, line by line.
        watch: wraps a loop to show its progress.

    Returns:
        What ran, what was kept, what failed.
    """
    outcome = Outcome([], [], {})
    for name in names:
        notes = out / f"{name}.json"
        if resume and _finished(notes, name, seed, small):
            outcome.kept.append(name)
            continue
        report(text("show.gallery.begin", name=name))
        try:
            shown = show(
                name, seed=seed, small=small, out=out, languages=tuple(LANGUAGES), speak=_silent, watch=watch
            )
        except SujeongError as error:
            outcome.failed[name] = str(error)
            continue
        _write(notes, _notes(shown, seed, small))
        outcome.shown.append(name)
    for language in LANGUAGES:
        write_page(out, language)
    return outcome


def _silent(sentence: str) -> None:
    """Sentences go to the page, not to the terminal."""


def _finished(notes: Path, name: str, seed: int, small: bool) -> bool:
    try:
        known = json.loads(notes.read_text(encoding="utf-8"))
        same = known["code"] == fingerprint(exhibit(name))
        return bool(same and known["seed"] == seed and known["small"] == small)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _notes(shown: Shown, seed: int, small: bool) -> dict[str, Any]:
    return {
        "name": shown.name,
        "seed": seed,
        "small": small,
        "code": fingerprint(exhibit(shown.name)),
        "seconds": round(shown.seconds, 1),
        "sentences": {language: stage.sentences for language, stage in shown.stages.items()},
        "pictures": {
            language: stage.picture_path.name
            for language, stage in shown.stages.items()
            if stage.picture_path
        },
    }


def _write(path: Path, content: Any) -> None:
    encoded = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, encoded.encode("utf-8"))


def write_page(out: Path, language: str) -> None:
    """Puts the page of one language together from what the exhibits left."""
    lines = [f"# {text('show.gallery.title', language)}", ""]
    others = [f"[{text('show.gallery.name', o)}]({PAGES[o]})" for o in LANGUAGES if o != language]
    lines += [" · ".join(others), "", text("show.gallery.lead", language), ""]
    code = os.path.relpath(Path(__file__).parent, out.resolve())
    for chapter, names in CHAPTERS.items():
        found = [(n, json.loads(f.read_text("utf-8"))) for n in names if (f := out / f"{n}.json").exists()]
        if not found:
            continue
        lines += [f"## {text(f'chapter.{chapter}', language)}", ""]
        for name, notes in found:
            title = text(f"show.{name}.title", language)
            lines += [f"### {title}", ""]
            if language in notes["pictures"]:
                lines += [f"![{title}]({notes['pictures'][language]})", ""]
            lines += [" ".join(notes["sentences"][language]), ""]
            file = f"{code}/{name.replace('-', '_')}.py"
            seconds = text("show.gallery.seconds", language, seconds=notes["seconds"])
            command = f"sujeong show {name}" + (" --lang ko" if language == "ko" else "")
            lines += [f"`{command}` · {seconds} · [{text('show.gallery.code', language)}]({file})", ""]
    write_aside(out / PAGES[language], "\n".join(lines).encode("utf-8"))
