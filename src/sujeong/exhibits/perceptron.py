"""The perceptron and the rule by which it learns (Rosenblatt, 1957).

    y = 1 if w.x + b > 0 else 0
    w <- w + rate (t - y) x        b <- b + rate (t - y)        only a mistake changes anything

The rule needs no gradient and could have none: the step is flat. Where a line parts the points by a margin m,
it makes at most (R / m)^2 corrections from zero (Novikoff, 1962); R is the length of the longest (x, 1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
TARGETS = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}
BY_HAND = {"and": (1.0, 1.0, -1.5), "or": (1.0, 1.0, -0.5), "nand": (-1.0, -1.0, 1.5)}  # w1, w2, b
RATE, LIMIT = 0.5, 50


def fires(x: Any, w: Any, b: Any) -> Any:
    """The perceptron: 1 where the weighted sum is above 0."""
    return sj.step(x @ w + b)


def right(gate: str, line: Any) -> int:
    """How many of the four rows of a gate a line (w1, w2, b) gets right."""
    line = np.asarray(line, np.float32)
    return int(
        (fires(sj.asarray(X), sj.asarray(line[:2]), sj.asarray(line[2])).numpy() == TARGETS[gate]).sum()
    )


def learned(gate: str, start: np.ndarray) -> list[np.ndarray]:
    """Rosenblatt's rule, point after point until a whole pass has no mistake: the lines on the way."""
    w, b = sj.asarray(start[:2]), sj.asarray(start[2])
    lines = [start]
    for _ in range(LIMIT):
        before = len(lines)
        for x, t in zip(X, TARGETS[gate], strict=True):
            error = t - fires(sj.asarray(x), w, b)
            if float(error):
                w, b = w + RATE * error * x, b + RATE * error
                lines.append(np.array([*w.tolist(), float(b)], np.float32))
        if len(lines) == before:
            break
    return lines


def limit(gate: str) -> float:
    """The most corrections that there can be from zero, by the margin of the line set by hand."""
    line, ends = np.array(BY_HAND[gate]), np.column_stack([X, np.ones(4)])
    sides = 2 * np.array(TARGETS[gate]) - 1
    margin = (sides * (ends @ line)).min() / np.linalg.norm(line)
    return float((np.linalg.norm(ends, axis=1).max() / margin) ** 2)


def slope(activation: Any, line: np.ndarray) -> float:
    """The largest slope of the error of AND by a weight, through an activation."""
    x, t = sj.asarray(X), sj.asarray(TARGETS["and"])
    error = sj.grad(lambda w: sj.mean((activation(x @ w + float(line[2])) - t) ** 2))
    return float(sj.max(sj.abs(error(sj.asarray(line[:2])))))


def measure(run: Run) -> Found:
    """Gates by hand, gates learned from many starts, and what the rule does where there is no line."""
    starts = run.numbers().normal(size=(run.pick(30, 5), 3)).astype(np.float32)
    before, after, counts = [], [], []
    found: Found = {"starts": len(starts), "limit": LIMIT}
    for gate, line in BY_HAND.items():
        found[f"{gate}_hand"] = right(gate, line)
        runs = [learned(gate, start) for start in starts]
        before += [right(gate, start) for start in starts]
        after += [right(gate, lines[-1]) for lines in runs]
        counts += [len(lines) - 1 for lines in runs]
        found[f"{gate}_lines"] = np.stack(sorted(runs, key=len)[len(runs) // 2])  # one of middle length
        found[f"{gate}_corrections"] = len(learned(gate, np.zeros(3, np.float32))) - 1
        found[f"{gate}_limit"] = limit(gate)
    found |= {"before": float(np.mean(before)), "after": float(np.mean(after)), "worst": min(after)}
    found["corrections"], found["most"] = float(np.mean(counts)), max(counts)
    hopeless = learned("xor", starts[0])
    found["xor_corrections"], found["xor_right"] = len(hopeless) - 1, right("xor", hopeless[-1])
    found["step_slope"], found["sigmoid_slope"] = slope(sj.step, starts[0]), slope(sj.sigmoid, starts[0])
    return found


def present(stage: Stage, found: Found) -> None:
    """A panel a gate: the line by hand, and how the learned one got to its place."""
    stage.say("hand", **{f"{gate}_gate": found[f"{gate}_hand"] for gate in BY_HAND})
    stage.say("learned", **{k: found[k] for k in ("starts", "before", "after", "corrections", "most")})
    for gate in BY_HAND:
        stage.say("bound", gate=gate.upper(), made=found[f"{gate}_corrections"], most=found[f"{gate}_limit"])
    stage.say("xor", passes=found["limit"], made=found["xor_corrections"], right=found["xor_right"])
    stage.say("slope", step=found["step_slope"], sigmoid=found["sigmoid_slope"])
    with stage.picture(9.6, 4.2, 1, 3, sharey=True) as (figure, axes):
        for panel, gate in zip(axes, BY_HAND, strict=True):
            lines = found[f"{gate}_lines"]
            draw(stage, panel, gate, lines)
            panel.set_title(stage.label("picture.gate", gate=gate.upper(), count=len(lines) - 1), fontsize=11)
        axes[0].set_ylabel("$x_2$")
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=5, frameon=False)


def draw(stage: Stage, panel: Any, gate: str, lines: np.ndarray) -> None:
    """The four points, the side where the learned perceptron fires, and the lines."""
    ticks = np.linspace(-0.5, 1.5, 101)
    on = lines[-1, 0] * ticks + lines[-1, 1] * ticks[:, None] + lines[-1, 2] > 0
    panel.imshow(on, extent=(-0.5, 1.5, -0.5, 1.5), origin="lower", cmap="Blues", vmin=0, vmax=5)
    panel.fill((), (), color="#CFE1F2", label=stage.label("picture.fires"))
    rule(panel, lines[0], color=COLOURS[1], linestyle=":", label=stage.label("picture.start"))
    for i, line in enumerate(lines[1:-1]):
        name = stage.label("picture.way") if i == 0 else None
        rule(panel, line, color=COLOURS[0], linewidth=0.8, alpha=0.35, label=name)
    rule(panel, lines[-1], color=COLOURS[0], linewidth=2.5, label=stage.label("picture.learned"))
    rule(panel, BY_HAND[gate], color="black", linestyle="--", label=stage.label("picture.hand"))
    for (a, b), t in zip(X, TARGETS[gate], strict=True):
        panel.scatter(a, b, 130, "white" if t == 0 else COLOURS[4], edgecolors="black", zorder=3)
        panel.annotate(str(t), (a, b), (9, 7), textcoords="offset points", fontsize=11)
    panel.set_xlim(-0.5, 1.5)
    panel.set_ylim(-0.5, 1.5)
    panel.set_xticks((0, 1))
    panel.set_yticks((0, 1))
    panel.set_xlabel("$x_1$")


def rule(panel: Any, line: Any, **style: Any) -> None:
    """Draws w1 x1 + w2 x2 + b = 0, where there is such a line."""
    w, b = np.asarray(line[:2], float), float(line[2])
    if w @ w > 0:
        panel.axline(-b * w / (w @ w), -b * w / (w @ w) + (-w[1], w[0]), **style)


EXHIBIT = Exhibit(
    "perceptron",
    "perceptron",
    seconds=2,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "learns",
            "deck",
            "학습을 통해 시냅스의 결합 강도를 변화시켜",
            lambda f: f["before"] < 4 and f["worst"] == 4,
            ("before", "after", "corrections"),
        ),
    ),
)
