"""Batches on their way to the steps: the same ones in the same order, and no thread is left behind."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.data import ArrayData
from sujeong.data.arrays import Batches
from sujeong.errors import NonFiniteError
from sujeong.training import feeding
from sujeong.training.feeding import Feed

ALONE, THREAD = {"TOGETHER": 1, "WORTH_A_THREAD": 1 << 60}, {"TOGETHER": 300, "WORTH_A_THREAD": 0}
PICKED: dict[str, int] = {"TOGETHER": -1}


def ways(monkeypatch: pytest.MonkeyPatch, how: dict[str, int]) -> None:
    """How batches are gathered from now on."""
    monkeypatch.setattr(feeding, "host_is_idle", lambda: how is not PICKED)
    for name, value in () if how is PICKED else how.items():
        monkeypatch.setattr(feeding, name, value)


def threads() -> list[str]:
    """The threads of feeds that are alive."""
    return [t.name for t in threading.enumerate() if t.name.startswith("sujeong-feed")]


def model() -> nn.Sequential:
    """A small perceptron with dropout."""
    layers = [nn.Dense(16, activation="relu"), nn.Dropout(0.2), nn.Dense(3)]
    return nn.Sequential(layers).compile("adam", "softmax_cross_entropy", ["accuracy"])  # type: ignore[return-value]


@pytest.fixture
def data(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs of an odd width, labels, weights."""
    return rng.normal(size=(53, 5)).astype("f"), rng.integers(0, 3, 53), rng.random(53).astype("f")


@pytest.mark.parametrize("how", [ALONE, THREAD, PICKED, {}])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [1, 7, 53, 100])
def test_batches_are_those_of_the_data(
    engine: str, how: dict[str, int], shuffle: bool, size: int, data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways(monkeypatch, how)
    held = ArrayData(*data)
    with Feed(held, size) as feed:
        for epoch in (0, 1):
            found = list(feed.epoch(shuffle=shuffle, seed=3, epoch=epoch))  # all kept: none is written over
            expected = list(held.batches(size, shuffle=shuffle, seed=3, epoch=epoch))
            assert len(found) == feed.batches == len(expected)
            for tensors, batch in zip(found, expected, strict=True):
                for tensor, host in zip(tensors, batch, strict=True):
                    assert tensor.engine == engine
                    np.testing.assert_array_equal(tensor.numpy(), host, strict=True)
    assert not threads()


@pytest.mark.parametrize("how", [THREAD, PICKED])
@pytest.mark.parametrize("layout", ["columns", "backwards", "read only"])
def test_other_layouts_and_no_targets(
    engine: str, how: dict[str, int], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways(monkeypatch, how)
    x = np.arange(60, dtype="f").reshape(5, 12).T  # columns lie together
    if layout != "columns":
        x = np.ascontiguousarray(x)[:: -1 if layout == "backwards" else 1]
    x.setflags(write=layout != "read only")
    with Feed(ArrayData(x), 5) as feed:
        found = [(x.numpy(), y, w) for x, y, w in feed.epoch(shuffle=True)]
    expected = [b.x for b in ArrayData(np.ascontiguousarray(x)).batches(5, shuffle=True)]
    np.testing.assert_array_equal(np.concatenate([x for x, _, _ in found]), np.concatenate(expected))
    assert all(y is None and w is None for _, y, w in found)


def test_weights_are_the_same_to_the_bit(engine: str, data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for how in (ALONE, THREAD, PICKED):
        ways(monkeypatch, how)
        sj.set_seed(1)
        trained = model()
        trained.fit(data[0], data[1], sample_weight=data[2], batch_size=6, epochs=3, verbose=0)
        found.append([v.numpy() for v in trained.variables])
    for a, b, c in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


def test_the_thread_ends_with_the_run(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ways(monkeypatch, THREAD)
    seen = []

    class Ends(sj.training.Callback):
        how = ""

        def on_batch_end(self, batch: int) -> None:
            seen.append(threads())
            if self.how:
                raise {"error": RuntimeError, "Ctrl-C": KeyboardInterrupt}[self.how]

        def on_epoch_end(self, epoch: int, figures: dict[str, float]) -> None:
            self.stop = True

    watch = Ends()
    assert len(model().fit(*data[:2], batch_size=6, epochs=3, verbose=0, callbacks=[watch]).epochs) == 1
    assert seen[0], "no thread was at work"
    assert not threads()
    for watch.how, error in (("error", RuntimeError), ("Ctrl-C", KeyboardInterrupt)):
        with pytest.raises(error):
            model().fit(*data[:2], batch_size=6, verbose=0, callbacks=[watch])
        assert not threads()


def test_the_thread_ends_after_a_bad_step(monkeypatch: pytest.MonkeyPatch) -> None:
    ways(monkeypatch, THREAD)
    x = np.full((40, 2), 3e38, "f")
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError):
        model().fit(x, np.zeros(40, int), batch_size=4, verbose=0)
    assert not threads()


def test_an_error_while_gathering_is_told(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ways(monkeypatch, THREAD)
    gather = Batches.together

    def fails(self: Batches, count: int) -> Any:
        if self.batch > 10:
            raise MemoryError("no room")
        return gather(self, count)

    monkeypatch.setattr(Batches, "together", fails)
    with pytest.raises(MemoryError, match="no room"):
        model().fit(*data[:2], batch_size=1, verbose=0)
    assert not threads()


def test_only_what_is_worth_it_wakes_a_thread(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = rng.normal(size=(300, 2000)).astype("f")  # 2.4 MB
    with Feed(ArrayData(wide), 10) as feed:
        next(feed.epoch(shuffle=True))
        assert not threads()  # the processor is busy with the steps
    ways(monkeypatch, {})
    for x, shuffle, expected in ((wide, True, True), (wide, False, False), (wide[:100], True, False)):
        with Feed(ArrayData(np.ascontiguousarray(x)), 10) as feed:
            next(feed.epoch(shuffle=shuffle))
            assert bool(threads()) == expected
