"""Batch normalisation: each layer's values are brought to mean 0 and variance 1 over the mini-batch.

    mu = 1/m sum x     s^2 = 1/m sum (x - mu)^2     y = gamma (x - mu) / sqrt(s^2 + epsilon) + beta

The same network, with it and without it, from weights of 16 different sizes; then on few images, to see
what is left of overfitting.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

SCALES = np.logspace(0, -4, 16)
LAYERS, UNITS, EARLY = 5, 100, 5
KINDS = ("plain", "normed")


def network(kind: str, start: Any) -> nn.Sequential:
    """Five hidden layers; between the sum and its ReLU there may be a batch normalisation."""
    layers: list[nn.Module] = [nn.Flatten()]
    for _ in range(LAYERS):
        layers.append(nn.Dense(UNITS, kernel_initializer=start))
        if kind == "normed":
            layers.append(nn.BatchNorm(momentum=0.9, epsilon=1e-7))
        layers.append(nn.Activation("relu"))
    return nn.Sequential([*layers, nn.Dense(10, kernel_initializer=start)])


def learn(model: nn.Sequential, data: Any, epochs: int, batch_size: int, rate: float = 0.01) -> np.ndarray:
    """The training accuracy of each epoch; 0 from where the loss was no number any more."""
    model.compile(sj.optim.SGD(rate), "softmax_cross_entropy", ["accuracy"])
    with suppress(sj.errors.NonFiniteError):
        model.fit(*data, epochs=epochs, batch_size=batch_size, verbose=0)
    curve = np.zeros(epochs)
    reached = model.history.history.get("accuracy", [])
    curve[: len(reached)] = reached
    return curve


def measure(run: Run) -> Found:
    """Sixteen sizes of first weights, then 300 images."""
    data, test, name = run.handwriting(run.pick(1000, 200), run.pick(2000, 300))
    found: Found = {"data": name, "epochs": run.pick(20, 8), "images": len(data[0])}
    batch_size = run.pick(100, 20)
    curves: dict[str, list[np.ndarray]] = {kind: [] for kind in KINDS}
    for scale in run.each(SCALES[:: run.pick(1, 5)]):
        for kind in KINDS:
            sj.set_seed(run.seed)
            model = network(kind, sj.initializers.Normal(scale))
            curves[kind].append(learn(model, data, found["epochs"], batch_size))
    for kind in KINDS:
        found[f"{kind}_curves"] = np.stack(curves[kind])
        last = found[f"{kind}_curves"][:, -1]
        found |= {f"{kind}_best": float(last.max()), f"{kind}_worst": float(last.min())}
        found[f"{kind}_learned"] = int((last > 0.5).sum())
    early = {kind: found[f"{kind}_curves"][:, EARLY - 1] for kind in KINDS}
    found |= {"scales": len(early["plain"]), "faster": int((early["normed"] > early["plain"]).sum())}
    best = int(found["plain_curves"][:, -1].argmax())
    found["best_scale"] = float(SCALES[:: run.pick(1, 5)][best])
    found |= {f"{kind}_early": float(early[kind][best]) for kind in KINDS}
    few = data[0][:300], data[1][:300]
    for kind in KINDS:
        sj.set_seed(run.seed)
        model = network(kind, "he")
        learn(model, few, run.pick(100, 20), run.pick(100, 20), 0.05)
        found[f"{kind}_fit"] = model.evaluate(*few)["accuracy"]
        found[f"{kind}_test"] = model.evaluate(*test)["accuracy"]
        found[f"{kind}_gap"] = found[f"{kind}_fit"] - found[f"{kind}_test"]
    y = nn.BatchNorm()(run.numbers().normal(3, 5, (100, 100)).astype("float32"), training=True).numpy()
    found |= {"mean": abs(float(y.mean())), "std": float(y.std()), "largest": float(np.abs(y).max())}
    return found


def present(stage: Stage, found: Found) -> None:
    """A panel for each size of the first weights."""
    for kind in KINDS:
        figures = {k: found[f"{kind}_{k}"] for k in ("learned", "best", "worst")}
        stage.say(kind, data=found["data"], epochs=found["epochs"], scales=found["scales"], **figures)
    early = {kind: found[f"{kind}_early"] for kind in KINDS}
    stage.say("early", faster=found["faster"], scales=found["scales"], early=EARLY)
    stage.say("best", scale=found["best_scale"], early_epochs=EARLY, **early)
    for kind in KINDS:
        stage.say(f"few.{kind}", **{k: found[f"{kind}_{k}"] for k in ("fit", "test", "gap")})
    stage.say("values", **{k: found[k] for k in ("mean", "std", "largest")})
    rows = len(found["plain_curves"]) // 4
    epochs = np.arange(found["epochs"]) + 1
    styles = {"normed": ("-", COLOURS[0]), "plain": ("--", COLOURS[1])}
    with stage.picture(9.0, 0.6 + 1.75 * rows, rows, 4, sharex=True, sharey=True, squeeze=False) as (
        made,
        axes,
    ):
        scales = SCALES[:: len(SCALES) // axes.size]
        for number, panel in enumerate(axes.flat):
            for kind, (style, colour) in styles.items():
                curve = found[f"{kind}_curves"][number]
                if curve[-1] > 0:
                    label = stage.label(f"picture.{kind}")
                    panel.plot(epochs, curve, style, color=colour, linewidth=1.8, label=label)
                else:
                    panel.text(0.95, 0.85, stage.label("picture.gone"), ha="right", transform=panel.transAxes)
            panel.set_title(stage.label("picture.std", std=scales[number]), fontsize=10)
            clean(panel)
        axes[0, 0].set_ylim(0, 1.05)
        axes[0, 0].locator_params(axis="x", integer=True)
        made.supxlabel(stage.label("epoch"), fontsize=11)
        made.supylabel(stage.label("accuracy", data=found["data"]), fontsize=11)
        handles, names = axes[-1, -1].get_legend_handles_labels()
        made.legend(handles, names, loc="outside upper center", ncols=2, frameon=False)


EXHIBIT = Exhibit(
    "batch-norm",
    "learning",
    seconds=15,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "faster",
            "deck",
            "학습 속도 개선",
            lambda f: f["faster"] > f["scales"] / 2,
            ("faster", "scales", "best_scale", "plain_early", "normed_early"),
        ),
        Claim(
            "start",
            "deck",
            "초기값에 대한 낮은 의존도",
            lambda f: f["normed_best"] - f["normed_worst"] < 0.5 * (f["plain_best"] - f["plain_worst"]),
            ("plain_worst", "plain_best", "plain_learned", "normed_worst", "normed_best", "normed_learned"),
        ),
        Claim(
            "overfitting",
            "book",
            "오버피팅 억제",
            lambda f: f["normed_gap"] < f["plain_gap"] and f["normed_test"] > f["plain_test"] - 0.01,
            ("plain_fit", "plain_test", "normed_fit", "normed_test"),
        ),
        Claim(
            "range",
            "article",
            "-1 에서 1 사이로 정규화",
            lambda f: f["largest"] <= 1,
            ("mean", "std", "largest"),
        ),
    ),
)
