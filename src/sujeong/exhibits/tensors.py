"""Tensors: boxes of numbers with axes, what the axes mean, and the operations that everything is made of.

Vectors (samples, features); time series (samples, timesteps, features); images (samples, height, width,
channels) or, channels first, (samples, channels, height, width); videos have frames after the samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong.errors import DataError

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

SIDE, FRAMES, MOVING, COLOUR = 20, 12, 8, 3
DATA = {"vectors": "NF", "series": "NTF", "images": "NHWC", "videos": "NTHWC"}


def elementwise() -> tuple[Any, Any]:
    """Each element for itself.

    >>> a = sj.asarray([1, 2, 3, 4, 5])
    >>> b = sj.asarray([10, 20, 30, 40, 50])
    >>> c = 100
    >>> print(a + b)
    [11 22 33 44 55]
    >>> print(a * c)
    [100 200 300 400 500]
    """
    a, b = sj.asarray([1, 2, 3, 4, 5]), sj.asarray([10, 20, 30, 40, 50])
    return a + b, a * 100


def broadcasting() -> Any:
    """The smaller tensor counts as if it were repeated along the axes that it lacks.

    >>> a = sj.asarray([1, 2, 3])
    >>> b = sj.asarray([[10, 20, 30], [40, 50, 60]])
    >>> c = a + b
    >>> c.shape
    (2, 3)
    >>> print(c)
    [[11 22 33]
     [41 52 63]]
    >>> bool(sj.all(c == sj.tile(a, (2, 1)) + b))
    True
    """
    return sj.asarray([1, 2, 3]) + sj.asarray([[10, 20, 30], [40, 50, 60]])


def dot() -> Any:
    """Sums of products: rows of the first with columns of the second, whose inner sizes agree.

    >>> a = sj.asarray([[1, 1, 1], [1, 1, 1]])
    >>> b = sj.asarray([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, 120]])
    >>> a.shape, b.shape
    ((2, 3), (3, 4))
    >>> print(a @ b)
    [[150 180 210 240]
     [150 180 210 240]]
    """
    a = sj.asarray([[1, 1, 1], [1, 1, 1]])
    return a @ sj.asarray([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, 120]])


def reshaping() -> Any:
    """Other axes, the same elements in the same order.

    >>> a = sj.asarray([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, 120]])
    >>> b = sj.reshape(a, (2, 6))
    >>> a.shape, b.shape
    ((3, 4), (2, 6))
    >>> print(b)
    [[ 10  20  30  40  50  60]
     [ 70  80  90 100 110 120]]
    """
    a = sj.asarray([[10, 20, 30, 40], [50, 60, 70, 80], [90, 100, 110, 120]])
    return sj.reshape(a, (2, 6))


def vectors() -> tuple[np.ndarray, str]:
    """Flowers by four lengths in cm; without scikit-learn, which has them, digits by their 64 pixels."""
    try:
        (x, _), _ = sj.datasets.load("iris", standardize=False)
    except DataError:
        (x, _), _ = sj.datasets.load("digits")
        return x.reshape(len(x), -1), "digits"
    return x, "iris"


def series(run: Run) -> tuple[np.ndarray, str]:
    """Days of 24 hours by temperature, humidity and bicycles lent; without the file, digits row by row."""
    try:
        (x, lent), _ = sj.datasets.load("digits" if run.small else "bike_sharing")
    except DataError:
        (x, lent), _ = sj.datasets.load("digits")
    if x.ndim == 4:
        return x[..., 0], "digits"
    names = sj.datasets.info("bike_sharing").features
    hour, temperature, humidity = (x[:, names.index(name)] for name in ("hour", "temperature", "humidity"))
    table = np.stack([temperature, humidity, lent[:, 0]], axis=1)
    starts = [i for i in np.flatnonzero(hour == 0) if np.array_equal(hour[i : i + 24], np.arange(24))]
    return np.stack([table[i : i + 24] for i in starts]), "bike_sharing"


def videos(digits: np.ndarray, run: Run) -> np.ndarray:
    """Two real digits in a box, a red and a blue one; each flies straight on and bounces off the walls."""
    numbers = run.numbers()
    room = SIDE - digits.shape[1]
    films = np.zeros((MOVING, FRAMES, SIDE, SIDE, COLOUR), np.float32)
    for film in films:
        for channel in (0, 2):
            digit = digits[numbers.integers(len(digits))]
            start, speed = numbers.uniform(0, room, 2), numbers.uniform(-3, 3, 2)
            for t, frame in enumerate(film):
                way = np.abs((start + t * speed) % (2 * room))  # a straight way through mirrored rooms
                y, x = np.minimum(way, 2 * room - way).round().astype(int)
                frame[y : y + len(digit), x : x + len(digit), channel] = digit
    return films


def measure(run: Run) -> Found:
    """The operations' results, the four kinds of data, and both layouts of images and of videos."""
    (images, labels), _, name = run.handwriting(run.pick(2000, 200), 10)
    (digits, _), _ = sj.datasets.load("digits")
    table, source = vectors()
    steps, diary = series(run)
    found: Found = {
        "vectors": table,
        "series": steps,
        "images": images,
        "videos": videos(digits[..., 0], run),
        "source": source,
        "diary": diary,
        "data": name,
        "product": dot().numpy(),
        "reshaped": reshaping().numpy(),
        "stretched": broadcasting().numpy(),
    }
    found["sum"], found["hundredfold"] = (y.numpy() for y in elementwise())
    small, big = sj.asarray([1.0, 2.0, 3.0]), sj.zeros((2, 3))
    repeated = sj.tile(small, (2, 1))
    found["stretch_error"] = float(sj.max(sj.abs(small + big - (repeated + big))))
    found["stretch_stride"] = sj.describe(sj.broadcast_to(small, (2, 3))).strides[0]
    for kind, layout in DATA.items():
        found[f"{kind}_rank"] = sj.describe(found[kind], layout).rank
    films = sj.asarray(found["videos"])
    first = sj.permute_dims(films, (0, 1, 4, 2, 3))  # channels in front: the axes change places
    wrong = sj.reshape(films, first.shape)  # the same shape, but the elements stay in line
    found["image"] = images[labels == 3][0, ..., 0]
    found["last_strides"] = str(sj.describe(films, "NTHWC").strides)
    found["first_strides"] = str(sj.describe(first, "NTCHW").strides)
    found["first_shape"] = first.shape
    found["image_first_shape"] = sj.permute_dims(sj.asarray(images), (0, 3, 1, 2)).shape
    found["scrambled"] = float(np.mean(found["videos"].max(-1) != wrong.numpy().max(2)))
    found["wrong"] = wrong.numpy()[0]
    return found


