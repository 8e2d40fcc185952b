"""Numerical gradients: the definition of a derivative, computed as it stands. Sure, inexact and slow.

    forward difference    (f(x + h) - f(x)) / h              error about h
    central difference    (f(x + h) - f(x - h)) / 2h         error about h^2

A smaller h is better until rounding takes over: f(x + h) and f(x - h) then agree in most of their digits.
Each parameter needs two more values of the loss; backpropagation gives all of them at once.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

STEPS = [10.0**k for k in range(-12, 0)]
VALLEYS = {"round": (1.0, 1.0), "long": (1 / 20, 1.0)}  # f = a x^2 + b y^2; lowest at 0, 0
SPOTS = np.stack(np.meshgrid(np.linspace(-8, 8, 7), np.linspace(-4, 4, 5)), -1).reshape(-1, 2)


def errors() -> Found:
    """How far both differences are from the true slope of f(x) = e^x sin x at x = 1, for each h."""

    def f(x: Any) -> Any:
        return sj.exp(x) * sj.sin(x)

    x = sj.asarray(1.0, dtype=sj.float64)
    true = np.exp(1.0) * (np.sin(1.0) + np.cos(1.0))
    central = [abs(float(sj.numerical_gradient(f, x, h)) - true) for h in STEPS]
    forward = [abs(float((f(x + h) - f(x)) / h) - true) for h in STEPS]
    found: Found = {"central_errors": np.array(central), "forward_errors": np.array(forward)}
    for name, error in (("central", central), ("forward", forward)):
        found[f"{name}_order"] = float(np.polyfit(np.log(STEPS[-3:]), np.log(error[-3:]), 1)[0])
        found[f"{name}_best_h"] = STEPS[int(np.argmin(error))]
        found[f"{name}_usual"] = error[STEPS.index(10.0**-4)]
    found["backprop_error"] = abs(float(sj.grad(f)(x)) - true)
    return found


def network(run: Run, hidden: int, x: np.ndarray) -> nn.Sequential:
    """A small network for two arms of a spiral; the same weights at each call."""
    sj.set_seed(run.seed)
    model = nn.Sequential([nn.Dense(hidden, "tanh"), nn.Dense(2)])
    model(sj.asarray(x))
    return model


def by_backprop(loss: Callable[[], Any], weights: list[sj.Variable]) -> list[Any]:
    """The same gradients from one pass forward and one back."""
    return sj.gradients(loss(), weights)


def trained(run: Run) -> Found:
    """The same network trained twice: by numerical gradients and by backpropagation."""
    (x, t), _ = sj.datasets.spirals(run.pick(125, 50), classes=2, seed=run.seed)
    inputs, targets = sj.asarray(x), sj.asarray(t)
    found: Found = {"steps": run.pick(150, 25)}
    for name, gradient in (("numerical", partial(sj.numerical_gradient, h=1e-3)), ("backprop", by_backprop)):
        model = network(run, 6, x)
        weights = model.trainable_variables
        descent = sj.optim.SGD(0.5)

        def loss(model: nn.Sequential = model) -> Any:
            return sj.losses.softmax_cross_entropy(targets, model(inputs))

        curve = []
        for _ in run.each(range(found["steps"])):
            curve.append(float(loss()))
            descent.apply(gradient(loss, weights), weights)
        found |= {f"{name}_curve": np.array(curve), f"{name}_loss": float(loss())}
        found["parameters"] = sum(v.size for v in weights)
    found["apart"] = float(np.abs(found["numerical_curve"] - found["backprop_curve"]).max())
    return found


def seconds(work: Callable[[], Any], tries: int) -> float:
    """The least time of several tries."""
    return min(timeit.repeat(work, number=1, repeat=tries))


def timed(run: Run) -> Found:
    """Seconds for one gradient of networks of growing width."""
    (x, t), _ = sj.datasets.spirals(100, classes=2, seed=run.seed)
    inputs, targets = sj.asarray(x), sj.asarray(t)
    sizes, numerical, backprop = [], [], []
    for hidden in run.each(run.pick([1, 4, 16, 64, 256], [1, 16])):
        model = network(run, hidden, x)
        weights = model.trainable_variables

        def loss(model: nn.Sequential = model) -> Any:
            return sj.losses.softmax_cross_entropy(targets, model(inputs))

        sizes.append(sum(v.size for v in weights))
        numerical.append(seconds(partial(sj.numerical_gradient, loss, weights, 1e-3), 1))
        backprop.append(seconds(partial(by_backprop, loss, weights), 5))
    return {
        "sizes": np.array(sizes),
        "largest": sizes[-1],
        "seconds_numerical": np.array(numerical),
        "seconds_backprop": np.array(backprop),
        "last_seconds_numerical": numerical[-1],
        "last_seconds_backprop": backprop[-1],
        "time_ratio": numerical[-1] / backprop[-1],
    }


def angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Degrees between the rows of two arrays."""
    cosine = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def fields() -> Found:
    """Where the negative gradient points: beside the steepest way down, and beside the lowest place."""
    found: Found = {}
    turns = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    around = np.stack([np.cos(turns), np.sin(turns)], -1)
    for name, (a, b) in VALLEYS.items():
        scale = sj.asarray(np.array([a, b]))

        def f(x: Any, scale: Any = scale) -> Any:
            return sj.sum(scale * x * x, axis=-1)

        spots = SPOTS[np.abs(SPOTS).sum(-1) > 0]
        down = np.stack([-sj.numerical_gradient(f, sj.asarray(p)).numpy() for p in spots])
        drops = np.stack([f(sj.asarray(p + 1e-4 * around)).numpy() for p in spots])
        found |= {
            f"{name}_spots": spots,
            f"{name}_down": down,
            f"{name}_off_steepest": float(angle(down, around[drops.argmin(-1)]).max()),
            f"{name}_off_lowest": float(angle(down, -spots).mean()),
            f"{name}_worst": float(angle(down, -spots).max()),
        }
    return found


