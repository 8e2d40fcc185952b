"""Running an exhibit: measure once, present in the languages asked for."""

from __future__ import annotations

import hashlib
import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import sujeong as sj

from ..messages import get_language, set_language
from .catalogue import exhibit
from .exhibit import Exhibit, Found, Run, Stage


@dataclass(frozen=True)
class Shown:
    """What came of an exhibit.

    Attributes:
        name: of the exhibit.
        found: its figures.
        seconds: that measuring took.
        stages: language -> sentences and picture.
    """

    name: str
    found: Found
    seconds: float
    stages: dict[str, Stage]


def fingerprint(one: Exhibit) -> str:
    """What the files of an exhibit hold, code and texts: what was kept counts only while it is the same."""
    code = inspect.getsource(sys.modules[one.measure.__module__])
    texts = inspect.getsource(import_module(f"sujeong.messages.exhibits.{one.name.replace('-', '_')}"))
    return hashlib.sha256((code + texts).encode("utf-8")).hexdigest()[:16]


def measure(one: Exhibit, run: Run) -> Found:
    """The figures of an exhibit, from a fresh seed and in float32, which is the same on all machines.

    The seed of the caller is put back.
    """
    before = sj.get_seed()
    sj.set_seed(run.seed)
    try:
        with sj.using(precision="float32"):
            return one.measure(run)
    finally:
        sj.set_seed(before)


def show(
    name: str,
    *,
    seed: int = 0,
    small: bool = False,
    out: Path | None = None,
    languages: Sequence[str] = (),
    speak: Callable[[str], None] = print,
    watch: Callable[[list[Any]], Iterable[Any]] = iter,
) -> Shown:
    """Runs an exhibit.

    Args:
        name: of the exhibit.
        seed: of everything random.
        small: the short form, for tests.
        out: folder for the picture; `None` draws it and writes nothing.
        languages: in which to present it; default the chosen one. With several, the names of the pictures
            end in the language.
        speak: what is done with each sentence.
        watch: wraps a loop to show its progress.

    Returns:
        Figures, seconds, sentences and pictures.

    Raises:
        NameUnknownError: there is no such exhibit.
        DataError: its data set is missing.
    """
    one = exhibit(name)
    start = time.perf_counter()
    found = measure(one, Run(seed, small, watch))
    seconds = time.perf_counter() - start
    stages = {}
    for language in languages or (get_language(),):
        suffix = f".{language}" if len(languages) > 1 else ""
        with speaking(language):
            stages[language] = Stage(name, out, suffix, speak)
            one.present(stages[language], found)
    return Shown(name, found, seconds, stages)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The language of texts, inside of the block."""
    before = get_language()
    set_language(language)
    try:
        yield
    finally:
        set_language(before)