def shown(x: Any, layout: str) -> str:
    """A shape with the names of its axes, the rank and the type of the elements."""
    about = sj.describe(x, layout)
    named = " × ".join(f"{name} {size}" for name, size in zip(about.axes, about.shape, strict=True))
    return f"{named} ({about.rank}D, {about.dtype.name})"


def present(stage: Stage, found: Found) -> None:
    """The results of the snippets, the axes of each kind of data; the data drawn."""
    stage.say("elementwise", sum=found["sum"].tolist(), hundredfold=found["hundredfold"].tolist())
    stage.say("broadcasting", rows=found["stretched"].tolist(), stride=found["stretch_stride"])
    stage.say("dot", rows=found["product"].tolist())
    stage.say("reshape", rows=found["reshaped"].tolist())
    stage.say(f"vectors.{found['source']}", axes=shown(found["vectors"], "NF"))
    stage.say(f"series.{found['diary']}", axes=shown(found["series"], "NTF"))
    turned = found["image_first_shape"]
    stage.say("images", data=found["data"], axes=shown(found["images"], "NHWC"), first=turned)
    stage.say("videos", axes=shown(found["videos"], "NTHWC"), first=found["first_shape"])
    stage.say("strides", last=found["last_strides"], first=found["first_strides"])
    stage.say("scrambled", share=found["scrambled"])
    with stage.picture(9.6, 5.7, 2, 4) as (_, axes):
        draw_table(stage, axes[0, 0], found["vectors"][::16], found["source"])
        draw_series(stage, axes[0, 1], found["series"][100], found["diary"])
        axes[0, 2].imshow(found["image"], cmap="gray_r")
        axes[0, 2].set_title(stage.label("picture.images"), fontsize=11)
        axes[0, 3].imshow(np.moveaxis(found["wrong"][0], 0, -1))
        axes[0, 3].set_title(stage.label("picture.wrong"), fontsize=11)
        for panel, t in zip(axes[1], (0, 3, 6, 9), strict=True):
            panel.imshow(found["videos"][0, t])
            panel.set_title(stage.label("picture.frame", t=t), fontsize=11)
        for panel in (axes[0, 2], axes[0, 3], *axes[1]):
            panel.set(xlabel=stage.label("picture.width"), xticks=(), yticks=())
        for panel in (axes[0, 2], axes[1, 0]):
            panel.set_ylabel(stage.label("picture.height"))


def draw_table(stage: Stage, panel: Any, table: np.ndarray, source: str) -> None:
    """Vectors: a row a sample, a column a feature; flowers have so few that their numbers can be read."""
    panel.imshow(table, cmap="Blues", vmax=1.6 * table.max(), aspect="auto", interpolation="nearest")
    if source == "iris":
        for (row, column), length in np.ndenumerate(table):
            panel.text(column, row, f"{length:.1f}", ha="center", va="center", fontsize=9)
    panel.set_title(stage.label(f"picture.vectors.{source}"), fontsize=11)
    names = {"xlabel": stage.label("picture.features"), "ylabel": stage.label("picture.samples")}
    panel.set(xticks=(), yticks=(), **names)


def draw_series(stage: Stage, panel: Any, steps: np.ndarray, diary: str) -> None:
    """One sample of a time series: a line a feature, each against its own greatest value."""
    features = (0, 1, 2) if diary == "bike_sharing" else (2, 3, 4)
    for feature, line, colour in zip(features, ("-", "--", ":"), COLOURS, strict=False):
        values, most = steps[:, feature], max(steps[:, feature].max(), 1e-9)
        name = stage.label(f"picture.{diary}.{feature}", most=most)
        panel.plot(100 * values / most, line, color=colour, label=name)
    panel.set_title(stage.label("picture.series"), fontsize=11)
    panel.set_xlabel(stage.label("picture.timestep"))
    panel.set_ylabel(stage.label("picture.share"))
    panel.set(ylim=(0, 165), yticks=(0, 50, 100))  # room for the legend
    panel.legend(frameon=False, fontsize=8, loc="upper left")
    clean(panel)


EXHIBIT = Exhibit(
    "tensors",
    "tensors",
    seconds=4,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "stretched",
            "deck",
            "작은 텐서가 큰 텐서의 크기에 맞게 변경",
            lambda f: f["stretch_error"] == 0,
            ("stretch_error", "stretch_stride"),
        ),
        Claim(
            "video",
            "deck",
            "동영상 데이터를 다루는 경우 5D 텐서까지",
            lambda f: (
                f["videos_rank"] == 5 and max(f[f"{k}_rank"] for k in ("vectors", "series", "images")) <= 4
            ),
            ("vectors_rank", "series_rank", "images_rank", "videos_rank"),
        ),
    ),
)
