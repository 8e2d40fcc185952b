"""Batches in 16 bits: where they are gathered so, and that training is the same to the bit."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.data import ArrayData
from sujeong.errors import NonFiniteError
from sujeong.program.passes.fusion import building
from sujeong.training import feeding, narrowing
from sujeong.training import recipe as recipes
from sujeong.training.feeding import Feed
from sujeong.training.narrowing import Rows, narrowed

LOW = "mixed_bfloat16"


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


def branches() -> Any:
    """A model that reads its input in 32 bits as well."""
    x = nn.Input((6,))
    return nn.Model(x, nn.Dense(2)(nn.Concatenate()([nn.Dense(4)(x), nn.Softmax()(x)])))


def shown() -> Any:
    x = nn.Input((6,))
    return nn.Model(x, [nn.Dense(2)(nn.Dense(3)(x)), x])


MODELS: dict[str, tuple[Any, tuple[int, ...], bool]] = {
    "dense": (lambda: nn.Sequential([nn.Dense(8, "relu"), nn.Dense(3)]), (6,), True),
    "reshaped": (lambda: nn.Sequential([nn.Flatten(), nn.Dense(8), nn.Dense(3)]), (2, 3), True),
    "convolution": (lambda: nn.Sequential([nn.Conv2D(8, 3), nn.Flatten(), nn.Dense(3)]), (6, 6, 2), True),
    "lstm": (lambda: nn.Sequential([nn.LSTM(8), nn.Dense(3)]), (4, 5), True),
    "drawn behind": (
        lambda: nn.Sequential([nn.Dense(8), nn.Dropout(0.5), nn.BatchNorm(), nn.Dense(8), nn.Dense(3)]),
        (6,),
        True,
    ),
    "one layer": (lambda: nn.Sequential([nn.Dense(3)]), (6,), False),  # the last one stays in 32 bits
    "norm": (lambda: nn.Sequential([nn.BatchNorm(), nn.Dense(8), nn.Dense(3)]), (6,), False),
    "dropout": (lambda: nn.Sequential([nn.Dropout(0.3), nn.Dense(8), nn.Dense(3)]), (6,), False),
    "scaled": (lambda: nn.Sequential([nn.Lambda(lambda x: x * 0.1), nn.Dense(8), nn.Dense(3)]), (6,), False),
    "branches": (branches, (6,), False),
    "input is a result": (shown, (6,), False),
}


def data(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(50, *shape)).astype(np.float32), rng.integers(0, 3, 50)


def compiled(name: str, precision: str = LOW) -> Any:
    sj.set_seed(1)
    model = MODELS[name][0]()
    model.build_for(sj.Spec((2, *MODELS[name][1]), sj.float32))
    return model.compile("adam", "softmax_cross_entropy", precision=precision)


@pytest.mark.parametrize("name", MODELS)
def test_where_an_input_is_only_cast(name: str) -> None:
    model, (x, _) = compiled(name), data(MODELS[name][1])
    recipe = recipes.of(model)
    assert narrowed(model, recipe, x, LOW) is (sj.bfloat16 if MODELS[name][2] else None)
    assert narrowed(model, recipe, x, "float32") is None
    assert narrowed(model, recipe, x.astype(np.float64), LOW) is None
    with sj.using(engine="numpy"):
        assert narrowed(model, recipe, x, LOW) is None


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("name", [n for n in MODELS if MODELS[n][2]])
def test_training_is_the_same_to_the_bit(name: str, built: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = data(MODELS[name][1])

    def trained() -> list[bytes]:
        model = compiled(name)
        if built:
            model.precompile(x, y, batch_size=16)
        model.fit(x, y, batch_size=16, epochs=2, verbose=0, seed=3)
        seen.append([tuple(p.inputs[0].dtype for p in s.programs) for s in model._steps.values()])
        return [v.numpy().tobytes() for v in model.variables]

    seen: list[Any] = []
    narrow = trained()
    monkeypatch.setattr(sys.modules["sujeong.training.fit"], "narrowed", lambda *_: None)
    assert trained() == narrow
    assert seen == [[(sj.bfloat16, sj.bfloat16)], [(sj.float32, sj.float32)]]  # full batches, and the last


@pytest.mark.parametrize("index", [0, 49, 7])
def test_rows_compiled_and_plain(index: int) -> None:
    x = sj.asarray(np.random.default_rng(2).normal(size=(50, 3, 11)).astype(np.float32) * 1e-3)
    rows = sj.asarray(np.array([index, 3, 3, 49, 0]))._array
    plain = Rows(x, sj.bfloat16)
    with building():
        fast = Rows(x, sj.bfloat16)
        found = fast(rows)
    assert "take_as" in fast._kernels[5].__qualname__
    right = sj.astype(sj.take(x, sj.asarray(rows.numpy()), axis=0), sj.bfloat16)
    for one in (found, plain(rows)):
        assert one.dtype is sj.bfloat16
        assert one.numpy().tobytes() == right.numpy().tobytes()


def test_a_feed_of_16_bits_is_the_feed_of_32_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "TOGETHER", 0)
    x, y = data((6,))
    for shuffle in (True, False):
        with Feed(ArrayData(x, y), 16) as wide, Feed(ArrayData(x, y), 16, sj.bfloat16) as narrow:
            pairs = zip(wide.epoch(shuffle=shuffle), narrow.epoch(shuffle=shuffle), strict=True)
            for (a, b, _), (c, d, _) in pairs:
                assert c.dtype is (sj.bfloat16 if shuffle else sj.float32)
                np.testing.assert_array_equal(sj.astype(a, c.dtype).numpy(), c.numpy())
                np.testing.assert_array_equal(b.numpy(), d.numpy())


def test_a_step_that_fails_is_explained_as_before() -> None:
    model, (x, y) = compiled("dense"), data((6,))
    x[20, 2] = 3e38
    model.variables[0].assign(np.full((6, 8), 1e3, np.float32))
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="'dense'"):
        model.fit(x, y, batch_size=16, verbose=0)
    assert narrowing.narrowed(model, recipes.of(model), x, LOW) is sj.bfloat16
