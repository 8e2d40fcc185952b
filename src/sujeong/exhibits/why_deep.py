"""Why deep: small filters see as much with fewer weights; too deep gets worse, unless there are skips.

Two 3x3 convolutions see 5x5 pixels. From C to C channels, with biases:
    one 5x5: 25 C^2 + C        two 3x3: 2 (9 C^2 + C) = 18 C^2 + 2 C
Plain block: h <- relu(f(h)).        Residual block: h <- relu(h + f(h)).        f: two 3x3 convolutions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

CHANNELS = 16
LARGE, SMALL = (5, 5), (3, 3, 3, 3)  # two stacks of filters that see the same 9x9 pixels


def filters(sizes: tuple[int, ...], channels: int, **options: Any) -> list[nn.Module]:
    """Convolutions one after the other."""
    return [nn.Conv2D(channels, size, padding="same", **options) for size in sizes]


def seen(sizes: tuple[int, ...]) -> int:
    """How many pixels one number of the result depends on: those where its gradient is not zero."""
    model = nn.Sequential(filters(sizes, 1, kernel_initializer="ones"))
    gradient = sj.grad(lambda x: model(x)[0, 7, 7, 0])(sj.ones((1, 15, 15, 1)))
    return int((gradient.numpy() != 0).sum())


def parameters(sizes: tuple[int, ...], incoming: int, channels: int) -> int:
    """Weights and biases of a stack."""
    return nn.Sequential(filters(sizes, channels)).count_parameters((1, 8, 8, incoming))


def classifier(shape: tuple[int, ...], channels: int, body: list[nn.Module]) -> nn.Module:
    """Shrinks large images, lifts them to some channels; body; one average a channel, one linear layer."""
    front = [nn.AveragePool2D(2)] if shape[0] > 16 else []
    lift = nn.Conv2D(channels, 1, kernel_initializer="he")
    return nn.Sequential([*front, lift, *body, nn.GlobalAveragePool2D(), nn.Dense(10)])


def stack(shape: tuple[int, ...], sizes: tuple[int, ...], channels: int) -> nn.Module:
    """A classifier of filters with ReLU."""
    body = filters(sizes, channels, activation="relu", kernel_initializer="he")
    return classifier(shape, channels, body)


def as_large(shape: tuple[int, ...], sizes: tuple[int, ...], most: int) -> int:
    """The channels with which a stack comes nearest to a number of parameters, from below."""
    channels = 1
    while stack(shape, sizes, channels + 1).count_parameters((1, *shape)) <= most:
        channels += 1
    return channels


class Block(nn.Model):
    """Two convolutions with batch normalisation; with or without a way around them."""

    def __init__(self, channels: int, skip: bool) -> None:
        super().__init__()
        self.skip = skip
        first, second = (
            [*filters((3,), channels, use_bias=False, kernel_initializer="he"), nn.BatchNorm(momentum=0.9)]
            for _ in range(2)
        )
        self.f = nn.Sequential([*first, nn.ReLU(), *second])

    def call(self, h: Any) -> Any:
        """relu(h + f(h)), or relu(f(h))."""
        return sj.relu(h + self.f(h)) if self.skip else sj.relu(self.f(h))


def train(model: Any, data: Any, test: Any, epochs: int, batch: int, rate: float) -> tuple[float, float]:
    """Trains with a rate that falls to 0; gives the last training loss and the test accuracy."""
    steps = epochs * -(-len(data[0]) // batch)
    model.compile(sj.optim.Adam(sj.optim.Cosine(rate, steps)), "softmax_cross_entropy", ["accuracy"])
    history = model.fit(*data, epochs=epochs, batch_size=batch, verbose=0)
    return history.history["loss"][-1], model.evaluate(*test)["accuracy"]


def count() -> Found:
    """What one 5x5 and two 3x3 see, and what they cost."""
    found: Found = {}
    for kind, sizes in (("large", (5,)), ("small", (3, 3))):
        found[f"{kind}_seen"] = seen(sizes)
        found[f"{kind}_weights"] = parameters(sizes, 1, 1) - len(sizes)
        found[f"{kind}_channels"] = parameters(sizes, CHANNELS, CHANNELS)
        found[f"{kind}_first"] = parameters(sizes, 1, CHANNELS)
    return found


def compare(run: Run, data: Any, test: Any, how: Any) -> Found:
    """Two 5x5 and four 3x3 with as many parameters, the latter with half the images too."""
    starts, epochs = run.pick((3, 12), (1, 1))
    shape = data[0].shape[1:]
    most = stack(shape, LARGE, CHANNELS).count_parameters((1, *shape))
    wide = as_large(shape, SMALL, most)
    half = data[0][::2], data[1][::2]
    found: Found = {"most": most, "wide": wide, "starts": starts}
    kinds = {"large": (LARGE, CHANNELS, data), "small": (SMALL, wide, data), "half": (SMALL, wide, half)}
    for kind, (sizes, channels, given) in kinds.items():
        results = []
        for start in run.each(range(starts)):
            sj.set_seed(100 * run.seed + start)
            passes = epochs * len(data[0]) // len(given[0])  # as many steps
            results.append(train(stack(shape, sizes, channels), given, test, passes, *how)[1])
        found |= {f"{kind}_accuracies": np.array(results), f"{kind}_accuracy": float(np.mean(results))}
    return found


def deepen(run: Run, data: Any, test: Any, how: Any) -> Found:
    """Plain and residual networks, deeper and deeper."""
    channels, epochs, blocks = run.pick((8, 6, (1, 4, 10, 20)), (4, 4, (1, 8)))
    found: Found = {"depths": np.array([2 * number + 1 for number in blocks])}
    for kind, skip in (("plain", False), ("residual", True)):
        results = []
        for number in run.each(blocks):
            sj.set_seed(run.seed)
            body: list[nn.Module] = [Block(channels, skip) for _ in range(number)]
            model = classifier(data[0].shape[1:], channels, body)
            results.append(train(model, data, test, epochs, *how))
        losses, accuracies = np.array(results).T
        found |= {f"{kind}_accuracies": accuracies, f"{kind}_loss": float(losses[-1])}
        found |= {f"{kind}_best": float(accuracies.max()), f"{kind}_deepest": float(accuracies[-1])}
        found[f"{kind}_shallowest"] = float(accuracies[0])
        found[f"{kind}_smallest_step"] = float(np.diff(accuracies).min())
    return found


def measure(run: Run) -> Found:
    """Counts; filters of two sizes at equal parameters; depth with and without skips."""
    n, tests, how = run.pick((2000, 1000, (64, 0.005)), (96, 100, (16, 0.01)))
    data, test, name = run.handwriting(n, tests)
    found = count() | compare(run, data, test, how) | deepen(run, data, test, how)
    return found | {"n": len(data[0]), "data": name}


def present(stage: Stage, found: Found) -> None:
    """Three panels: parameters, accuracy at equal parameters, accuracy by depth."""
    kinds = ("large", "small")
    stage.say(
        "seen", **{f"{kind}_{key}": found[f"{kind}_{key}"] for kind in kinds for key in ("seen", "weights")}
    )
    for key in ("channels", "first"):
        stage.say(key, channels=CHANNELS, **{f"{kind}_{key}": found[f"{kind}_{key}"] for kind in kinds})
    names = ("most", "wide", "starts", "n", "data", "large_accuracy", "small_accuracy", "half_accuracy")
    stage.say("equal", channels=CHANNELS, **{name: found[name] for name in names})
    for kind in ("plain", "residual"):
        pairs = zip(found["depths"], found[f"{kind}_accuracies"], strict=True)
        figures = ", ".join(f"{depth}: {accuracy:.1%}" for depth, accuracy in pairs)
        stage.say(kind, figures=figures, loss=found[f"{kind}_loss"], deepest=int(found["depths"][-1]))
    with stage.picture(11.0, 4.0, 1, 3) as (_, (counts, equal, depth)):
        groups = ("weights", "channels", "first")
        for k, kind in enumerate(kinds):
            values = [found[f"{kind}_{group}"] for group in groups]
            shares = [v / max(found[f"{o}_{g}"] for o in kinds) for v, g in zip(values, groups, strict=True)]
            places = np.arange(3) + 0.4 * k - 0.2
            bars = counts.bar(
                places,
                shares,
                0.38,
                color=COLOURS[k],
                hatch=("", "//")[k],
                edgecolor="white",
                label=stage.label(f"picture.{kind}"),
            )
            counts.bar_label(bars, [f"{value:,}" for value in values], fontsize=9, padding=2)
        counts.set_xticks(
            range(3), [stage.label(f"picture.{group}", channels=CHANNELS) for group in groups], fontsize=9
        )
        counts.set_ylim(0, 1.35)
        counts.set_yticks(())
        counts.set_title(stage.label("picture.parameters"), fontsize=11)
        counts.legend(frameon=False, fontsize=9, loc="upper left", ncols=2)
        for k, kind in enumerate(("large", "small", "half")):
            equal.scatter(np.full(found["starts"], k), found[f"{kind}_accuracies"], 30, COLOURS[k], zorder=3)
            equal.hlines(found[f"{kind}_accuracy"], k - 0.3, k + 0.3, color=COLOURS[k], linewidth=2.5)
        titles = [stage.label(f"picture.stack_{kind}", n=found["n"]) for kind in ("large", "small", "half")]
        equal.set_xticks(range(3), titles, fontsize=9)
        equal.set_xlim(-0.6, 2.6)
        equal.set_title(stage.label("picture.equal", most=found["most"]), fontsize=11)
        for k, kind in enumerate(("plain", "residual")):
            depth.plot(
                found["depths"],
                found[f"{kind}_accuracies"],
                color=COLOURS[k],
                marker="os"[k],
                linestyle=("--", "-")[k],
                label=stage.label(f"picture.{kind}"),
            )
        depth.set_xticks(found["depths"])
        depth.set_xlabel(stage.label("picture.depth"))
        depth.set_title(stage.label("picture.deep"), fontsize=11)
        depth.legend(frameon=False, fontsize=9)
        for panel in (equal, depth):
            panel.set_ylabel(stage.label("picture.accuracy"))
            canvas.clean(panel)
        counts.spines[["top", "right", "left"]].set_visible(False)


EXHIBIT = Exhibit(
    "why-deep",
    "depth",
    seconds=180,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "fewer",
            "book",
            "매개변수 수가 줄어든다",
            lambda f: (
                f["small_seen"] == f["large_seen"]
                and f["small_weights"] < f["large_weights"]
                and f["small_channels"] < f["large_channels"]
            ),
            ("large_weights", "small_weights", "large_channels", "small_channels"),
        ),
        Claim(
            "data",
            "book",
            "학습 데이터의 양을 줄여",
            lambda f: f["half_accuracy"] >= f["large_accuracy"],
            ("large_accuracy", "half_accuracy"),
        ),
        Claim(
            "plain",
            "book",
            "층이 지나치게 깊으면",
            lambda f: f["plain_deepest"] < f["plain_best"] - 0.02,
            ("plain_best", "plain_deepest"),
        ),
        Claim(
            "residual",
            "book",
            "층의 깊이에 비례해",
            lambda f: f["residual_smallest_step"] > -0.005,
            ("residual_shallowest", "residual_best", "residual_deepest"),
        ),
    ),
)
