"""Means of picked rows as one operation: where they are taken together, and that no bit changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core.engine import load_engine
from sujeong.errors import IndexRangeError
from sujeong.program.passes.gathered import gathered
from sujeong.program.passes.order import optimized


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


WORDS, FEATURES = 50, 64
X, I = sj.Spec((WORDS, FEATURES), sj.float32), sj.Spec((150, 70), sj.int64)


def names(program: Any) -> list[str]:
    return [e.op.name for e in program.equations]


def found(function: Callable[..., Any], *specs: Any) -> list[str]:
    """The operations after the pass."""
    return names(gathered(sj.record(function, *(specs or (X, I)))))


def some(dtype: Any = sj.float32, low: int = 0, shape: tuple[int, ...] = I.shape) -> tuple[Any, Any]:
    """A table and indices."""
    rng = np.random.default_rng(0)
    table = sj.asarray(rng.standard_normal((WORDS, FEATURES)), dtype=dtype)
    return table, sj.asarray(rng.integers(low, WORDS, shape))


TAKEN: dict[str, Callable[..., Any]] = {
    "mean over words": lambda x, i: sj.mean(sj.take(x, i, axis=0), axis=1),
    "kept axes": lambda x, i: sj.mean(sj.take(x, i, axis=0), axis=1, keepdims=True),
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", TAKEN)
def test_taken_together_to_the_bit(name: str, dtype: str) -> None:
    assert "take_mean" in found(TAKEN[name])
    given = some(getattr(sj, dtype), low=-WORDS)
    with sj.without_passes("gathered"):
        expected = sj.jit(TAKEN[name])(*given)
    together = sj.jit(TAKEN[name])(*given)
    assert together.shape == expected.shape
    assert together.numpy().tobytes() == expected.numpy().tobytes()


LEFT: dict[str, Callable[..., Any]] = {
    "over the first axis": lambda x, i: sj.mean(sj.take(x, i, axis=0), axis=0),
    "over all": lambda x, i: sj.mean(sj.take(x, i, axis=0)),
    "over features": lambda x, i: sj.mean(sj.take(x, i, axis=0), axis=2),
    "rows are a result": lambda x, i: ((y := sj.take(x, i, axis=0)), sj.mean(y, axis=1)),
    "rows are read again": lambda x, i: (y := sj.take(x, i, axis=0)) - sj.mean(y, axis=1, keepdims=True),
    "along another axis": lambda x, i: sj.mean(sj.take(x, i, axis=1), axis=1),
    "few rows": lambda x, i: sj.mean(sj.take(x, i[:, :3], axis=0), axis=1),
}


@pytest.mark.parametrize("name", LEFT)
def test_left_alone(name: str) -> None:
    after = found(LEFT[name])
    assert "take" in after
    assert "take_mean" not in after


def test_an_engine_without_the_kernel_keeps_the_two() -> None:
    with sj.using(engine="numpy"):
        assert "take_mean" not in load_engine("numpy").kernels
        assert "take_mean" not in found(TAKEN["mean over words"])


def test_switched_off_by_name() -> None:
    program = sj.record(TAKEN["mean over words"], X, I)
    assert "take_mean" in names(optimized(program))
    with sj.without_passes("gathered"):
        assert "take_mean" not in names(optimized(program))


def test_an_index_outside_is_named_as_before() -> None:
    table, ids = some()
    bad = ids.numpy().copy()
    bad[149, 3] = WORDS
    with pytest.raises(IndexRangeError, match=f"{WORDS}"):
        sj.jit(TAKEN["mean over words"])(table, sj.asarray(bad))


def test_training_to_the_same_bits() -> None:
    def trained() -> np.ndarray:
        sj.set_seed(0)
        model = nn.Sequential([nn.Embedding(WORDS, FEATURES), nn.GlobalAveragePool1D(), nn.Dense(3)])
        model.build_for(I)
        optimizer = sj.optim.SGD(0.1)
        variables = model.trainable_variables
        optimizer.build(variables)

        @sj.jit
        def step(i: Any) -> Any:
            loss, gradients = sj.value_and_grad(lambda: sj.mean(model(i) ** 2), variables=variables)()
            optimizer.apply(gradients, variables)
            return loss

        for _ in range(2):
            step(some()[1])
        return np.array(variables[0].numpy())

    together = trained()
    with sj.without_passes("gathered"):
        assert trained().tobytes() == together.tobytes()


CASTS: dict[str, tuple[Callable[..., Any], bool]] = {
    "to 16 bits": (lambda x, i: sj.astype(sj.take(x, i, axis=0), sj.bfloat16), True),
    "to 16 bits of another kind": (lambda x, i: sj.astype(sj.take(x, i, axis=0), sj.float16), True),
    "to 64 bits": (lambda x, i: sj.astype(sj.take(x, i, axis=0), sj.float64), False),
    "to whole numbers": (lambda x, i: sj.astype(sj.take(x, i, axis=0), sj.int64), False),
    "along another axis": (lambda x, i: sj.astype(sj.take(x, i, axis=1), sj.bfloat16), False),
    "rows are read again": (
        lambda x, i: ((y := sj.take(x, i, axis=0)) + 1, sj.astype(y, sj.bfloat16)),
        False,
    ),
}


@pytest.mark.parametrize("name", CASTS)
def test_a_cast_of_picked_rows(name: str) -> None:
    function, together = CASTS[name]
    assert ("take_as" in found(function)) is together
    assert ("take" in found(function)) is not together
    given = some(low=-WORDS if together else 0)
    with sj.without_passes("gathered"):
        expected = sj.jit(function)(*given)
    one = sj.jit(function)(*given)
    for a, b in zip(*((v if isinstance(v, tuple) else (v,)) for v in (one, expected)), strict=True):
        assert a.dtype is b.dtype
        assert a.numpy().tobytes() == b.numpy().tobytes()
