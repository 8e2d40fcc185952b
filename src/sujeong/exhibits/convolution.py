"""A convolution: one small filter, moved over the image; at each place a weighted sum of what lies under it.

    y[i, j] = sum over p, q, c of  x[i s + p - pad, j s + q - pad, c] w[p, q, c]  +  b

    places along an axis = floor((n + 2 pad - k) / s) + 1          stride s, window k

im2col lays each window out as a row, so that the whole convolution is one matrix product.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn
from sujeong.errors import ShapeError

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

WINDOW, STRIDE, PADDING, FILTERS = 3, 2, 1, 4
EDGES = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], "float32")  # bright on the left, dark on the right
SETTINGS = [(s, p) for s in (1, 2, 3) for p in (0, 1, 2)]


def sizes(x: Any, w: Any) -> tuple[list[int], list[int]]:
    """How many places the window takes for each stride and padding: measured, and by the formula."""
    measured = [sj.conv(x, w, strides=s, padding=p).shape[1] for s, p in SETTINGS]
    return measured, [(x.shape[1] + 2 * p - WINDOW) // s + 1 for s, p in SETTINGS]


def corners() -> tuple[float, float]:
    """The corner of a mean filter's answer on an image of ones, with 0 and with 1 as padding."""
    ones, mean = sj.ones((1, 8, 8, 1)), sj.full((WINDOW, WINDOW, 1, 1), 1 / WINDOW**2)
    zero, one = (sj.conv(ones, mean, padding=1, padding_value=value) for value in (0.0, 1.0))
    return float(zero[0, 0, 0, 0]), float(one[0, 0, 0, 0])


def channels(numbers: np.random.Generator) -> dict[str, Any]:
    """A colour image: a filter has as many channels as the image, and their answers are summed up."""
    x = sj.asarray(numbers.normal(size=(2, 8, 8, 3)).astype("float32"))
    w = sj.asarray(numbers.normal(size=(WINDOW, WINDOW, 3, FILTERS)).astype("float32"))
    apart = sum(sj.conv(x[..., c : c + 1], w[:, :, c : c + 1]) for c in range(3))
    columns, y = sj.im2col(x, WINDOW), sj.conv(x, w)
    product = columns @ sj.reshape(w, (-1, FILTERS))
    try:
        sj.conv(x, w[:, :, :2])
        refused = False
    except ShapeError:
        refused = True
    return {
        "channel_error": float(sj.max(sj.abs(apart - y))),
        "product_error": float(sj.max(sj.abs(sj.reshape(product, y.shape) - y))),
        "rank": columns.ndim,
        "rows": columns.shape[0],
        "columns": columns.shape[1],
        "times_larger": columns.size / x.size,
        "refused": refused,
        "channels_out": y.shape[-1],
    }


def measure(run: Run) -> Found:
    """One filter on a handwritten digit, and each of its settings."""
    (images, labels), _ = sj.datasets.load("digits")
    x, w = sj.asarray(images[labels == 4][:1]), sj.asarray(EDGES[:, :, None, None])
    measured, formula = sizes(x, w)
    conv, dense = nn.Conv2D(FILTERS, WINDOW), nn.Sequential([nn.Flatten(), nn.Dense(6 * 6 * FILTERS)])
    zero, one = corners()
    found: Found = {
        "image": sj.pad(x, ((0, 0), (PADDING, PADDING), (PADDING, PADDING), (0, 0)), 0.0).numpy()[0, :, :, 0],
        "answer": sj.conv(x, w, strides=STRIDE, padding=PADDING).numpy()[0, :, :, 0],
        "places": np.array(measured),
        "formula_right": sum(a == b for a, b in zip(measured, formula, strict=True)),
        "conv_parameters": conv.count_parameters((1, 8, 8, 1)),
        "dense_parameters": dense.count_parameters((1, 8, 8, 1)),
        "corner_zero": zero,
        "corner_one": one,
    }
    found["matrix"] = sj.im2col(x, WINDOW, strides=STRIDE, padding=PADDING).numpy()
    return found | channels(run.numbers())


