"""One training step in slow motion, and the answer to: when is the optimiser used?

    1 batch   2 prediction   3 loss   4 gradients   5 optimiser   6 the loss again

Prediction, loss and gradients only compute. The optimiser alone changes the weights, once a batch, after the
gradients are known:  w <- w - rate dL/dw.  To first order the loss then falls by rate ‖dL/dw‖².
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

RATE, BATCH = 0.1, 100
STAGES = ("batch", "prediction", "loss", "gradients", "optimiser", "again")


def changed(weights: list[sj.Variable], before: list[np.ndarray]) -> int:
    """How many single weights differ from those before."""
    return int(sum((v.numpy() != b).sum() for v, b in zip(weights, before, strict=True)))


def measure(run: Run) -> Found:
    """Takes the step, and looks after each part of it whether the weights have changed."""
    (x, t), (x_test, t_test), data = run.handwriting(BATCH, 500)
    model = nn.Sequential([nn.Flatten(), nn.Dense(32, "relu"), nn.Dense(10)])
    model(sj.asarray(x))
    weights = model.trainable_variables
    before = [v.numpy() for v in weights]
    found: Found = {"data": data, "batch": len(x), "weights": sum(v.size for v in weights), "rate": RATE}

    def loss_on(images: Any, labels: Any) -> Any:
        return sj.losses.softmax_cross_entropy(labels, model(images))

    inputs, labels = sj.asarray(x), sj.asarray(t)  # 1 a batch
    found["others_before"] = float(loss_on(x_test, t_test))
    scores = model(inputs)  # 2 prediction
    found["changed_by_prediction"] = changed(weights, before)
    loss = sj.losses.softmax_cross_entropy(labels, scores)  # 3 loss
    found["changed_by_loss"] = changed(weights, before)
    loss.backward()  # 4 gradients
    found["changed_by_gradients"] = changed(weights, before)
    gradients = [np.asarray(v.grad) for v in weights]
    squares = float(sum((g.astype(float) ** 2).sum() for g in gradients))
    found |= {
        "loss_before": float(loss),
        "length": np.sqrt(squares),
        "expected": float(loss) - RATE * squares,
    }
    steps = [-RATE * g for g in gradients]  # the way the step will go, seen before it is taken
    reach = run.pick(30.0, 10.0)
    way = sj.inspect.landscape(
        lambda: loss_on(inputs, labels), weights, [steps], reach=reach, points=run.pick(121, 21)
    )
    ahead = way.steps >= 0
    found |= {"way_rates": RATE * way.steps[ahead], "way_losses": way.values[ahead]}

    sj.optim.SGD(RATE).apply([v.grad for v in weights], weights)  # 5 now the optimiser
    found["changed_by_optimiser"] = changed(weights, before)
    found["share_changed"] = found["changed_by_optimiser"] / found["weights"]
    found["share_dead"] = float(np.mean(np.concatenate([g.ravel() for g in gradients]) == 0))
    again = model(inputs)  # 6 the loss again
    found["loss_after"] = float(sj.losses.softmax_cross_entropy(labels, again))
    found["others_after"] = float(loss_on(x_test, t_test))

    for name, z in (("before", scores), ("after", again)):
        chances = sj.softmax(z).numpy()
        found[f"chances_{name}"] = chances[np.arange(len(t)), t]
        found[f"right_{name}"] = int((chances.argmax(axis=1) == t).sum())
    found["rose"] = int((found["chances_after"] > found["chances_before"]).sum())
    found["images"] = np.block([[x[5 * row + column, ..., 0] for column in range(5)] for row in range(5)])
    return found


def present(stage: Stage, found: Found) -> None:
    """Above the six parts with their figures; below one sample before and after, and the way down."""
    stage.say(
        "batch",
        data=found["data"],
        batch=found["batch"],
        right=found["right_before"],
        loss=found["loss_before"],
    )
    computing = ("prediction", "loss", "gradients")
    stage.say("computing", weights=found["weights"], **{k: found[f"changed_by_{k}"] for k in computing})
    stage.say("gradients", length=found["length"], rate=RATE, expected=found["expected"])
    moved = {"changed": found["changed_by_optimiser"], "weights": found["weights"]}
    stage.say("optimiser", loss=found["loss_after"], before=found["loss_before"], **moved)
    stage.say("each", rose=found["rose"], batch=found["batch"], right=found["right_after"])
    stage.say("rest", dead=found["share_dead"])
    stage.say("others", before=found["others_before"], after=found["others_after"])
    with stage.picture(9.6, 5.0, 2, 3, height_ratios=(1, 2.4), width_ratios=(0.8, 1.2, 1.3)) as (made, axes):
        for panel in axes[0]:
            panel.remove()
        draw_parts(stage, made.add_subplot(axes[1, 0].get_gridspec()[0, :]), found)
        axes[1, 0].imshow(found["images"], cmap="gray_r")
        axes[1, 0].set_title(stage.label("picture.images"), fontsize=11)
        axes[1, 0].set_axis_off()
        draw_chances(stage, axes[1, 1], found)
        draw_way(stage, axes[1, 2], found)


def draw_parts(stage: Stage, panel: Any, found: Found) -> None:
    """The six parts as boxes, each with the number of weights changed so far."""
    changes = [0, *(found[f"changed_by_{k}"] for k in ("prediction", "loss", "gradients", "optimiser")), None]
    for i, (name, count) in enumerate(zip(STAGES, changes, strict=True)):
        strong = name == "optimiser"
        box = {
            "boxstyle": "round,pad=0.45",
            "facecolor": "#F9DEC9" if strong else "#F2F2F2",
            "edgecolor": "black",
        }
        words = {"ha": "center", "va": "center", "fontsize": 9}
        fields = {
            k: found[k] for k in ("batch", "right_before", "loss_before", "length", "rate", "loss_after")
        }
        panel.text(i, 0.62, stage.label(f"picture.part.{name}", **fields), bbox=box, **words)
        if count is not None:
            colour = COLOURS[1] if strong else "black"
            panel.text(i, 0.0, stage.label("picture.changed", count=count), color=colour, **words)
        if i:
            panel.annotate(
                "", (i - 0.42, 0.62), (i - 0.58, 0.62), arrowprops={"arrowstyle": "-|>", "color": "black"}
            )
    panel.set_xlim(-0.5, len(STAGES) - 0.5)
    panel.set_ylim(-0.3, 1.1)
    panel.set_axis_off()


def draw_chances(stage: Stage, panel: Any, found: Found) -> None:
    """What the network gave the right class of each image, before and after."""
    before, after = found["chances_before"], found["chances_after"]
    rose = after > before
    for which, marker, colour, name in ((rose, "o", COLOURS[0], "rose"), (~rose, "v", COLOURS[1], "fell")):
        label = stage.label(f"picture.{name}", count=int(which.sum()))
        panel.scatter(before[which], after[which], 16, colour, marker=marker, alpha=0.7, label=label)
    most = 1.1 * max(before.max(), after.max())
    panel.plot((0, most), (0, most), color="black", linewidth=0.8)
    panel.set_xlabel(stage.label("picture.chance_before"))
    panel.set_ylabel(stage.label("picture.chance_after"))
    panel.set_title(stage.label("picture.said"), fontsize=11)
    panel.legend(frameon=False, fontsize=9, loc="lower right")
    clean(panel)


def draw_way(stage: Stage, panel: Any, found: Found) -> None:
    """The loss along the step, for longer and shorter ones."""
    rates, losses = found["way_rates"], found["way_losses"]
    panel.plot(rates, losses, color=COLOURS[0])
    slope = (found["expected"] - found["loss_before"]) / RATE
    panel.plot(rates, found["loss_before"] + slope * rates, ":", color="black", linewidth=1)
    panel.plot(0, found["loss_before"], "o", color=COLOURS[5], label=stage.label("picture.before"))
    panel.plot(RATE, found["loss_after"], "D", color=COLOURS[1], label=stage.label("picture.after"))
    panel.set_ylim(0, 1.15 * max(losses[0], min(losses[-1], 1.3 * losses[0])))
    panel.set_xlabel(stage.label("picture.rate"))
    panel.set_ylabel(stage.label("picture.loss"))
    panel.set_title(stage.label("picture.way"), fontsize=11)
    panel.legend(frameon=False, fontsize=9)
    clean(panel)


EXHIBIT = Exhibit(
    "one-step",
    "loss",
    seconds=2,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "falls",
            "deck",
            "손실이 조금 감소되도록",
            lambda f: f["loss_after"] < f["loss_before"],
            ("loss_before", "loss_after"),
        ),
        Claim(
            "all",
            "deck",
            "네트워크의 모든 가중치 업데이트",
            lambda f: f["changed_by_optimiser"] == f["weights"],
            ("share_changed", "share_dead"),
        ),
    ),
)
