"""Ice cream: demand by temperature, rain and humidity; one line, branches by hand, a tree, a network.

    sold = base + rise (temperature - 28), base and rise by rain and humidity, plus chance

28 degrees, dry: 100; 30 degrees: 120. Whoever knows the four cases draws four lines. A tree and a network get
the three numbers only and have to find the cases. Then a second year: the world changes, and one of two equal
networks goes on learning, month after month, each month being predicted before it is learned.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

HUMID = 60.0  # per cent; from here on it is humid
CASES = {"dry": (100, 10), "humid": (130, 12), "rain_dry": (60, 3), "rain_humid": (40, 1)}
CHANCE = 6.0  # deviation of what nothing explains
MODELS = ("line", "branches", "tree", "network")
MONTHS = 12


def case(x: np.ndarray) -> np.ndarray:
    """0 to 3: the number of the case of each day."""
    return (2 * x[:, 1] + (x[:, 2] >= HUMID)).astype(int)


def days(n: int, numbers: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Temperature (degrees), rain (0 or 1), humidity (%) of n days, and what was sold."""
    x = np.stack([numbers.uniform(20, 36, n), numbers.random(n) < 0.4, numbers.uniform(30, 90, n)], axis=1)
    base, rise = np.array(list(CASES.values()), float)[case(x)].T
    sold = base + rise * (x[:, 0] - 28) + CHANCE * numbers.normal(size=n)
    return x, sold[:, np.newaxis]


def line(x: np.ndarray, y: np.ndarray) -> Any:
    """The straight line through temperature: least squares. Gives the function that predicts."""

    def columns(points: np.ndarray) -> Any:
        return sj.asarray(np.stack([points[:, 0], np.ones(len(points))], axis=1))

    X = columns(x)
    weights = sj.linalg.solve(X.T @ X, X.T @ sj.asarray(y))
    return lambda points: (columns(points) @ weights).numpy()


def branches(x: np.ndarray, y: np.ndarray) -> Any:
    """If it rains, if it is humid: a line for each case."""
    lines = [line(x[case(x) == k], y[case(x) == k]) for k in range(4)]

    def predict(points: np.ndarray) -> np.ndarray:
        every = np.stack([one(points) for one in lines])
        return every[case(points), np.arange(len(points))]

    return predict


def tree(x: np.ndarray, y: np.ndarray) -> tuple[Any, int, float]:
    """A regression tree: at every fork the question that lowers the squared error most.

    Gives the function that predicts, the number of leaves, and the humidity nearest to the true border that
    it asks for.
    """
    try:
        from sklearn.tree import DecisionTreeRegressor
    except ModuleNotFoundError:
        fix = 'pip install "sujeong[data]"'
        what = "the tree needs scikit-learn, which is not installed."
        raise sj.errors.DataError(sj.errors.message("ice-cream", what, fix=fix)) from None
    grown = DecisionTreeRegressor(min_samples_leaf=8, random_state=0).fit(x, y[:, 0])
    forks = grown.tree_.threshold[grown.tree_.feature == 2]
    nearest = float(forks[np.argmin(np.abs(forks - HUMID))]) if len(forks) else 0.0
    return lambda points: grown.predict(points)[:, np.newaxis], int(grown.get_n_leaves()), nearest


def network(x: np.ndarray, y: np.ndarray, epochs: int) -> Any:
    """Two hidden layers on standardised numbers; gives the model and the functions around it."""
    mean, scale, unit = x.mean(0), x.std(0), float(np.abs(y).mean())
    hidden: dict[str, Any] = {"activation": "relu", "kernel_initializer": "he"}
    model = nn.Sequential([nn.Dense(32, **hidden), nn.Dense(32, **hidden), nn.Dense(1)])
    model.compile(sj.optim.Adam(0.005), "mean_squared_error")

    def learn(points: np.ndarray, sold: np.ndarray, passes: int) -> None:
        model.fit((points - mean) / scale, sold / unit, epochs=passes, verbose=0)

    learn(x, y, epochs)
    return lambda points: model.predict((points - mean) / scale) * unit, learn


def miss(prediction: np.ndarray, y: np.ndarray) -> float:
    """The mean absolute error."""
    return float(np.abs(prediction - y).mean())


def two_years(run: Run) -> tuple[Any, Any, np.ndarray, str]:
    """First year, second year, months of the second year, name: bicycles lent a day, or made-up demand."""
    if not run.small:
        try:
            first, second = sj.datasets.bike_sharing(by="day")
            return first, second, second[0][:, 1].astype(int), "bikes"
        except sj.errors.DataError:
            pass
    numbers = run.numbers()
    first, (x, y) = days(360, numbers), days(360, numbers)
    growth = 1 + np.arange(360)[:, np.newaxis] / 360  # what sold 100 at its beginning sells 200 at its end
    return first, (x, y * growth), np.arange(360) // 30 + 1, "made"