def present(stage: Stage, found: Found) -> None:
    """The window on its way over the image, its row of the matrix, and the answer growing."""
    stage.say("places", right=found["formula_right"], settings=len(SETTINGS), values=listed(found["places"]))
    stage.say("padding", zero=found["corner_zero"], one=found["corner_one"])
    stage.say("channels", error=found["channel_error"], filters=FILTERS, out=found["channels_out"])
    stage.say(
        "im2col",
        rows=found["rows"],
        columns=found["columns"],
        error=found["product_error"],
        times=found["times_larger"],
    )
    stage.say("parameters", conv=found["conv_parameters"], dense=found["dense_parameters"])
    made, axes = canvas.figure(9.4, 3.9, 1, 4, width_ratios=(1.25, 0.62, 1.0, 0.9))
    steps, side = len(found["matrix"]), len(found["answer"])
    for panel, key in zip(axes, ("input", "filter", "matrix", "output"), strict=True):
        panel.set_title(stage.label(f"picture.{key}"), fontsize=10)
        panel.set_xticks(())
        panel.set_yticks(())
    for panel, values in ((axes[0], found["image"]), (axes[2], found["matrix"])):
        panel.imshow(values, cmap="Greys", vmin=0, vmax=1.3, aspect="auto" if panel is axes[2] else "equal")
    inner = len(found["image"]) - 2 * PADDING
    axes[0].plot(*frame(PADDING, PADDING, inner, inner), color="black", linewidth=1, linestyle=":")
    (window,) = axes[0].plot(*frame(0, 0, WINDOW, WINDOW), color=COLOURS[1], linewidth=3)
    (row,) = axes[2].plot(*frame(0, 0, WINDOW**2, 1), color=COLOURS[1], linewidth=2.5)
    axes[1].imshow(EDGES, cmap="PuOr", vmin=-2.5, vmax=2.5)
    most = float(np.abs(found["answer"]).max())
    answer = axes[3].imshow(np.full((side, side), np.nan), cmap="PuOr", vmin=-most, vmax=most)
    for (i, j), value in np.ndenumerate(EDGES):
        written(axes[1], i, j, f"{value:g}", abs(value) > 1.6)

    def draw(step: int) -> None:
        i, j = divmod(step, side)
        window.set_data(*frame(i * STRIDE, j * STRIDE, WINDOW, WINDOW))
        row.set_data(*frame(step, 0, WINDOW**2, 1))
        value = float(found["matrix"][step] @ EDGES.ravel())
        axes[2].set_xlabel(stage.label("picture.sum", number=step + 1, value=value), fontsize=10)
        answer.set_data(np.where(np.arange(steps).reshape(side, side) <= step, found["answer"], np.nan))
        written(axes[3], i, j, f"{found['answer'][i, j]:.1f}", abs(value) > 0.65 * most)

    stage.animation(made, steps, draw, pause=0.6)


def listed(places: np.ndarray) -> str:
    """The numbers of places by stride: those for each padding."""
    rows = zip((1, 2, 3), places.reshape(3, 3), strict=True)
    return "; ".join(f"{stride} → {', '.join(map(str, row))}" for stride, row in rows)


def frame(top: int, left: int, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The edges of a block of pixels, as x and y of a line."""
    across, down = np.array([0, width, width, 0, 0]), np.array([0, 0, height, height, 0])
    return across + left - 0.5, down + top - 0.5


def written(panel: Any, row: int, column: int, text: str, light: bool) -> None:
    """A number in its cell."""
    colour = "white" if light else "black"
    panel.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)


EXHIBIT = Exhibit(
    "convolution",
    "images",
    seconds=1,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "channels",
            "book",
            "입력 데이터의 채널 수와 필터의 채널 수가 같아야",
            lambda f: bool(f["refused"]) and f["channel_error"] < 1e-4,
            ("channel_error",),
        ),
        Claim(
            "matrix",
            "book",
            "im2col을 적용하면 2차원 행렬로",
            lambda f: f["rank"] == 2 and f["product_error"] < 1e-4,
            ("rank", "product_error"),
        ),
    ),
)
