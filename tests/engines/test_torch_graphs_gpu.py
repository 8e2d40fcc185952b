"""CUDA graphs on a device: what the stand-ins cannot show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.engines.torch import graphs
from sujeong.program.executing import TrippedLate

from .graph_cases import bits, cnn, mlp, run

pytestmark = pytest.mark.gpu
FIRST, EVERY = graphs.FIRST, graphs.EVERY


@pytest.fixture(autouse=True)
def _device(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SUJEONG_CUDA_GRAPHS", "on")
    with sj.using(engine="torch", device="cuda"):
        yield


def captured(recorded: Any) -> bool:
    return any(c.executor is not None and c.executor.graph is not None for c in recorded._cache.values())


@pytest.mark.parametrize("make", [mlp, cnn])
@pytest.mark.parametrize("guarded", [True, False])
def test_the_same_bits_as_call_by_call(make: Callable[..., Any], guarded: bool, seed: int) -> None:
    def trained() -> list[bytes]:
        training, batches = make(np.random.default_rng(seed), 20, guarded=guarded)
        found = run(training, batches[:10])
        training.optimizer.learning_rate.assign(0.003)
        found += run(training, batches[10:])
        training.step.flush()
        assert captured(training.step) == ("graphs" not in off)
        return bits(found) + training.state()

    off: tuple[str, ...] = ("graphs",)
    with sj.without_passes("graphs"):
        expected = trained()
    off = ()
    assert trained() == expected


def test_a_bad_step_changes_nothing(seed: int) -> None:
    training, batches = mlp(np.random.default_rng(seed), 20)
    with sj.without_passes("graphs"):
        run(training, batches[:4])
    good = training.state()
    training, batches = mlp(np.random.default_rng(seed), 20)
    batches[4] = (batches[4][0] * np.float32("nan"), batches[4][1])
    with pytest.raises(TrippedLate) as told:
        run(training, batches)
    assert (told.value.step, told.value.late) == (5, FIRST + EVERY - 5)
    assert training.state() == good
    run(training, batches[5:])
    training.step.flush()
    assert training.state() != good


def test_masks_are_drawn_anew_in_each_replay() -> None:
    layer = nn.Dropout(0.5)
    recorded = sj.jit(lambda x: layer(x, training=True))
    found = [recorded(sj.ones((64,))).numpy().tobytes() for _ in range(FIRST + 6)]
    assert captured(recorded)
    assert len(set(found)) == len(found)


def test_training_with_dropout_and_fit(seed: int) -> None:
    def fitted() -> list[bytes]:
        sj.set_seed(3)
        numbers = np.random.default_rng(seed)
        x, y = numbers.normal(size=(100, 6)).astype(np.float32), numbers.integers(0, 3, 100)
        model = nn.Sequential([nn.Dense(32, activation="relu"), nn.BatchNorm(), nn.Dropout(0.3), nn.Dense(3)])
        model.compile("adam", "softmax_cross_entropy", metrics=["accuracy"], precision="float32")
        model.fit(x, y, epochs=5, batch_size=16, verbose=0, validation_data=(x[:20], y[:20]))
        return [v.numpy().tobytes() for v in model.variables]

    with sj.without_passes("graphs"):
        expected = fitted()
    assert fitted() == expected


def test_graphs_share_a_pool_in_any_order(rng: Any) -> None:
    w = sj.Variable(rng.normal(size=(64, 64)).astype(np.float32), name="w", trainable=False)
    recorded = sj.jit(lambda x: sj.tanh(sj.tanh(x @ w) @ w))
    inputs = {n: sj.asarray(rng.normal(size=(n, 64)).astype(np.float32)) for n in (3, 17, 40)}
    with sj.without_passes("graphs"):
        expected = {n: recorded(x).numpy().tobytes() for n, x in inputs.items()}
    held = []
    for _ in range(FIRST + 1):
        held += [(n, recorded(x)) for n, x in inputs.items()]
    for n in (40, 3, 17, 17, 3, 40):
        held.append((n, recorded(inputs[n])))
    assert all(y.numpy().tobytes() == expected[n] for n, y in held)


def test_a_thread_that_allocates_while_a_step_is_captured(seed: int) -> None:
    training, batches = mlp(np.random.default_rng(seed), 12)
    done = threading.Event()

    def busy() -> None:
        with sj.using(engine="torch", device="cuda"):
            while not done.is_set():
                sj.asarray(np.ones(1000, np.float32)).numpy()

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        run(training, batches)
    finally:
        done.set()
        thread.join()
    assert captured(training.step)


def test_a_kernel_that_waits_ends_the_capture_and_nothing_else(
    rng: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = sj.get_engine().kernels
    exponential = kernels["exp"]

    def asks(x: Any) -> Any:
        return exponential(x) * float(x.sum().isfinite())

    monkeypatch.setitem(kernels, "exp", asks)
    recorded = sj.jit(lambda x: sj.exp(x))
    x = rng.normal(size=8).astype(np.float32)
    for _ in range(FIRST):
        recorded(sj.asarray(x))
    with pytest.warns(UserWarning, match="no CUDA graph could be made of it"):
        recorded(sj.asarray(x))
    np.testing.assert_allclose(recorded(sj.asarray(x)).numpy(), np.exp(x), rtol=1e-6)
    tanh = sj.jit(lambda x: sj.tanh(x))  # the device still captures
    for _ in range(FIRST + 1):
        tanh(sj.asarray(x))
    assert captured(tanh)
