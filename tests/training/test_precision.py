"""`compile(precision=...)`: the choice, what is said about it, float16's loss scale, saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core.engine import load_engine
from sujeong.core.precisions import LowPrecision
from sujeong.errors import ArgumentError, NameUnknownError, NonFiniteError
from sujeong.training import loss_scale

UNITS = LowPrecision("mixed_bfloat16", "some units", 2e8)


@pytest.fixture(autouse=True)
def _on_torch() -> Any:
    with sj.using(engine="torch"):
        yield


def data(n: int = 64) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.random.default_rng(0)
    x = numbers.normal(size=(n, 12)).astype(np.float32)
    return x, (x[:, 0] + x[:, 1] > 0).astype(np.int64)


def model(precision: str = "auto", units: int = 16) -> Any:
    sj.set_seed(1)
    made = nn.Sequential([nn.Dense(units, "relu"), nn.Dense(units, "relu"), nn.Dense(2)])
    return made.compile(sj.optim.Adam(0.01), "softmax_cross_entropy", ["accuracy"], precision=precision)


def with_units(monkeypatch: pytest.MonkeyPatch, units: LowPrecision | None) -> None:
    monkeypatch.setattr(load_engine("torch"), "low_precision", lambda device: units)


def test_auto_takes_16_bits_where_they_pay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_units(monkeypatch, UNITS)
    made = model(units=1000)
    history = made.fit(*data(), batch_size=64, verbose=2)
    assert history.precision == "mixed_bfloat16"
    said = capsys.readouterr().out.splitlines()[0]
    assert (
        said
        == "precision mixed_bfloat16: some units multiplies 16-bit numbers faster, and a step has 0.39 GFLOP"
    )


@pytest.mark.parametrize(
    ("units", "size", "reason"),
    [
        (UNITS, 16, "a step is small"),
        (None, 16, "a step is small"),
        (None, 1000, "torch on cpu has no units for 16-bit products"),
        (UNITS, 600, "a step of 0.14 GFLOP is too small for some units to pay (from 0.2)"),
    ],
)
def test_auto_stays_with_32_bits_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    units: LowPrecision | None,
    size: int,
    reason: str,
) -> None:
    with_units(monkeypatch, units)
    history = model(units=size).fit(*data(), batch_size=64, verbose=2)
    assert history.precision == "float32"
    assert f"precision float32: {reason}" in capsys.readouterr().out


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16", "float64"])
def test_learns_and_keeps_the_types(precision: str, tmp_path: Path) -> None:
    x, y = data()
    made = model(precision)
    history = made.fit(x, y, epochs=12, batch_size=16, verbose=0)
    assert history.precision == precision
    assert made.evaluate(x, y)["accuracy"] > 0.9
    wide = sj.float64 if precision == "float64" else sj.float32
    assert {v.dtype for v in made.variables} == {wide}
    made.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    assert again.evaluate(x, y) == made.evaluate(x, y)
    np.testing.assert_array_equal(again.predict(x), made.predict(x))
    assert {v.dtype for v in again.variables} == {wide}


def test_what_auto_came_to_is_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_units(monkeypatch, UNITS)
    x, y = data()
    made = model(units=1000)
    made.fit(x, y, batch_size=64, verbose=0)
    made.save(tmp_path / "model")
    with_units(monkeypatch, None)
    again = sj.load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(x), made.predict(x))


def test_prediction_before_training_is_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    with_units(monkeypatch, UNITS)
    x, _ = data()
    made, plain = model(units=1000), model("float32", units=1000)
    np.testing.assert_array_equal(made.predict(x), plain.predict(x))


def test_float16_halves_the_scale_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_scale, "FIRST", 2.0**40)
    x, y = data()
    made = model("mixed_float16")
    history = made.fit(x, y, epochs=20, batch_size=16, verbose=0)
    scale = made._recipe.scale
    assert 1 <= float(scale.factor) < 2.0**40
    assert int(scale.good) > 0
    assert history.history["accuracy"][-1] > 0.9
    assert all(np.isfinite(v.numpy()).all() for v in made.variables)


def test_float16_doubles_the_scale_after_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_scale, "PATIENCE", 3)
    made = model("mixed_float16")
    first = float(made._recipe.scale.factor)
    made.fit(*data(), epochs=1, batch_size=16, verbose=0)
    assert float(made._recipe.scale.factor) == 2 * first
    assert int(made._recipe.scale.good) == 1


def test_float16_scale_is_saved(tmp_path: Path) -> None:
    made = model("mixed_float16")
    made.fit(*data(), batch_size=16, verbose=0)
    made._recipe.scale.factor.assign(64.0)
    made.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    assert float(again._recipe.scale.factor) == 64.0
    assert int(again._recipe.scale.good) == int(made._recipe.scale.good)


def test_true_trouble_is_still_told() -> None:
    x, y = data()
    made = model("mixed_float16")
    made.build_for((1, 12))
    made.layers[0].kernel.assign(np.full((12, 16), np.nan, np.float32))
    with pytest.raises(NonFiniteError):
        made.fit(x, y, epochs=3, batch_size=4, verbose=0)


def test_unknown_and_impossible() -> None:
    with pytest.raises(NameUnknownError, match="did you mean 'mixed_bfloat16'"):
        model("mixed_bfloat")
    with sj.using(engine="numpy"):
        made = model("mixed_bfloat16")
        with pytest.raises(
            ArgumentError, match=r"engine 'numpy' has no bfloat16[\s\S]*precision=\"float32\""
        ):
            made.fit(*data(), verbose=0)


def test_what_auto_comes_to_can_be_chosen_around(monkeypatch: pytest.MonkeyPatch) -> None:
    with_units(monkeypatch, UNITS)
    with sj.using(precision="float32"):
        assert model(units=1000).fit(*data(), batch_size=64, verbose=0).precision == "float32"
        asked = model("mixed_bfloat16").fit(*data(), verbose=0)
    assert asked.precision == "mixed_bfloat16", "what compile says counts more"
    with sj.using(engine="torch", precision="mixed_bfloat16"), sj.using(device="cpu"):
        assert model().fit(*data(), verbose=0).precision == "mixed_bfloat16"
    with sj.using(precision="float64"):
        wide = model()
    assert wide.fit(*data(), verbose=0).precision == "float64"
    assert {v.dtype for v in wide.variables} == {sj.float64}
    with pytest.raises(NameUnknownError, match="did you mean 'float32'"), sj.using(precision="flot32"):
        pass
