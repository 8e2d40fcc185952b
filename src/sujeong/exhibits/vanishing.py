"""The vanishing gradient: what reaches the first layers of a deep sigmoid network, and what helps.

dL/dh_i = W_{i+1}' (f'(a_{i+1}) * dL/dh_{i+1}): every layer multiplies the gradient by its slope f' (for the
sigmoid 1/4 at most) and by its weights. Factors below 1, multiplied on and on, leave nothing: 0.9^n.

One network of sigmoid layers, weights from N(0, 0.1^2). Each remedy changes one thing in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect import canvas
from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

WIDTH = 50
CHANNELS = 8
OLD = sj.initializers.Normal(0.1)
CLASSES = 10


def block(i: int, *layers: nn.Module) -> nn.Module:
    """Hidden layer i, under a name by which it is found again."""
    return nn.Sequential(list(layers), name=f"hidden_{i}")


def dense(activation: Any = "sigmoid", start: Any = OLD) -> nn.Module:
    """One fully connected layer."""
    return nn.Dense(WIDTH, activation, kernel_initializer=start)


def chain(make: Callable[[], tuple[nn.Module, ...]]) -> Callable[[int], nn.Module]:
    """A network whose hidden layers follow each other."""

    def network(depth: int) -> nn.Module:
        hidden = [block(i, *make()) for i in range(1, depth + 1)]
        return nn.Sequential([nn.Flatten(), *hidden, nn.Dense(CLASSES)])

    return network


def shared(depth: int) -> nn.Module:
    """Nodes of a layer share their weights: convolutions."""
    kernels: dict[str, Any] = {"padding": "same", "activation": "sigmoid", "kernel_initializer": OLD}
    hidden = [block(i, nn.Conv2D(CHANNELS, 3, **kernels)) for i in range(1, depth + 1)]
    return nn.Sequential([nn.AveragePool2D(2), *hidden, nn.Flatten(), nn.Dense(CLASSES)])


class Skipping(nn.Model):
    """A network in which what a layer was given also goes around it, and meets what the layer gives."""

    def __init__(self, depth: int, meet: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.flatten, self.last = nn.Flatten(), nn.Dense(CLASSES)
        self.hidden = [block(i, dense()) for i in range(1, depth + 1)]
        self.meets = [meet() for _ in range(depth - 1)]

    def call(self, x: Any) -> Any:
        """The layers in order, each with a way around it."""
        h = self.hidden[0](self.flatten(x))
        for layer, meet in zip(self.hidden[1:], self.meets, strict=True):
            h = meet(h, layer(h))
        return self.last(h)


REMEDIES: dict[str, Callable[[int], nn.Module]] = {
    "none": chain(lambda: (dense(),)),
    "xavier": chain(lambda: (dense(start="xavier"),)),
    "he": chain(lambda: (dense(start="he"),)),
    "pretraining": chain(lambda: (dense(),)),
    "dropout": chain(lambda: (dense(), nn.Dropout(0.2))),
    "shared": shared,
    "batch_norm": chain(lambda: (dense(None), nn.BatchNorm(momentum=0.9), nn.Activation("sigmoid"))),
    "relu": chain(lambda: (dense("relu"),)),
    "leaky_relu": chain(lambda: (dense(None), nn.LeakyReLU(0.01))),
    "prelu": chain(lambda: (dense(None), nn.PReLU())),
    "elu": chain(lambda: (dense("elu"),)),
    "sine": chain(lambda: (dense("sine"),)),
    "add": lambda depth: Skipping(depth, nn.Add),
    "concat": lambda depth: Skipping(depth, nn.Concatenate),
    "together": chain(lambda: (dense(None, "he"), nn.BatchNorm(momentum=0.9), nn.ReLU())),  # usual today
}
SHOWN = ("none", "he", "relu", "batch_norm", "add", "together")  # layer by layer, in the picture


def pretrain(model: Any, x: np.ndarray, epochs: int) -> None:
    """Layer by layer, without labels: each learns to give back what it was given, brought to deviation 1."""
    h = x.reshape(len(x), -1)
    for layer in model.layers[1:-1]:
        target = (h - h.mean(0)) / (h.std(0) + 1e-6)
        coder = nn.Sequential([layer, nn.Dense(h.shape[1])])
        coder.compile(sj.optim.Adam(0.01), "mean_squared_error")
        coder.fit(h, target, epochs=epochs, batch_size=64, verbose=0)
        h = layer(sj.asarray(h)).numpy()


def norms(model: nn.Module, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The length of dL/dh at the output of each hidden layer."""
    hidden = [path for path, module in model.named_modules() if module.name.startswith("hidden_")]
    found = sj.inspect.layer_gradients(model, x, y, "softmax_cross_entropy", hidden)
    return np.array([np.linalg.norm(gradient) for gradient in found.values()])


