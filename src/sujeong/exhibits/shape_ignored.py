"""A dense layer does not know which pixels are neighbours: shuffle them all alike, and it does not notice.

dense          y = x W + b            x P = the pixels in another order,  (x P)(P^T W) = x W
convolution    sums over neighbours   in another order they are no neighbours any more
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Arrays, Claim, Exhibit, Found, Run, Stage

HIDDEN = 64


def perceptron() -> nn.Sequential:
    """A network of dense layers."""
    return nn.Sequential([nn.Flatten(), nn.Dense(HIDDEN, "relu"), nn.Dense(10)])


def convolutional() -> nn.Sequential:
    """A network that starts with convolutions."""
    return nn.Sequential(
        [
            nn.Conv2D(8, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(16, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(10),
        ]
    )


MODELS: dict[str, Any] = {"mlp": perceptron, "cnn": convolutional}


def permuted(x: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The pixels of every image in the same other order."""
    return x.reshape(len(x), -1)[:, order].reshape(x.shape)


def trained(model: Any, training: Arrays, epochs: int) -> Any:
    """A model after some passes over the data."""
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    model.fit(*training, epochs=epochs, batch_size=50, verbose=0)
    return model


def moved_along(model: Any, order: np.ndarray, shape: tuple[int, ...]) -> Any:
    """The same start with the first layer's rows moved as the pixels were: W to P^T W."""
    model.build_for((1, *shape))
    state = {path: v.numpy() for path, v in model.state().items()}
    model.load_state(state | {"dense/kernel": state["dense/kernel"][order]})
    return model


def measure(run: Run) -> Found:
    """Trains both networks on pictures as they are and with shuffled pixels."""
    (x, t), (x_test, t_test), name = run.handwriting(run.pick(3000, 600), run.pick(1000, 300))
    order = run.numbers().permutation(x[0].size)
    found: Found = {
        "data": name,
        "training": len(x),
        "tested": len(x_test),
        "picture": x[0, :, :, 0],
        "shuffled": permuted(x[:1], order)[0, :, :, 0],
    }
    answers = {}
    for kind in run.each(MODELS):
        for way in ("plain", "permuted"):
            sj.set_seed(run.seed)
            model = MODELS[kind]()
            if kind == "mlp" and way == "permuted":
                model = moved_along(model, order, x.shape[1:])
            shown, asked = (permuted(a, order) if way == "permuted" else a for a in (x, x_test))
            trained(model, (shown, t), run.pick(8, 6))
            answers[kind, way] = model.predict(asked, output="class")
            found[f"{kind}_{way}"] = float((answers[kind, way] == t_test).mean())
        found[f"{kind}_loss"] = found[f"{kind}_plain"] - found[f"{kind}_permuted"]
        found[f"{kind}_same"] = float((answers[kind, "plain"] == answers[kind, "permuted"]).mean())
    return found


def present(stage: Stage, found: Found) -> None:
    """A digit, the same digit shuffled, and what each network makes of them."""
    stage.say("data", data=found["data"], training=found["training"], tested=found["tested"])
    stage.say("mlp", plain=found["mlp_plain"], permuted=found["mlp_permuted"], same=found["mlp_same"])
    stage.say("cnn", plain=found["cnn_plain"], permuted=found["cnn_permuted"], points=100 * found["cnn_loss"])
    with stage.picture(8.6, 3.4, 1, 3, width_ratios=(1, 1, 1.8)) as (_, axes):
        for panel, key in zip(axes, ("picture", "shuffled"), strict=False):
            panel.imshow(found[key], cmap="Greys")
            panel.set_title(stage.label(f"picture.{key}"), fontsize=11)
            panel.set_xticks(())
            panel.set_yticks(())
        at = np.arange(2)
        for way, step, colour, hatch in (("plain", -0.19, 0, ""), ("permuted", 0.19, 4, "//")):
            values = [100 * found[f"{kind}_{way}"] for kind in MODELS]
            label = stage.label(f"picture.{way}")
            bars = axes[2].bar(at + step, values, 0.36, color=COLOURS[colour], hatch=hatch, label=label)
            axes[2].bar_label(bars, fmt="%.1f", fontsize=10)
        clean(axes[2])
        axes[2].set_xticks(at, [stage.label(f"picture.{kind}") for kind in MODELS])
        axes[2].set_ylim(0, 128)
        axes[2].set_yticks((0, 25, 50, 75, 100))
        axes[2].set_ylabel(stage.label("picture.accuracy"))
        axes[2].legend(frameon=False, loc="upper center", ncols=2, fontsize=9)


EXHIBIT = Exhibit(
    "shape-ignored",
    "images",
    seconds=10,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "shape",
            "book",
            "데이터의 형상이 무시됨",
            lambda f: abs(f["mlp_loss"]) < 0.01 and f["cnn_loss"] > 0.01,
            ("mlp_plain", "mlp_permuted", "cnn_plain", "cnn_permuted"),
        ),
    ),
)
