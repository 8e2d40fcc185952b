"""Large arrays of a step lie where a plan says, and never on one another."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn
from sujeong.compiling import compiler
from sujeong.engines.torch import arena
from sujeong.errors import IndexRangeError

pytestmark = pytest.mark.skipif(compiler.find_compiler() is None, reason="the arena is built by a compiler")
LARGE = arena.LARGE // 4  # float32 numbers


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder in which the arena is built for these tests."""
    return str(tmp_path_factory.mktemp("arena"))


@pytest.fixture(autouse=True)
def _engine(cache: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SUJEONG_CACHE", cache)
    arena.build()
    with sj.using(engine="torch"):
        yield


def plan() -> arena.Plan:
    found = arena.places(arena.LARGE)
    assert found is not None
    return found


class Filled:
    """Arrays that are filled with their own number, and checked when they go."""

    def __init__(self) -> None:
        self.alive: dict[int, tuple[Any, float]] = {}

    def take(self, name: int, size: int, value: float) -> None:
        self.alive[name] = torch.full((size,), value), value

    def give(self, name: int) -> None:
        self.check(name)
        del self.alive[name]

    def check(self, *names: int) -> None:
        for name in names or self.alive:
            array, value = self.alive[name]
            assert bool((array == value).all()), f"something else was written over array {name}"


def overlapping(arrays: Filled, start: float = 0.0) -> None:
    """A call that leaves two small gaps where an array of both sizes is to lie next."""
    for name, size in enumerate((1, 2, 1, 3)):
        arrays.take(name, size * LARGE, start + name)
    arrays.give(0)
    arrays.give(2)
    arrays.take(4, 2 * LARGE, start + 4)
    arrays.give(1)
    arrays.take(5, 3 * LARGE, start + 5)
    for name in (3, 4, 5):
        arrays.give(name)


def test_a_plan_holds_what_is_alive_at_most_and_no_more() -> None:
    arena.release()
    ours, arrays, reached = plan(), Filled(), []
    for _ in range(3):
        ours.enter()
        overlapping(arrays)
        ours.leave()
        reached.append(ours.facts()[1])
        arena.release()
    used, _, plans, differs = ours.facts()
    assert (used, plans, differs) == (0, 1, False)
    alive = 4 * LARGE * (3 + 2 + 3)  # arrays 3, 4 and 5 together
    assert reached == [4 * LARGE * 9, alive, alive], (
        "the first call finds a gap too small for the fourth array"
    )


def test_what_outlives_a_call_is_left_to_the_allocator_before() -> None:
    ours, arrays = plan(), Filled()
    for call in range(5):
        ours.enter()
        arrays.take(100 + call, 2 * LARGE, float(call))
        overlapping(arrays, 10.0 * call)
        ours.leave()
        arrays.check()
    assert ours.facts()[0] == 8 * LARGE, "of the five that are left, the first alone lies in the arena"


@pytest.mark.parametrize("seed", range(4))
def test_calls_that_differ_never_share_bytes_that_are_in_use(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours, arrays, name = plan(), Filled(), 0
    sizes = [int(n) for n in rng.integers(1, 9, size=12)]
    for call in range(40):
        ours.enter()
        if call % 8 == 7:
            sizes[int(rng.integers(12))] = int(rng.integers(1, 9))
        mine = []
        for size in sizes:
            arrays.take(name, size * LARGE // 2, float(name))
            mine.append(name)
            name += 1
            if len(mine) > 3:
                arrays.give(mine.pop(int(rng.integers(4)) if rng.random() < 0.2 else 0))
        if rng.random() < 0.3:
            mine.pop()  # outlives the call
        for kept in mine:
            arrays.give(kept)
        ours.leave()
        arrays.check()
        if len(arrays.alive) > 4:
            arrays.give(min(arrays.alive))


def test_threads_have_plans_of_their_own() -> None:
    wrong: list[BaseException] = []

    def work(start: float) -> None:
        try:
            ours, arrays = plan(), Filled()
            for _ in range(60):
                ours.enter()
                overlapping(arrays, start)
                ours.leave()
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(1000.0 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_program_in_two_threads_at_once_has_its_plan_in_one_of_them() -> None:
    ours, inner, outer = plan(), Filled(), Filled()
    for _ in range(2):
        ours.enter()
        overlapping(outer)
        ours.leave()
    before = ours.facts()[0]

    def second() -> None:
        ours.enter()
        inner.take(0, 2 * LARGE, 7.0)
        inner.give(0)
        used.append(ours.facts()[0])
        ours.leave()

    used: list[int] = []
    ours.enter()
    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    overlapping(outer)
    ours.leave()
    assert used == [before], "the second call takes nothing of the arena"
    assert ours.facts()[2:] == (1, False), "and the first one follows its plan"


def test_a_program_whose_calls_keep_changing_is_planned_a_few_times_only() -> None:
    ours, arrays = plan(), Filled()
    for call in range(20):
        ours.enter()
        arrays.take(0, LARGE * (1 + call), float(call))
        arrays.give(0)
        ours.leave()
    assert ours.facts()[2:] == (8, True)


def test_small_arrays_and_arrays_outside_of_calls_do_not_lie_in_the_arena() -> None:
    ours = plan()
    before = ours.facts()[0]
    outside = torch.empty(4 * LARGE)
    ours.enter()
    small, large = torch.empty(LARGE - 1), torch.empty(LARGE)
    assert ours.facts()[0] - before == 4 * LARGE
    ours.leave()
    del large
    assert ours.facts()[0] == before
    assert outside.numel() + small.numel() == 5 * LARGE - 1


def test_a_step_has_the_same_bits_with_and_without_and_survives_an_error() -> None:
    def trained(*off: str) -> tuple[Any, Any]:
        sj.set_seed(3)
        model = nn.Sequential([nn.Dense(600, "relu"), nn.Dense(300, "tanh"), nn.Dense(4)])
        model.build_for((256, 100))
        optimizer = sj.optim.Adam(0.01)
        optimizer.build(model.trainable_variables)

        @sj.jit
        def step(x: Any, y: Any) -> Any:
            value, grads = sj.value_and_grad(
                lambda: sj.losses.softmax_cross_entropy(y, model(x)), variables=model.trainable_variables
            )()
            optimizer.apply(grads, model.trainable_variables)
            return value

        rng = np.random.default_rng(0)
        x = sj.asarray(rng.normal(size=(256, 100)).astype(np.float32))
        y = sj.asarray(rng.integers(0, 4, size=256))
        wrong = sj.asarray(np.full(256, 9))
        with sj.without_passes(*off) if off else nullcontext():
            losses = [float(step(x, y)) for _ in range(4)]
            with pytest.raises(IndexRangeError, match="class"):
                step(x, wrong)
            losses += [float(step(x, y)) for _ in range(4)]
        return losses, next(iter(step._cache.values()))._places

    planned, ours = trained()
    plain, none = trained("arena")
    assert planned == plain
    assert none is None
    assert ours.facts()[2] >= 1, "the step has a plan"
    assert not ours.facts()[3], "and follows it"


PROGRAM = """
import torch
import sujeong as sj
from sujeong.engines.torch import arena
from sujeong.errors import IndexRangeError
sj.set_engine("torch")
arena.build()
def resident():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(x.split()[1]) * 1024 for x in lines if x.startswith("VmRSS"))
ours = arena.places(1 << 30)
print("none" if ours is None else "planned", sj.get_engine().facts()["memory"].split()[0])
if ours is not None:
    before = resident()
    for _ in range(2):
        ours.enter()
        array = torch.ones(64 << 18)
        del array
        ours.leave()
    kept = resident() - before
    arena.release()
    print(kept >> 20, (resident() - before) >> 20)
"""


def told(choice: str, cache: Path) -> list[str]:
    environment = {"PATH": "/usr/bin:/bin", "SUJEONG_MALLOC": choice, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment | {"SUJEONG_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.split()


def test_memory_stays_until_it_is_released_and_there_is_none_where_the_user_says_so(tmp_path: Path) -> None:
    word, memory, kept, left = told("keep", tmp_path)
    assert (word, memory) == ("planned", "planned,")
    assert int(kept) >= 64 > 8 > int(left)
    assert told("system", tmp_path) == ["none", "system"]


def test_without_a_library_nothing_is_planned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUJEONG_CACHE", str(tmp_path))
    assert arena.places(1 << 30) is None, "nothing was built here"
    monkeypatch.setenv("CXX", "/bin/false")
    compiler.find_compiler.cache_clear()
    arena.build()
    compiler.find_compiler.cache_clear()
    assert arena.places(1 << 30) is None, "a compiler that fails is no error: the step runs as before"
