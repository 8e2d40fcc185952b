"""Losses: one number for how wrong a model is, and why a few samples are enough to estimate it.

    half squared error    E = 1/2 sum_k (y_k - t_k)^2
    cross-entropy         E = -sum_k t_k ln y_k
    of a mini-batch       E = -1/N sum_n sum_k t_nk ln y_nk

y what the model says, t what is right (one-hot), N the samples of the batch. The loss of a random batch is
an estimate of that of all samples: right on average, with a spread that falls as 1/sqrt(N).
"""

from __future__ import annotations

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

CLASSES, RIGHT = 10, 3
CHANCES = np.linspace(0.01, 1.0, 100)
MOMENTS = ("before", "after")


def answer(chance: float, shares: np.ndarray) -> np.ndarray:
    """Probabilities of the classes: `chance` for the right one, the rest divided among the others."""
    y = np.zeros(CLASSES)
    y[RIGHT] = chance
    y[np.arange(CLASSES) != RIGHT] = (1 - chance) * shares / shares.sum()
    return y


def one_sample(run: Run) -> Found:
    """Both losses of one answer, the wrong classes sharing the rest in many ways."""
    t = np.eye(CLASSES)[RIGHT]
    even = np.ones(CLASSES - 1)
    answers = np.stack([answer(p, even) for p in CHANCES])
    targets = np.tile(t, (len(CHANCES), 1))
    found: Found = {
        "squared_curve": sj.losses.half_squared_error(targets, answers, reduction="none").numpy(),
        "cross_curve": sj.losses.cross_entropy(targets, answers, reduction="none").numpy(),
    }
    numbers = run.numbers()
    others = np.stack([answer(0.6, numbers.exponential(size=CLASSES - 1)) for _ in range(200)])
    for name, loss in (("squared", sj.losses.half_squared_error), ("cross", sj.losses.cross_entropy)):
        found[f"{name}_good"] = float(loss(t[None], answer(0.6, even)[None]))
        found[f"{name}_bad"] = float(loss(t[None], answer(0.01, even)[None]))
        each = loss(np.tile(t, (200, 1)), others, reduction="none").numpy()
        found[f"{name}_varies"] = float(each.max() - each.min())
    return found


