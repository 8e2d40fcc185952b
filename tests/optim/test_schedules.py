"""Schedules against their closed forms, and against PyTorch where it has the same one."""

from __future__ import annotations

from math import cos, floor, inf, nan, pi

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import optim
from sujeong.optim import schedules

STEPS = [0, 1, 2, 5, 9, 10, 11, 19, 20, 21, 50, 99, 100, 101, 1000]


def _cosine(t: float, first: float, n: float, alpha: float, top: float | None, w: int) -> float:
    if top is not None and t < w:
        return first + (top - first) * t / w
    high = first if top is None else top
    x = min(t - (w if top is not None else 0), n) / n
    return high * (alpha + (1 - alpha) * (1 + cos(pi * x)) / 2)


def _one_cycle(t: float, top: float, n: int, up: float, start: float, end: float) -> float:
    a, turn, last = top / start, up * n - 1, n - 1
    b = a / end

    def between(u: float, v: float, x: float) -> float:
        return v + (u - v) * (1 + cos(pi * x)) / 2

    return between(a, top, t / turn) if t < turn else between(top, b, (min(t, last) - turn) / (last - turn))


FORMS = {
    "constant": (optim.Constant(0.3), lambda t: 0.3),
    "step": (
        optim.Step([10, 20], [1.0, 0.5, 0.1]),
        lambda t: 1.0 if t <= 10 else 0.5 if t <= 20 else 0.1,
    ),
    "one value": (optim.Step([], [0.7]), lambda t: 0.7),
    "exponential": (optim.Exponential(0.5, 10, 0.9), lambda t: 0.5 * 0.9 ** (t / 10)),
    "stairs": (optim.Exponential(0.5, 10, 0.9, staircase=True), lambda t: 0.5 * 0.9 ** floor(t / 10)),
    "cosine": (optim.Cosine(0.5, 100), lambda t: _cosine(t, 0.5, 100, 0.0, None, 0)),
    "cosine to alpha": (optim.Cosine(0.5, 100, 0.2), lambda t: _cosine(t, 0.5, 100, 0.2, None, 0)),
    "warm-up": (
        optim.Cosine(0.01, 80, 0.1, warmup_target=0.5, warmup_steps=20),
        lambda t: _cosine(t, 0.01, 80, 0.1, 0.5, 20),
    ),
    "one cycle": (optim.OneCycle(2.0, 100), lambda t: _one_cycle(t, 2.0, 100, 0.3, 25.0, 1e4)),
    "short rise": (
        optim.OneCycle(2.0, 101, 0.1, 10, 100),
        lambda t: _one_cycle(t, 2.0, 101, 0.1, 10.0, 100.0),
    ),
}


@pytest.mark.parametrize("t", STEPS)
@pytest.mark.parametrize("name", FORMS)
def test_closed_form(engine: str, name: str, t: int) -> None:
    schedule, form = FORMS[name]
    found = schedule(t)
    assert found.shape == ()
    assert found.dtype is sj.float64
    assert float(found) == pytest.approx(form(t), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", FORMS)
def test_recorded(engine: str, name: str) -> None:
    """The step is an input of the program: one recording serves all steps."""
    schedule, form = FORMS[name]
    rate = sj.jit(lambda step: schedule(step))
    for t in STEPS:
        assert float(rate(sj.asarray(t))) == pytest.approx(form(t), rel=1e-12, abs=1e-15)
    assert len(rate.programs) == 1


def test_every_schedule_is_held_to_its_form() -> None:
    held = {type(schedule).__name__ for schedule, _ in FORMS.values()} | {"Plateau"}
    assert held | {"Schedule"} == set(schedules.__all__)
    assert set(schedules.__all__) <= set(optim.__all__)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            optim.OneCycle(0.5, 60, 0.25, 20, 500),
            lambda o: torch.optim.lr_scheduler.OneCycleLR(
                o, 0.5, total_steps=60, pct_start=0.25, div_factor=20, final_div_factor=500
            ),
        ),
        (
            optim.Exponential(0.5, 7, 0.3, staircase=True),
            lambda o: torch.optim.lr_scheduler.StepLR(o, 7, gamma=0.3),
        ),
        (optim.Exponential(0.5, 1, 0.9), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
        (
            optim.Cosine(0.5, 60, 0.1),
            lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 60, eta_min=0.05),
        ),
        (
            optim.Step([9, 29], [0.5, 0.05, 0.005]),
            lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [10, 30], gamma=0.1),
        ),
    ],
    ids=["one cycle", "stairs", "exponential", "cosine", "step"],
)
def test_against_pytorch(ours: optim.Schedule, theirs: object) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = theirs(optimizer)  # type: ignore[operator]
    for t in range(60):
        assert float(ours(t)) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-15)
        optimizer.step()
        scheduler.step()


