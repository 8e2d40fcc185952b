"""Overfitting: few images, seven layers, and three ways to hold a network back.

    none       L
    L1         L + lambda sum |W|         pulls all weights down alike; many end near 0
    L2         L + lambda sum W^2         pulls large weights most
    dropout    a part of the units is left out at random in each step

The curves of the test data only show what happens; nothing is chosen by them. The strengths are those that
did best on other images than these, of a few that were tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

IMAGES, HIDDEN, UNITS = 300, 6, 100
WAYS: dict[str, dict[str, Any]] = {
    "none": {},
    "l1": {"penalty": sj.losses.l1(1e-3)},
    "l2": {"penalty": sj.losses.l2(5e-3)},
    "dropout": {"rate": 0.2},
}
TINY = 1e-3


def network(penalty: Any = None, rate: float = 0.0) -> nn.Sequential:
    """Six hidden layers and one for the ten classes."""
    layers: list[nn.Module] = [nn.Flatten()]
    for _ in range(HIDDEN):
        layers.append(nn.Dense(UNITS, "relu", kernel_initializer="he", kernel_regularizer=penalty))
        layers.append(nn.Dropout(rate))
    return nn.Sequential([*layers, nn.Dense(10, kernel_initializer="he", kernel_regularizer=penalty)])


class Accuracies(sj.training.Callback):
    """The accuracy on both kinds of data after each epoch, all units taking part."""

    def __init__(self, *parts: Any) -> None:
        self.parts: Any = parts
        self.rows: list[list[float]] = []

    def on_epoch_end(self, epoch: int, figures: dict[str, float]) -> None:
        """Looks at both."""
        self.rows.append([float((self.model.predict(x, output="class") == y).mean()) for x, y in self.parts])


def measure(run: Run) -> Found:
    """One training each."""
    data, test, name = run.handwriting(run.pick(IMAGES, 60), run.pick(3000, 359))
    found: Found = {"data": name, "images": len(data[0]), "tested": len(test[0]), "epochs": run.pick(150, 25)}
    for way in run.each(WAYS):
        sj.set_seed(run.seed)
        model = network(**WAYS[way])
        model.compile(sj.optim.Momentum(run.pick(0.01, 0.02)), "softmax_cross_entropy")
        watch = Accuracies(data, test)
        batch_size = run.pick(100, 10)
        model.fit(*data, epochs=found["epochs"], batch_size=batch_size, verbose=0, callbacks=[watch])
        train, tested = np.array(watch.rows).T
        found |= {f"{way}_train_curve": train, f"{way}_test_curve": tested}
        found |= {f"{way}_train": float(train[-1]), f"{way}_test": float(tested[-1])}
        found[f"{way}_gap"] = found[f"{way}_train"] - found[f"{way}_test"]
        weights = np.concatenate([v.numpy().ravel() for v in model.trainable_variables if v.ndim == 2])
        found[f"{way}_size"] = float(np.sqrt((weights**2).mean()))
        found[f"{way}_tiny"] = float((np.abs(weights) < TINY).mean())
    return found


def present(stage: Stage, found: Found) -> None:
    """A panel each: the two curves, and the gap between them."""
    kept = {k: found[k] for k in ("data", "images", "tested", "epochs")}
    stage.say("begin", layers=HIDDEN + 1, **kept)
    for way in WAYS:
        stage.say(way, **{k: found[f"{way}_{k}"] for k in ("train", "test", "gap", "size", "tiny")})
    best = min(WAYS, key=lambda way: found[f"{way}_gap"])
    stage.say("end", best=stage.label(f"picture.{best}"), gap=found[f"{best}_gap"], none=found["none_gap"])
    epochs = np.arange(found["epochs"]) + 1
    with stage.picture(11.0, 3.4, 1, 4, sharey=True) as (_, axes):
        for panel, way in zip(axes, WAYS, strict=True):
            train, test = found[f"{way}_train_curve"], found[f"{way}_test_curve"]
            panel.fill_between(epochs, test, train, color="#dddddd", linewidth=0)
            panel.plot(epochs, train, "--", color=COLOURS[1], label=stage.label("picture.train"))
            panel.plot(epochs, test, color=COLOURS[0], label=stage.label("picture.test"))
            gap = stage.label("picture.gap", gap=found[f"{way}_gap"])
            panel.set_title(f"{stage.label(f'picture.{way}')}\n{gap}", fontsize=11)
            panel.set_xlabel(stage.label("epoch"))
            clean(panel)
        axes[0].set_ylim(0, 1.03)
        axes[0].set_ylabel(stage.label("accuracy", data=found["data"]))
        axes[0].legend(frameon=False, loc="lower right")


def less(way: str) -> Any:
    """Whether a way narrows the gap without costing a point of test accuracy."""
    return lambda f: f[f"{way}_gap"] < f["none_gap"] and f[f"{way}_test"] > f["none_test"] - 0.01


EXHIBIT = Exhibit(
    "overfitting",
    "learning",
    seconds=14,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "l1", "deck", "L1(가중치 절대값 사용)", less("l1"), ("none_gap", "none_test", "l1_gap", "l1_test")
        ),
        Claim(
            "l2",
            "book",
            "큰 페널티를 부과하여 오버피팅을 억제",
            less("l2"),
            ("none_gap", "none_test", "l2_gap", "l2_test"),
        ),
        Claim(
            "dropout",
            "deck",
            "뉴런을 임의로 삭제하면서 학습하는 기법",
            less("dropout"),
            ("none_gap", "none_test", "dropout_gap", "dropout_test"),
        ),
    ),
)