def batches(run: Run) -> Found:
    """Losses of random batches of many sizes, before training and after one pass."""
    (x, t), _, data = run.handwriting(10_000, 1)
    sizes = run.pick([1, 3, 10, 32, 100, 316, 1000], [1, 3, 10, 32, 100])
    tries = run.pick(1000, 300)
    model = nn.Sequential([nn.Flatten(), nn.Dense(32, "relu"), nn.Dense(CLASSES)])
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    found: Found = {"data": data, "samples": len(x), "sizes": np.array(sizes), "tries": tries}
    numbers = run.numbers()
    for moment in MOMENTS:
        if moment == "after":
            model.fit(x, t, epochs=run.pick(1, 3), batch_size=50, verbose=0)
        scores = model.predict(x, output="raw")
        each = sj.losses.softmax_cross_entropy(t, scores, reduction="none").numpy().astype(np.float64)
        whole = each.mean()
        drawn = [
            np.array([each[numbers.choice(len(each), n, replace=False)].mean() for _ in range(tries)])
            for n in run.each(sizes)
        ]
        spread = np.array([np.sqrt(((d - whole) ** 2).mean()) for d in drawn])
        slope = np.polyfit(np.log(sizes), np.log(spread), 1)[0]
        hundred = drawn[sizes.index(100)]
        found |= {
            f"{moment}_whole": float(whole),
            f"{moment}_spread": spread / whole,
            f"{moment}_low": np.array([np.quantile(d, 0.05) for d in drawn]) / whole,
            f"{moment}_high": np.array([np.quantile(d, 0.95) for d in drawn]) / whole,
            f"{moment}_slope": float(slope),
            f"{moment}_off": float(hundred.mean() / whole - 1),
            f"{moment}_hardest": float(100 * np.sort(each)[-len(each) // 10 :].sum() / each.sum()),
            f"{moment}_percent": float(100 * spread[sizes.index(100)] / whole),
        }
    return found


def measure(run: Run) -> Found:
    """The losses of one sample, then those of batches."""
    return one_sample(run) | batches(run)


def present(stage: Stage, found: Found) -> None:
    """Left both losses against the chance given to the right class, right the batches against their size."""
    stage.say("sample", **{k: found[k] for k in ("squared_good", "cross_good", "squared_bad", "cross_bad")})
    stage.say("right", cross=found["cross_varies"], squared=found["squared_varies"])
    stage.say("whole", samples=found["samples"], data=found["data"], loss=found["after_whole"])
    stage.say("batch", before=found["before_percent"], after=found["after_percent"], tries=found["tries"])
    stage.say("hardest", before=found["before_hardest"], after=found["after_hardest"])
    stage.say("slope", before=found["before_slope"], after=found["after_slope"])
    with stage.picture(9.2, 3.8, 1, 3) as (_, (left, middle, right)):
        cross, squared = "$-\\sum t_k\\,\\ln\\,y_k$", "$\\frac{1}{2}\\sum (y_k-t_k)^2$"
        for name, k, line, formula in (("cross", 1, "-", cross), ("squared", 0, "--", squared)):
            label = f"{stage.label(f'picture.{name}')}\n{formula}"
            left.plot(CHANCES, found[f"{name}_curve"], line, color=COLOURS[k], label=label)
        left.set_xlabel(stage.label("picture.chance"))
        left.set_ylabel(stage.label("picture.loss"))
        left.set_title(stage.label("picture.sample"), fontsize=11)
        for letters in left.legend(frameon=False, fontsize=10).get_texts():
            letters.set_linespacing(1.5)  # a formula is higher than letters
        for moment, colour, line in (("after", COLOURS[1], "-"), ("before", COLOURS[0], "--")):
            name = stage.label(f"picture.{moment}")
            band = (found[f"{moment}_low"], found[f"{moment}_high"])
            middle.fill_between(found["sizes"], *band, color=colour, alpha=0.25, linewidth=0, label=name)
            spread = 100 * found[f"{moment}_spread"]
            right.plot(found["sizes"], spread, line, marker="o", markersize=4, color=colour, label=name)
        middle.axhline(1, color="black", linewidth=0.8)
        middle.set_xscale("log")
        middle.set_xlabel(stage.label("picture.size"))
        middle.set_ylabel(stage.label("picture.estimate"))
        middle.set_title(stage.label("picture.batches"), fontsize=11)
        middle.legend(frameon=False, fontsize=9)
        start = 100 * max(found["before_spread"][0], found["after_spread"][0])
        root = 1.8 * start / np.sqrt(found["sizes"])
        right.loglog(found["sizes"], root, ":", color="black", linewidth=1, label="$\\propto 1/\\sqrt{N}$")
        right.set_xlabel(stage.label("picture.size"))
        right.set_ylabel(stage.label("picture.spread"))
        right.set_title(stage.label("picture.falls"), fontsize=11)
        right.legend(frameon=False, fontsize=9)
        for panel in (left, middle, right):
            clean(panel)


EXHIBIT = Exhibit(
    "losses",
    "loss",
    seconds=2,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "right",
            "book",
            "정답일 때의 출력이 전체 값을 정하게 된다",
            lambda f: f["cross_varies"] < 1e-6,
            ("cross_varies", "squared_varies"),
        ),
        Claim(
            "estimate",
            "deck",
            "전체 데이터의 손실함수 값의 근사값",
            lambda f: all(abs(f[f"{m}_off"]) < 0.03 and -0.6 < f[f"{m}_slope"] < -0.4 for m in MOMENTS),
            ("before_percent", "after_percent", "after_slope"),
        ),
    ),
)
