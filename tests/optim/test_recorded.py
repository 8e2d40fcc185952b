"""A recorded training step against the eager one: the same bits, and state that can change in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import optim

MAKERS: dict[str, Callable[[], optim.Optimizer]] = {
    "sgd": lambda: optim.SGD(0.1),
    "sgd with decay": lambda: optim.SGD(0.1, weight_decay=0.1, exclude="bias"),
    "momentum": lambda: optim.Momentum(0.1),
    "nesterov": lambda: optim.Nesterov(0.1),
    "adagrad": lambda: optim.AdaGrad(0.1),
    "rmsprop": lambda: optim.RMSProp(0.1),
    "rmsprop with all": lambda: optim.RMSProp(0.1, momentum=0.5, centered=True, epsilon=1e-3),
    "adam": lambda: optim.Adam(0.1),
    "amsgrad": lambda: optim.Adam(0.1, amsgrad=True),
    "adamw": lambda: optim.AdamW(0.1, weight_decay=0.1),
    "sign": lambda: optim.SignSGD(0.1, 0.5),
    "rprop": lambda: optim.Rprop(0.1),
    "clipped": lambda: optim.Adam(0.1, global_clipnorm=0.3),
    "clipped each": lambda: optim.Adam(0.1, clipnorm=0.3),
    "clipped by value": lambda: optim.Adam(0.1, clipvalue=0.05),
    "scheduled": lambda: optim.Adam(optim.Cosine(0.01, 5, warmup_target=0.1, warmup_steps=2)),
}


class Line:
    """A linear model, its loss and its gradients."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.x = rng.standard_normal((8, 4)).astype("float32")
        self.y = rng.standard_normal((8, 3)).astype("float32")
        self.kernel = sj.Variable(rng.standard_normal((4, 3)).astype("float32"), "kernel")
        self.bias = sj.Variable(np.zeros(3, "float32"), "bias")
        self.variables = [self.kernel, self.bias]

    def loss(self, x: Any, y: Any) -> Any:
        error = sj.matmul(x, self.kernel.value) + self.bias.value - y
        return sj.mean(error * error)

    def step(self, optimizer: optim.Optimizer) -> Callable[..., Any]:
        def step(x: Any, y: Any) -> Any:
            value = self.loss(x, y)
            optimizer.apply(sj.gradients(value, self.variables), self.variables)
            return sj.stop_gradient(value)

        return step

    def bits(self, optimizer: optim.Optimizer) -> dict[str, bytes]:
        return {v.name: v.numpy().tobytes() for v in (*self.variables, *optimizer.variables)}


def run(make: Callable[[], optim.Optimizer], recorded: bool, steps: int = 6) -> tuple[Any, Any]:
    line, optimizer = Line(), make()
    step = line.step(optimizer)
    step = sj.jit(step) if recorded else step
    losses = [float(step(line.x, line.y)) for _ in range(steps)]
    return losses, line.bits(optimizer)


@pytest.mark.parametrize("name", MAKERS)
def test_recorded_equals_eager_to_the_bit(engine: str, name: str) -> None:
    eager, recorded = run(MAKERS[name], False), run(MAKERS[name], True)
    assert recorded == eager
    assert len(set(eager[0])) == 6  # something was learned


def test_every_optimiser_is_recorded() -> None:
    made = {type(make()).__name__ for make in MAKERS.values()}
    classes = [c for c in vars(optim).values() if isinstance(c, type) and issubclass(c, optim.Optimizer)]
    assert made == {c.__name__ for c in classes} - {"Optimizer"}


def test_the_rate_can_change_while_a_step_is_replayed(engine: str) -> None:
    line, optimizer = Line(), optim.SGD(0.1)
    step = sj.jit(line.step(optimizer))
    step(line.x, line.y)
    before = line.kernel.numpy().copy()
    optimizer.learning_rate = 0.0
    step(line.x, line.y)
    np.testing.assert_array_equal(line.kernel.numpy(), before)
    optimizer.learning_rate = 0.2
    step(line.x, line.y)
    assert np.abs(line.kernel.numpy() - before).max() > 0.01
    assert len(step.programs) == 1


def test_plateau_reaches_a_recorded_step(engine: str) -> None:
    line = Line()
    rate = optim.Plateau(0.1, factor=0.0, patience=0)
    optimizer = optim.SGD(rate)
    step = sj.jit(line.step(optimizer))
    step(line.x, line.y)
    assert not rate.update(1.0)
    assert rate.update(1.0)
    before = line.kernel.numpy().copy()
    step(line.x, line.y)
    np.testing.assert_array_equal(line.kernel.numpy(), before)
    assert float(optimizer.learning_rate) == 0.0
    assert len(step.programs) == 1


