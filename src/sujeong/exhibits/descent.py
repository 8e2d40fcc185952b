"""Gradient descent: how many samples a step looks at, and how long the step is.

    W <- W - eta dL/dW

L is the mean squared error of a line y = ax + b, so the weights are two numbers and their path can be drawn.
On a loss that is a bowl, descent comes down as long as eta < 2 / (greatest curvature).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, figure
from .exhibit import Claim, Exhibit, Found, Run, Stage

START = (-2.0, 3.0)
RATE = 0.1
BATCHES = {"batch": 64, "mini": 8, "stochastic": 1}
RATES = {"slow": 0.01, "right": 0.3, "fast": 1.02}
SIDE = 61


class Path(sj.training.Callback):
    """Writes down the weights after each step."""

    def __init__(self) -> None:
        self.points = [START]

    def on_batch_end(self, batch: int) -> None:
        """One step was made."""
        kernel, bias = self.model.trainable_variables
        self.points.append((kernel.numpy().item(), bias.numpy().item()))


def descend(x: np.ndarray, t: np.ndarray, rate: float, batch_size: int, epochs: int) -> np.ndarray:
    """The path (steps + 1, 2) of a and b."""
    a, b = sj.initializers.Constant(START[0]), sj.initializers.Constant(START[1])
    line = nn.Sequential([nn.Dense(1, kernel_initializer=a, bias_initializer=b)])
    line.compile(sj.optim.SGD(rate), "mean_squared_error")
    path = Path()
    line.fit(x, t, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[path])
    return np.array(path.points)


def loss_at(x: np.ndarray, t: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The loss over all samples, for weights (..., 2): each pair of a and b is a row of predictions."""
    pairs = weights.reshape(-1, 2)
    y = pairs[:, :1] * x.T + pairs[:, 1:]
    losses = sj.losses.mean_squared_error(np.broadcast_to(t.T, y.shape), y, reduction="none").numpy()
    return losses.reshape(weights.shape[:-1])  # type: ignore[no-any-return]


def measure(run: Run) -> Found:
    """Three sizes of batches with one rate, three rates with whole batches."""
    numbers = run.numbers()
    x = numbers.uniform(-1.5, 1.5, (64, 1)).astype("float32")
    t = (1.5 * x - 0.5 + numbers.normal(0, 0.6, x.shape)).astype("float32")
    slope, shift = np.polyfit(x[:, 0], t[:, 0], 1)
    lowest = np.array([slope, shift])
    curvature = sj.hessian(lambda w: sj.losses.mean_squared_error(t[:, 0], w[0] * x[:, 0] + w[1]))(lowest)
    a, b = np.linspace(-3.5, 5, SIDE), np.linspace(-4.5, 4.5, SIDE)
    grid = np.stack(np.meshgrid(a, b), -1)
    found: Found = {"epochs": run.pick(6, 4), "steps": run.pick(20, 12), "frames": run.pick(24, 3)}
    found |= {"lowest": lowest, "a": a, "b": b}
    found["limit"] = 2 / float(np.linalg.eigvalsh(curvature.numpy()).max())
    found["bowl"] = loss_at(x, t, grid)
    found["least"], found["first"] = (float(loss_at(x, t, np.array(w))) for w in (lowest, START))
    for name, size in BATCHES.items():
        path = descend(x, t, RATE, size, found["epochs"])
        losses = loss_at(x, t, path)
        found |= {f"{name}_path": path, f"{name}_steps": len(path) - 1, f"{name}_loss": float(losses[-1])}
        found[f"{name}_up"] = float(np.mean(np.diff(losses) > 0))
    for name, factor in RATES.items():
        rate = factor * found["limit"]
        path = descend(x, t, rate, len(x), found["steps"])
        found |= {f"{name}_path": path, f"{name}_rate": rate}
        found[f"{name}_loss"] = float(loss_at(x, t, path[-1]))
    return found


def present(stage: Stage, found: Found) -> None:
    """Six bowls seen from above, a path growing in each."""
    stage.say("bowl", least=found["least"], a=found["lowest"][0], b=found["lowest"][1], first=found["first"])
    for name in BATCHES:
        kept = {k: found[f"{name}_{k}"] for k in ("steps", "loss", "up")}
        stage.say(name, epochs=found["epochs"], rate=RATE, **kept)
    stage.say("limit", limit=found["limit"])
    for name in RATES:
        stage.say(name, rate=found[f"{name}_rate"], steps=found["steps"], loss=found[f"{name}_loss"])
    made, axes = figure(9.0, 6.0, 2, 3, sharex=True, sharey=True)
    lines = [_bowl(stage, found, p, n) for p, n in zip(axes.flat, (*BATCHES, *RATES), strict=True)]
    for panel in axes[1]:
        panel.set_xlabel(stage.label("a"))
    for panel in axes[:, 0]:
        panel.set_ylabel(stage.label("b"))
    frames = found["frames"]

    def draw(i: int) -> None:
        for path, line, head in lines:
            seen = path[: max(1, round((len(path) - 1) * i / (frames - 1)) + 1)]
            line.set_data(*seen.T)
            head.set_data(*seen[-1:].T)

    stage.animation(made, frames, draw, pause=0.15)


def _bowl(stage: Stage, found: Found, panel: Any, name: str) -> tuple[np.ndarray, Any, Any]:
    """One bowl with its lowest place; its path is drawn later."""
    levels = found["least"] + np.array([0.1, 0.5, 1.5, 3.5, 7, 12, 20])
    panel.contour(found["a"], found["b"], found["bowl"], levels, colors="#bbbbbb", linewidths=0.8)
    panel.plot(*found["lowest"], "x", color="black", markersize=8)
    colour = COLOURS[0] if name in BATCHES else COLOURS[1]
    many = found[f"{name}_steps"] > 100 if name in BATCHES else False
    (line,) = panel.plot([], [], "-" if many else ".-", color=colour, linewidth=0.9, markersize=5)
    (head,) = panel.plot([], [], "o", color=colour, markersize=7)
    panel.set_title(stage.label(f"picture.{name}", rate=found.get(f"{name}_rate", RATE)), fontsize=11)
    panel.set_xlim(found["a"][0], found["a"][-1])
    panel.set_ylim(found["b"][0], found["b"][-1])
    return found[f"{name}_path"], line, head


EXHIBIT = Exhibit(
    "descent",
    "learning",
    seconds=2,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "rate",
            "deck",
            "학습률이 지나치게 크거나 작으면 효과적인 학습 불가능",
            lambda f: (
                f["fast_loss"] > f["first"]
                and f["slow_loss"] - f["least"] > 0.25 * (f["first"] - f["least"])
                and f["right_loss"] - f["least"] < 0.01 * (f["first"] - f["least"])
            ),
            ("first", "slow_loss", "right_loss", "fast_loss", "least"),
        ),
    ),
)
