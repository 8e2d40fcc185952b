"""Dropout when training is over: all units take part, and nothing needs to be scaled any more.

    training      y = x mask / (1 - rate)        each value stays with the chance 1 - rate
    prediction    y = x

Dividing in training keeps the mean of what the next layer adds up. The notes' older form leaves the division
out and multiplies by (1 - rate) in prediction: the same, unless that factor is forgotten.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

RATE, HIDDEN = 0.5, 300


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows whose greatest score is that of the label."""
    return float((scores.argmax(-1) == labels).mean())


def measure(run: Run) -> Found:
    """One network, asked with dropout off, left on, and averaged over many masks."""
    data, (x, labels), name = run.handwriting(run.pick(2000, 300), run.pick(1000, 300))
    hidden, output = nn.Dense(HIDDEN, "relu", kernel_initializer="he"), nn.Dense(10)
    model = nn.Sequential([nn.Flatten(), hidden, nn.Dropout(RATE), output])
    model.compile(sj.optim.Adam(run.pick(0.001, 0.003)), "softmax_cross_entropy")
    model.fit(*data, epochs=run.pick(10, 6), batch_size=run.pick(50, 20), verbose=0)
    found: Found = {"data": name, "passes": run.pick(200, 60)}
    all_on = model.predict(x, output="raw")
    found["all_accuracy"], found["all_loss"] = accuracy(all_on, labels), loss(labels, all_on)
    shown = sj.asarray(x)
    masked = np.stack([model(shown, training=True).numpy() for _ in run.each(range(found["passes"]))])
    singly = np.array([accuracy(scores, labels) for scores in masked])
    found |= {"single": singly, "single_mean": float(singly.mean())}
    found |= {"single_low": float(singly.min()), "single_high": float(singly.max())}
    chances = sj.softmax(masked, axis=-1).numpy()
    found["averaged"] = np.array([accuracy(chances[:k].mean(0), labels) for k in counts(found["passes"])])
    found["averaged_accuracy"] = float(found["averaged"][-1])
    found["wavering"] = float((chances.argmax(-1) != chances.argmax(-1)[0]).any(0).mean())
    notes = (
        hidden(nn.Flatten()(shown)) @ (output.kernel / (1 - RATE)) + output.bias
    )  # trained without dividing
    found["forgotten_loss"] = loss(labels, notes.numpy())
    found["forgotten_accuracy"] = accuracy(notes.numpy(), labels)
    own = (np.arange(len(labels)), labels)
    found |= {"off_sum": float(all_on[own].mean()), "on_sum": float(masked[:, *own].mean())}
    found["forgotten_sum"] = float(notes.numpy()[own].mean())
    found |= {"sums": masked[:, 0, labels[0]], "sum_off": float(all_on[own][0])}
    found["sum_forgotten"] = float(notes.numpy()[own][0])
    return found


def counts(passes: int) -> list[int]:
    """How many passes are averaged."""
    return sorted({min(k, passes) for k in (1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 130, 200)})


def loss(labels: np.ndarray, scores: Any) -> float:
    """The mean cross-entropy."""
    return float(sj.losses.softmax_cross_entropy(labels, scores))


def present(stage: Stage, found: Found) -> None:
    """Accuracies with masks and without; one unit's sum under many masks."""
    kept = ("all_accuracy", "single_mean", "single_low", "single_high", "passes", "wavering")
    stage.say("off", data=found["data"], rate=RATE, accuracy=found["all_accuracy"])
    stage.say("on", **{k: found[k] for k in kept})
    stage.say("averaged", passes=found["passes"], accuracy=found["averaged_accuracy"])
    stage.say("sums", **{k: found[k] for k in ("on_sum", "off_sum")})
    figures = ("forgotten_sum", "forgotten_accuracy", "forgotten_loss", "all_accuracy", "all_loss")
    stage.say("forgotten", factor=1 - RATE, **{k: found[k] for k in figures})
    with stage.picture(10.0, 4.0, 1, 2) as (_, (left, right)):
        left.axhspan(
            found["single_low"], found["single_high"], color="#d0d0d0", label=stage.label("picture.single")
        )
        left.semilogx(
            counts(found["passes"]),
            found["averaged"],
            "o-",
            color=COLOURS[0],
            label=stage.label("picture.averaged"),
        )
        left.axhline(found["all_accuracy"], ls="--", color=COLOURS[1], label=stage.label("picture.off"))
        left.set_xlabel(stage.label("passes"))
        left.set_ylabel(stage.label("accuracy", data=found["data"]))
        left.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), fontsize=10)
        clean(left)
        right.hist(found["sums"], 20, color="#bbbbbb", label=stage.label("picture.masked"))
        lines = (
            ("mean", found["sums"].mean(), COLOURS[0], "-"),
            ("all", found["sum_off"], COLOURS[1], "--"),
            ("forgotten", found["sum_forgotten"], COLOURS[3], ":"),
        )
        for key, place, colour, style in lines:
            right.axvline(place, color=colour, ls=style, linewidth=2, label=stage.label(f"picture.{key}"))
        right.set_xlabel(stage.label("sum"))
        right.set_ylabel(stage.label("count"))
        right.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), fontsize=10, ncols=2)
        clean(right)


EXHIBIT = Exhibit(
    "dropout-at-test",
    "learning",
    seconds=5,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "off",
            "article",
            "test 단계에서는 dropout이 해제된다",
            lambda f: f["all_accuracy"] > f["single_mean"],
            ("all_accuracy", "single_mean", "averaged_accuracy"),
        ),
    ),
)
