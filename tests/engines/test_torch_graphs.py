"""Recorded steps as graphs, on stand-ins of a device: equal bits, and what is not captured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.engines.torch import graphs
from sujeong.errors import SujeongWarning
from sujeong.messages import text
from sujeong.program.executing import job_of
from sujeong.program.passes.order import optimized

from .fake_graph import TapeDevice
from .graph_cases import bits, cnn, mlp, run

FIRST = graphs.FIRST


@pytest.fixture(autouse=True)
def _torch() -> Iterator[None]:
    with sj.using(engine="torch"):
        yield


def trained(make: Callable[..., Any], seed: int, *settings: Any) -> list[bytes]:
    training, batches = make(np.random.default_rng(seed), *settings)
    return bits(run(training, batches)) + training.state()


@pytest.mark.parametrize("make", [mlp, cnn])
def test_twenty_steps_give_the_same_bits(make: Any, seed: int, graphs_on: Any) -> None:
    expected = trained(make, seed, 20)
    device = graphs_on()
    assert trained(make, seed, 20) == expected
    assert (device.captures, device.replays, device.pools) == (1, 20 - FIRST, 1)


@pytest.mark.parametrize("make", [mlp, cnn])
def test_no_number_of_the_host_is_fixed_at_capture(make: Any, seed: int, on_tape: TapeDevice) -> None:
    """The rate changes, the step counts, arguments and state change; Python runs only while capturing."""

    def changed_rate() -> list[bytes]:
        training, batches = make(np.random.default_rng(seed), 16)
        found = run(training, batches[:8])
        training.optimizer.learning_rate.assign(0.003)
        return bits(found + run(training, batches[8:])) + training.state()

    with sj.without_passes():
        expected = changed_rate()
    assert changed_rate() == expected
    assert (on_tape.captures, on_tape.replays) == (1, 16 - FIRST)


def test_without_a_guard_updates_are_made_in_place(seed: int, on_tape: TapeDevice) -> None:
    with sj.without_passes("graphs"):
        expected = trained(mlp, seed, 10, 8, False)
    assert trained(mlp, seed, 10, 8, False) == expected
    assert on_tape.replays == 10 - FIRST


def test_off_unless_asked_for(seed: int, graphs_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    device = graphs_on()
    monkeypatch.delenv("SUJEONG_CUDA_GRAPHS")
    trained(mlp, seed, 6)
    monkeypatch.setenv("SUJEONG_CUDA_GRAPHS", "off")
    trained(mlp, seed, 6)
    monkeypatch.setenv("SUJEONG_CUDA_GRAPHS", "on")
    with sj.without_passes("graphs"):
        trained(mlp, seed, 6)
    with sj.using(engine="numpy"):
        trained(mlp, seed, 6)
    assert device.captures == 0
    trained(mlp, seed, 6)
    assert device.captures == 1


def test_nothing_is_captured_on_the_cpu_itself(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUJEONG_CUDA_GRAPHS", "on")
    training, batches = mlp(np.random.default_rng(seed), 6)
    run(training, batches)
    assert [c.executor for c in training.step._cache.values()] == [None]


def test_last_batches_run_call_by_call_at_first(seed: int, graphs_on: Any) -> None:
    def epochs() -> list[bytes]:
        training, batches = mlp(np.random.default_rng(seed), 12)
        rest = [(x[:3], y[:3]) for x, y in batches[:5]]
        found = []
        for epoch in range(5):
            found += run(training, [*batches, rest[epoch]])
        return bits(found) + training.state()

    with sj.without_passes("graphs"):
        expected = epochs()
    device = graphs_on()
    assert epochs() == expected
    assert device.captures == 2
    assert device.pools == 1  # one for the graphs of a model
    assert device.replays == 5 * 12 - FIRST + (5 - FIRST)


def test_the_least_recently_used_graph_goes(
    rng: Any, graphs_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "KEPT", 2)
    device = graphs_on()
    total = sj.Variable(np.zeros(4, np.float32), name="total", trainable=False)

    @sj.jit
    def add(x: Any) -> Any:
        total.assign(total + sj.sum(x, axis=0))
        return total * 2

    sum_of = np.zeros(4, np.float32)

    def use(rows: int, times: int) -> None:
        nonlocal sum_of
        for _ in range(times):
            x = rng.integers(0, 9, (rows, 4)).astype(np.float32)
            sum_of = sum_of + x.sum(0)
            np.testing.assert_array_equal(add(sj.asarray(x)).numpy(), sum_of * 2)

    def held() -> list[int]:
        kept = [c for c in add._cache.values() if c.executor.graph is not None]
        return sorted(c.program.inputs[0].shape[0] for c in kept)

    use(1, 5), use(2, 5), use(1, 1), use(3, 5)
    assert held() == [1, 3]
    assert device.captures == 3
    use(2, FIRST)
    assert held() == [1, 3]  # seldom again: call by call
    use(2, 1)
    assert held() == [2, 3]
    use(1, 1), use(2, 1), use(3, 1)
    assert device.captures == 4
    np.testing.assert_array_equal(total.numpy(), sum_of)


def loop(x: Any) -> Any:
    return sj.while_loop(lambda v: sj.sum(v) < 100, lambda v: v * 2, x)


def branch(x: Any) -> Any:
    return sj.cond(sj.sum(x) > 0, lambda v: v * 2, lambda v: -v, x)


def inside(x: Any) -> Any:
    return sj.scan(lambda c, row: (branch(c + row), sj.sum(c)), sj.zeros_like(x), sj.stack([x, x]))[0]


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (loop, "while_loop asks for a value to go on"),
        (branch, "cond asks for a value to go on"),
        (inside, "cond asks for a value to go on"),
        (lambda x: sj.linalg.svd(x).S, "svd waits for the device"),
        (lambda x: x * 2, None),
        (lambda x: sj.scan(lambda c, r: (c + r, c), x, sj.stack([x, x]))[0], None),
    ],
    ids=["while_loop", "cond", "inside a scan", "svd", "plain", "scan"],
)
def test_reasons(function: Any, reason: str | None, graphs_on: Any, rng: Any) -> None:
    device = graphs_on()
    recorded = sj.jit(function)
    for _ in range(FIRST + 2):
        x = rng.uniform(1, 2, (3, 3)).astype(np.float32)
        np.testing.assert_array_equal(recorded(sj.asarray(x)).numpy(), function(sj.asarray(x)).numpy())
    job = job_of(optimized(recorded.programs[0]))
    assert graphs.refusal(job, "cpu") == reason
    assert device.captures == (reason is None)


def test_draws_on_the_host_are_not_captured(graphs_on: Any) -> None:
    device = graphs_on()
    layer = nn.Dropout(0.5)
    recorded = sj.jit(lambda x: layer(x, training=True))
    found = {recorded(sj.ones((50,))).numpy().tobytes() for _ in range(FIRST + 4)}
    job = job_of(optimized(recorded.programs[0]))
    assert "draws on the host" in str(graphs.refusal(job, "cpu"))
    assert graphs.refusal(dataclasses.replace(job, variables=[]), "cuda:0") is None  # there the device draws
    assert device.captures == 0
    assert len(found) == FIRST + 4


def test_values_that_only_the_device_knows_the_number_of(graphs_on: Any) -> None:
    recorded = sj.jit(lambda x: x)
    recorded(sj.ones(2))
    job = dataclasses.replace(job_of(recorded.programs[0]), operations=frozenset({"add", "nonzero"}))
    assert graphs.refusal(job, "cuda") == "nonzero waits for the device"


def test_variables_elsewhere(graphs_on: Any) -> None:
    v = sj.Variable(1.0, name="rate")
    recorded = sj.jit(lambda x: x * v)
    recorded(sj.ones(2))
    assert graphs.refusal(job_of(recorded.programs[0]), "cuda:0") == "variable 'rate' lies elsewhere"


def test_gradients_of_variables_are_set_call_by_call(graphs_on: Any) -> None:
    device = graphs_on()
    w = sj.Variable(np.ones(3, np.float32), name="w")

    @sj.jit
    def step(x: Any) -> None:
        w.grad = None
        sj.sum(w * x).backward()

    for i in range(FIRST + 3):
        step(sj.full((3,), float(i)))
        np.testing.assert_array_equal(w.grad.numpy(), np.full(3, i))
    assert device.captures == 0
    assert graphs.refusal(job_of(step.programs[0]), "cpu") == "it sets gradients of variables"


def test_calls_whose_gradients_are_noted_run_call_by_call(graphs_on: Any) -> None:
    device = graphs_on()
    w = sj.Variable(np.full(3, 2.0, np.float32), name="w")
    recorded = sj.jit(lambda x: sj.sum(w * x))
    for i in range(FIRST + 3):
        recorded(sj.full((3,), float(i))).backward()
        np.testing.assert_array_equal(w.grad.numpy(), np.full(3, i))
        w.grad = None
    assert device.replays == 0
    with sj.no_grad():
        for i in range(FIRST + 3):
            assert float(recorded(sj.full((3,), float(i)))) == 6 * i
    assert device.replays == 3
    recorded(sj.ones((3,))).backward()
    np.testing.assert_array_equal(w.grad.numpy(), np.ones(3))


def test_arguments_laid_out_otherwise(graphs_on: Any, rng: Any) -> None:
    device = graphs_on()
    recorded = sj.jit(lambda x: sj.exp(x) + 1)
    x = sj.asarray(rng.normal(size=(4, 4)).astype(np.float32))
    for _ in range(FIRST + 2):
        recorded(x)
    assert device.replays == 2
    np.testing.assert_array_equal(recorded(x.T).numpy(), (sj.exp(x) + 1).numpy().T)
    assert device.replays == 2
    recorded(x)
    assert device.replays == 3


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_capture_that_fails_is_told_once(language: str, seed: int, graphs_on: Any) -> None:
    sj.set_language(language)
    expected = trained(mlp, seed, 10)
    device = graphs_on()
    device.fails = RuntimeError("not permitted   here\nand more lines")
    training, batches = mlp(np.random.default_rng(seed), 10)
    reason = text("graphs.failed", name="step", reason="RuntimeError: not permitted here")
    found = run(training, batches[:FIRST])
    with pytest.warns(SujeongWarning) as told:
        found += run(training, batches[FIRST:])
    assert [str(w.message) for w in told] == [reason]
    assert ("call by call" in reason) == (language == "en")
    assert bits(found) + training.state() == expected
    assert (device.captures, device.replays) == (1, 0)


def test_a_kernel_that_asks_ends_the_capture(seed: int, graphs_on: Any) -> None:
    """The flag of the CPU is read by its kernel; a device would refuse that while capturing."""
    device = graphs_on(TapeDevice())
    with sj.without_passes("graphs"):
        expected = trained(mlp, seed, 8)
    with pytest.warns(SujeongWarning, match="operation not permitted when stream is capturing$"):
        assert trained(mlp, seed, 8) == expected
    assert device.replays == 0


def test_two_programs_share_the_variables(seed: int, graphs_on: Any) -> None:
    device = graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 14)
    score = sj.jit(lambda x: training.model(x, training=False))

    def both() -> list[bytes]:
        found = []
        for x, y in batches:
            training.step(sj.asarray(x), sj.asarray(y))
            with sj.no_grad():
                found.append(score(sj.asarray(x)))
        return bits(found) + training.state()

    found = both()
    assert (device.captures, device.pools) == (2, 1)
    with sj.without_passes("graphs"):
        training, batches = mlp(np.random.default_rng(seed), 14)
        assert both() == found


def test_fit_with_graphs(seed: int, graphs_on: Any) -> None:
    def fitted() -> list[Any]:
        sj.set_seed(3)
        numbers = np.random.default_rng(seed)
        x, y = numbers.normal(size=(70, 6)).astype(np.float32), numbers.integers(0, 3, 70)
        model = nn.Sequential([nn.Dense(12, activation="relu"), nn.BatchNorm(), nn.Dense(3)])
        model.compile("adam", "softmax_cross_entropy", metrics=["accuracy"], precision="float32")
        run = model.fit(x, y, epochs=4, batch_size=16, verbose=0, validation_data=(x[:20], y[:20]))
        return [run.history, [v.numpy().tobytes() for v in model.variables], model.predict(x).tobytes()]

    with sj.without_passes("graphs"):
        expected = fitted()
    device = graphs_on()
    assert fitted() == expected
    assert device.replays > 10
