"""Augmentation: each time an image is shown it is shifted, turned and scaled a little; the label stays.

    few images a class    the network learns them by heart          changes make new ones
    many images a class   the data show most changes already        less is left to gain

The changes must be such that the label stays: a digit that is flipped over is often no digit any more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Arrays, Claim, Exhibit, Found, Run, Stage

AMOUNTS = ("few", "some", "many")
SHIFT, TURN, ZOOM = 0.1, 0.04, 0.15  # parts of the side, of a full turn, of the size


def changes() -> list[nn.Module]:
    """Small changes that leave a digit what it is."""
    return [
        nn.RandomTranslation(SHIFT, SHIFT, "constant"),
        nn.RandomRotation(TURN, "constant"),
        nn.RandomZoom(ZOOM, fill_mode="constant"),
    ]


WAYS: dict[str, Any] = {"plain": list, "changed": changes, "flipped": lambda: [nn.RandomFlip()]}


def network(before: list[nn.Module]) -> nn.Sequential:
    """A small convolutional network behind layers that change its images in training."""
    return nn.Sequential(
        [
            *before,
            nn.Conv2D(8, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(16, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(10),
        ]
    )


def first_of_each(data: Arrays, count: int) -> Arrays:
    """The first `count` images of every class, in their order."""
    x, t = data
    turn = np.zeros(len(t), int)
    for c in range(10):
        turn[t == c] = np.arange((t == c).sum())
    return x[turn < count], t[turn < count]


def accuracy(way: str, training: Arrays, test: Arrays, steps: int) -> float:
    """The share of right answers on new images after a number of steps."""
    model: Any = network(WAYS[way]())
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    batch = min(50, len(training[0]))
    epochs = max(1, round(steps * batch / len(training[0])))
    model.fit(*training, epochs=epochs, batch_size=batch, verbose=0)
    return float((model.predict(test[0], output="class") == test[1]).mean())


def measure(run: Run) -> Found:
    """The same network and number of steps on 10, 50 and 500 images a class, with and without changes."""
    sizes = dict(zip(AMOUNTS, run.pick((10, 50, 500), (5, 20, 60)), strict=True))
    training, test, name = run.handwriting(10 * max(sizes.values()), run.pick(2000, 300))
    found: Found = {"data": name, "sizes": np.array(list(sizes.values())), "tested": len(test[0])}
    for amount, size in run.each(sizes.items()):
        chosen = first_of_each(training, size)
        for way in WAYS if amount == "some" else ("plain", "changed"):
            sj.set_seed(run.seed)
            found[f"{way}_{amount}"] = accuracy(way, chosen, test, run.pick(500, 120))
        found[f"gain_{amount}"] = found[f"changed_{amount}"] - found[f"plain_{amount}"]
    sj.set_seed(run.seed)
    one = np.repeat(training[0][:1], 12, axis=0)
    found["shown"] = nn.Sequential(changes())(one, training=True).numpy()[..., 0]
    found["original"] = one[0, :, :, 0]
    return found


def present(stage: Stage, found: Found) -> None:
    """One digit in many forms; accuracy by the number of images."""
    stage.say(
        "changes", data=found["data"], shift=SHIFT, degrees=360 * TURN, zoom=ZOOM, tested=found["tested"]
    )
    for size, amount in zip(found["sizes"], AMOUNTS, strict=True):
        plain, changed = found[f"plain_{amount}"], found[f"changed_{amount}"]
        stage.say("gain", size=size, plain=plain, changed=changed, points=100 * found[f"gain_{amount}"])
    stage.say("flip", size=found["sizes"][1], plain=found["plain_some"], flipped=found["flipped_some"])
    with stage.picture(9.0, 3.9) as (figure, axes):
        axes.axis("off")
        left, right = figure.subfigures(1, 2, width_ratios=(1, 1.15))
        left.suptitle(stage.label("picture.shown"), fontsize=11)
        pictures = [found["original"], *found["shown"][:11]]
        for panel, image in zip(left.subplots(3, 4).ravel(), pictures, strict=True):
            panel.imshow(image, cmap="Greys", vmin=0, vmax=1)
            panel.set_xticks(())
            panel.set_yticks(())
            if image is found["original"]:
                for spine in panel.spines.values():
                    spine.set(color=COLOURS[1], linewidth=3)
        bars = right.subplots()
        at = np.arange(3)
        for way, step, colour, hatch in (("plain", -0.2, 5, ""), ("changed", 0.2, 0, "//")):
            values = [100 * found[f"{way}_{amount}"] for amount in AMOUNTS]
            label = stage.label(f"picture.{way}")
            drawn = bars.bar(at + step, values, 0.38, color=COLOURS[colour], hatch=hatch, label=label)
            bars.bar_label(drawn, fmt="%.1f", fontsize=9)
        clean(bars)
        bars.set_xticks(at, [str(size) for size in found["sizes"]])
        bars.set_xlabel(stage.label("picture.size"))
        bars.set_ylabel(stage.label("picture.accuracy"))
        bars.set_ylim(0, 125)
        bars.set_yticks((0, 25, 50, 75, 100))
        bars.legend(frameon=False, loc="upper center", ncols=2, fontsize=9)


EXHIBIT = Exhibit(
    "augmentation",
    "images",
    seconds=28,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "few",
            "book",
            "데이터가 몇 개 없을 때 특히 효과적",
            lambda f: f["gain_few"] > 0 and f["gain_few"] > f["gain_many"],
            ("gain_few", "gain_some", "gain_many"),
        ),
    ),
)
