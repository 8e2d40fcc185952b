"""Regression: the a and b of y = ax + b, found from many pairs (x, y); then a weight for each of several x.

    E(a, b) = mean (a x + b - y)²        a <- a - rate dE/da        b <- b - rate dE/db

For a line the best a and b can also be computed at once, by least squares: what descent should come to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean, figure
from .exhibit import Claim, Exhibit, Found, Run, Stage

A, B, NOISE = 1.5, -0.5, 0.6  # the line that the pairs come from
PAIRS, STEPS, RATE, FROM = 60, 40, 0.15, (-1.5, 2.0)
SHOWN = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 40)  # later steps are small
COUNTS = (10, 100, 1000)
FEATURES = ("age", "sex", "bmi", "pressure", "tc", "ldl", "hdl", "tch", "ltg", "glucose")  # of the patients


def equation(a: float, b: float) -> str:
    """How y = ax + b is written."""
    return f"y = {a:.2f}x {b:+.2f}".replace("+", "+ ").replace("-", "− ").replace("= − ", "= −")


def pairs(count: int, numbers: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points beside the line y = Ax + B."""
    x = numbers.uniform(-2, 2, count)
    return x.astype(np.float32), (A * x + B + NOISE * numbers.normal(size=count)).astype(np.float32)


def descend(x: Any, y: Any) -> tuple[np.ndarray, list[float]]:
    """Gradient descent: the lines (a, b) on the way, and the error of each."""
    a, b = (sj.Variable(sj.asarray(start)) for start in FROM)
    error_and_slopes = sj.value_and_grad(lambda: sj.mean((a * x + b - y) ** 2), variables=[a, b])
    optimizer = sj.optim.SGD(RATE)
    lines, errors = [], []
    for _ in range(STEPS + 1):
        error, gradients = error_and_slopes()
        lines.append((float(a.value), float(b.value)))
        errors.append(float(error))
        optimizer.apply(gradients, [a, b])
    return np.array(lines), errors


