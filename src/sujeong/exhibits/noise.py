"""Noise: do hidden layers filter it? Depth x noise x classical regression; and garbage in, garbage out.

f(x) = 10 sin(pi x_1 x_2) + 20 (x_3 - 1/2)^2 + 10 x_4 + 5 x_5, x_6 to x_10 do nothing (Friedman, 1991)
target = f(x) + noise, all in units of the deviation of f; error = root of the mean square on clean f. All
models read x brought to mean 0 and deviation 1.

Every model gets the same points, and a quarter of them to choose its settings with: the network the epoch at
which it stops, kernel regression its width and penalty. The error is measured on new points.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

WIDTH = 32
DEPTHS = (1, 2, 4, 8)
NOISES = (0.0, 0.5, 1.0, 2.0)
GARBAGE = (0.0, 0.33, 0.67, 1.0)
EVERY = 2  # epochs from look to look
GOAL = 0.2  # the training error that is waited for
WIDTHS, PENALTIES = (0.002, 0.01, 0.05), (1e-4, 1e-2, 1.0)  # of the kernel


def truth(x: np.ndarray) -> np.ndarray:
    """f, brought to mean 0 and deviation 1 (its mean is 14.4, its deviation 4.9)."""
    bent = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return ((bent + 10 * x[:, 3] + 5 * x[:, 4] - 14.4) / 4.9)[:, np.newaxis]


def standard(x: np.ndarray) -> np.ndarray:
    """Evenly spread in 0..1 -> mean 0 and deviation 1."""
    return (x - 0.5) * 12**0.5


def error(prediction: Any, target: np.ndarray) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean((np.asarray(prediction) - target) ** 2)))


def network(depth: int, known: Any, held: Any, new: Any, epochs: int) -> tuple[float, np.ndarray]:
    """The error on new points at the epoch that the held-out points choose; the training error by epoch."""
    hidden = [nn.Dense(WIDTH, "relu", kernel_initializer="he") for _ in range(depth)]
    model = nn.Sequential([*hidden, nn.Dense(1)])
    model.compile(sj.optim.Adam(0.005), "mean_squared_error")
    chosen, errors, course = [], [], []
    for epoch in range(0, epochs, EVERY):
        history = model.fit(*known, epochs=epoch + EVERY, initial_epoch=epoch, verbose=0)
        course += history.history["loss"]
        chosen.append(error(model.predict(held[0]), held[1]))
        errors.append(error(model.predict(new[0]), new[1]))
    return errors[int(np.argmin(chosen))], np.sqrt(course)


def linear(known: Any, held: Any, new: Any) -> float:
    """Linear regression: (X'X)^-1 X'y, nothing to choose."""
    x, y = (np.concatenate(pair) for pair in zip(known, held, strict=True))
    X, Z = (sj.asarray(np.concatenate([a, np.ones((len(a), 1))], 1)) for a in (x, new[0]))
    return error(Z @ sj.linalg.solve(X.T @ X, X.T @ sj.asarray(y)), new[1])


def kernel(known: Any, held: Any, new: Any) -> float:
    """Kernel regression with k(a, b) = exp(-gamma |a - b|^2), the best on the held-out points."""
    x, y = sj.asarray(known[0]), sj.asarray(known[1])

    def distances(points: np.ndarray) -> Any:
        return sj.sum((sj.asarray(points)[:, None, :] - x[None, :, :]) ** 2, axis=-1)

    own, others, later = distances(known[0]), distances(held[0]), distances(new[0])
    found = []
    for gamma in WIDTHS:
        K = sj.exp(-gamma * own)
        for penalty in PENALTIES:
            weights = sj.linalg.solve(K + penalty * sj.eye(len(y), dtype=K.dtype), y)
            on_held = error(sj.exp(-gamma * others) @ weights, held[1])
            found.append((on_held, error(sj.exp(-gamma * later) @ weights, new[1])))
    return min(found)[1]


def measure(run: Run) -> Found:
    """Errors by noise and by the share of garbage, of networks of each depth and of both regressions."""
    n, tests, epochs = run.pick((600, 1000, 60), (100, 200, 12))
    depths, noises, shares = run.pick((DEPTHS, NOISES, GARBAGE), ((1, 4), (0.0, 1.0), (0.0, 1.0)))
    numbers = run.numbers()
    x, z = numbers.random((n, 10)), numbers.random((tests, 10))
    y, new = truth(x), (standard(z), truth(z))
    x = standard(x)
    wild, order, drawn = numbers.normal(size=y.shape), numbers.permutation(n), numbers.permutation(n)
    quarter = n // 4
    found: Found = {"n": n, "epochs": epochs, "depths": depths, "noises": noises, "shares": shares}
    cases = [("noise", noise, y + noise * wild) for noise in noises]
    for share in shares[1:]:
        mixed = y.copy()
        picked = drawn[: round(share * n)]
        mixed[picked] = y[np.roll(picked, 1)]  # each gets the answer of another
        cases.append(("garbage", share, mixed))
    table: dict[tuple[str, float, Any], float] = {}
    for kind, level, target in run.each(cases):
        known = x[order[quarter:]], target[order[quarter:]]
        held = x[order[:quarter]], target[order[:quarter]]
        for depth in depths:
            sj.set_seed(run.seed)
            table[kind, level, depth], course = network(depth, known, held, new, epochs)
            if (kind, level) == ("noise", 0.0):
                found[f"course_{depth}"] = course
        table[kind, level, "linear"] = linear(known, held, new)
        table[kind, level, "kernel"] = kernel(known, held, new)
    models = (*depths, "linear", "kernel")
    for model in models:
        table["garbage", 0.0, model] = table["noise", 0.0, model]
        found[f"noise_{model}"] = np.array([table["noise", level, model] for level in noises])
        found[f"garbage_{model}"] = np.array([table["garbage", level, model] for level in shares])
    found |= {f"passes_{name}": passes(found[f"course_{d}"]) for name, d in ends(depths)}
    for name, depth in ends(depths):
        found[f"{name}_clean"] = table["noise", 0.0, depth]
        found[f"{name}_noisy"] = table["noise", 1.0, depth]
        found[f"{name}_garbage"] = table["garbage", 1.0, depth]
    for name in ("linear", "kernel"):
        found |= {f"{name}_clean": table["noise", 0.0, name], f"{name}_noisy": table["noise", 1.0, name]}
    clean = [table["noise", 0.0, depth] for depth in depths]
    found |= {"network_clean": min(clean), "network_worst_clean": max(clean)}
    found["network_noisy"] = min(table["noise", 1.0, depth] for depth in depths)
    found["least_garbage"] = min(table["garbage", 1.0, model] for model in models)
    return found


def ends(depths: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    """The shallowest and the deepest."""
    return ("shallow", depths[0]), ("deep", depths[-1])


def passes(course: np.ndarray) -> int:
    """Passes over the data until the goal; one more than there were if it was not reached."""
    reached = np.flatnonzero(course < GOAL)
    return int(reached[0] if len(reached) else len(course)) + 1


def present(stage: Stage, found: Found) -> None:
    """Error by noise, error by epoch, error by garbage."""
    few, many = found["depths"][0], found["depths"][-1]
    scores = ", ".join(f"{depth}: {found[f'noise_{depth}'][0]:.2f}" for depth in found["depths"])
    stage.say("data", n=found["n"])
    classical = {key: found[key] for key in ("linear_clean", "kernel_clean")}
    stage.say("clean", scores=scores, **classical)
    for name, depth in (("shallow", few), ("deep", many)):
        late = found[f"passes_{name}"] > found["epochs"]
        key = "never" if late else "reached"
        stage.say(key, depth=depth, goal=GOAL, passes=min(found[f"passes_{name}"], found["epochs"]))
    figures = {key: found[key] for key in ("shallow_noisy", "deep_noisy", "linear_noisy", "kernel_noisy")}
    stage.say("noisy", few=few, many=many, **figures)
    stage.say("garbage", few=few, many=many, shallow=found["shallow_garbage"], deep=found["deep_garbage"])
    with stage.picture(11.0, 4.2, 1, 3) as (_, (left, middle, right)):
        for k, model in enumerate((*found["depths"], "linear", "kernel")):
            style = {
                "color": COLOURS[k],
                "marker": "os^Dxv"[k],
                "linestyle": "--" if isinstance(model, str) else "-",
            }
            key = model if isinstance(model, str) else "network"
            name = stage.label(f"picture.{key}", depth=model)
            left.plot(found["noises"], found[f"noise_{model}"], label=name, **style)
            right.plot(found["shares"], found[f"garbage_{model}"], **style)
            if not isinstance(model, str):
                course = found[f"course_{model}"]
                passes = np.arange(1, len(course) + 1)
                middle.plot(passes, course, label=name, markevery=(2 * k, 10), markersize=5, **style)
        middle.axhline(GOAL, color="black", linestyle=":", linewidth=1)
        for panel in (left, right):
            panel.axhline(1, color="black", linestyle=":", linewidth=1)
        for panel, key in ((left, "noise"), (middle, "epoch"), (right, "garbage")):
            panel.set_ylim(0, 1.3)
            panel.set_xlabel(stage.label(f"picture.{key}"))
            canvas.clean(panel)
        left.set_ylabel(stage.label("picture.error"))
        left.legend(frameon=False, fontsize=8.5, ncols=2, loc="upper left")
        middle.set_ylabel(stage.label("picture.training"))
        middle.set_title(stage.label("picture.course"), fontsize=11)
        left.set_title(stage.label("picture.by_noise"), fontsize=11)
        right.set_title(stage.label("picture.by_garbage"), fontsize=11)


EXHIBIT = Exhibit(
    "noise",
    "depth",
    seconds=20,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "layers",
            "article",
            "레이어 수에 상관없이",
            lambda f: f["network_worst_clean"] < 1.5 * f["network_clean"],
            ("network_clean", "network_worst_clean"),
        ),
        Claim(
            "regression",
            "article",
            "회귀모델에 비해서 결코 우수하지 않다",
            lambda f: f["network_clean"] > 0.95 * min(f["linear_clean"], f["kernel_clean"]),
            ("network_clean", "linear_clean", "kernel_clean"),
        ),
        Claim(
            "convergence",
            "article",
            "빠른 수렴",
            lambda f: f["passes_deep"] < f["passes_shallow"],
            ("passes_shallow", "passes_deep"),
        ),
        Claim(
            "filter",
            "article",
            "데이터 노이즈에 별 영향을 받지 않고",
            lambda f: f["deep_noisy"] < 1.5 * f["deep_clean"],
            ("deep_clean", "deep_noisy", "shallow_clean", "shallow_noisy"),
        ),
        Claim(
            "garbage",
            "article",
            "garbage in garbage out",
            lambda f: f["least_garbage"] > 0.9,
            ("deep_clean", "deep_garbage", "least_garbage"),
        ),
    ),
)
