"""First values of the weights: all equal is no use; too large or too small and the layers say nothing.

    Xavier   std = 1 / sqrt(n)         for sigmoid and tanh        n inputs to the layer
    He       std = sqrt(2 / n)         for ReLU, which cuts off half

Data with mean 0 and spread 1 goes through five layers of 100 units; then nets of such layers learn digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

UNITS, LAYERS, HIDDEN = 100, 5, 16
STARTS = {
    "wide": sj.initializers.Normal(1.0),
    "small": sj.initializers.Normal(0.01),
    "xavier": sj.initializers.Xavier(),
    "he": sj.initializers.HeNormal(),
}
CASES = (
    *(("sigmoid", "wide"), ("sigmoid", "small"), ("sigmoid", "xavier")),
    *(("tanh", "wide"), ("tanh", "small"), ("tanh", "xavier")),
    *(("relu", "xavier"), ("relu", "he")),
)
NAMES = {"xavier": r"Xavier $1/\sqrt{n}$", "he": r"He $\sqrt{2/n}$", "relu": "ReLU"}
CURVES = ("small", "xavier", "he")


def layers(activation: str, start: Any) -> list[nn.Dense]:
    """Five layers."""
    return [nn.Dense(UNITS, activation, kernel_initializer=start) for _ in range(LAYERS)]


def signals(activation: str, start: Any, x: np.ndarray, pull: np.ndarray) -> tuple[np.ndarray, float]:
    """What the layers give (LAYERS, samples, units), and how much of the gradient reaches the first one.

    The loss is the sum of the outputs, each times a random number; the gradients of the first and of the
    last layer's weights are compared.
    """
    model = nn.Sequential(layers(activation, start))
    values = np.stack(list(sj.inspect.activations(model, x).values()))
    kernels = [layer.kernel for layer in (model.layers[0], model.layers[-1])]
    first, last = sj.grad(lambda: sj.sum(model(x) * pull), variables=kernels)()
    return values, float(sj.linalg.vector_norm(first)) / float(sj.linalg.vector_norm(last))


def trained(model: nn.Sequential, rate: float, data: Any, epochs: int, batch_size: int) -> list[float]:
    """Trains, and gives the loss of each epoch."""
    model.compile(sj.optim.SGD(rate), "softmax_cross_entropy", ["accuracy"])
    found: list[float] = model.fit(*data, batch_size=batch_size, epochs=epochs, verbose=0).history["loss"]
    return found


def measure(run: Run) -> Found:
    """Equal weights, five layers of activations, and learning curves."""
    data, test, name = run.handwriting(run.pick(3000, 300), run.pick(2000, 300))
    found: Found = {"data": name, "epochs": run.pick(15, 8)}
    for start in ("zeros", sj.initializers.Constant(0.1), "xavier"):
        hidden = nn.Dense(HIDDEN, "sigmoid", kernel_initializer=start)
        model = nn.Sequential([nn.Flatten(), hidden, nn.Dense(10, kernel_initializer=start)])
        trained(model, 0.5, data, 4, run.pick(50, 10))
        key = start if isinstance(start, str) else "constant"
        parts = sj.linalg.svdvals(hidden.kernel).numpy()  # equal columns: one part; rounding adds a little
        found[f"{key}_units"] = int((parts > 0.01 * parts.max()).sum())
        found[f"{key}_accuracy"] = model.evaluate(*test)["accuracy"]
    numbers = run.numbers()
    x = numbers.normal(0, 1, (run.pick(1000, 200), UNITS)).astype("float32")
    pull = numbers.normal(0, 1, x.shape).astype("float32")
    for activation, start in CASES:
        case = f"{activation}_{start}"
        found[f"{case}_values"], found[f"{case}_flow"] = signals(activation, STARTS[start], x, pull)
        last = found[f"{case}_values"][-1]
        found[f"{case}_first"] = float(found[f"{case}_values"][0].std(axis=1).mean())
        found[f"{case}_spread"] = float(last.std(axis=1).mean())
        low, high = {"sigmoid": (0.05, 0.95), "tanh": (-0.95, 0.95)}.get(activation, (-1, np.inf))
        found[f"{case}_edge"] = float(np.mean((last < low) | (last > high)))
    for start in run.each(CURVES):
        model = nn.Sequential([nn.Flatten(), *layers("relu", STARTS[start]), nn.Dense(10)])
        curve = trained(model, 0.01, data, found["epochs"], run.pick(50, 10))
        found |= {f"{start}_curve": np.array(curve), f"{start}_loss": curve[-1]}
    return found


def present(stage: Stage, found: Found) -> None:
    """Eight towers of histograms, one above the other for each layer, and the learning curves."""
    for key in ("zeros", "constant", "xavier"):
        kept = {"units": found[f"{key}_units"], "accuracy": found[f"{key}_accuracy"]}
        stage.say(f"same.{key}", hidden=HIDDEN, data=found["data"], **kept)
    for case in ("sigmoid_wide", "sigmoid_small", "sigmoid_xavier", "tanh_xavier", "relu_xavier", "relu_he"):
        stage.say(f"case.{case}", **{k: found[f"{case}_{k}"] for k in ("edge", "first", "spread", "flow")})
    losses = {start: found[f"{start}_loss"] for start in CURVES}
    stage.say("curves", data=found["data"], epochs=found["epochs"], **losses)
    with stage.picture(10.0, 8.4, 3, 3) as (_, axes):
        for panel, (activation, start) in zip(axes.flat, CASES, strict=False):
            _draw_tower(panel, found[f"{activation}_{start}_values"], activation)
            panel.set_title(f"{NAMES.get(activation, activation)}, {_start(stage, start)}", fontsize=11)
            panel.set_xlabel(stage.label("activation"))
        for row in axes:
            row[0].set_ylabel(stage.label("layer"))
        curves, epochs = axes[2, 2], np.arange(found["epochs"]) + 1
        for start, style, colour in zip(CURVES, (":", "--", "-"), COLOURS, strict=False):
            curves.plot(epochs, found[f"{start}_curve"], style, color=colour, label=_start(stage, start))
        curves.set_title(stage.label("picture.curves", data=found["data"]), fontsize=11)
        curves.set_xlabel(stage.label("epoch"))
        curves.legend(frameon=False, fontsize=9)
        curves.set_ylim(0)
        curves.locator_params(axis="x", integer=True)
        clean(curves)


def _start(stage: Stage, start: str) -> str:
    """How a way to start is called."""
    return NAMES.get(start) or stage.label(f"start.{start}")


def _draw_tower(panel: Any, values: np.ndarray, activation: str) -> None:
    """Histograms of the layers, the first at the bottom."""
    low, high = {"sigmoid": (0, 1), "tanh": (-1, 1)}.get(activation, (0, 2))
    bins = np.linspace(low, high, 41)
    for number, layer in enumerate(values):
        heights, _ = np.histogram(layer[layer > 0] if activation == "relu" else layer, bins)
        heights = 0.85 * heights / max(heights.max(), 1)
        panel.stairs(number + 1 + heights, bins, baseline=number + 1, fill=True, color=COLOURS[number])
    panel.set_yticks(np.arange(len(values)) + 1)
    panel.spines[["top", "right"]].set_visible(False)


EXHIBIT = Exhibit(
    "initialization",
    "learning",
    seconds=9,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "same",
            "deck",
            "초기 가중치를 균일한 값으로 설정하는 경우 학습이 정상적으로 수행되지 않음",
            lambda f: all(
                f[f"{k}_units"] == 1 and f[f"{k}_accuracy"] < f["xavier_accuracy"] - 0.2
                for k in ("zeros", "constant")
            ),
            ("zeros_units", "zeros_accuracy", "constant_accuracy", "xavier_units", "xavier_accuracy"),
        ),
        Claim(
            "vanishing",
            "deck",
            "역전파의 기울기 값이 사라지는",
            lambda f: f["sigmoid_wide_flow"] < 0.01,
            ("sigmoid_wide_edge", "sigmoid_wide_flow", "sigmoid_xavier_flow"),
        ),
        Claim(
            "alike",
            "deck",
            "다수의 뉴런이 거의 같은 값을 출력",
            lambda f: (
                f["sigmoid_small_spread"] < 0.05
                and f["sigmoid_small_spread"] < 0.25 * f["sigmoid_xavier_spread"]
            ),
            ("sigmoid_small_spread", "sigmoid_xavier_spread"),
        ),
        Claim(
            "he",
            "deck",
            "He 초기값을 사용하는 것이 좋음",
            lambda f: f["he_loss"] < min(f["xavier_loss"], f["small_loss"]),
            ("small_loss", "xavier_loss", "he_loss"),
        ),
    ),
)