def least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The best weights at once, the bias last: w = X⁺ y, with a column of ones in X."""
    ones = np.ones((*x.shape[:-1], 1))
    best: np.ndarray = (sj.linalg.pinv(sj.asarray(np.concatenate([x, ones], axis=-1))) @ y[..., None]).numpy()
    return best[..., 0]


def spread(count: int, run: Run) -> float:
    """How far the best a lies from the true one, over many draws of as many pairs."""
    numbers = run.numbers()
    draws = [pairs(count, numbers) for _ in range(run.pick(200, 50))]
    x, y = (np.stack(part).astype(np.float64) for part in zip(*draws, strict=True))
    return float(np.sqrt(np.mean((least_squares(x[..., None], y)[:, 0] - A) ** 2)))


def several(run: Run) -> Found:
    """How far diabetes has gone after a year, from one figure of the patients and from all ten."""
    (x, y), (x_test, y_test) = sj.datasets.load("diabetes", seed=run.seed)
    found: Found = {"patients": len(x)}
    one = FEATURES.index("bmi")
    for name, chosen in (("one", [one]), ("all", list(range(10)))):
        sj.set_seed(run.seed)
        model = nn.Sequential([nn.Dense(1)])
        model.compile(sj.optim.SGD(0.05, momentum=0.9), "mean_squared_error")
        model.fit(x[:, chosen], y, epochs=run.pick(1200, 400), batch_size=len(x), verbose=0)
        found[f"{name}_r2"] = float(sj.metrics.r2(y_test, model.predict(x_test[:, chosen])))
    found["weights"] = model.layers[0].kernel.value.numpy()[:, 0]
    found["exact"] = least_squares(x.astype(np.float64), y[:, 0].astype(np.float64))[:-1]
    found["weight_error"] = float(np.abs(found["weights"] - found["exact"]).max())
    found["largest_weight"] = float(np.abs(found["exact"]).max())
    return found


def measure(run: Run) -> Found:
    """One line found step by step; how many pairs it takes; ten variables at once."""
    x, y = pairs(PAIRS, run.numbers())
    lines, errors = descend(sj.asarray(x), sj.asarray(y))
    best = least_squares(x[:, None].astype(np.float64), y.astype(np.float64))
    found: Found = {"x": x, "y": y, "lines": lines, "errors": np.array(errors), "best": best}
    found |= {"a": lines[-1, 0], "b": lines[-1, 1], "best_a": best[0], "best_b": best[1]}
    found |= {"first_error": errors[0], "last_error": errors[-1], "shown": run.pick(SHOWN, SHOWN[::7])}
    found["best_error"] = float(np.mean((best[0] * x + best[1] - y) ** 2))
    found |= {f"spread_{count}": spread(count, run) for count in COUNTS}
    return found | several(run)


def present(stage: Stage, found: Found) -> None:
    """The line moving to the points, its way down the error, and the weights of ten variables."""
    stage.say("found", pairs=PAIRS, line=equation(A, B), steps=STEPS, a=found["a"], b=found["b"])
    stage.say(
        "best", **{k: found[k] for k in ("best_a", "best_b", "first_error", "last_error", "best_error")}
    )
    spreads = ", ".join(f"{found[f'spread_{count}']:.3f}" for count in COUNTS)
    stage.say("pairs", counts=", ".join(map(str, COUNTS)), spreads=spreads)
    stage.say("several", patients=found["patients"], one=found["one_r2"], ten=found["all_r2"])
    stage.say("weights", error=found["weight_error"], largest=found["largest_weight"])
    made, axes = figure(10.5, 3.7, 1, 3)
    draw_weights(stage, axes[2], found)
    draw_bowl(stage, axes[1], found)
    axes[0].scatter(found["x"], found["y"], 14, COLOURS[6], alpha=0.6)
    (line,) = axes[0].plot((), (), color=COLOURS[0], linewidth=2.5)
    (way,) = axes[1].plot((), (), "o-", color=COLOURS[0], markersize=3)
    axes[0].set_xlabel("x")
    axes[0].set_ylabel("y")
    axes[0].set_ylim(found["y"].min() - 0.5, found["y"].max() + 0.5)
    clean(axes[0])
    ends = np.array([-2.0, 2.0])

    def draw(frame: int) -> None:
        i = found["shown"][frame]
        a, b = found["lines"][i]
        line.set_data(ends, a * ends + b)
        way.set_data(found["lines"][: i + 1, 0], found["lines"][: i + 1, 1])
        axes[0].set_title(stage.label("picture.line", step=i, line=equation(a, b)), fontsize=10)
        axes[1].set_title(stage.label("picture.error", error=found["errors"][i]), fontsize=10)

    stage.animation(made, len(found["shown"]), draw, pause=0.4)


def draw_bowl(stage: Stage, panel: Any, found: Found) -> None:
    """The error of every line, as a map of a and b."""
    a, b = np.meshgrid(np.linspace(-2.2, 3.2, 60), np.linspace(-2.5, 2.5, 60))
    errors = np.mean((a[..., None] * found["x"] + b[..., None] - found["y"]) ** 2, axis=-1)
    panel.contourf(a, b, np.log(errors), 12, cmap="Greys", alpha=0.7)
    panel.plot(*found["best"], "*", color=COLOURS[1], markersize=14, label=stage.label("picture.best"))
    panel.legend(facecolor="white", framealpha=0.9, edgecolor="none", fontsize=9, loc="lower left")
    panel.set_xlabel("a")
    panel.set_ylabel("b")


def draw_weights(stage: Stage, panel: Any, found: Found) -> None:
    """A weight a variable, found by descent and by least squares."""
    rows = np.arange(len(FEATURES))
    panel.barh(rows, found["weights"], color=COLOURS[0], label=stage.label("picture.descent"))
    panel.plot(found["exact"], rows, "*", color=COLOURS[1], markersize=9, label=stage.label("picture.best"))
    panel.set_yticks(rows, [stage.label(f"picture.{name}") for name in FEATURES], fontsize=9)
    panel.invert_yaxis()
    panel.set_xlabel(stage.label("picture.unit"))
    panel.set_title(stage.label("picture.weights"), fontsize=10)
    panel.legend(frameon=False, fontsize=8, loc="upper left")
    clean(panel)


EXHIBIT = Exhibit(
    "line",
    "perceptron",
    seconds=4,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "best",
            "article",
            "x, y쌍의 분포 형태를 가장 잘 표현하는 a, b값을 찾는 과정",
            lambda f: f["last_error"] <= 1.001 * f["best_error"],
            ("last_error", "best_error"),
        ),
        Claim(
            "many",
            "article",
            "무수히 많은 x, y값이 존재할 때",
            lambda f: f["spread_10"] > f["spread_100"] > f["spread_1000"],
            tuple(f"spread_{count}" for count in COUNTS),
        ),
    ),
)
