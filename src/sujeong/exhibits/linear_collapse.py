"""Linear layers in a row are one linear layer; with a bend between them they are not.

f(x) = c x:   f(f(f(x))) = c c c x = c³ x
layers:       (... (x W1 + b1) W2 + b2 ...) = x W + b,   W = W1 W2 ...,   b = (b1 W2 + b2) W3 ...
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

DEPTH, WIDTH, SIDE, C = 10, 16, 101, 0.8
BENDS = ("identity", "tanh", "relu")
MODELS = {
    "one": (0, "identity"),
    "ten": (DEPTH - 1, "identity"),
    "bent": (DEPTH - 1, "relu"),
}  # hidden layers


def stack(hidden: int, activation: str, outputs: int) -> nn.Sequential:
    """Layers in a row, the last one without a bend."""
    spread: dict[str, Any] = {
        "kernel_initializer": "he_normal",
        "bias_initializer": sj.initializers.Normal(0.1),
    }
    layers = [nn.Dense(WIDTH, activation, **spread) for _ in range(hidden)]
    return nn.Sequential([*layers, nn.Dense(outputs, **spread)])


def collapsed(model: nn.Sequential) -> tuple[Any, Any]:
    """All matrices multiplied into one, and the one bias that goes with it."""
    first, *rest = model.layers
    W, b = first.kernel.value, first.bias.value
    for layer in rest:
        W, b = W @ layer.kernel.value, b @ layer.kernel.value + layer.bias.value
    return W, b


def best_gap(model: nn.Sequential, x: Any) -> float:
    """What the best single matrix misses of a model, as a share of its variance (least squares)."""
    y = sj.astype(model(x), sj.float64)
    ends = sj.concat([sj.astype(x, sj.float64), sj.ones((len(x), 1), dtype=sj.float64)], axis=1)
    best = ends @ (sj.linalg.pinv(ends) @ y)
    return float(sj.mean((y - best) ** 2) / sj.var(y))


def thrice(x: float, c: float = C) -> float:
    """f(f(f(x))) for f(x) = c x, in float64."""
    y = sj.asarray(x, dtype=sj.float64)
    for _ in range(3):
        y = c * y
    return float(y)


def measure(run: Run) -> Found:
    """The rounding left of ten layers against one matrix; what they can learn of a spiral."""
    x = sj.asarray(run.numbers().normal(size=(500, 2)).astype(np.float32))
    found: Found = {"thrice": thrice(5.0), "cubed": C**3 * 5.0}
    depths = run.pick(range(2, DEPTH + 1), (2, DEPTH))
    for activation in BENDS:
        gaps = []
        for depth in depths:
            sj.set_seed(run.seed)
            gaps.append(best_gap(stack(depth - 1, activation, 1), x))
        found[f"{activation}_gaps"], found[f"{activation}_gap"] = np.array(gaps), gaps[-1]
    sj.set_seed(run.seed)
    model = stack(DEPTH - 1, "identity", 1)
    y = model(x)
    W, b = collapsed(model)
    found["collapse_error"] = float(sj.max(sj.abs(y - (x @ W + b))) / sj.max(sj.abs(y)))
    return found | {"depths": np.array(depths)} | spirals(run)


def spirals(run: Run) -> Found:
    """Two arms of a spiral, learned by one layer, by ten without bends and by ten with them."""
    points = {"n": run.pick(1500, 300), "classes": 2, "seed": run.seed}
    (x_train, t), (x_test, t_test) = sj.datasets.load("spirals", **points)
    ticks = np.linspace(-1.2, 1.2, SIDE, dtype=np.float32)
    plane = np.stack(np.meshgrid(ticks, ticks), -1).reshape(-1, 2)
    found: Found = {"points": x_test, "classes": t_test, "epochs": run.pick(60, 20)}
    for name in run.each(MODELS):
        sj.set_seed(run.seed)
        hidden, activation = MODELS[name]
        model = stack(hidden, activation, 2)
        model.compile(sj.optim.Adam(0.005), "softmax_cross_entropy", metrics=["accuracy"])
        model.fit(x_train, t, epochs=found["epochs"], batch_size=run.pick(32, 24), verbose=0)
        found[f"{name}_accuracy"] = model.evaluate(x_test, t_test)["accuracy"]
        found[f"{name}_plane"] = model.predict(plane)[:, 1].reshape(SIDE, SIDE)
        found[f"{name}_parameters"] = model.count_parameters()
    return found


def present(stage: Stage, found: Found) -> None:
    """How far from one matrix, and what each row of layers makes of the spiral."""
    stage.say("thrice", c=C, thrice=found["thrice"], cubed=found["cubed"])
    stage.say("collapse", depth=DEPTH, error=found["collapse_error"])
    stage.say(
        "gap", depth=DEPTH, tanh=found["tanh_gap"], relu=found["relu_gap"], identity=found["identity_gap"]
    )
    scores = {name: found[f"{name}_accuracy"] for name in MODELS}
    stage.say("spirals", depth=DEPTH, parameters=found["ten_parameters"], **scores)
    with stage.picture(11.2, 3.5, 1, 4, gridspec_kw={"width_ratios": (1.25, 1, 1, 1)}) as (_, axes):
        draw_gaps(stage, axes[0], found)
        for panel, name in zip(axes[1:], MODELS, strict=True):
            reach = (-1.2, 1.2, -1.2, 1.2)
            panel.imshow(
                found[f"{name}_plane"], extent=reach, origin="lower", cmap="PuOr", vmin=0, vmax=1, alpha=0.5
            )
            for arm, colour, marker in ((0, COLOURS[4], "o"), (1, COLOURS[0], "^")):
                x = found["points"][found["classes"] == arm]
                panel.scatter(x[:, 0], x[:, 1], 10, colour, marker=marker, edgecolors="black", linewidths=0.3)
            title = stage.label(f"picture.{name}", depth=DEPTH, accuracy=found[f"{name}_accuracy"])
            panel.set_title(title, fontsize=10)
            panel.set_xticks(())
            panel.set_yticks(())


def draw_gaps(stage: Stage, panel: Any, found: Found) -> None:
    """What one matrix misses, by the number of layers."""
    for activation, marker, colour in zip(BENDS, "os^", COLOURS, strict=False):
        name = stage.label(f"picture.{activation}")
        panel.semilogy(found["depths"], found[f"{activation}_gaps"], marker=marker, color=colour, label=name)
    panel.set_xlabel(stage.label("picture.layers"))
    panel.set_title(stage.label("picture.gap"), fontsize=10)
    panel.legend(frameon=False, fontsize=9, loc="center right")
    clean(panel)


EXHIBIT = Exhibit(
    "linear-collapse",
    "perceptron",
    seconds=5,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "collapse",
            "deck",
            "은닉층이 없는 단층 신경망으로 치환 가능",
            lambda f: f["collapse_error"] < 1e-4,
            ("collapse_error",),
        ),
        Claim(
            "depth",
            "book",
            "선형 함수를 이용하면 신경망의 층을 깊게하는 의미가 없어지기",
            lambda f: f["ten_accuracy"] - f["one_accuracy"] < 0.05 < f["bent_accuracy"] - f["one_accuracy"],
            ("one_accuracy", "ten_accuracy", "bent_accuracy"),
        ),
    ),
)
