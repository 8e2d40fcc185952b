"""Optimisers: what each makes of the same gradient, on a long narrow valley and on handwritten digits.

    f(x, y) = x^2 / 20 + y^2          steep across, flat along: the gradient hardly points to (0, 0)

SGD steps against the gradient; momentum rolls; AdaGrad divides by all past gradients, RMSProp by the recent
ones only; Adam does both, and corrects for having started at zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

START, STEPS = (-7.0, 2.0), 30
VALLEY = {
    "SGD": sj.optim.SGD(0.95),
    "Momentum": sj.optim.Momentum(0.1),
    "AdaGrad": sj.optim.AdaGrad(1.5),
    "RMSProp": sj.optim.RMSProp(0.3),
    "Adam": sj.optim.Adam(0.3),
}
DIGITS = {
    "SGD": sj.optim.SGD(0.01),
    "Momentum": sj.optim.Momentum(0.01),
    "AdaGrad": sj.optim.AdaGrad(0.01),
    "Adam": sj.optim.Adam(0.001),
}
STYLES = dict(zip(VALLEY, ("-", "--", "-.", ":", "-"), strict=True))
MARKERS = dict(zip(VALLEY, "os^vD", strict=True))
COLOUR = dict(zip(VALLEY, COLOURS, strict=False))


def fresh(optimizer: sj.optim.Optimizer) -> Any:
    """Another one with the same settings, which remembers nothing."""
    return sj.optim.get(optimizer.config())


def roll(optimizer: sj.optim.Optimizer) -> np.ndarray:
    """The path (STEPS + 1, 2) through the valley."""
    w = sj.Variable(sj.asarray(START))
    path = [START]
    for _ in range(STEPS):
        optimizer.apply([sj.grad(lambda p: p[0] ** 2 / 20 + p[1] ** 2)(w.value)], [w])
        path.append(tuple(w.numpy()))
    return np.array(path)


def step_lengths(optimizer: sj.optim.Optimizer, gradients: np.ndarray) -> np.ndarray:
    """How far one weight moves, in learning rates and per unit of gradient, when it gets these gradients."""
    w, lengths = sj.Variable(0.0), []
    for g in gradients:
        before = w.numpy().item()
        optimizer.apply([sj.asarray(g)], [w])
        lengths.append((before - w.numpy().item()) / g / float(optimizer.learning_rate))
    return np.array(lengths)


def adam_uncorrected(steps: int) -> np.ndarray:
    """What m / sqrt(v), Adam without the correction, would step under a gradient that is always 1."""
    w, adam, found = sj.Variable(0.0), sj.optim.Adam(), []
    for _ in range(steps):
        adam.apply([sj.asarray(1.0)], [w])
        slots = adam.slots_of(w)
        found.append(slots["mean"].numpy().item() / np.sqrt(slots["mean_square"].numpy().item()))
    return np.array(found)


def deep_net(hidden: int) -> nn.Sequential:
    """Four hidden layers with ReLU."""
    layers = [nn.Dense(hidden, "relu", kernel_initializer="he") for _ in range(4)]
    return nn.Sequential([nn.Flatten(), *layers, nn.Dense(10)])


def measure(run: Run) -> Found:
    """Paths, lengths of steps, and four optimisers on digits."""
    found: Found = {}
    for name, optimizer in VALLEY.items():
        path = roll(fresh(optimizer))
        across = np.diff(path[:, 1])
        found |= {f"{name}_path": path, f"{name}_travel": float(np.abs(across).sum())}
        found[f"{name}_turns"] = int((across[1:] * across[:-1] < 0).sum())
        found[f"{name}_left"] = float(np.hypot(*path[-1]))
    gradients = np.abs(run.numbers().normal(0, 1, run.pick(1000, 300))) + 0.1
    found["steps"] = len(gradients)
    for name in ("AdaGrad", "RMSProp"):
        lengths = step_lengths(fresh(VALLEY[name]), gradients.astype("float32"))
        found |= {f"{name}_lengths": lengths, f"{name}_end": float(lengths[-50:].mean())}
        found[f"{name}_early"] = float(lengths[50:100].mean())
    found["corrected"] = step_lengths(sj.optim.Adam(), np.ones(100, "float32"))
    found["uncorrected"] = adam_uncorrected(100)
    found |= {"corrected_first": float(found["corrected"][0]), "uncorrected_most": found["uncorrected"].max()}
    (x, y), test, found["data"] = run.handwriting(run.pick(5000, 400), run.pick(2000, 300))
    found["epochs"] = run.pick(5, 4)
    for name in run.each(DIGITS):
        sj.set_seed(run.seed)
        model = deep_net(run.pick(100, 50))
        model.compile(fresh(DIGITS[name]), "softmax_cross_entropy", ["accuracy"])
        history = model.fit(x, y, batch_size=run.pick(100, 20), epochs=found["epochs"], verbose=0)
        found[f"{name}_curve"] = np.array(history.history["loss"])
        found[f"{name}_loss"] = history.history["loss"][-1]
        found[f"{name}_accuracy"] = model.evaluate(*test)["accuracy"]
    return found


def present(stage: Stage, found: Found) -> None:
    """Five paths, two kinds of step lengths, and the losses on digits."""
    for name in VALLEY:
        figures = {k: found[f"{name}_{k}"] for k in ("travel", "turns", "left")}
        stage.say("path", name=name, steps=STEPS, **figures)
    stage.say("rates", steps=found["steps"], adagrad=found["AdaGrad_end"], rmsprop=found["RMSProp_end"])
    stage.say("adam", first=found["corrected_first"], most=found["uncorrected_most"])
    stage.say("digits", data=found["data"], epochs=found["epochs"])
    for name, optimizer in DIGITS.items():
        figures = {k: found[f"{name}_{k}"] for k in ("loss", "accuracy")}
        stage.say("trained", name=name, rate=float(optimizer.learning_rate), **figures)
    with stage.picture(12.0, 5.6, 2, 4) as (_, axes):
        *paths, rates, adam, digits = axes.flat
        for panel, name in zip(paths, VALLEY, strict=True):
            _draw_path(panel, name, found)
        for name in ("AdaGrad", "RMSProp"):
            steps = np.arange(found["steps"]) + 1
            rates.loglog(steps, found[f"{name}_lengths"], ls=STYLES[name], color=COLOUR[name], label=name)
        for key, style in (("corrected", "-"), ("uncorrected", ":")):
            adam.plot(np.arange(100) + 1, found[key], ls=style, color=COLOUR["Adam"], label=stage.label(key))
        for name in DIGITS:
            epochs = np.arange(found["epochs"]) + 1
            (line,) = digits.plot(
                epochs, found[f"{name}_curve"], ls=STYLES[name], color=COLOUR[name], label=name
            )
            line.set(marker=MARKERS[name], markersize=5)
        digits.set_ylim(0)
        for panel, key in ((rates, "step"), (adam, "step"), (digits, "epoch")):
            panel.set_xlabel(stage.label(key))
            panel.legend(frameon=False, fontsize=9)
            clean(panel)
        rates.set_title(stage.label("picture.rates"), fontsize=11)
        adam.set_title(stage.label("picture.adam"), fontsize=11)
        digits.set_title(stage.label("picture.digits", data=found["data"]), fontsize=11)


def _draw_path(panel: Any, name: str, found: Found) -> None:
    """The valley from above, and one path through it."""
    x, y = np.meshgrid(np.linspace(-8, 8, 81), np.linspace(-3.5, 3.5, 71))
    panel.contour(x, y, x**2 / 20 + y**2, (0.2, 1, 2.5, 5, 8, 12), colors="#cccccc", linewidths=0.8)
    panel.plot(*found[f"{name}_path"].T, ".-", color=COLOUR[name], linewidth=1.0, markersize=4)
    panel.plot(0, 0, "x", color="black")
    panel.set_title(name, fontsize=11)
    panel.set_xlabel("$x$")
    panel.set_ylabel("$y$")


EXHIBIT = Exhibit(
    "optimizers",
    "learning",
    seconds=4,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "zigzag",
            "book",
            "SGD와 비교하여 지그재그가 덜하다",
            lambda f: f["Momentum_turns"] < f["SGD_turns"] and f["Momentum_travel"] < f["SGD_travel"],
            ("SGD_turns", "SGD_travel", "Momentum_turns", "Momentum_travel"),
        ),
        Claim(
            "adagrad",
            "deck",
            "무한히 학습을 진행하면 학습률이 0이 되는 문제",
            lambda f: f["AdaGrad_end"] < 0.05 and f["RMSProp_end"] > 0.5 * f["RMSProp_early"],
            ("steps", "AdaGrad_end", "RMSProp_end"),
        ),
    ),
)