def test_the_first_step_has_the_rate_of_step_zero(engine: str) -> None:
    w = sj.Variable(np.zeros(1), "w")
    optimizer = optim.SGD(optim.Step([0], [1.0, 0.25]))
    assert float(optimizer.learning_rate) == 1.0
    moved = []
    for _ in range(3):
        before = float(w.value[0])
        optimizer.apply([np.ones(1)], [w])
        moved.append(before - float(w.value[0]))
    assert moved == [1.0, 0.25, 0.25]
    assert float(optimizer.learning_rate) == 0.25


# --- plateau -----------------------------------------------------------------------------------------------
def rates(plateau: optim.Plateau, figures: list[float]) -> list[float]:
    found = []
    for figure in figures:
        plateau.update(figure)
        found.append(round(float(plateau(0)), 12))
    return found


def test_plateau_falls_after_patience(engine: str) -> None:
    plateau = optim.Plateau(1.0, factor=0.5, patience=2)
    assert rates(plateau, [3, 2, 2, 2, 2, 2, 2, 2]) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_plateau_waits_anew_after_an_improvement() -> None:
    plateau = optim.Plateau(1.0, factor=0.5, patience=1)
    assert rates(plateau, [3, 3, 2, 2, 1, 1, 1]) == [1, 1, 1, 1, 1, 1, 0.5]


def test_plateau_counts_nothing_while_it_rests() -> None:
    plateau = optim.Plateau(1.0, factor=0.5, patience=0, cooldown=2)
    assert rates(plateau, [3, 3, 3, 3, 3]) == [1, 0.5, 0.5, 0.5, 0.25]


def test_plateau_minimum_and_small_changes() -> None:
    plateau = optim.Plateau(1.0, factor=0.1, patience=0, min_delta=0.5, min_learning_rate=0.05)
    assert rates(plateau, [3.0, 2.6, 2.4, 2.4, 2.4]) == [1, 0.1, 0.1, 0.05, 0.05]


@pytest.mark.parametrize("bad", [nan, inf])
def test_plateau_takes_nan_for_no_improvement(bad: float) -> None:
    plateau = optim.Plateau(1.0, factor=0.5, patience=0)
    assert rates(plateau, [3.0, bad, 2.0]) == [1, 0.5, 0.5]


def test_plateau_upwards() -> None:
    plateau = optim.Plateau(1.0, factor=0.5, patience=0, mode="max")
    assert rates(plateau, [0.5, 0.6, 0.6, 0.5]) == [1, 1, 0.5, 0.25]


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("cooldown", [0, 2])
def test_plateau_against_pytorch(mode: str, cooldown: int) -> None:
    figures = np.random.default_rng(3).random(80).round(2)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, mode, 0.7, 3, threshold=0.05, threshold_mode="abs", cooldown=cooldown, min_lr=0.05, eps=0
    )
    plateau = optim.Plateau(1.0, 0.7, 3, mode, 0.05, cooldown, 0.05)
    for figure in figures:
        scheduler.step(figure)
        plateau.update(figure)
        assert float(plateau(0)) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
    assert float(plateau(0)) < 0.5


# --- what is refused ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: optim.Constant(-1), r"\[Constant\] learning_rate is out of range\.\n  received: -1"),
        (
            lambda: optim.Step([10], [1.0]),
            r"needs one value more than boundaries.*\n.*1 boundaries, 1 values",
        ),
        (lambda: optim.Step([10, 10], [1, 1, 1]), r"boundaries must rise"),
        (lambda: optim.Step([1.5], [1, 1]), r"each boundary must be a whole number"),
        (lambda: optim.Exponential(0.1, 0, 0.9), r"decay_steps is out of range(.|\n)*decay_steps > 0"),
        (lambda: optim.Exponential(0.1, 10, 0), r"decay_rate is out of range"),
        (lambda: optim.Cosine(0.1, 10, 2.0), r"alpha is out of range(.|\n)*alpha >= 0 and alpha <= 1"),
        (lambda: optim.Cosine("0.1", 10), r"initial_learning_rate must be a number(.|\n)*received: '0.1'"),
        (lambda: optim.OneCycle(1.0, 1), r"total_steps is out of range"),
        (lambda: optim.OneCycle(1.0, 100, 1.5), r"warmup is out of range"),
        (lambda: optim.OneCycle(1.0, 4, 0.2), r"the rise is shorter than one step"),
        (lambda: optim.Plateau(0.1, factor=1.0), r"factor is out of range"),
        (lambda: optim.Plateau(0.1, mode="mim"), r"no mode named 'mim'(.|\n)*did you mean 'min'"),
        (lambda: optim.Plateau(0.1).update("good"), r"the figure must be a number(.|\n)*'good'"),
        (lambda: optim.Schedule()(0), r"\[Schedule\] this schedule does not say its rate"),
    ],
)
def test_bad_settings(make: object, text: str) -> None:
    with pytest.raises(sj.errors.SujeongError, match=text):
        make()  # type: ignore[operator]
