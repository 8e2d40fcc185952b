"""End to end: who finds the features and the rules, a person or the machine?

                              features            from features to the answer
    hand rules                a person            a person       if there is a hole above the middle: 9
    hand features + SVM       a person            a machine      max(0, 1 + max_j y_j - y_t) + penalty |W|^2
    network                   a machine           a machine      pixels in, classes out

The hand features are strokes by direction: a filter for each of eight slopes, ReLU, means over small cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Arrays, Claim, Exhibit, Found, Run, Stage

WAYS = ("rules", "pixels", "features", "network")
DIRECTIONS = 8


def holes(ink: np.ndarray) -> np.ndarray:
    """Paper that ink encloses: what the outside does not reach, growing pixel by pixel (N, H, W)."""
    framed = np.pad(ink, ((0, 0), (1, 1), (1, 1)))[..., None]
    paper, edge = sj.asarray((~framed).astype("float32")), np.ones_like(framed, "float32")
    edge[:, 1:-1, 1:-1] = 0
    outside = sj.asarray(edge)
    for _ in range(2 * framed.shape[1]):
        down = sj.max_pool(outside, (3, 1), strides=1, padding="same")
        across = sj.max_pool(outside, (1, 3), strides=1, padding="same")
        outside = sj.maximum(down, across) * paper
    enclosed: np.ndarray = (paper - outside).numpy()[:, 1:-1, 1:-1, 0] > 0
    return enclosed


def part(rows: np.ndarray, low: float, high: float) -> np.ndarray:
    """The rows between two heights, from 0 to 1."""
    h = len(rows)
    return rows[int(low * h) : max(int(high * h), int(low * h) + 1)]


def on_the_left(ink: np.ndarray, low: float, high: float) -> bool:
    """Whether most ink between two heights is in the left half."""
    rows = part(ink, low, high)
    return bool(rows[:, : ink.shape[1] // 2].sum() > rows.sum() / 2)


def by_rules(ink: np.ndarray, hole: np.ndarray) -> int:
    """What a person who looked at some digits would write down; ink and holes of one image."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ink, hole = ink[box], hole[box]
    height, width = ink.shape
    strokes = (np.diff(ink.astype(int), axis=1, prepend=0) == 1).sum(1)  # in each row
    if hole.mean() < 0.05 and (width < 0.45 * height or (strokes.max() == 1 and spread(ink, 0, 0.2) < 0.6)):
        return 1
    if hole.mean() > 0.01:
        open_rows = np.flatnonzero(hole.any(1))
        if (np.diff(open_rows) > 1).any():
            return 8  # two holes, one above the other
        if open_rows[-1] - open_rows[0] > 0.5 * height:
            return 0
        return 6 if open_rows.mean() > 0.5 * height else 9
    if part(ink, 0, 0.3)[:, int(0.35 * width) : int(0.65 * width)].any(0).mean() < 0.4:
        return 4  # open at the top
    above, below = on_the_left(ink, 0.2, 0.45), on_the_left(ink, 0.55, 0.85)
    if above:
        return 6 if below else 5
    wide = spread(ink, 0.85, 1) > 0.45
    return (2 if below else 3) if wide else 7


def spread(ink: np.ndarray, low: float, high: float) -> float:
    """How much of the width the ink between two heights takes."""
    return float(part(ink, low, high).any(0).mean())


