"""XOR: one straight line cannot separate it; gates composed can, and a hidden layer finds out how.

XOR(x) = AND(OR(x), NAND(x))
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

HIDDEN = 4
GRID = np.stack(np.meshgrid(np.linspace(-0.5, 1.5, 101), np.linspace(-0.5, 1.5, 101)), -1).astype("float32")


def gate(x: Any, weights: tuple[float, float], bias: float) -> Any:
    """A perceptron: 1 where w.x + b > 0."""
    return sj.step(x @ sj.asarray(weights) + bias)


def xor_by_gates(x: Any) -> Any:
    """Three perceptrons in two layers, all weights set by hand."""
    x_or, x_nand = gate(x, (1.0, 1.0), -0.5), gate(x, (-1.0, -1.0), 1.5)
    return gate(sj.stack([x_or, x_nand], axis=-1), (1.0, 1.0), -1.5)


def best_line(run: Run, x: np.ndarray, t: np.ndarray) -> Found:
    """The best of many random lines (w1, w2, b): the points that it gets right, itself, and its plane."""
    lines = run.numbers().normal(size=(run.pick(100_000, 5_000), 3)).astype(np.float32)
    said = sj.step(sj.asarray(x) @ sj.asarray(lines[:, :2].T) + sj.asarray(lines[:, 2])).numpy()
    right = (said == t[:, None]).sum(axis=0)
    w1, w2, b = lines[right.argmax()].tolist()
    plane = gate(sj.asarray(GRID), (w1, w2), b).numpy()
    best = {"best_right": int(right.max()), "best_line": np.array([w1, w2, b]), "best_grid": plane}
    return {"tried": len(lines)} | best


def measure(run: Run) -> Found:
    """Learns XOR with and without a hidden layer."""
    (x, t), _ = sj.datasets.load("xor")
    found = best_line(run, x, t)
    t = t.reshape(4, 1)
    epochs = run.pick(600, 300)
    sides = {
        "line": nn.Sequential([nn.Dense(1)]),
        "mlp": nn.Sequential([nn.Dense(HIDDEN, "tanh"), nn.Dense(1)]),
    }
    found["epochs"] = epochs
    for name, model in sides.items():
        model.compile(sj.optim.Adam(0.05), "sigmoid_cross_entropy")
        history = model.fit(x, t, epochs=epochs, batch_size=4, verbose=0)
        found[f"{name}_right"] = int(((model.predict(x) > 0.5) == (t > 0.5)).sum())
        found[f"{name}_loss"] = history.history["loss"][-1]
        found[f"{name}_grid"] = model.predict(GRID.reshape(-1, 2)).reshape(101, 101)
    found["gates_right"] = int((xor_by_gates(sj.asarray(x)).numpy() == t[:, 0]).sum())
    found["gates_grid"] = xor_by_gates(sj.asarray(GRID)).numpy()
    return found


def present(stage: Stage, found: Found) -> None:
    """Three planes, coloured by what each says; squares are the points that ought to give 1."""
    stage.say("tried", tried=found["tried"], right=found["best_right"])
    stage.say("line", epochs=found["epochs"], right=found["line_right"], loss=found["line_loss"])
    stage.say("gates", right=found["gates_right"])
    stage.say("mlp", hidden=HIDDEN, right=found["mlp_right"], loss=found["mlp_loss"])
    with stage.picture(9.0, 3.7, 1, 3, sharey=True) as (_, axes):
        for panel, name in zip(axes, ("best", "gates", "mlp"), strict=True):
            values = np.clip(found[f"{name}_grid"], 0, 1)
            panel.contourf(GRID[..., 0], GRID[..., 1], values, np.linspace(0, 1, 11), cmap="PuOr", alpha=0.45)
            if name == "best":
                w, b = found["best_line"][:2], found["best_line"][2]
                panel.axline(-b * w / (w @ w), -b * w / (w @ w) + (-w[1], w[0]), color="black", linewidth=1.2)
            else:
                panel.contour(GRID[..., 0], GRID[..., 1], values, [0.5], colors="black", linewidths=1.2)
            for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
                colour, marker = (COLOURS[0], "s") if a != b else (COLOURS[4], "o")
                panel.scatter(a, b, 130, colour, marker=marker, edgecolors="black", zorder=3)
                panel.annotate(str(a ^ b), (a, b), (9, 7), textcoords="offset points", fontsize=11)
            panel.set_title(stage.label(f"picture.{name}", right=found[f"{name}_right"]), fontsize=11)
            panel.set_xlabel("$x_1$")
            panel.set_xticks((0, 1))
            panel.set_yticks((0, 1))
            panel.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
        axes[0].set_ylabel("$x_2$")


EXHIBIT = Exhibit(
    "xor",
    "perceptron",
    seconds=3,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "line",
            "deck",
            "XOR 문제를 해결할 수 없음",
            lambda f: f["line_right"] < 4 and f["mlp_right"] == 4,
            ("line_right", "mlp_right"),
        ),
    ),
)
