"""Why a network learns by its loss and not by its accuracy: accuracy has no slope to follow.

    dE/dw = (E(w + h) - E(w - h)) / 2h

One weight of the last layer is moved and everything else stays. If it grows by a, the score of its class
changes by a times the signal of its hidden unit. The loss follows smoothly. The accuracy stays as it is until
some sample's answer changes, then it jumps by 1/N.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

FAR, NEAR, H = 3.0, 0.3, 1e-4
FIGURES = ("loss", "accuracy")


def trained(run: Run) -> tuple[nn.Module, Any, Any, str]:
    """A small network after a short training, and the samples that it is judged by."""
    (x, t), (x_test, t_test), data = run.handwriting(5000, 1000)
    model = nn.Sequential([nn.Flatten(), nn.Dense(16, "tanh"), nn.Dense(10)])
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    model.fit(x, t, epochs=run.pick(2, 3), batch_size=50, verbose=0)
    return model, x_test, t_test, data


def figures(t: Any, scores: Any) -> dict[str, Any]:
    """Loss and accuracy of scores."""
    return {
        "loss": sj.losses.softmax_cross_entropy(t, scores),
        "accuracy": sj.metrics.accuracy(t, scores),
    }


def measure(run: Run) -> Found:
    """Loss and accuracy along one weight, their slopes there, and those of all weights of its layer."""
    model, x, t, data = trained(run)
    t = sj.asarray(t)
    hidden = sj.astype(
        model.layers[1](model.layers[0](sj.asarray(x))), sj.float64
    )  # signals into the last layer
    layer = [sj.Variable(v.numpy().astype("float64"), v.name) for v in model.layers[2].trainable_variables]

    def by_layer(name: str) -> Any:
        return figures(t, hidden @ layer[0] + layer[1])[name]

    slopes = sj.grad(lambda: by_layer("loss"), variables=layer)()[0].numpy()
    unit, digit = np.unravel_index(int(np.abs(slopes).argmax()), slopes.shape)
    scores = sj.stop_gradient(hidden @ layer[0] + layer[1])
    effect = hidden[:, int(unit), None] * sj.one_hot(sj.asarray(int(digit)), 10, dtype=sj.float64)
    change = sj.Variable(np.zeros(()), name="change")  # of that one weight

    def by_weight(name: str) -> Any:
        return figures(t, scores + change * effect)[name]

    found: Found = {"data": data, "samples": len(x), "h": H, "points": run.pick(601, 61)}
    for name in FIGURES:
        one = partial(by_weight, name)
        for place, reach in (("far", FAR), ("near", NEAR)):
            way = [[np.ones(())]]
            around = sj.inspect.landscape(one, [change], way, reach=reach, points=found["points"])
            found |= {f"{place}_steps": around.steps, f"{place}_{name}": around.values}
        found[f"{name}_values"] = len(np.unique(found[f"far_{name}"]))
        flat = []
        for step in run.each(found["far_steps"]):
            change.assign(np.asarray(step))
            flat.append(float(sj.numerical_gradient(one, [change], H)[0]) == 0)
        change.assign(np.zeros(()))
        found[f"{name}_flat"] = float(np.mean(flat))
        still = [g.numpy().ravel() == 0 for g in sj.numerical_gradient(partial(by_layer, name), layer, H)]
        found[f"{name}_still"] = float(np.concatenate(still).mean())
    found["weights"] = sum(v.size for v in layer)
    return found


def present(stage: Stage, found: Found) -> None:
    """Loss above, accuracy below; left far along the weight, right the same close by."""
    stage.say("setting", data=found["data"], samples=found["samples"])
    stage.say("along", points=found["points"], accuracy=found["accuracy_flat"], loss=found["loss_flat"])
    stage.say("levels", accuracy=found["accuracy_values"], loss=found["loss_values"], points=found["points"])
    still = {"accuracy": found["accuracy_still"], "loss": found["loss_still"]}
    stage.say("weights", weights=found["weights"], h=found["h"], **still)
    stage.say("follow")
    with stage.picture(8.6, 4.6, 2, 2, sharex="col") as (_, axes):
        for row, name in enumerate(FIGURES):
            for column, place in enumerate(("far", "near")):
                panel = axes[row, column]
                style = {"drawstyle": "steps-mid"} if name == "accuracy" else {}
                colour = COLOURS[1] if name == "accuracy" else COLOURS[0]
                panel.plot(found[f"{place}_steps"], found[f"{place}_{name}"], color=colour, **style)
                panel.axvline(0, color="black", linewidth=0.7, linestyle=":")
                panel.ticklabel_format(useOffset=False)
                clean(panel)
            axes[row, 0].axvspan(-NEAR, NEAR, color="#DDDDDD", zorder=0)
            axes[row, 0].set_ylabel(stage.label(f"picture.{name}"))
        axes[0, 0].set_title(stage.label("picture.far"), fontsize=11)
        axes[0, 1].set_title(stage.label("picture.near"), fontsize=11)
        for panel in axes[1]:
            panel.set_xlabel(stage.label("picture.weight"))


EXHIBIT = Exhibit(
    "why-not-accuracy",
    "loss",
    seconds=4,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "flat",
            "book",
            "매개변수의 미분이 대부분의 장소에서 0",
            lambda f: f["accuracy_flat"] > 0.9 and f["accuracy_still"] > 0.9 and f["loss_flat"] < 0.1,
            ("accuracy_flat", "accuracy_still", "loss_flat"),
        ),
        Claim(
            "jumps",
            "deck",
            "불연속적인 값",
            lambda f: f["accuracy_values"] < f["loss_values"] / 2,
            ("accuracy_values", "loss_values"),
        ),
    ),
)