def test_state_is_named_and_counted(engine: str) -> None:
    line, optimizer = Line(), optim.Adam(0.1)
    step = sj.jit(line.step(optimizer))
    for _ in range(3):
        step(line.x, line.y)
    assert [v.name for v in optimizer.variables] == [
        "optimizer/step",
        "optimizer/learning_rate",
        "optimizer/mean/kernel",
        "optimizer/mean_square/kernel",
        "optimizer/mean/bias",
        "optimizer/mean_square/bias",
    ]
    assert int(optimizer.step) == 3
    assert optimizer.step.dtype is sj.int64
    assert {v.engine for v in optimizer.variables} == {engine}
    assert not any(v.trainable for v in optimizer.variables)


def test_a_run_goes_on_from_its_state(engine: str) -> None:
    """Six steps at once, and three, a new start from the saved variables, and three more."""
    whole = run(MAKERS["scheduled"], True)[1]
    line, optimizer = Line(), MAKERS["scheduled"]()
    step = sj.jit(line.step(optimizer))
    for _ in range(3):
        step(line.x, line.y)
    saved = {v.name: v.numpy().copy() for v in (*line.variables, *optimizer.variables)}
    line, optimizer = Line(), MAKERS["scheduled"]()
    optimizer.build(line.variables)
    for v in (*line.variables, *optimizer.variables):
        v.assign(saved[v.name])
    step = sj.jit(line.step(optimizer))
    for _ in range(3):
        step(line.x, line.y)
    assert line.bits(optimizer) == whole


def test_what_a_step_returned_is_not_overwritten(engine: str) -> None:
    """Fused steps write in place; a value handed out before must stay what it was."""
    line, optimizer = Line(), optim.Adam(0.1)
    step = sj.jit(line.step(optimizer))
    step(line.x, line.y)
    held, shown = line.kernel.value, sj.jit(lambda: line.kernel.value)()
    before = held.numpy().copy()
    step(line.x, line.y)
    np.testing.assert_array_equal(held.numpy(), before)
    np.testing.assert_array_equal(shown.numpy(), before)
    assert np.abs(line.kernel.numpy() - before).max() > 0


def test_the_fused_step_writes_in_place() -> None:
    """From the second step on no new memory is taken for the weights."""
    with sj.using(engine="torch"):
        line, optimizer = Line(), optim.Adam(0.1)
        step = sj.jit(line.step(optimizer))
        step(line.x, line.y)
        step(line.x, line.y)
        places = [v._value._array.data_ptr() for v in (*line.variables, *optimizer.variables[2:])]
        step(line.x, line.y)
        assert [v._value._array.data_ptr() for v in (*line.variables, *optimizer.variables[2:])] == places


def test_weights_in_another_layout_train_the_same() -> None:
    """A transposed array as first value: the slots take its strides, and the path is the same."""
    results = []
    for turned in (False, True):
        with sj.using(engine="torch"):
            line, optimizer = Line(), optim.Adam(0.1)
            if turned:
                array = line.kernel._value._array
                line.kernel._replace(array.T.contiguous().T, line.kernel._value._engine, shared=True)
                assert not line.kernel._value._array.is_contiguous()
            step = sj.jit(line.step(optimizer))
            for _ in range(4):
                step(line.x, line.y)
            results.append(line.kernel.numpy())
    np.testing.assert_allclose(results[0], results[1], rtol=1e-6)


def test_16_bit_weights_step_in_float32() -> None:
    w = sj.Variable(sj.asarray([1.0, 2.0], dtype=sj.float16), "w")
    optimizer = optim.Adam(0.5)
    optimizer.apply([sj.asarray([1e-4, -1e-4], dtype=sj.float16)], [w])
    assert w.dtype is sj.float16
    np.testing.assert_allclose(w.numpy().astype("float32"), [0.5, 2.5], rtol=2e-3)


def test_moves_with_the_model() -> None:
    with sj.using(engine="torch"):
        w = sj.Variable(np.ones(2), "w")
        optimizer = optim.Momentum(0.1)
        optimizer.apply([np.ones(2)], [w])
    w.to(engine="numpy")
    optimizer.to(engine="numpy")
    with sj.using(engine="numpy"):
        optimizer.apply([np.ones(2)], [w])
    assert {v.engine for v in (w, *optimizer.variables)} == {"numpy"}
    np.testing.assert_allclose(w.numpy(), np.full(2, 1 - 0.1 - 0.19), rtol=1e-12)


def test_made_on_one_engine_used_on_another() -> None:
    with sj.using(engine="torch"):
        optimizer = optim.Adam(optim.Plateau(0.1))
        assert float(optimizer.learning_rate) == 0.1  # read, and so made, on the first engine
    with sj.using(engine="numpy"):
        w = sj.Variable(np.ones(2), "w")
        optimizer.apply([np.ones(2)], [w])
    assert {v.engine for v in optimizer.variables} == {"numpy"}
