"""Pooling: each window of the map answers with one number, so that a small shift changes little.

    max pooling        y[i, j, c] = max over the window of x[.., .., c]
    average pooling    y[i, j, c] = mean over the window of x[.., .., c]

Nothing is learned, channels stay apart, and the stride is the window unless another is asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Arrays, Claim, Exhibit, Found, Run, Stage

SHIFTS = (0, 1, 2, 3, 4)
KINDS: dict[str, Any] = {"none": None, "max": nn.MaxPool2D, "average": nn.AveragePool2D}


def network(pool: Any) -> nn.Sequential:
    """Two convolutions, each with pooling behind it or without."""
    layers: list[nn.Module] = []
    for filters in (8, 16):
        layers.append(nn.Conv2D(filters, 3, padding="same", activation="relu"))
        layers += [pool(2)] if pool else []
    return nn.Sequential([*layers, nn.Flatten(), nn.Dense(10)])


def shifted(x: np.ndarray, by: int) -> list[np.ndarray]:
    """The images moved up, down, left and right; what comes into view is empty."""
    if by == 0:
        return [x]
    height, width = x.shape[1:3]
    framed = np.pad(x, ((0, 0), (by, by), (by, by), (0, 0)))
    steps = ((0, by), (2 * by, by), (by, 0), (by, 2 * by))
    return [framed[:, i : i + height, j : j + width] for i, j in steps]


def accuracies(model: Any, data: Arrays) -> list[float]:
    """The share of right answers for each shift, over the four directions."""
    x, t = data
    return [
        float(np.mean([(model.predict(m, output="class") == t).mean() for m in shifted(x, by)]))
        for by in SHIFTS
    ]


def change(model: Any, depth: int, x: np.ndarray) -> float:
    """How far a shift of one pixel moves what the first layers say, relative to its size."""
    first = nn.Sequential(model.layers[:depth])
    before = first(x).numpy()
    after = [first(m).numpy() for m in shifted(x, 1)]
    return float(np.mean([np.linalg.norm(a - before) for a in after]) / np.linalg.norm(before))


def facts() -> dict[str, Any]:
    """Parameters, channels and stride of a pooling layer."""
    pool, x = nn.MaxPool2D(3), sj.ones((1, 9, 9, 5))
    return {
        "parameters": pool.count_parameters((1, 9, 9, 5)),
        "channels_in": x.shape[-1],
        "channels_out": pool(x).shape[-1],
        "stride": pool.strides[0],
        "places": pool(x).shape[1],
    }


def measure(run: Run) -> Found:
    """Trains the same network with and without pooling on images that stand still; tests on shifted ones."""
    (x, t), test, name = run.handwriting(run.pick(4000, 600), run.pick(1000, 200))
    found: Found = {"data": name, "training": len(x), "tested": len(test[0])} | facts()
    for kind in run.each(KINDS):
        sj.set_seed(run.seed)
        model = network(KINDS[kind])
        model.compile(sj.optim.Adam(run.pick(0.002, 0.01)), "softmax_cross_entropy")
        model.fit(x, t, epochs=6, batch_size=50, verbose=0)
        curve = accuracies(model, test)
        found[f"{kind}_curve"] = np.array(curve)
        found[f"{kind}_still"], found[f"{kind}_moved"] = curve[0], float(np.mean(curve[1:]))
        if kind == "max":
            found["change_before"] = change(model, 1, test[0][:100])
            found["change_after"] = change(model, 2, test[0][:100])
    return found


def present(stage: Stage, found: Found) -> None:
    """Accuracy against the shift."""
    stage.say(
        "facts", **{k: found[k] for k in ("parameters", "channels_in", "channels_out", "stride", "places")}
    )
    stage.say("change", before=found["change_before"], after=found["change_after"])
    stage.say("data", data=found["data"], training=found["training"], tested=found["tested"])
    stage.say("still", **{k: found[f"{k}_still"] for k in KINDS})
    stage.say("moved", **{k: found[f"{k}_moved"] for k in KINDS})
    with stage.picture(8.0, 4.2) as (_, axes):
        styles = (("none", "o--", 6), ("max", "s-", 0), ("average", "^-.", 2))
        for kind, style, colour in styles:
            label = stage.label(f"picture.{kind}")
            axes.plot(SHIFTS, 100 * found[f"{kind}_curve"], style, color=COLOURS[colour], label=label)
        axes.set_xticks(SHIFTS)
        axes.set_ylim(0, 103)
        axes.set_xlabel(stage.label("picture.shift"))
        axes.set_ylabel(stage.label("picture.accuracy"))
        axes.legend(frameon=False, loc="lower left")
        clean(axes)


EXHIBIT = Exhibit(
    "pooling",
    "images",
    seconds=18,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "robust",
            "book",
            "입력의 변화에 영향을 적게 받는다",
            lambda f: f["max_moved"] > f["none_moved"],
            ("none_moved", "max_moved", "average_moved"),
        ),
        Claim(
            "nothing-learned",
            "book",
            "학습해야 할 매개변수가 없다",
            lambda f: f["parameters"] == 0 and f["channels_in"] == f["channels_out"],
            ("parameters", "channels_in", "channels_out"),
        ),
    ),
)
