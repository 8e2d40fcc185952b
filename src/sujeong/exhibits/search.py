"""Searching for hyper-parameters: by a grid, at random, and in ranges that get narrower.

Learning rates matter by their powers of ten, so 0.001 to 0.01 deserves as many trials as 1 to 10: draw the
exponent, not the number. Sixteen trials on a grid of 4 x 4 try four learning rates only, sixteen at random
try sixteen. Each trial is judged on validation images; the test images are looked at once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn
from sujeong.data import train_validation_split

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

RANGES = np.array([[1e-5, 10.0], [1e-7, 1.0]])  # learning rate, lambda of the L2 penalty
Score = Callable[[np.ndarray], float]
Trials = tuple[np.ndarray, list[float]]


def judge(data: Any, validation: Any, models: list[Any]) -> Score:
    """A function that trains with given settings and says how many validation images are right then."""

    def accuracy(settings: np.ndarray) -> float:
        rate, penalty = settings[0], sj.losses.l2(float(settings[1]))
        hidden = nn.Dense(50, "relu", kernel_initializer="he", kernel_regularizer=penalty)
        model = nn.Sequential([nn.Flatten(), hidden, nn.Dense(10, kernel_regularizer=penalty)])
        model.compile(sj.optim.SGD(float(rate)), "softmax_cross_entropy", ["accuracy"])
        models.append(model)
        try:
            model.fit(*data, batch_size=40, epochs=5, verbose=0)
        except sj.errors.NonFiniteError:
            return 0.0  # the rate was far too large
        return float(model.evaluate(*validation)["accuracy"])

    return accuracy


def grid(score: Score, ranges: np.ndarray, side: int, numbers: np.random.Generator) -> Trials:
    """Every pair of `side` values each, evenly spread over the exponents, in random order."""
    rates, penalties = (np.geomspace(low, high, side) for low, high in ranges)
    trials = numbers.permutation(np.stack(np.meshgrid(rates, penalties), -1).reshape(-1, 2))
    return trials, [score(t) for t in trials]


def linear(score: Score, ranges: np.ndarray, side: int, numbers: np.random.Generator) -> Trials:
    """At random, all numbers equally likely: nine of ten lie in the highest power of ten."""
    low, high = ranges.T
    trials = numbers.uniform(low, high, (side**2, 2))
    return trials, [score(t) for t in trials]


def random(score: Score, ranges: np.ndarray, side: int, numbers: np.random.Generator) -> Trials:
    """At random, all exponents equally likely."""
    low, high = np.log10(ranges).T
    trials = 10 ** numbers.uniform(low, high, (side**2, 2))
    return trials, [score(t) for t in trials]


def narrowing(score: Score, ranges: np.ndarray, side: int, numbers: np.random.Generator) -> Trials:
    """At random in three rounds; after each the ranges shrink to a third, around the best trial so far."""
    low, high = np.log10(ranges).T
    trials: list[np.ndarray] = []
    scores: list[float] = []
    for count in (side**2 - 2 * side, side, side):
        new = list(10 ** numbers.uniform(low, high, (count, 2)))
        trials, scores = trials + new, scores + [score(t) for t in new]
        best, width = np.log10(trials[int(np.argmax(scores))]), (high - low) / 3
        low, high = best - width / 2, best + width / 2
    return np.array(trials), scores


SEARCHES = {"grid": grid, "linear": linear, "random": random, "narrowing": narrowing}


def measure(run: Run) -> Found:
    """Every search several times, each time with other validation images and other first ranges."""
    (x, y), test, name = run.handwriting(run.pick(600, 240), run.pick(3000, 359))
    side, searches = run.pick(4, 3), run.pick(5, 1)
    found: Found = {"data": name, "trials": side**2, "searches": searches}
    rows: dict[str, list[Any]] = {way: [] for way in SEARCHES}
    models: list[Any] = []
    for number, way in run.each((n, w) for n in range(searches) for w in SEARCHES):
        data, validation = train_validation_split(x, y, 1 / 3, seed=run.seed * 100 + number, stratify=True)
        numbers = np.random.default_rng((run.seed, number))
        mine: list[Any] = []
        ranges = RANGES * 10 ** numbers.uniform(-0.5, 0.5, (2, 1))  # people guess, one so and one so
        trials, scores = SEARCHES[way](judge(data, validation, mine), ranges, side, numbers)
        tested = mine[int(np.argmax(scores))].evaluate(*test)["accuracy"]
        rows[way].append((trials, scores, tested))
        models += mine if (number, way) in ((0, "random"), (0, "narrowing")) else []
    found |= {"learning": len(data[0]), "judging": len(validation[0]), "testing": len(test[0])}
    for way in SEARCHES:
        asked, answers, at_end = zip(*rows[way], strict=True)
        found |= {f"{way}_trials": asked[0], f"{way}_scores": np.array(answers[0])}
        found[f"{way}_curve"] = np.maximum.accumulate(np.array(answers), axis=1).mean(0)
        found |= {f"{way}_best": float(found[f"{way}_curve"][-1]), f"{way}_test": float(np.mean(at_end))}
        found[f"{way}_rates"] = len(np.unique(asked[0][:, 0].round(12)))
    right = np.stack([model.predict(test[0], output="class") == test[1] for model in models])
    found |= {"models": len(models), **chosen_by_test(right, 100)}
    return found


def chosen_by_test(right: np.ndarray, size: int) -> Found:
    """What happens if the test images choose: `size` of them do, and the others say how good the choice was.

    Args:
        right: which of the models (rows) is right on which image (columns).
        size: images that choose.
    """
    flattered, honest = [], []
    for start in range(0, right.shape[1] - size + 1, size):
        inside = np.isin(np.arange(right.shape[1]), np.arange(start, start + size))
        best = right[:, inside].mean(1).argmax()
        flattered.append(right[best, inside].mean())
        honest.append(right[best, ~inside].mean())
    return {"flattered": float(np.mean(flattered)), "honest": float(np.mean(honest))}


def present(stage: Stage, found: Found) -> None:
    """The trials of one search of each kind, and how the best so far grows."""
    sizes = {k: found[k] for k in ("data", "trials", "searches", "learning", "judging", "testing")}
    stage.say("begin", **sizes)
    for way in SEARCHES:
        stage.say(way, **{k: found[f"{way}_{k}"] for k in ("rates", "best", "test")})
    stage.say("chosen", **{k: found[k] for k in ("models", "flattered", "honest")})
    with stage.picture(11.0, 6.4, 2, 3) as (made, axes):
        panels = axes.flat[:4]
        for panel, way in zip(panels, SEARCHES, strict=True):
            points = panel.scatter(
                *found[f"{way}_trials"].T,
                60,
                found[f"{way}_scores"],
                vmin=0,
                vmax=1,
                cmap="viridis",
                edgecolors="k",
            )
            panel.set_title(stage.label(f"picture.{way}"), fontsize=11)
            panel.set_xscale("log")
            panel.set_yscale("log")
            panel.set_xlim(RANGES[0] * (0.2, 5))
            panel.set_ylim(RANGES[1] * (0.2, 5))
            panel.set_xlabel(stage.label("rate"))
            panel.set_ylabel(stage.label("penalty"))
            clean(panel)
        made.colorbar(points, ax=list(axes.flat), label=stage.label("validation"), shrink=0.6)
        for way, style, colour in zip(SEARCHES, (":", "-.", "--", "-"), COLOURS, strict=False):
            curve = found[f"{way}_curve"]
            label = stage.label(f"picture.{way}")
            axes[1, 1].plot(np.arange(len(curve)) + 1, curve, style, color=colour, linewidth=2, label=label)
        axes[1, 1].set_ylim(0, 1)
        axes[1, 1].set_xlabel(stage.label("trial"))
        axes[1, 1].set_title(stage.label("picture.curve", searches=found["searches"]), fontsize=11)
        clean(axes[1, 1])
        axes[1, 2].axis("off")
        axes[1, 2].legend(
            *axes[1, 1].get_legend_handles_labels(), frameon=False, loc="center left", fontsize=11
        )


EXHIBIT = Exhibit(
    "search",
    "learning",
    seconds=25,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "random",
            "deck",
            "무작위로 선택한 로그 스케일 범위에서",
            lambda f: f["random_best"] > max(f["grid_best"], f["linear_best"]),
            ("grid_best", "linear_best", "random_best"),
        ),
        Claim(
            "narrowing",
            "book",
            "범위를 점차 좁히면서 하는 것이 효과적",
            lambda f: f["narrowing_best"] > f["random_best"],
            ("random_best", "narrowing_best"),
        ),
        Claim(
            "test",
            "deck",
            "모델이 테스트 데이터에 오버피팅되는",
            lambda f: f["flattered"] > f["honest"],
            ("flattered", "honest"),
        ),
    ),
)
