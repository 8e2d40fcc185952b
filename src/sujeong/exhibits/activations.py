"""Activation functions, each with its slope: what a neuron makes of its weighted sum, and what learning sees.

step     1 if x > 0 else 0               ReLU        max(0, x)
sigmoid  1 / (1 + e^-x)                  leaky ReLU  max(0.01 x, x)
tanh     (e^x - e^-x) / (e^x + e^-x)     PReLU       max(a x, x), a is learned
sine     sin x                           ELU         x if x > 0 else e^x - 1
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

START = 0.25  # the first slope of PReLU, as in its paper
HIDDEN = 32
FUNCTIONS = {
    "step": sj.step,
    "sigmoid": sj.sigmoid,
    "tanh": sj.tanh,
    "sine": sj.sine,
    "relu": sj.relu,
    "leaky_relu": sj.leaky_relu,
    "prelu": lambda x: sj.prelu(x, START),
    "elu": sj.elu,
}


def slopes(function: Any, x: Any) -> np.ndarray:
    """The derivative at each x: the gradient of the sum, since every y depends on its own x alone."""
    slope: np.ndarray = sj.grad(lambda x: sj.sum(function(x)))(x).numpy()
    return slope


def layer(name: str) -> Any:
    """The activation as a layer; PReLU brings its own weights."""
    return nn.PReLU(sj.initializers.Constant(START)) if name == "prelu" else nn.Activation(name)


def learned(name: str, data: Any, run: Run) -> Found:
    """A network of two hidden layers with this activation: accuracy, and how far its first layer moved."""
    (x, t), (x_test, t_test), _ = data
    sj.set_seed(run.seed)
    hidden = [part for _ in range(2) for part in (nn.Dense(HIDDEN), layer(name))]
    model = nn.Sequential([nn.Input(x.shape[1:]), nn.Flatten(), *hidden, nn.Dense(10)])
    before = model.layers[1].kernel.value.numpy()
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy", metrics=["accuracy"])
    model.fit(x, t, epochs=run.pick(8, 3), batch_size=run.pick(50, 40), verbose=0)
    after = model.layers[1].kernel.value.numpy()
    found: Found = {f"{name}_accuracy": model.evaluate(x_test, t_test)["accuracy"]}
    found[f"{name}_moved"] = float(np.linalg.norm(after - before) / np.linalg.norm(before))
    if name == "prelu":
        slope = model.layers[2].alpha.value.numpy()
        found |= {"learned_low": float(slope.min()), "learned_high": float(slope.max())}
    return found


def measure(run: Run) -> Found:
    """Curves and slopes, the slopes against finite differences, and what each lets a network learn."""
    x = sj.linspace(-4.0, 4.0, 401, dtype=sj.float64)
    found: Found = {"x": x.numpy()}
    smooth = sj.asarray(run.numbers().uniform(0.1, 4, 20) * np.tile([-1.0, 1.0], 10))  # not at the bend
    errors = []
    for name, function in FUNCTIONS.items():
        found[f"{name}_y"], found[f"{name}_slopes"] = function(x).numpy(), slopes(function, x)
        found[f"{name}_steepest"] = float(found[f"{name}_slopes"].max())
        numerical = sj.numerical_gradient(lambda x, f=function: sj.sum(f(x)), smooth)
        errors.append(float(np.abs(slopes(function, smooth) - numerical.numpy()).max()))
    found["slope_error"] = max(errors)
    found["leaky_error"] = float(sj.max(sj.abs(sj.leaky_relu(x) - sj.maximum(0.01 * x, x))))
    data = run.handwriting(run.pick(4000, 600), run.pick(2000, 300))
    found |= {"data": data[2], "samples": len(data[0][0])}
    for name in run.each(FUNCTIONS):
        found |= learned(name, data, run)
    found["lowest"] = min(found[f"{name}_accuracy"] for name in FUNCTIONS if name != "step")
    return found


def present(stage: Stage, found: Found) -> None:
    """A panel a function: the curve, its slope, and how well a network with it reads digits."""
    stage.say("slopes", error=found["slope_error"])
    stage.say(
        "steepest", **{f"{name}_slope": found[f"{name}_steepest"] for name in ("step", "sigmoid", "tanh")}
    )
    stage.say("data", data=found["data"], samples=found["samples"], hidden=HIDDEN)
    stage.say("step", accuracy=found["step_accuracy"], moved=found["step_moved"], lowest=found["lowest"])
    stage.say("leaky", error=found["leaky_error"])
    stage.say("prelu", start=START, low=found["learned_low"], high=found["learned_high"])
    with stage.picture(9.6, 5.2, 2, 4, sharex=True, sharey=True) as (figure, axes):
        for panel, name in zip(axes.flat, FUNCTIONS, strict=True):
            panel.plot(found["x"], found[f"{name}_y"], color=COLOURS[0], label=stage.label("picture.y"))
            slope = stage.label("picture.slope")
            panel.plot(found["x"], found[f"{name}_slopes"], "--", color=COLOURS[1], label=slope)
            title = stage.label(f"picture.{name}")
            score = stage.label("picture.accuracy", accuracy=found[f"{name}_accuracy"])
            panel.set_title(f"{title}\n{score}", fontsize=10)
            panel.set_ylim(-1.3, 2.2)
            clean(panel)
        for panel in axes[1]:
            panel.set_xlabel("x")
        figure.legend(
            *axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
        )


EXHIBIT = Exhibit(
    "activations",
    "perceptron",
    seconds=9,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "key",
            "deck",
            "계단 함수에서 다른 함수로 변경하는 것이",
            lambda f: f["step_moved"] == 0 and f["step_accuracy"] < f["lowest"],
            ("step_accuracy", "step_moved", "lowest"),
        ),
        Claim(
            "leaky",
            "article",
            "leakly ReLU는 max(ax, x)",
            lambda f: f["leaky_error"] == 0,
            ("leaky_error",),
        ),
        Claim(
            "prelu",
            "article",
            "a를 bias와 같은 파라미터로 두는 것",
            lambda f: f["learned_low"] < START < f["learned_high"],
            ("learned_low", "learned_high"),
        ),
    ),
)
