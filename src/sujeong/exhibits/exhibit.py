"""What an exhibit is, and what it is given to measure and to present."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import sujeong as sj

from ..errors import DataError
from ..inspect import canvas
from ..messages import get_language, text

Item = TypeVar("Item")
Found = dict[str, Any]
Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Claim:
    """A sentence of the notes that an exhibit tests. Its texts are `claim.NAME.says` and `claim.NAME.found`.

    Attributes:
        name: unique among the claims of the exhibit.
        source: "article", "book", "camp" or "deck".
        quote: a few words of the notes, in Korean.
        holds: whether what one run found agrees with the sentence.
        figures: the numbers that the ledger shows, by name; each is averaged over the seeds.
    """

    name: str
    source: str
    quote: str
    holds: Callable[[Found], bool]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Exhibit:
    """One idea, shown.

    Attributes:
        name: what `sujeong show` calls it.
        chapter: its chapter.
        seconds: how long it takes on two cores, roughly.
        measure: computes the figures.
        present: says and draws them.
        claims: sentences of the notes that it tests.
    """

    name: str
    chapter: str
    seconds: float
    measure: Callable[[Run], Found]
    present: Callable[[Stage, Found], None]
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Run:
    """How an exhibit is to measure.

    Attributes:
        seed: of everything random; `sj.set_seed` has been called with it.
        small: whether a few steps on little data are enough, as in tests.
        watch: wraps a loop to show its progress.
    """

    seed: int = 0
    small: bool = False
    watch: Callable[[list[Any]], Iterable[Any]] = iter

    def pick(self, full: Item, small: Item) -> Item:
        """One of two sizes: the full one, or the one for tests."""
        return small if self.small else full

    def each(self, items: Iterable[Item]) -> Iterator[Item]:
        """Goes through items, showing how far it has come."""
        yield from self.watch(list(items))

    def numbers(self) -> np.random.Generator:
        """Random numbers for data made on the host."""
        return np.random.default_rng(self.seed)

    def handwriting(self, training: int, test: int) -> tuple[Arrays, Arrays, str]:
        """Handwritten digits: MNIST where its files are found, else the small ones of the package.

        Args:
            training: how many training samples at most; equally many of each digit, as far as possible.
            test: how many test samples at most.

        Returns:
            `((x, y), (x_test, y_test), name)`, images (N, H, W, 1) in 0..1, and the name of the data set.
        """
        name = "digits"
        if not self.small:
            try:
                sj.datasets.load("mnist")
                name = "mnist"
            except DataError:
                pass
        (x, y), (x_test, y_test) = sj.datasets.load(name)
        chosen, tested = _mixed(y, training, self.numbers()), _mixed(y_test, test, self.numbers())
        return (x[chosen], y[chosen]), (x_test[tested], y_test[tested]), name


def _mixed(labels: np.ndarray, count: int, numbers: np.random.Generator) -> np.ndarray:
    """Positions of `count` samples in random order, the classes taking turns."""
    order = numbers.permutation(len(labels))
    sorted_by_class = order[np.argsort(labels[order], kind="stable")]
    _, starts = np.unique(labels[sorted_by_class], return_index=True)
    turn = np.arange(len(labels)) - np.repeat(starts, np.diff([*starts, len(labels)]))
    chosen: np.ndarray = sorted_by_class[np.argsort(turn, kind="stable")[:count]]
    return numbers.permutation(chosen)


@dataclass
class Stage:
    """Where an exhibit presents what it found: sentences of its catalogue, and one picture.

    Attributes:
        name: of the exhibit.
        out: folder of the picture; `None` draws nothing.
        suffix: what the picture's name has after that of the exhibit.
        speak: what is done with each sentence.
        sentences: those said so far.
        picture_path: the picture, once it is drawn.
    """

    name: str
    out: Path | None = None
    suffix: str = ""
    speak: Callable[[str], None] = print
    sentences: list[str] = field(default_factory=list)
    picture_path: Path | None = None

    def say(self, key: str, **fields: Any) -> None:
        """Says a sentence of the exhibit's catalogue, with its figures filled in."""
        sentence = text(f"show.{self.name}.{key}", get_language(), **fields)
        self.sentences.append(sentence)
        self.speak(sentence)

    def label(self, key: str, **fields: Any) -> str:
        """A text of the exhibit's catalogue in the language of pictures."""
        return canvas.label(f"show.{self.name}.{key}", **fields)

    @contextmanager
    def picture(
        self, width: float = 8.0, height: float = 4.2, rows: int = 1, columns: int = 1, **options: Any
    ) -> Iterator[tuple[Any, Any]]:
        """The figure and its axes; what is drawn on them inside of the block is written at its end.

        Args:
            width: in inches.
            height: in inches.
            rows: of axes.
            columns: of axes.
            **options: for `subplots`.

        Yields:
            `(figure, axes)`; the axes in an array unless there is one.
        """
        made, axes = canvas.figure(width, height, rows, columns, **options)
        yield made, axes
        if self.out is not None:
            self.picture_path = self.out / f"{self.name}{self.suffix}.png"
            canvas.save(made, self.picture_path)

    def animation(self, made: Any, frames: int, draw: Callable[[int], None], *, pause: float = 0.08) -> None:
        """A moving picture, written as GIF.

        Args:
            made: the figure, of `canvas.figure`.
            frames: how many.
            draw: draws frame i onto the figure's axes.
            pause: seconds a frame; the last one stays for two seconds.
        """
        if self.out is not None:
            self.picture_path = self.out / f"{self.name}{self.suffix}.gif"
            canvas.animate(made, frames, draw, self.picture_path, pause=pause)
