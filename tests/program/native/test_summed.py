"""Gradients of tables as sums that an update makes itself: the same bits, nothing as large as the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn
from sujeong.errors import IndexRangeError
from sujeong.ops.finite import all_finite
from sujeong.program.guard import guard
from sujeong.program.native import summed
from sujeong.program.native.updates import UPDATED
from sujeong.program.passes import finite as finite_pass
from sujeong.program.passes import updates as updates_pass
from sujeong.program.passes.fusion import building
from sujeong.program.replay import Tripped
from sujeong.training.precision import computing

from .training import Step

OPTIMIZERS = {
    "adam": lambda: sj.optim.Adam(0.003, weight_decay=0.1),
    "momentum": lambda: sj.optim.SGD(0.02, momentum=0.9, nesterov=True),
    "sgd": lambda: sj.optim.SGD(0.05),
}
SIZES = {"wide": (700, 200), "narrow": (9000, 9), "one piece": (60, 1200), "powers of two": (4096, 64)}


def picked(kind: str, size: int, width: int) -> Any:
    """A layer with a table: one vector a text."""
    if kind == "mean of rows":
        return nn.Sequential([nn.Embedding(size, width), nn.GlobalAveragePool1D()])
    if kind == "rows":
        return nn.Sequential([nn.Embedding(size, width), nn.Flatten()])
    combiner = "sum" if kind == "sum" else "mean"
    return nn.EmbeddingBag(size, width, combiner, padding_id=0 if kind == "padded" else None)


class Training(Step):
    """A table, a layer behind it, a batch of texts; a step with or without a guard."""

    def __init__(
        self, kind: str, size: int, width: int, optimizer: str = "adam", guarded: bool = True
    ) -> None:
        sj.set_seed(3)
        rng = np.random.default_rng(1)
        ids = rng.integers(0, size, (16, 20))
        ids[:, 12:] = np.where(rng.random((16, 8)) < 0.5, 0, ids[:, 12:])
        ids[3], ids[5, :9] = 0, size - 1
        model = nn.Sequential([picked(kind, size, width), nn.Dense(3)])
        super().__init__(model, ids, OPTIMIZERS[optimizer](), guarded)

    def run(self, count: int, scale: float = 1.0, x: Any = None) -> list[float]:
        given = self.x if x is None else x
        return [float(self.step(given, self.y, sj.asarray(np.float32(scale)))) for _ in range(count)]

    def built(self) -> Training:
        with building():
            self.run(1)
        return self

    @property
    def source(self) -> str:
        return self.compiled.runner.source  # type: ignore[no-any-return]

    @property
    def kinds(self) -> list[int]:
        """Of the updates of the table."""
        program = self.compiled.runner.program
        found = [m for e in program.equations if e.op is UPDATED for m in e.attributes["updates"].members]
        return [m.kind for m in found if m.state[0].shape == self.variables[0].shape]

    def values(self) -> list[bytes]:
        return [v._value._array.numpy().tobytes() for v in self.everything]


KINDS = ("mean of rows", "rows", "sum", "mean", "padded")


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_the_bits_of_training_with_the_sums_in_memory(
    size: str, kind: str, optimizer: str, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = Training(kind, *SIZES[size], optimizer, guarded).built()
    assert fast.kinds == [4]
    losses = fast.run(5)
    for module in (updates_pass, finite_pass):
        monkeypatch.setattr(module, "summed", lambda e: None)
    other = Training(kind, *SIZES[size], optimizer, guarded).built()
    assert other.kinds == [0]
    assert other.run(5) == losses
    assert fast.values() == other.values()


@pytest.mark.parametrize("kind", KINDS)
def test_training_is_training_without(kind: str) -> None:
    with sj.without_passes():
        plain = Training(kind, *SIZES["wide"])
        losses = plain.run(6)
    fast = Training(kind, *SIZES["wide"]).built()
    np.testing.assert_allclose(fast.run(5), losses[1:], rtol=1e-4)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("kind", KINDS)
def test_in_16_bits(kind: str) -> None:
    with computing("mixed_bfloat16"):
        fast = Training(kind, *SIZES["wide"]).built()
        found = fast.run(5)
        assert fast.kinds == [4]
        with sj.without_passes("fusion", "chains", "updates", "kept"):
            right = Training(kind, *SIZES["wide"]).run(6)
    np.testing.assert_allclose(found, right[1:], rtol=3e-2)


def test_threads_change_no_bit() -> None:
    found, before = [], torch.get_num_threads()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            fast = Training("padded", *SIZES["powers of two"]).built()
            fast.run(3)
            found.append(fast.values())
    finally:
        torch.set_num_threads(before)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_size_of_the_table_is_made(kind: str) -> None:
    fast = Training(kind, *SIZES["powers of two"]).built()
    table = fast.variables[0].spec.nbytes
    program = fast.compiled.runner.program
    made = [s for e in program.equations if e.op is not UPDATED for s in e.outputs]
    assert max(s.spec.nbytes for s in made) < table / 4
    assert "index_add" not in fast.source
    assert "embedding_bag_gradient" not in fast.source


@pytest.mark.parametrize("wrong", [-1, 4096])
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_id_changes_nothing(kind: str, wrong: int) -> None:
    fast = Training(kind, *SIZES["powers of two"]).built()
    before = fast.values()
    bad = fast.x.numpy().copy()
    bad[15, 3] = wrong
    with pytest.raises(IndexRangeError, match=str(wrong)):
        fast.run(1, x=sj.asarray(bad))
    assert fast.values() == before


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_guard_that_does_not_hold_leaves_everything(kind: str, scale: float) -> None:
    fast = Training(kind, *SIZES["wide"]).built()
    before = fast.values()
    with pytest.raises(Tripped):
        fast.run(1, scale=scale)
    assert fast.values() == before


def _with_ids(function: Any) -> list[Any]:
    """The members of the updates of a step on a table, with ids from outside."""
    table = sj.Variable(np.ones((4096, 64), np.float32), name="table")
    optimizer = sj.optim.SGD(0.1)
    optimizer.build([table])

    def step(ids: Any, g: Any) -> Any:
        return function(table, optimizer, ids, g)

    run = sj.jit(step)
    with building():
        run(sj.asarray(np.arange(30)), sj.asarray(np.ones((30, 64), np.float32)))
    (compiled,) = run._cache.values()
    return [
        m
        for e in compiled.runner.program.equations
        if e.op is UPDATED
        for m in e.attributes["updates"].members
    ]


def _slopes(table: Any, ids: Any) -> Any:
    return sj.value_and_grad(lambda: sj.sum(sj.take(table, ids, axis=0) ** 2), variables=[table])()[1]


def test_left_in_memory() -> None:
    def plain(table: Any, optimizer: Any, ids: Any, g: Any) -> Any:
        optimizer.apply(_slopes(table, ids), [table])

    def handed_out(table: Any, optimizer: Any, ids: Any, g: Any) -> Any:
        slopes = _slopes(table, ids)
        optimizer.apply(slopes, [table])
        return slopes[0]

    def read_twice(table: Any, optimizer: Any, ids: Any, g: Any) -> Any:
        slopes = _slopes(table, ids)
        optimizer.apply(slopes, [table])
        return sj.sum(slopes[0])

    def nobody_looks(table: Any, optimizer: Any, ids: Any, g: Any) -> Any:
        loss = lambda: sj.sum(sj.take(table, ids, axis=0) * g)  # noqa: E731 - whose value nobody asks for
        optimizer.apply(sj.value_and_grad(loss, variables=[table])()[1], [table])

    assert [m.kind for m in _with_ids(plain)] == [4]
    assert [m.kind for m in _with_ids(handed_out)] == [0]
    assert [m.kind for m in _with_ids(read_twice)] == [0]
    assert [m.kind for m in _with_ids(nobody_looks)] == [0]


def test_rows_too_long_for_a_piece_are_left_in_memory() -> None:
    fast = Training("sum", 20, summed.PIECE + 1).built()
    assert fast.kinds == [0]


def test_the_question_is_asked_of_rows_only_where_an_update_makes_the_sums() -> None:
    fast = Training("mean of rows", *SIZES["wide"])
    specs = (fast.x.spec, fast.y.spec, sj.Spec((), sj.float32))
    program = sj.record(fast._step, *specs)

    def asked(p: Any) -> list[tuple[int, ...]]:
        return [
            s.shape for e in finite_pass.finite(p).equations if e.op.name == "all_finite" for s in e.inputs
        ]

    with building():
        assert (16, 200) in asked(program)
        assert (700, 200) not in asked(program)

    def shown(x: Any, y: Any, scale: Any) -> Any:
        slopes = sj.value_and_grad(lambda: sj.mean(fast.model(x)), variables=fast.variables)()[1]
        guard(all_finite(*slopes))
        fast.optimizer.apply(slopes, fast.variables)
        return slopes

    with building():
        assert (700, 200) in asked(sj.record(shown, *specs))