def measure(run: Run) -> Found:
    """Errors of the four models on new days; then month by month through the second year."""
    n, epochs, passes = run.pick((800, 120, 40), (240, 40, 10))
    numbers = run.numbers()
    (x, y), (z, new) = days(n, numbers), days(1000, numbers)
    grown, leaves, fork = tree(x, y)
    predict, _ = network(x, y, epochs)
    models = dict(zip(MODELS, (line(x, y), branches(x, y), grown, predict), strict=True))
    found: Found = {"n": n, "leaves": leaves, "fork": fork, "chance": CHANCE * (2 / np.pi) ** 0.5}
    found |= {f"{name}_error": miss(model(z), new) for name, model in models.items()}
    for temperature in (28.0, 30.0):
        found[f"at_{temperature:.0f}"] = float(predict(np.array([[temperature, 0.0, 45.0]]))[0, 0])
    found |= {"x": x, "y": y, "temperatures": np.linspace(20, 36, 33)}
    for k, name in enumerate(CASES):
        rain, humidity = float(k // 2), (45.0, 75.0)[k % 2]
        path = np.array([[t, rain, humidity] for t in found["temperatures"]])
        found[f"path_{name}"] = predict(path)[:, 0]
    found["path_line"] = models["line"](path)[:, 0]
    first, (later, sold), months, found["data"] = two_years(run)
    results: dict[str, list[float]] = {"frozen": [], "learning": []}
    for name, errors in results.items():
        sj.set_seed(run.seed)
        predict, learn = network(first[0], first[1], run.pick(150, 40))
        for month in run.each(range(1, MONTHS + 1)):
            now = months == month
            errors.append(miss(predict(later[now]), sold[now]) / float(sold[now].mean()))
            if name == "learning":
                learn(later[now], sold[now], passes)
    found |= {f"{name}_months": np.array(errors) for name, errors in results.items()}
    found |= {f"{name}_error": float(np.mean(errors)) for name, errors in results.items()}
    return found | {"first_mean": float(first[1].mean()), "second_mean": float(sold.mean())}


def present(stage: Stage, found: Found) -> None:
    """The days with what the network says, the four errors, the second year."""
    stage.say("days", n=found["n"])
    stage.say("lines", **{key: found[f"{key}_error"] for key in ("line", "branches")}, chance=found["chance"])
    stage.say("tree", tree=found["tree_error"], leaves=found["leaves"], fork=found["fork"], humid=HUMID)
    stage.say("network", network=found["network_error"], at_28=found["at_28"], at_30=found["at_30"])
    stage.say(found["data"], first=found["first_mean"], second=found["second_mean"])
    stage.say("years", frozen=found["frozen_error"], learning=found["learning_error"])
    with stage.picture(11.0, 4.2, 1, 3) as (_, (left, middle, right)):
        kinds = case(found["x"])
        for k, name in enumerate(CASES):
            chosen = kinds == k
            left.scatter(
                found["x"][chosen, 0], found["y"][chosen, 0], 5, COLOURS[k], alpha=0.35, linewidths=0
            )
            path = found[f"path_{name}"]
            every = {"marker": "os^D"[k], "markersize": 4, "markevery": 10}
            shown = {"color": COLOURS[k], "label": stage.label(f"picture.{name}")}
            left.plot(found["temperatures"], path, **shown, **every)
        style = {"color": "black", "linestyle": "--", "label": stage.label("picture.one_line")}
        left.plot(found["temperatures"], found["path_line"], **style)
        left.set_xlabel(stage.label("picture.temperature"))
        left.set_ylabel(stage.label("picture.sold"))
        left.set_title(stage.label("picture.lines"), fontsize=11)
        left.legend(frameon=False, fontsize=9)
        names = [stage.label(f"picture.{name}") for name in MODELS]
        errors = [found[f"{name}_error"] for name in MODELS]
        bars = middle.bar(names, errors, color=[COLOURS[6], COLOURS[5], COLOURS[2], COLOURS[0]])
        middle.bar_label(bars, [f"{value:.1f}" for value in errors], fontsize=9, padding=2)
        floor = stage.label("picture.chance")
        middle.axhline(found["chance"], color="black", linestyle=":", linewidth=1.5, label=floor)
        middle.legend(frameon=False, fontsize=9)
        middle.set_ylim(0, 1.1 * max(errors))
        middle.set_axisbelow(True)
        middle.set_ylabel(stage.label("picture.error"))
        middle.set_title(stage.label("picture.models"), fontsize=11)
        for k, name in enumerate(("frozen", "learning")):
            style = {"color": COLOURS[(1, 0)[k]], "marker": "os"[k], "linestyle": ("--", "-")[k]}
            percent = 100 * found[f"{name}_months"]
            right.plot(range(1, MONTHS + 1), percent, label=stage.label(f"picture.{name}"), **style)
        right.set_ylim(bottom=0)
        right.set_xticks(range(1, MONTHS + 1))
        right.set_xlabel(stage.label("picture.month"))
        right.set_ylabel(stage.label("picture.percent"))
        right.set_title(stage.label(f"picture.{found['data']}"), fontsize=11)
        right.legend(frameon=False, fontsize=9)
        for panel in (left, middle, right):
            canvas.clean(panel)


EXHIBIT = Exhibit(
    "ice-cream",
    "demand",
    seconds=6,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "branches",
            "article",
            "if 비가 올 때",
            lambda f: f["network_error"] < 1.25 * f["branches_error"] < f["line_error"],
            ("line_error", "branches_error", "network_error"),
        ),
        Claim(
            "tree",
            "article",
            "별반 다를 것이 없어진다",
            lambda f: 0.8 < f["tree_error"] / f["network_error"] < 1.25,
            ("tree_error", "network_error"),
        ),
        Claim(
            "evolve",
            "article",
            "예측모델을 진화시킬 수 있다",
            lambda f: f["learning_error"] < f["frozen_error"],
            ("frozen_error", "learning_error"),
        ),
    ),
)
