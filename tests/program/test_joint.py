"""Which updates of a recorded step are done in one call, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import optim
from sujeong.core.dispatch import apply
from sujeong.optim.sgd import SGD_UPDATE
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


SIZES = [(4, 3), (3,), (3, 2), (2,)]


def variables() -> list[Any]:
    rng = np.random.default_rng(1)
    return [sj.Variable(rng.standard_normal(s).astype("float32"), f"w{i}") for i, s in enumerate(SIZES)]


def loss(ws: list[Any], x: Any) -> Any:
    hidden = sj.tanh(x @ ws[0].value + ws[1].value)
    return sj.mean((hidden @ ws[2].value + ws[3].value) ** 2)


def trainer(ws: list[Any], optimizer: Any) -> Callable[[Any], Any]:
    optimizer.build(ws)

    def step(x: Any) -> Any:
        value, gradients = sj.value_and_grad(lambda: loss(ws, x), variables=ws)()
        optimizer.apply(gradients, ws)
        return value

    return step


def calls(step: Callable[..., Any], *specs: Any) -> list[str]:
    """The lines of the replay that make a step."""
    text = Runner(optimized(sj.record(step, *specs))).source
    return [line.strip() for line in text.splitlines() if "_update" in line]


X = sj.Spec((5, 4), sj.float32)

MAKERS: dict[str, Callable[[], optim.Optimizer]] = {
    "sgd": lambda: optim.SGD(0.1),
    "decay": lambda: optim.SGD(0.1, weight_decay=0.1, exclude=["w1", "w3"]),
    "nesterov": lambda: optim.Nesterov(0.1),
    "adagrad": lambda: optim.AdaGrad(0.1),
    "rmsprop": lambda: optim.RMSProp(0.1),
    "adam": lambda: optim.Adam(0.1),
    "amsgrad": lambda: optim.Adam(0.1, amsgrad=True),
    "adamw": lambda: optim.AdamW(0.1, exclude=["w1"]),
}


def test_one_call_for_all_variables() -> None:
    (line,) = calls(trainer(variables(), optim.Adam(0.1)), X)
    left, right = line.split(" = adam_update_joint(")
    assert [part.count("v") for part in left.split("], [")] == [4, 4, 4]
    assert right.count("[") == 4
    assert "beta_1=" in right


def test_settings_make_groups() -> None:
    lines = calls(trainer(variables(), MAKERS["decay"]()), X)
    assert len(lines) == 2
    assert all("sgd_update_joint([v" in line for line in lines)


def test_a_variable_alone_is_called_alone() -> None:
    (w,) = variables()[1:2]
    optimizer = optim.Adam(0.1)
    optimizer.build([w])

    def step(x: Any) -> None:
        optimizer.apply([x], [w])

    (line,) = calls(step, sj.Spec((3,), sj.float32))
    assert " = adam_update_(v" in line


def trained(make: Callable[[], optim.Optimizer]) -> list[bytes]:
    ws, optimizer = variables(), make()
    step = sj.jit(trainer(ws, optimizer))
    x = np.random.default_rng(2).standard_normal((5, 4)).astype("float32")
    losses = [step(x).numpy().tobytes() for _ in range(5)]
    assert len(set(losses)) == 5
    return losses + [v.numpy().tobytes() for v in (*ws, *optimizer.variables)]


@pytest.mark.parametrize("name", MAKERS)
def test_every_bit_is_kept(name: str) -> None:
    with sj.without_passes("joint"):
        plain = trained(MAKERS[name])
    assert trained(MAKERS[name]) == plain


def test_switched_off_by_name() -> None:
    step = trainer(variables(), optim.Adam(0.1))
    plain = Runner(optimized(sj.record(step, X)), joint=False).source
    assert "joint" not in plain
    assert plain.count("adam_update_(") == 4


def test_large_arrays_of_steps_in_several_passes_stay_alone() -> None:
    ws = [sj.Variable(np.ones(n, np.float32), f"w{n}") for n in (1 << 14, 4, 5)]
    for optimizer, expected in ((optim.Momentum(0.1), 2), (optim.Adam(0.1), 1)):
        optimizer.build(ws)

        def step(x: Any, optimizer: Any = optimizer) -> None:
            optimizer.apply([w.value * x for w in ws], ws)

        assert len(calls(step, sj.Spec((), sj.float32))) == expected


def two_updates(between: Callable[[list[Any]], Any]) -> tuple[Any, Callable[[Any], Any]]:
    """Two variables, stepped one after the other; in between, something that may read both."""
    ws = [sj.Variable(np.full(3, i + 1.0, np.float32), f"w{i}") for i in range(2)]

    def step(g: Any) -> Any:
        ws[0].assign(apply(SGD_UPDATE, ws[0].value, g, g[0], weight_decay=0.0))
        seen = between(ws)
        second = g if seen is None or seen.shape != g.shape else seen
        ws[1].assign(apply(SGD_UPDATE, ws[1].value, second, g[0], weight_decay=0.0))
        return None if seen is None else seen * 1.0

    return ws, step


@pytest.mark.parametrize(
    ("between", "joint"),
    [
        (lambda ws: None, True),
        (lambda ws: sj.sum(ws[0].value), True),
        (lambda ws: ws[0].value * 2.0, False),
        (lambda ws: sj.sum(ws[0].value * ws[1].value), False),
        (lambda ws: sj.sum(ws[0].value * sj.reshape(ws[1].value, (3, 1))), False),
    ],
    ids=["nothing", "reads the new", "gives the gradient", "reads the old", "reads a view of the old"],
)
def test_joined_where_the_order_does_not_matter(between: Callable[[list[Any]], Any], joint: bool) -> None:
    lines = calls(two_updates(between)[1], sj.Spec((3,), sj.float32))
    assert ["sgd_update_joint" in line for line in lines] == ([True] if joint else [False, False])
    found = []
    for off in ((), ("joint",)):
        ws, step = two_updates(between)
        run = sj.jit(step)
        with sj.without_passes(*off) if off else sj.using():
            seen = [run(sj.asarray([0.5, 2.0, 3.0])) for _ in range(3)]
        found.append([x.numpy().tobytes() for x in (*ws, *(s for s in seen if s is not None))])
    assert found[0] == found[1]


def test_a_variable_whose_old_value_is_handed_out_is_not_overwritten() -> None:
    ws, optimizer = variables()[1:], optim.SGD(0.1)
    optimizer.build(ws)

    def step(x: Any) -> Any:
        old = ws[0].value
        optimizer.apply([w.value * x for w in ws], ws)
        return old

    lines = calls(step, sj.Spec((), sj.float32))
    assert [line.split(" = ")[1].split("(")[0] for line in lines] == ["sgd_update", "sgd_update_joint"]


def test_values_go_after_the_call() -> None:
    text = Runner(optimized(sj.record(trainer(variables(), optim.Adam(0.1)), X))).source
    lines = text.splitlines()
    (at,) = [i for i, line in enumerate(lines) if "adam_update_joint" in line]
    gone = set(lines[at + 1].removeprefix("    del ").split(", "))
    gradients, shared = lines[at].split("[")[-1].split("], ")
    assert gone > {*gradients.split(", "), *shared.split(", ")[:2]}
    assert len(gone) == 4 * 4 + 2
    assert lines[at + 2].startswith("    return")


def test_a_failure_before_leaves_every_variable_as_it_was() -> None:
    ws, optimizer = variables(), optim.Adam(0.1)
    optimizer.build(ws)

    @sj.jit
    def step(x: Any, i: Any) -> Any:
        optimizer.apply([w.value * sj.take(x, i) for w in ws], ws)

    step(sj.ones(3), sj.asarray([1])[0])
    before = [v.numpy().tobytes() for v in (*ws, *optimizer.variables)]
    with pytest.raises(sj.errors.SujeongError):
        step(sj.ones(3), sj.asarray([9])[0])
    assert [v.numpy().tobytes() for v in (*ws, *optimizer.variables)] == before
