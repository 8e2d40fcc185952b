"""What the notes say that is not so, each checked by running it: `sujeong errata`.

A check computes what is true with the library and gives the figures that its text shows. It also says
whether the notes' version is indeed not so; a test holds that. Dates and names no program can compute:
there the text names the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

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


def _steepest() -> tuple[bool, dict[str, Any]]:
    point = sj.asarray([-7.0, 2.0])
    slope = sj.grad(lambda w: w[0] ** 2 / 20 + w[1] ** 2)(point)
    down, home = -slope, -point  # the lowest place is the origin
    cosine = sj.sum(down * home) / (sj.linalg.vector_norm(down) * sj.linalg.vector_norm(home))
    angle = float(sj.acos(cosine)) * 180 / sj.pi
    return angle > 1, {"angle": angle}


def _batch_norm_range() -> tuple[bool, dict[str, Any]]:
    x = sj.random.normal(sj.random.key(0), (1000, 1)) * 30 + 7
    y, *_ = sj.batch_norm(x, sj.ones((1,)), sj.zeros((1,)))
    outside = float(sj.mean(sj.astype(sj.abs(y) > 1, sj.float32)))
    figures = {"outside": outside, "largest": float(sj.max(sj.abs(y))), "std": float(sj.std(y))}
    return outside > 0.05, figures


def _choosing_on_test_data() -> tuple[bool, dict[str, Any]]:
    numbers = np.random.default_rng(0)
    labels, later = numbers.integers(0, 2, 100), numbers.integers(0, 2, 100)  # coin tosses: nothing to learn
    guesses = numbers.integers(0, 2, (500, 100))
    accuracies = [float(sj.metrics.accuracy(labels, g)) for g in guesses]
    best = int(np.argmax(accuracies))
    figures = {"chosen": accuracies[best], "fresh": float(sj.metrics.accuracy(later, guesses[best]))}
    return figures["chosen"] - figures["fresh"] > 0.05, figures


def _squared_norm() -> tuple[bool, dict[str, Any]]:
    slope = sj.grad(lambda w: w**2)
    far, near = (float(slope(w) / slope(w) ** 2) for w in (1.0, 0.001))
    return abs(near) > abs(far), {"far": far, "near": near}


def _sigmoid_slope() -> tuple[bool, dict[str, Any]]:
    x = sj.linspace(-8.0, 8.0, 161)
    slope = sj.vjp(sj.sigmoid, x)[1](sj.ones_like(x))[0]
    return float(sj.max(slope)) <= 0.25, {"largest": float(sj.max(slope)), "end": float(slope[0])}


def _applied() -> tuple[bool, dict[str, Any]]:
    x = sj.asarray(3.0)
    applied, multiplied = float(sj.relu(x)), float(x * sj.relu(x))
    return applied != multiplied, {"x": float(x), "applied": applied, "multiplied": multiplied}


def _without_labels() -> tuple[bool, dict[str, Any]]:
    (x, _), (x_test, _) = sj.datasets.load("digits")
    x, x_test = x.reshape(-1, 64), x_test.reshape(-1, 64)
    sj.set_seed(0)
    model = nn.Sequential([nn.Dense(16, "tanh"), nn.Dense(64)])
    model.compile(sj.optim.Adam(0.01), "mean_squared_error")
    model.fit(x, x, epochs=8, batch_size=64, verbose=0)
    error = model.evaluate(x_test, x_test)["loss"]
    mean = float(((x_test - x.mean(axis=0)) ** 2).mean())
    return error < mean, {"error": error, "mean": mean}


def _fact() -> tuple[bool, dict[str, Any]]:
    """What no program can compute: the text names the paper."""
    return True, {}


ERRATA: tuple[Erratum, ...] = (
    Erratum("dot", "deck", "array([[220, 280, 340, 400]", _dot),
    Erratum("thrice", "deck", "c * 3x", _thrice),
    Erratum("share", "deck", "모두 32%", _share),
    Erratum("steepest", "deck", "가장 낮은 장소를 가리키는 방향", _steepest),
    Erratum("batch-norm", "article", "-1 에서 1 사이로 정규화", _batch_norm_range),
    Erratum("test-data", "article", "해석(test)과 검증(validation)", _choosing_on_test_data),
    Erratum("squared-norm", "article", "제곱 값만큼 줄이면", _squared_norm),
    Erratum("sigmoid", "article", "오차가 작아질 수록 급하게 0에 수렴", _sigmoid_slope),
    Erratum("applied", "camp", "을 곱해주면서", _applied),
    Erratum("supervised", "article", "심층학습 또한 지도학습", _without_labels),
    Erratum("dqn", "camp", "알파고를 만든 알고리즘", _fact),
    Erratum("gan", "camp", "2015 - GAN", _fact),
    Erratum("dependent", "article", "판매량을 독립변수로", _fact),
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