def measure(run: Run) -> Found:
    """Error against h, training, time, direction."""
    return errors() | trained(run) | timed(run) | fields()


def present(stage: Stage, found: Found) -> None:
    """Four panels, one a question."""
    stage.say("order", forward=found["forward_order"], central=found["central_order"])
    stage.say(
        "best", h=found["central_best_h"], usual=found["central_usual"], backprop=found["backprop_error"]
    )
    losses = {"numerical": found["numerical_loss"], "backprop": found["backprop_loss"]}
    stage.say("trained", steps=found["steps"], parameters=found["parameters"], apart=found["apart"], **losses)
    taken = {k: 1000 * found[f"last_seconds_{k}"] for k in ("numerical", "backprop")}
    stage.say("time", parameters=found["largest"], ratio=found["time_ratio"], **taken)
    stage.say("steepest", off=max(found["round_off_steepest"], found["long_off_steepest"]))
    stage.say(
        "lowest", round=found["round_off_lowest"], long=found["long_off_lowest"], worst=found["long_worst"]
    )
    with stage.picture(9.4, 6.6, 2, 2) as (_, axes):
        draw_errors(stage, axes[0, 0], found)
        draw_pairs(stage, axes[0, 1], axes[1, 0], found)
        draw_field(stage, axes[1, 1], found)


def draw_errors(stage: Stage, panel: Any, found: Found) -> None:
    """The errors of both differences against h."""
    for name, colour, line in (("forward", COLOURS[1], "--"), ("central", COLOURS[0], "-")):
        style = {"marker": "o", "markersize": 4, "color": colour, "label": stage.label(f"picture.{name}")}
        panel.loglog(STEPS, np.maximum(found[f"{name}_errors"], 1e-17), line, **style)
    panel.axvline(1e-4, color="black", linewidth=0.8, linestyle=":")
    panel.set_xlabel(stage.label("picture.h"))
    panel.set_ylabel(stage.label("picture.error"))
    panel.set_title(stage.label("picture.errors"), fontsize=11)
    panel.legend(frameon=False, fontsize=9)
    clean(panel)


def draw_pairs(stage: Stage, curves: Any, times: Any, found: Found) -> None:
    """Numerical gradients beside backpropagation: the same curve, another time."""
    wide = {"color": COLOURS[1], "linewidth": 4, "alpha": 0.45, "label": stage.label("picture.numerical")}
    thin = {"color": COLOURS[0], "linewidth": 1.4, "label": stage.label("picture.backprop")}
    curves.plot(found["numerical_curve"], **wide)
    curves.plot(found["backprop_curve"], "--", **thin)
    curves.set_xlabel(stage.label("picture.step"))
    curves.set_ylabel(stage.label("picture.loss"))
    curves.set_title(stage.label("picture.curves"), fontsize=11)
    times.loglog(found["sizes"], 1000 * found["seconds_numerical"], marker="s", **wide)
    times.loglog(found["sizes"], 1000 * found["seconds_backprop"], "--", marker="o", **thin)
    times.set_xlabel(stage.label("picture.parameters"))
    times.set_ylabel(stage.label("picture.time"))
    times.set_title(stage.label("picture.times"), fontsize=11)
    for panel in (curves, times):
        panel.legend(frameon=False, fontsize=9)
        clean(panel)


def draw_field(stage: Stage, panel: Any, found: Found) -> None:
    """The long valley from above: heights, the negative gradient, the way to the lowest place."""
    x, y = np.meshgrid(np.linspace(-10, 10, 101), np.linspace(-5, 5, 51))
    panel.contour(x, y, x**2 / 20 + y**2, (0.5, 2, 5, 10, 17, 25), colors="#BBBBBB", linewidths=0.8)
    spots, down = found["long_spots"], found["long_down"]
    for ways, name, colour, width in ((-spots, "lowest", 4, 0.008), (down, "down", 0, 0.005)):
        arrows = ways / np.linalg.norm(ways, axis=-1, keepdims=True)
        style = {"angles": "xy", "color": COLOURS[colour], "width": width, "scale": 14}
        panel.quiver(*spots.T, *arrows.T, label=stage.label(f"picture.{name}"), **style)
    panel.plot(0, 0, "*", color="black", markersize=10)
    panel.set_ylim(-5, 7.2)
    panel.legend(frameon=False, fontsize=9, loc="upper center", ncols=2)
    panel.set_xlabel("$x$")
    panel.set_ylabel("$y$")
    panel.set_title(stage.label("picture.field"), fontsize=11)


EXHIBIT = Exhibit(
    "numerical-gradient",
    "loss",
    seconds=5,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "lowest",
            "deck",
            "가장 낮은 장소를 가리키는 방향",
            lambda f: f["round_off_lowest"] < 5 and f["long_off_lowest"] < 5,
            ("round_off_lowest", "long_off_lowest"),
        ),
        Claim(
            "steepest",
            "deck",
            "가장 많이 감소시키는 방향",
            lambda f: f["round_off_steepest"] < 1 and f["long_off_steepest"] < 1,
            ("round_off_steepest", "long_off_steepest"),
        ),
        Claim(
            "slow",
            "deck",
            "계산 비용이 커서 시간이 오래 걸리는",
            lambda f: f["time_ratio"] > 10,
            ("largest", "time_ratio"),
        ),
    ),
)