def measure(run: Run) -> Found:
    """For each remedy: the gradient at the start, layer by layer, and the accuracy after training."""
    n, test, depth, epochs = run.pick((2000, 1000, 10, 8), (120, 60, 5, 3))
    (x, y), (x_test, y_test), data = run.handwriting(n, test)
    found: Found = {"data": data, "n": len(x), "depth": depth, "epochs": epochs}
    found |= {f"power_{k}": 0.9**k for k in (10, 50, 100)}
    for name in run.each(REMEDIES):
        sj.set_seed(run.seed)
        model = REMEDIES[name](depth)
        model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy", ["accuracy"])
        model.build_for((1, *x.shape[1:]))
        if name == "pretraining":
            pretrain(model, x, run.pick(5, 25))
        sizes = norms(model, x[:256], y[:256])
        model.fit(x, y, epochs=epochs, batch_size=64, verbose=0)
        found[f"{name}_norms"] = sizes
        found[f"{name}_first"], found[f"{name}_last"] = float(sizes[0]), float(sizes[-1])
        found[f"{name}_kept"] = float(sizes[0] / sizes[-1])
        found[f"{name}_accuracy"] = model.evaluate(x_test, y_test)["accuracy"]
    found["factor"] = found["none_kept"] ** (1 / (depth - 1))
    return found


def present(stage: Stage, found: Found) -> None:
    """Gradients by layer; then, for every remedy, the share that arrives and the accuracy."""
    depth = found["depth"]
    stage.say("power", **{f"power_{k}": found[f"power_{k}"] for k in (10, 50, 100)})
    stage.say("none", first=found["none_first"], last=found["none_last"], depth=depth, factor=found["factor"])
    stage.say("table", n=found["n"], data=found["data"], epochs=found["epochs"], depth=depth)
    for name in REMEDIES:
        stage.say(f"row.{name}", kept=found[f"{name}_kept"], accuracy=found[f"{name}_accuracy"])
    ratios = {"width_ratios": (1.5, 1, 1)}
    with stage.picture(11.0, 5.0, 1, 3, gridspec_kw=ratios) as (_, (lines, kept, right)):
        layers = np.arange(1, depth + 1)
        for k, name in enumerate(SHOWN):
            sizes = found[f"{name}_norms"]
            lines.semilogy(
                layers, sizes, marker="os^Dv*"[k], color=COLOURS[k], label=stage.label(f"name.{name}")
            )
        guide = found["none_last"] * 0.9 ** (depth - layers)
        lines.semilogy(layers, guide, ":", color="black", label=stage.label("picture.power"))
        lines.set_xticks(layers)
        lines.set_xlabel(stage.label("picture.layer"))
        lines.set_ylabel(stage.label("picture.norm"))
        lines.legend(frameon=False, fontsize=9)
        rows = np.arange(len(REMEDIES))[::-1]
        colours = [COLOURS[SHOWN.index(name)] if name in SHOWN else "0.6" for name in REMEDIES]
        shares = [found[f"{name}_kept"] for name in REMEDIES]
        kept.hlines(rows, 1e-9, shares, color=colours, linewidth=2)
        kept.scatter(shares, rows, 36, colours)
        kept.set_xscale("log")
        kept.set_xlim(min(1e-8, 0.1 * min(shares)), 100)
        kept.set_xticks((1e-6, 1e-3, 1))
        kept.axvline(1, color="black", linestyle=":", linewidth=1)
        kept.set_yticks(rows, [stage.label(f"name.{name}") for name in REMEDIES])
        kept.set_title(stage.label("picture.kept", depth=depth), fontsize=10)
        accuracies = [found[f"{name}_accuracy"] for name in REMEDIES]
        bars = right.barh(rows, accuracies, color=colours)
        right.bar_label(bars, [f"{value:.0%}" for value in accuracies], fontsize=9, padding=2)
        right.set_yticks(rows, [""] * len(rows))
        right.set_xlim(0, 1.15)
        right.set_xticks((0, 0.5, 1))
        right.set_axisbelow(True)
        right.set_title(stage.label("picture.accuracy", epochs=found["epochs"]), fontsize=10)
        for panel in (lines, kept, right):
            canvas.clean(panel)


EXHIBIT = Exhibit(
    "vanishing",
    "depth",
    seconds=18,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "sigmoid",
            "article",
            "기울기 소멸 문제를 촉진",
            lambda f: f["none_kept"] < 0.1 * f["relu_kept"],
            ("none_kept", "relu_kept"),
        ),
        Claim(
            "dropout",
            "article",
            "부분적 가중치 학습(dropout)",
            lambda f: f["dropout_kept"] > 10 * f["none_kept"],
            ("none_kept", "dropout_kept", "dropout_accuracy"),
        ),
        Claim(
            "add",
            "article",
            "덧셈은 기울기를 그대로 흘려보내기",
            lambda f: 0.5 < f["add_kept"] < 2,
            ("none_kept", "add_kept", "add_accuracy"),
        ),
    ),
)
