"""Learning by signs: what a cell sent, times how it turned out, a small step that way.

    for each weight from cell i to cell j:     W_ij <- W_ij + epsilon sign(sent_i) outcome_j

The article tells learning so, and leaves open what the outcome of a cell is. Two readings:

    reward      outcome = +1 if the answer was right, else -1; the same for every cell that fired
    backprop    outcome_j = -sign(dL/dz_j): whether more of this cell would have been better

Since dL/dW_ij = sent_i dL/dz_j, the second is sign descent, W <- W - epsilon sign(dL/dW), to the letter. The
article's other formula, W <- W - g / |g|^2, is tried beside them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn
from sujeong.data import ArrayData

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

HIDDEN, LEARNED = 32, 0.8
RULES = ("sgd", "backprop", "reward", "reward_flat", "norm", "norm_short")
# each the best of a few, on digits held back from the training data; but g / |g|^2 as it is told, and a tenth
RATES = {"sgd": 0.1, "backprop": 0.003, "reward": 0.003, "reward_flat": 0.01, "norm": 1.0, "norm_short": 0.1}
SHOWN = 14
SIGNS = {1.0: "+", 0.0: "0", -1.0: "−"}
cross_entropy = sj.losses.softmax_cross_entropy


def network(hidden: bool = True) -> nn.Sequential:
    """Cells without a bias, since the article speaks of weights only; with or without a hidden layer."""
    layers = [nn.Dense(HIDDEN, "relu", use_bias=False, kernel_initializer="he")] if hidden else []
    return nn.Sequential([*layers, nn.Dense(10, use_bias=False, kernel_initializer="he")])


def reward_factors(model: nn.Sequential, x: Any, label: Any) -> list[tuple[Any, Any]]:
    """What each layer was sent, and the reward for each of its cells that fired; for one sample."""
    sent = [x]
    for layer in model.layers[:-1]:
        sent.append(layer(sent[-1]))
    answer = sj.argmax(model.layers[-1](sent[-1]), axis=-1)
    reward = sj.where(answer == label, 1.0, -1.0)
    fired = [*(sj.step(h) for h in sent[1:]), sj.one_hot(answer, 10)]
    return [(sj.sign(s), f * reward) for s, f in zip(sent, fired, strict=True)]


def backprop_factors(model: nn.Sequential, x: Any, label: Any) -> list[tuple[Any, Any]]:
    """What each layer was sent, and whether its cells should have given more or less; for one sample."""
    first, last = model.layers
    z = x @ first.kernel
    h = sj.relu(z)
    wrong_hidden = sj.grad(lambda v: cross_entropy(label, sj.relu(v) @ last.kernel))(z)
    wrong_last = sj.grad(lambda v: cross_entropy(label, v))(h @ last.kernel)
    return [(sj.sign(x), -sj.sign(wrong_hidden)), (sj.sign(h), -sj.sign(wrong_last))]


def learn_by_reward(model: nn.Sequential, epsilon: float) -> Any:
    """The step of the first reading: sample after sample, every weight by the product of its factors."""
    optimizer = sj.optim.SGD(epsilon)
    optimizer.build(model.trainable_variables)

    @sj.jit
    def step(x: Any, label: Any) -> None:
        products = [sj.outer(s[0], o[0]) for s, o in reward_factors(model, x, label)]
        optimizer.apply([-p for p in products], model.trainable_variables)

    return step


def learn_by_norm(model: nn.Sequential, rate: float, lengths: list[float]) -> Any:
    """The step of the other formula, W <- W - rate g / |g|^2; its length is rate / |g|."""
    optimizer = sj.optim.SGD(rate)
    optimizer.build(model.trainable_variables)

    @sj.jit
    def gradient_step(x: Any, labels: Any) -> Any:
        weights = model.trainable_variables
        g = sj.grad(lambda: cross_entropy(labels, model(x)), variables=weights)()
        size = sj.optim.global_norm(g)
        optimizer.apply([part / sj.astype(size, part.dtype) ** 2 for part in g], weights)
        return size

    def step(x: Any, labels: Any) -> None:
        lengths.append(rate / float(gradient_step(x, labels)))

    return step


def taught(model: nn.Sequential, step: Any, data: Any, test: Any, epochs: int, batch_size: int) -> np.ndarray:
    """The test accuracy before, and after each epoch of steps."""
    curve = [right(model, test)]
    for epoch in range(epochs):
        for x, labels, _ in ArrayData(*data).batches(
            batch_size, shuffle=True, seed=sj.get_seed(), epoch=epoch
        ):
            step(sj.asarray(x), sj.asarray(labels))
        curve.append(right(model, test))
    return np.array(curve)


def right(model: nn.Sequential, test: Any) -> float:
    """The share of test samples that get the right answer."""
    return float((model.predict(test[0], output="class") == test[1]).mean())


def agreement(data: Any, samples: int) -> dict[str, float]:
    """How often each reading moves a weight the way of -sign(dL/dW), where both move it."""
    model = network()
    same: dict[str, list[float]] = {"reward": [], "backprop": []}
    for number in range(samples):
        x, label = (sj.asarray(part[number : number + 1]) for part in data)
        model(x)
        g = sj.grad(lambda x=x, t=label: cross_entropy(t, model(x)), variables=model.trainable_variables)()
        for name, factors in (("reward", reward_factors), ("backprop", backprop_factors)):
            for (sent, outcome), part in zip(factors(model, x, label), g, strict=True):
                both = sj.outer(sent[0], outcome[0]).numpy() * -np.sign(part.numpy())
                same[name] += (both[both != 0] > 0).tolist()
    return {f"{name}_same": float(np.mean(values)) for name, values in same.items()}


def measure(run: Run) -> Found:
    """The factors of one sample, then every rule on the digits."""
    (x, y), (x_test, y_test) = sj.datasets.digits()
    count = run.pick(1000, 150)
    mean = x[:count].mean(0)  # without it nothing sent would be negative
    data = ((x[:count] - mean).reshape(count, -1), y[:count])
    test = ((x_test - mean).reshape(len(x_test), -1), y_test)
    found: Found = {"samples": count, "epochs": run.pick(6, 3), **agreement(data, run.pick(100, 15))}
    model, sample, label = network(), sj.asarray(data[0][:1]), sj.asarray(y[:1])
    model(sample)
    for name, factors in (("reward", reward_factors), ("backprop", backprop_factors)):
        sent, outcome = factors(model, sample, label)[0]
        found |= {f"{name}_sent": sent.numpy()[0], f"{name}_outcome": outcome.numpy()[0]}
    for rule in run.each(RULES):
        sj.set_seed(run.seed)
        model, rate = network(rule != "reward_flat"), RATES[rule]
        found[f"{rule}_curve"], more = train(rule, model, rate, data, test, found["epochs"])
        found |= more | {f"{rule}_end": float(found[f"{rule}_curve"][-1])}
        found[f"{rule}_top"] = float(found[f"{rule}_curve"].max())
    return found


def train(
    rule: str, model: nn.Sequential, rate: float, data: Any, test: Any, epochs: int
) -> tuple[Any, Found]:
    """The test accuracies under a rule, and what else it gives."""
    model(sj.asarray(data[0][:1]))
    if rule.startswith("reward"):
        return taught(model, learn_by_reward(model, rate), data, test, epochs, 1), {}
    if rule.startswith("norm"):
        lengths: list[float] = []
        curve = taught(model, learn_by_norm(model, rate, lengths), data, test, epochs, 20)
        return curve, {f"{rule}_lengths": np.array(lengths)}
    optimizer = sj.optim.SGD(rate) if rule == "sgd" else sj.optim.SignSGD(rate)
    model.compile(optimizer, "softmax_cross_entropy", ["accuracy"])
    before = right(model, test)
    fitted = model.fit(*data, epochs=epochs, batch_size=1, verbose=0, validation_data=test)
    return np.array([before, *fitted.history["val_accuracy"]]), {}


def present(stage: Stage, found: Found) -> None:
    """The factors of some weights under both readings, the curves, and the length of a step."""
    stage.say("begin", samples=found["samples"], hidden=HIDDEN)
    for name in ("reward", "backprop"):
        stage.say(f"factors.{name}", same=found[f"{name}_same"])
        for pixel, cell in weights_to_print(found, name):
            sent, outcome = found[f"{name}_sent"][pixel], found[f"{name}_outcome"][cell]
            shown = {
                "sent": SIGNS[sent],
                "outcome": SIGNS[outcome],
                "step": sent * outcome * RATES[name] + 0.0,
            }
            stage.say("weight", pixel=pixel, cell=cell, epsilon=RATES[name], **shown)
    for rule in RULES:
        end, top = found[f"{rule}_end"], found[f"{rule}_top"]
        stage.say("end", rule=stage.label(f"picture.{rule}"), epochs=found["epochs"], end=end, top=top)
    stage.say("norm", first=found["norm_lengths"][0], longest=found["norm_lengths"].max())
    with stage.picture(10.0, 7.6, 2, 2) as (_, ((reward, backprop), (curves, lengths))):
        for panel, name in ((reward, "reward"), (backprop, "backprop")):
            _draw_products(stage, panel, found, name)
        for rule, colour, marker in zip(RULES, COLOURS, "osv^DP", strict=False):
            curve = found[f"{rule}_curve"]
            curves.plot(curve, marker + "-", color=colour, markersize=5, label=stage.label(f"picture.{rule}"))
        for rule, colour, line in (("norm", COLOURS[4], "-"), ("norm_short", COLOURS[5], ":")):
            steps = np.arange(len(found[f"{rule}_lengths"])) + 1
            name = stage.label(f"picture.{rule}")
            lengths.semilogy(steps, found[f"{rule}_lengths"], line, color=colour, label=name)
        curves.set_ylim(0, 1)
        curves.set_xlabel(stage.label("epoch"))
        curves.set_ylabel(stage.label("accuracy"))
        lengths.set_xlabel(stage.label("step"))
        lengths.set_ylabel(stage.label("length"))
        lengths.legend(frameon=False, fontsize=10)
        clean(lengths)
        clean(curves)
        curves.legend(frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def weights_to_print(found: Found, name: str) -> list[tuple[int, int]]:
    """One pixel each that sent plus, minus and nothing, to cells whose outcomes differ where they can."""
    sent, outcome = found[f"{name}_sent"], found[f"{name}_outcome"]
    cells = sorted(range(len(outcome)), key=lambda cell: -abs(outcome[cell]))
    other = next((cell for cell in cells if outcome[cell] != outcome[cells[0]]), cells[1])
    pixels = [int(np.flatnonzero(sent == value)[0]) for value in (1, -1) if (sent == value).any()]
    return [(pixel, cell) for pixel in pixels for cell in (cells[0], other)]


def _draw_products(stage: Stage, panel: Any, found: Found, name: str) -> None:
    """Which way some weights go: the signs of what was sent at the left, those of the outcome below."""
    pixels = np.linspace(0, 63, SHOWN + 2).astype(int)[1:-1]
    sent, outcome = found[f"{name}_sent"][pixels], found[f"{name}_outcome"][:SHOWN]
    panel.imshow(np.outer(sent, outcome), cmap="PuOr_r", vmin=-1.6, vmax=1.6)
    panel.set_xticks(range(SHOWN), [SIGNS[o] for o in outcome], fontsize=13)
    panel.set_yticks(range(SHOWN), [SIGNS[s] for s in sent], fontsize=13)
    panel.set_xlabel(stage.label("outcome"))
    panel.set_ylabel(stage.label("sent"))
    title = stage.label(f"picture.products.{name}")
    panel.set_title(f"{title}\n{stage.label('picture.colours')}", fontsize=11)


def learned(rule: str) -> Any:
    """Whether a rule ends with a network that gets most digits right."""
    return lambda f: f[f"{rule}_end"] >= LEARNED


CLAIMS = (
    ("reward", "좋은 결과일 시 플러스, 나쁜 결과일 시 마이너스", ("reward_flat_end", "reward_same")),
    ("backprop", "이러한 방식으로 인공신경망의 학습방식을 구현할 수 있다", ("backprop_same", "sgd_end")),
    ("norm", "그래디언트 나누기 그래디언트 진도의 제곱", ("norm_top", "norm_short_end", "sgd_end")),
)
EXHIBIT = Exhibit(
    "sign-rule",
    "learning",
    seconds=6,
    measure=measure,
    present=present,
    claims=tuple(
        Claim(rule, "article", quote, learned(rule), (f"{rule}_end", *more)) for rule, quote, more in CLAIMS
    ),
)
