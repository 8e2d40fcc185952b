"""The class needs no softmax: it keeps the order of the scores, and the greatest stays the greatest.

    y_k = e^a_k / sum_j e^a_j        a_i > a_j  exactly where  y_i > y_j        argmax y = argmax a

In numbers with 24 binary digits the order can only be lost, never turned round: scores that differ by less
than the probabilities can show become equal, and argmax then takes the first of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

CLASSES = (10, 100, 1000, 10000)
NUMBERS = 1_000_000  # scores at a time, whatever the number of classes


def network() -> nn.Sequential:
    """A classifier of digits that gives scores."""
    return nn.Sequential([nn.Flatten(), nn.Dense(64, "relu"), nn.Dense(10)])


def likeliest(scores: Any) -> Any:
    """The class of the greatest score."""
    return sj.argmax(scores, axis=-1)


def likeliest_by_probability(scores: Any) -> Any:
    """The class of the greatest probability."""
    return sj.argmax(sj.softmax(scores), axis=-1)


def seconds(function: Callable[[Any], Any], x: Any, times: int) -> float:
    """The least time of several calls, of the recorded function."""
    recorded, taken = sj.jit(function), []
    for _ in range(times + 1):
        start = time.perf_counter()
        recorded(x).numpy()
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def measure(run: Run) -> Found:
    """Compares the classes with and without softmax, on digits and on scores of many classes."""
    (x, t), (x_test, t_test), name = run.handwriting(run.pick(4000, 600), run.pick(2000, 300))
    model: Any = network()
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    model.fit(x, t, epochs=4, batch_size=50, verbose=0)
    scores, probabilities = model.predict(x_test, output="raw"), model.predict(x_test)
    found: Found = {
        "data": name,
        "tested": len(x_test),
        "same": float((scores.argmax(1) == probabilities.argmax(1)).mean()),
        "accuracy": float((model.predict(x_test, output="class") == t_test).mean()),
        "sum_error": float(np.abs(probabilities.sum(1) - 1).max()),
        "scores": scores[0],
        "probabilities": probabilities[0],
    }
    count, times = run.pick(NUMBERS, NUMBERS // 20), run.pick(9, 2)
    saved = []
    for classes in run.each(CLASSES):
        key = sj.random.key(run.seed, "scores", classes)
        a = 5 * sj.random.normal(key, (count // classes, classes))
        plain, full = seconds(likeliest, a, times), seconds(likeliest_by_probability, a, times)
        found[f"same_{classes}"] = float(
            sj.mean(sj.astype(likeliest(a) == likeliest_by_probability(a), "float32"))
        )
        saved.append(1 - plain / full)
        found[f"seconds_plain_{classes}"], found[f"seconds_softmax_{classes}"] = plain, full
    found["same_all"] = min(found[f"same_{c}"] for c in CLASSES)
    found["seconds_saved"] = float(np.mean(saved))
    images = sj.asarray(x_test)
    with_softmax = seconds(lambda x: likeliest_by_probability(model(x)), images, times)
    found["seconds_network"] = with_softmax
    found["seconds_saved_network"] = 1 - seconds(lambda x: likeliest(model(x)), images, times) / with_softmax
    return found | ties()


def ties() -> dict[str, Any]:
    """Two small scores that differ in the last digit: do their probabilities?"""
    scores = sj.asarray(np.array([0.25, np.nextafter(np.float32(0.25), np.float32(1.0))], "float32"))
    return {"tie_scores": int(likeliest(scores)), "tie_softmax": int(likeliest_by_probability(scores))}


def present(stage: Stage, found: Found) -> None:
    """Scores and probabilities of one digit; the time with and without softmax."""
    stage.say(
        "same", data=found["data"], tested=found["tested"], same=found["same"], accuracy=found["accuracy"]
    )
    stage.say("many", numbers=len(CLASSES), least=min(CLASSES), most=max(CLASSES), same=found["same_all"])
    stage.say("tie" if found["tie_scores"] != found["tie_softmax"] else "no_tie")
    stage.say("time", saved=found["seconds_saved"], whole=found["seconds_saved_network"])
    with stage.picture(9.4, 3.6, 1, 3, width_ratios=(1, 1, 1.35)) as (_, axes):
        for panel, key in zip(axes, ("scores", "probabilities"), strict=False):
            values = found[key]
            colours = [COLOURS[1] if i == values.argmax() else COLOURS[5] for i in range(10)]
            panel.bar(range(10), values, color=colours)
            panel.set_title(stage.label(f"picture.{key}"), fontsize=11)
            panel.set_xlabel(stage.label("picture.class"))
            panel.set_xticks(range(10))
            clean(panel)
        at = np.arange(len(CLASSES))
        for way, step, colour, hatch in (("softmax", -0.2, 1, "//"), ("plain", 0.2, 0, "")):
            taken = [1e3 * found[f"seconds_{way}_{classes}"] for classes in CLASSES]
            label = stage.label(f"picture.{way}")
            axes[2].bar(at + step, taken, 0.38, color=COLOURS[colour], hatch=hatch, label=label)
        axes[2].set_xticks(at, [f"{c:,}" for c in CLASSES])
        axes[2].set_xlabel(stage.label("picture.classes"))
        axes[2].set_ylabel(stage.label("picture.time"))
        axes[2].margins(y=0.3)
        axes[2].legend(frameon=False, loc="upper right", fontsize=9)
        clean(axes[2])


EXHIBIT = Exhibit(
    "softmax-omitted",
    "images",
    seconds=2,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "omitted",
            "deck",
            "출력층의 소프트맥스 함수 생략 가능",
            lambda f: f["same"] == 1 and f["same_all"] == 1 and f["seconds_saved"] > 0,
            ("same", "same_all", "seconds_saved", "seconds_saved_network"),
        ),
    ),
)
