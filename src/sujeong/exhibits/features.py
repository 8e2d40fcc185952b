"""Features: a network carries points to where straight lines are enough; a kernel does it without learning.

Network: h_1 = tanh(x W_1 + b_1), h_2, h_3 likewise, h_4 = h_3 W_4 + b_4 (2 numbers, to be drawn), then one
linear layer that tells the class.
Probe: how well a linear classifier does on x, h_1, ..., h_4, each taken as it is.
Kernel regression: k(a, b) = exp(-gamma |a - b|^2), the coefficients from (K + lambda I) C = T.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

WIDTHS = (8, 8, 8)
LAST = f"dense_{len(WIDTHS)}"  # the layer of two numbers
GAMMA, RIDGE = 20.0, 0.01
EDGE = 1.2  # of the plane that is drawn
MARKERS = "o^s"


def kernel(a: Any, b: Any) -> Any:
    """k(a, b) of every a with every b: a bump of width 1 / sqrt(2 gamma) around each b."""
    return sj.exp(-GAMMA * sj.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=-1))


def kernel_regression(x: np.ndarray, labels: np.ndarray) -> Any:
    """Fits one-hot rows; gives the function that tells classes."""
    known, targets = sj.asarray(x), sj.one_hot(sj.asarray(labels), 3)
    coefficients = sj.linalg.solve(kernel(known, known) + RIDGE * sj.eye(len(labels)), targets)
    return lambda points: sj.argmax(kernel(sj.asarray(points), known) @ coefficients, axis=-1).numpy()


def plane(points: int, edge: float) -> np.ndarray:
    """A square grid (points, points, 2)."""
    line = np.linspace(-edge, edge, points, dtype=np.float32)
    return np.stack(np.meshgrid(line, line), axis=-1)


def measure(run: Run) -> Found:
    """Trains on the spirals; from time to time, looks where the points are and how a line would do."""
    (x, y), (x_test, y_test) = sj.datasets.spirals(run.pick(600, 240), noise=0.04, seed=run.seed)
    epochs, frames = run.pick((120, 40), (60, 5))
    model = nn.Sequential([*(nn.Dense(width, "tanh") for width in WIDTHS), nn.Dense(2), nn.Dense(3)])
    model.compile(sj.optim.Adam(0.01), "softmax_cross_entropy", ["accuracy"])
    grid, mesh = plane(61, EDGE), plane(33, EDGE)
    stops = np.unique(np.round(np.linspace(0, epochs**0.5, frames) ** 2).astype(int))
    film = []
    for before, epoch in run.each(zip([0, *stops[:-1]], stops, strict=True)):
        model.fit(x, y, epochs=int(epoch), initial_epoch=int(before), verbose=0)
        probes = list(sj.inspect.probe_layers(model, x, y, x_test, y_test).values())
        points = sj.inspect.activations(model, x, [LAST])[LAST]
        reach = 1.1 * float(np.abs(points).max())
        film.append(
            {
                "epoch": int(epoch),
                "probes": [probe.test_accuracy for probe in probes[:-1]],
                "regions": model.predict(grid.reshape(-1, 2), output="class").reshape(grid.shape[:2]),
                "points": points,
                "mesh": sj.inspect.activations(model, mesh.reshape(-1, 2), [LAST])[LAST].reshape(mesh.shape),
                "reach": reach,
                "cuts": np.argmax(model[-1](sj.asarray(plane(61, reach))).numpy(), axis=-1),
            }
        )
    tell = kernel_regression(x, y)
    found: Found = {f"film_{key}": np.array([frame[key] for frame in film]) for key in film[0]}
    found |= {f"probe_{i}": value for i, value in enumerate(film[-1]["probes"])}
    found |= {
        "n": len(x),
        "epochs": epochs,
        "start": film[0]["probes"][-1],
        "smallest_step": float(np.diff(film[-1]["probes"]).min()),
        "network": model.evaluate(x_test, y_test)["accuracy"],
        "parameters": model.count_parameters(),
        "kernel": float((tell(x_test) == y_test).mean()),
        "kernel_numbers": 3 * len(x),
        "kernel_regions": tell(grid.reshape(-1, 2)).reshape(grid.shape[:2]),
        "x": x,
        "y": y,
    }
    return found


def regions(axes: Any, grid: np.ndarray, classes: np.ndarray) -> None:
    """Colours the plane by class."""
    for arm in range(3):
        axes.contourf(*np.moveaxis(grid, -1, 0), classes == arm, [0.5, 1.5], colors=COLOURS[arm], alpha=0.22)


def arms(axes: Any, points: np.ndarray, labels: np.ndarray) -> None:
    """Draws the points, an arm a colour and a marker."""
    for arm, marker in enumerate(MARKERS):
        chosen = points[labels == arm]
        axes.scatter(chosen[:, 0], chosen[:, 1], 7, COLOURS[arm], marker=marker, linewidths=0)


def present(stage: Stage, found: Found) -> None:
    """The plane and its image in the last hidden layer, as training goes on."""
    layers = ", ".join(f"{found[f'probe_{i}']:.0%}" for i in range(1, len(WIDTHS) + 2))
    stage.say("input", n=found["n"], input=found["probe_0"])
    stage.say("layers", epochs=found["epochs"], layers=layers, start=found["start"])
    stage.say("network", network=found["network"], parameters=found["parameters"])
    stage.say("kernel", n=found["n"], kernel=found["kernel"], numbers=found["kernel_numbers"])
    stage.say("same")
    grid, y = plane(61, EDGE), found["y"]
    made, axes = canvas.figure(8.0, 7.4, 2, 2)
    (network, hidden), (bars, fixed) = axes
    names = [stage.label("picture.input"), *(str(i + 1) for i in range(len(WIDTHS) + 1))]

    def draw(i: int) -> None:
        for panel in axes.flat:
            panel.clear()
        regions(network, grid, found["film_regions"][i])
        regions(fixed, grid, found["kernel_regions"])
        arms(network, found["x"], y)
        arms(fixed, found["x"], y)
        reach = found["film_reach"][i]
        regions(hidden, plane(61, reach), found["film_cuts"][i])
        mesh = found["film_mesh"][i]
        hidden.plot(mesh[..., 0], mesh[..., 1], color="black", linewidth=0.35, alpha=0.35)
        hidden.plot(mesh[..., 0].T, mesh[..., 1].T, color="black", linewidth=0.35, alpha=0.35)
        arms(hidden, found["film_points"][i], y)
        drawn = bars.bar(names, found["film_probes"][i], color=COLOURS[5], edgecolor="black", linewidth=0.6)
        bars.bar_label(drawn, [f"{value:.0%}" for value in found["film_probes"][i]], fontsize=9, padding=2)
        bars.axhline(1 / 3, color="black", linestyle=":", linewidth=1)
        bars.text(5.4, 1 / 3 + 0.015, stage.label("picture.chance"), ha="right", fontsize=9)
        bars.set_xlim(-0.6, 5.4)
        bars.set_ylim(0, 1.12)
        hidden.set_xlim(-reach, reach)
        hidden.set_ylim(-reach, reach)
        bars.set_xlabel(stage.label("picture.layer"))
        bars.set_ylabel(stage.label("picture.accuracy"))
        canvas.clean(bars)
        network.set_title(stage.label("picture.network", epoch=int(found["film_epoch"][i])), fontsize=11)
        hidden.set_title(stage.label("picture.hidden"), fontsize=11)
        bars.set_title(stage.label("picture.probes"), fontsize=11)
        fixed.set_title(stage.label("picture.kernel", kernel=found["kernel"]), fontsize=11)
        for panel in (network, hidden, fixed):
            panel.set_aspect("equal")
            panel.set_xticks(())
            panel.set_yticks(())

    stage.animation(made, len(found["film_epoch"]), draw, pause=0.15)


EXHIBIT = Exhibit(
    "features",
    "depth",
    seconds=5,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "separable",
            "article",
            "비선형 데이터의 집합에 선형성을 부여",
            lambda f: f["probe_0"] < 0.7 and f["probe_4"] > 0.95,
            ("probe_0", "probe_4"),
        ),
        Claim(
            "gradual",
            "deck",
            "연속된 층에서 점진적으로",
            lambda f: f["smallest_step"] > -0.01,
            ("probe_0", "probe_1", "probe_2", "probe_3", "probe_4"),
        ),
    ),
)