def hand_features(x: np.ndarray) -> np.ndarray:
    """Strokes by direction: how steeply brightness rises along each of eight slopes, means over cells."""
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    v, u = np.mgrid[-1:2, -1:2]
    filters = np.cos(angles) * u[..., None] + np.sin(angles) * v[..., None]
    slopes = sj.relu(sj.conv(x, filters[:, :, None].astype("float32"), padding="same"))
    cells = sj.average_pool(slopes, max(2, x.shape[1] // 7)).numpy().reshape(len(x), -1)
    made: np.ndarray = cells / cells.std()
    return made


def machine() -> nn.Sequential:
    """A linear support vector machine: scores, hinge loss, and a penalty on the weights."""
    return nn.Sequential([nn.Flatten(), nn.Dense(10, kernel_regularizer=sj.losses.l2(1e-4))])


def network() -> nn.Sequential:
    """A small convolutional network."""
    return nn.Sequential(
        [
            nn.Conv2D(16, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(32, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Dense(10),
        ]
    )


def right(model: Any, loss: str, training: Arrays, test: Arrays, steps: int) -> float:
    """The share of right answers after training."""
    model.compile(sj.optim.Adam(0.002), loss)
    batch = 50
    model.fit(*training, epochs=max(1, round(steps * batch / len(training[0]))), batch_size=batch, verbose=0)
    return float((model.predict(test[0], output="raw").argmax(1) == test[1]).mean())


def measure(run: Run) -> Found:
    """The three ways on the same digits, with few and with many training images."""
    (x, t), (x_test, t_test), name = run.handwriting(run.pick(5000, 800), run.pick(2000, 300))
    few = run.pick(200, 100)
    ink = x_test[..., 0] > 0.5
    found: Found = {"data": name, "few": few, "many": len(x), "tested": len(x_test)}
    answers = [by_rules(i, h) for i, h in zip(ink, holes(ink), strict=True)]
    found["rules"] = float(np.mean(np.array(answers) == t_test))
    made, made_test = hand_features(x), hand_features(x_test)
    found["features_count"] = made.shape[1]
    for amount, count in run.each((("few", few), ("many", len(x)))):
        for way, model, loss, data, test in (
            ("pixels", machine(), "multiclass_hinge", x, x_test),
            ("features", machine(), "multiclass_hinge", made, made_test),
            ("network", network(), "softmax_cross_entropy", x, x_test),
        ):
            sj.set_seed(run.seed)
            steps = run.pick(500, 120)
            found[f"{way}_{amount}"] = right(model, loss, (data[:count], t[:count]), (test, t_test), steps)
    cells = round((made.shape[1] / DIRECTIONS) ** 0.5)
    five = np.flatnonzero(t_test == 5)[0]
    found["example"] = x_test[five, :, :, 0]
    found["strokes"] = made_test[five].reshape(cells, cells, DIRECTIONS)
    return found


def present(stage: Stage, found: Found) -> None:
    """Accuracy of each way; who did what is written under it."""
    stage.say("rules", data=found["data"], tested=found["tested"], right=found["rules"])
    stage.say("features", count=found["features_count"], directions=DIRECTIONS)
    for amount in ("few", "many"):
        shares = {way: found[f"{way}_{amount}"] for way in WAYS[1:]}
        stage.say("learned", training=found[amount], **shares)
        ahead = max(shares, key=shares.__getitem__)
        stage.say(f"ahead.{ahead}", training=found[amount])
    with stage.picture(10.0, 4.3, 1, 2, width_ratios=(1, 2.1)) as (_, (left, axes)):
        draw_strokes(left, found["example"], found["strokes"])
        left.set_title(stage.label("picture.strokes"), fontsize=11)
        at = np.arange(len(WAYS))
        for amount, step, colour, hatch in (("few", -0.2, 5, ""), ("many", 0.2, 0, "//")):
            values = [100 * found[f"{way}_{amount}"] for way in WAYS[1:]]
            label = stage.label("picture.training", training=found[amount])
            bars = axes.bar(at[1:] + step, values, 0.38, color=COLOURS[colour], hatch=hatch, label=label)
            axes.bar_label(bars, fmt="%.1f", fontsize=10)
        bars = axes.bar(
            at[:1], [100 * found["rules"]], 0.38, color=COLOURS[4], label=stage.label("picture.none")
        )
        axes.bar_label(bars, fmt="%.1f", fontsize=10)
        axes.set_xticks(at, [stage.label(f"picture.{way}") for way in WAYS])
        axes.set_ylim(0, 122)
        axes.set_yticks((0, 25, 50, 75, 100))
        axes.set_ylabel(stage.label("picture.accuracy"))
        axes.legend(frameon=False, loc="upper center", ncols=3, fontsize=9)
        clean(axes)


def draw_strokes(panel: Any, image: np.ndarray, strokes: np.ndarray) -> None:
    """A digit, and in each cell a line along each slope's edge, as long as the feature is large."""
    side = len(image) / len(strokes)
    panel.imshow(image, cmap="Greys", vmin=0, vmax=2)
    for (i, j, k), strength in np.ndenumerate(strokes / strokes.max()):
        angle = 2 * np.pi * k / DIRECTIONS
        u, v = (0.6 * side * strength * part for part in (-np.sin(angle), np.cos(angle)))  # across the slope
        row, column = (i + 0.5) * side - 0.5, (j + 0.5) * side - 0.5
        panel.plot([column - u, column + u], [row - v, row + v], color=COLOURS[1], linewidth=1.2)
    panel.set_xlim(-0.5, len(image) - 0.5)
    panel.set_ylim(len(image) - 0.5, -0.5)
    panel.set_xticks(())
    panel.set_yticks(())


EXHIBIT = Exhibit(
    "end-to-end",
    "images",
    seconds=20,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "machine-finds-features",
            "deck",
            "특징과 규칙을 찾아내는 역할을 기계가",
            lambda f: f["network_many"] > f["features_many"] and f["network_many"] > f["rules"],
            ("rules", "pixels_many", "features_many", "network_many"),
        ),
    ),
)
