"""Dense layers as convolutions: one pass over a large image in place of one pass for each of its windows.

    a loop     for each window: all layers, on 28 x 28 pixels            windows overlap: the same sums again
    one pass   the same layers, dense turned into convolutions           what windows share is computed once

Global average pooling takes the mean of each channel over all places, and a dense layer weighs the means.
The weighted sum at each place, before the mean, is the class map: which places speak for a class?

    y[k] = sum over c of  w[c, k] (mean over places of a[i, j, c])
         = mean over places of  (sum over c of  w[c, k] a[i, j, c])
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS
from .exhibit import Arrays, Claim, Exhibit, Found, Run, Stage

NOTHING = 10  # the class of windows between digits
STEP = 4  # product of the strides: pixels from window to window


def windows_classifier() -> nn.Sequential:
    """A classifier of single digits; nothing is padded, so that a window is all that it sees."""
    return nn.Sequential(
        [
            nn.Conv2D(8, 3, 2, activation="relu"),
            nn.Conv2D(16, 3, 2, activation="relu"),
            nn.Flatten(),
            nn.Dense(32, "relu"),
            nn.Dense(11),
        ]
    )


def pooled_classifier() -> nn.Sequential:
    """A classifier with global average pooling."""
    return nn.Sequential(
        [
            nn.Conv2D(16, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(32, 3, padding="same", activation="relu"),
            nn.Conv2D(32, 3, padding="same", activation="relu"),
            nn.GlobalAveragePool2D(),
            nn.Dense(10),
        ]
    )


def with_gaps(x: np.ndarray, t: np.ndarray) -> Arrays:
    """Digits, and windows that show parts of two neighbours: those are of the class NOTHING."""
    size, gaps = x.shape[1], [np.zeros_like(x[: len(x) // 10])]
    for k, cut in enumerate((size // 4, size // 2, 3 * size // 4)):
        left, right = x[k:-1:4], x[k + 1 :: 4]
        gaps.append(np.concatenate([left[:, :, cut:], right[:, :, :cut]], axis=2))
        gaps.append(np.concatenate([left[:, cut:], right[:, :cut]], axis=1))
    none = np.full(sum(map(len, gaps)), NOTHING)
    return np.concatenate([x, *gaps]), np.concatenate([t, none])


def sheet(x: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A large image with digits side by side."""
    size = x.shape[1]
    return (
        x[: rows * columns]
        .reshape(rows, columns, size, size, 1)
        .swapaxes(1, 2)
        .reshape(1, rows * size, -1, 1)
    )


def windows_of(image: np.ndarray, size: int) -> np.ndarray:
    """All windows of a large image, in steps of STEP."""
    places = [range(0, n - size + 1, STEP) for n in image.shape[1:3]]
    return np.concatenate([image[:, i : i + size, j : j + size] for i in places[0] for j in places[1]])


