"""First values: their laws, by statistics over many, and their being the same each time."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy import stats

import sujeong as sj
from sujeong import initializers as init
from sujeong.checkpoints.config import Decoder, Encoder
from sujeong.core import keys
from sujeong.errors import ArgumentError, NameUnknownError, ShapeError

from .examples import is_own

SHAPE = (3, 3, 40, 200)  # n_in = 360, n_out = 1800, 72,000 values
N_IN, N_OUT = 360, 1800
KEY = keys.key(3, "a")

# name, law of the values, its standard deviation
LAWS: list[tuple[init.Initializer, str, float]] = [
    (init.Normal(), "normal", 0.05),
    (init.Normal(0.01), "normal", 0.01),
    (init.TruncatedNormal(0.1), "cut", 0.1 * 0.8796256610342398),
    (init.Uniform(), "uniform", 0.05 / sqrt(3)),
    (init.Uniform(-1.0, 2.0), "uniform", 1.5 / sqrt(3)),
    (init.Xavier(), "normal", 1 / sqrt(N_IN)),
    (init.HeNormal(), "normal", sqrt(2 / N_IN)),
    (init.HeUniform(), "uniform", sqrt(2 / N_IN)),
    (init.GlorotNormal(), "cut", sqrt(2 / (N_IN + N_OUT))),
    (init.GlorotUniform(), "uniform", sqrt(2 / (N_IN + N_OUT))),
    (init.LecunNormal(), "cut", sqrt(1 / N_IN)),
    (init.LecunUniform(), "uniform", sqrt(1 / N_IN)),
    (init.VarianceScaling(3.0, "fan_out", "normal"), "normal", sqrt(3 / N_OUT)),
]


@pytest.mark.parametrize(("make", "law", "std"), LAWS, ids=[repr(m[0]) for m in LAWS])
def test_law(make: init.Initializer, law: str, std: float) -> None:
    values = make(SHAPE, KEY).ravel()
    assert values.dtype == np.float64
    mean = 0.5 if isinstance(make, init.Uniform) and make.high == 2.0 else 0.0
    assert abs(values.mean() - mean) < 5 * std / sqrt(values.size)
    assert abs(values.std() / std - 1) < 0.01
    scaled = (values - mean) / std
    exact = {
        "normal": stats.norm(),
        "uniform": stats.uniform(-sqrt(3), 2 * sqrt(3)),
        "cut": stats.truncnorm(-2, 2, scale=1 / 0.8796256610342398),
    }[law]
    assert stats.kstest(scaled, exact.cdf).pvalue > 1e-3
    if law != "normal":
        assert exact.support()[0] <= scaled.min()
        assert scaled.max() <= exact.support()[1]


def test_two_draws() -> None:
    """The same key gives the same values, another one others that have nothing to do with them."""
    make = init.TruncatedNormal()
    a, b, c = make(SHAPE, KEY), make(SHAPE, KEY), make(SHAPE, keys.key(3, "b"))
    np.testing.assert_array_equal(a, b)
    assert abs(np.corrcoef(a.ravel(), c.ravel())[0, 1]) < 5 / sqrt(a.size)


@pytest.mark.parametrize("shape", [(5, 5), (8, 3), (3, 8), (3, 3, 4, 10), (2, 1, 9)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    w = init.Orthogonal(2.0)(shape, KEY)
    assert w.shape == shape
    flat = w.reshape(-1, shape[-1])
    product = flat.T @ flat if flat.shape[0] >= flat.shape[1] else flat @ flat.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_orthogonal_prefers_no_rotation() -> None:
    """With the signs of R in Q the mean of many rotations is zero; without, the diagonal leans."""
    mean = np.mean([init.Orthogonal()((3, 3), keys.key(i)) for i in range(2000)], axis=0)
    assert np.abs(mean).max() < 5 / sqrt(3 * 2000)


def test_constants() -> None:
    np.testing.assert_array_equal(init.Zeros()((2, 3), KEY), np.zeros((2, 3)))
    np.testing.assert_array_equal(init.Ones()((), KEY), 1.0)
    np.testing.assert_array_equal(init.Constant(-2.5)((2,), KEY), [-2.5, -2.5])


def test_fans() -> None:
    assert init.fans((7, 5)) == (7, 5)
    assert init.fans((3, 3, 16, 32)) == (144, 288)
    assert init.fans((4,)) == (4, 4)
    assert init.fans(()) == (1, 1)


def test_transposed_convolution_counts_its_inputs() -> None:
    """Its weights are (k, out, in), but an output sums up k * in values."""
    from sujeong import nn

    layer = nn.Conv1DTranspose(200, 5, kernel_initializer="he")
    layer.build_for((1, 9, 8))
    kernel = layer.kernel.numpy()
    assert kernel.shape == (5, 200, 8)
    assert abs(kernel.std() / sqrt(2 / 40) - 1) < 0.03


@pytest.mark.parametrize("name", sorted(init.NAMED))
def test_by_name(name: str) -> None:
    make = init.get(name)
    assert type(make) is init.NAMED[name]
    assert make((4, 3), KEY).shape == (4, 3)
    assert init.get(make) is make
    assert Decoder().decode(Encoder().encode(make)) == make
    capitals = "".join(part.capitalize() for part in name.split("_"))
    assert type(init.get(capitals)) is type(make)


def test_arguments_are_kept() -> None:
    for make, text in [
        (init.Normal(0.01), "Normal(std=0.01)"),
        (init.Uniform(high=0.5), "Uniform(high=0.5)"),
        (init.HeNormal(), "HeNormal()"),
        (
            init.VarianceScaling(2.0, distribution="uniform"),
            "VarianceScaling(scale=2.0, distribution='uniform')",
        ),
    ]:
        assert repr(make) == text
        assert Decoder().decode(Encoder().encode(make)) == make
    assert init.Normal(0.01) != init.Normal(0.02)


def test_every_class_is_exported_and_named() -> None:
    from sujeong.nn import registry

    kinds = {n: c for n, c in registry.registered().items() if issubclass(c, init.Initializer)}
    known = {n for n, c in kinds.items() if is_own(c)}
    assert known == {c.__name__ for c in init.NAMED.values()}
    assert known <= set(init.__all__)


def test_function_as_initialiser(engine: str) -> None:
    from sujeong import nn

    layer = nn.Dense(2, kernel_initializer=lambda shape, key: np.eye(*shape), use_bias=False)
    np.testing.assert_array_equal(layer(sj.asarray([[3.0, 4.0]])).numpy(), [[3, 4]])


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (lambda: init.get("glorot"), NameUnknownError, "no initializer named 'glorot'.*did you mean 'glorot_"),
    (lambda: init.get(None), NameUnknownError, "no initializer named None"),
    (lambda: init.get(init.Zeros), ArgumentError, r"a class came, not an object.*Zeros\(\)"),
    (lambda: init.Normal(-1), ArgumentError, r"\[Normal\] std cannot be negative.*-1"),
    (
        lambda: init.TruncatedNormal(float("nan")),
        ArgumentError,
        r"\[TruncatedNormal\] std must be a finite number",
    ),
    (lambda: init.Uniform(1, 0), ArgumentError, r"\[Uniform\] the bounds are exchanged.*low=1, high=0"),
    (lambda: init.Constant("1"), ArgumentError, r"\[Constant\] value must be a finite number.*'1'"),
    (lambda: init.VarianceScaling(0), ArgumentError, r"scale must be positive"),
    (lambda: init.VarianceScaling(1, "fan"), NameUnknownError, "no initializer mode named 'fan'"),
    (lambda: init.VarianceScaling(1, distribution="norml"), NameUnknownError, "did you mean 'normal'"),
    (lambda: init.Orthogonal()((3,), KEY), ShapeError, r"\[Orthogonal\] needs two axes.*\(3,\)"),
]


@pytest.mark.parametrize(("run", "error", "text"), MISTAKES)
def test_mistake(run: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"(?s){text}"):
        run()