def seconds(function: Callable[[], Any], times: int) -> float:
    """The least time of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return min(taken)


def one_pass(run: Run, training: Arrays, test: Arrays) -> Found:
    """The answers to all windows of a sheet of digits, three ways."""
    model: Any = windows_classifier()
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    model.fit(*with_gaps(*training), epochs=8, batch_size=50, verbose=0)
    turned = nn.to_convolutional(model)  # the same weights, dense layers as convolutions
    rows, columns = run.pick((3, 5), (2, 3))
    image, size = sheet(test[0], rows, columns), test[0].shape[1]
    whole, windows = sj.jit(turned), windows_of(image, size)
    single = sj.jit(model)
    x, batch = sj.asarray(image), sj.asarray(windows)
    apart = [sj.asarray(w[None]) for w in windows]  # one window at a time, for the loop
    answers = whole(x).numpy()[0]
    expected = single(batch).numpy().reshape(answers.shape)
    times = run.pick(3, 1)
    classes = answers.argmax(-1)  # of each window; those that frame a digit are size / STEP windows apart
    right = classes[:: size // STEP, :: size // STEP][:rows, :columns].ravel() == test[1][: rows * columns]
    found: Found = {
        "windows": len(windows),
        "times_pixels": windows.size / image.size,
        "largest_error": float(np.abs(answers - expected).max()),
        "largest_answer": float(np.abs(expected).max()),
        "parameters_equal": turned.count_parameters() == model.count_parameters(),
        "digits_right": float(right.mean()),
        "digits": rows * columns,
        "image": image[0, :, :, 0],
        "classes": classes,
        "seconds_pass": seconds(lambda: whole(x).numpy(), 3 * times),
        "seconds_batch": seconds(lambda: single(batch).numpy(), times),
        "seconds_loop": seconds(lambda: [single(w).numpy() for w in apart], times),
    }
    for way in ("loop", "batch"):
        found[f"ratio_seconds_{way}"] = found[f"seconds_{way}"] / found["seconds_pass"]
    return found


def class_map(run: Run, training: Arrays, test: Arrays) -> Found:
    """Where the evidence for the answer lies: one digit on a sheet four times as large."""
    model: Any = pooled_classifier()
    model.compile(sj.optim.Adam(0.005), "softmax_cross_entropy")
    model.fit(*training, epochs=run.pick(6, 12), batch_size=50, verbose=0)
    shares = nn.to_convolutional(model, class_map=True)
    x, t = test[0][:100], test[1][:100]
    maps, numbers = shares(x).numpy(), run.numbers()
    size, places = x.shape[1], numbers.integers(0, x.shape[1] + 1, (len(x), 2))
    large = np.zeros((len(x), 2 * size, 2 * size, 1), "float32")
    for image, digit, (i, j) in zip(large, x, places, strict=True):
        image[i : i + size, j : j + size] = digit
    answers = model.predict(x, output="class")
    here = shares(large).numpy()
    own = here[np.arange(len(x)), :, :, answers]
    best = np.stack(np.unravel_index(own.reshape(len(x), -1).argmax(1), own.shape[1:]), 1) * 2 + 0.5
    inside = ((best >= places) & (best < places + size)).all(1)
    return {
        "map_accuracy": float((answers == t).mean()),
        "mean_error": float(np.abs(maps.mean((1, 2)) - model(x).numpy()).max()),
        "inside": float(inside.mean()),
        "map_image": large[0, :, :, 0],
        "map": own[0],
        "map_class": int(answers[0]),
    }


def measure(run: Run) -> Found:
    """Windows of a sheet of digits in a loop and in one pass; then the class map."""
    training, test, name = run.handwriting(run.pick(4000, 700), run.pick(400, 150))
    return {"data": name} | one_pass(run, training, test) | class_map(run, training, test)


def present(stage: Stage, found: Found) -> None:
    """The sheet with what was found on it; the class map of one digit."""
    figures = {k: found[k] for k in ("windows", "times_pixels", "largest_error", "largest_answer")}
    stage.say("same", data=found["data"], **figures)
    stage.say("time", loop=found["seconds_loop"], batch=found["seconds_batch"], whole=found["seconds_pass"])
    stage.say("ratio", loop=found["ratio_seconds_loop"], batch=found["ratio_seconds_batch"])
    stage.say("found", digits=found["digits"], right=found["digits_right"])
    stage.say("map", error=found["mean_error"], inside=found["inside"], accuracy=found["map_accuracy"])
    with stage.picture(9.4, 4.2, 1, 2, width_ratios=(1.75, 1)) as (_, axes):
        draw_sheet(axes[0], found)
        axes[0].set_title(stage.label("picture.sheet"), fontsize=11)
        shown = found["map"] - np.median(found["map"])
        edge = len(found["map_image"])
        axes[1].imshow(found["map_image"], cmap="Greys", vmin=0, vmax=1.5)
        axes[1].imshow(
            np.ma.masked_less(shown, 0.15 * shown.max()),
            cmap="YlOrBr",
            alpha=0.6,
            extent=(-0.5, edge - 0.5, edge - 0.5, -0.5),
        )
        axes[1].set_title(stage.label("picture.map", digit=found["map_class"]), fontsize=11)
        for panel in axes:
            panel.set_xticks(())
            panel.set_yticks(())


def draw_sheet(panel: Any, found: Found) -> None:
    """Each window's class at its middle; small dots where it says that there is nothing."""
    image, classes = found["image"], found["classes"]
    half = (image.shape[0] - STEP * (len(classes) - 1)) / 2 - 0.5
    panel.imshow(image, cmap="Greys", vmin=0, vmax=3)
    for (i, j), c in np.ndenumerate(classes):
        mark, colour = (str(c), COLOURS[1]) if c != NOTHING else ("·", COLOURS[5])
        panel.text(STEP * j + half, STEP * i + half, mark, color=colour, fontsize=9, ha="center", va="center")


EXHIBIT = Exhibit(
    "fully-convolutional",
    "images",
    seconds=10,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "same-function",
            "book",
            "같은 기능을 하는 합성곱 계층",
            lambda f: f["largest_error"] < 1e-4 * f["largest_answer"] and bool(f["parameters_equal"]),
            ("largest_error", "windows"),
        ),
        Claim(
            "long-time",
            "book",
            "모든 픽셀을 각각 추론",
            lambda f: f["ratio_seconds_loop"] > 1 and f["ratio_seconds_batch"] > 1,
            ("ratio_seconds_loop", "ratio_seconds_batch"),
        ),
    ),
)
