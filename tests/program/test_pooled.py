"""Max pooling ahead of relu: where it moves, and that values and gradients are the same to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.program.passes.dead_code import dead_code
from sujeong.program.passes.pooled import pooled

X = sj.Spec((2, 6, 7, 3), sj.float32)


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


def order(function: Callable[..., Any], *specs: Any) -> list[tuple[str, tuple[int, ...]]]:
    """The operations after the pass that go through arrays, with the shapes of their results."""
    names = ("relu", "max_pool", "max_pool_values", "relu_gradient", "max_pool_scatter", "sum")
    program = dead_code(pooled(dead_code(sj.record(function, *(specs or (X,))))))
    return [(e.op.name, e.outputs[0].shape) for e in program.equations if e.op.name in names]


def images(dtype: Any = sj.float32, shape: tuple[int, ...] = X.shape) -> Any:
    """Numbers on both sides of 0, many of them equal, windows without any above it, and NaN."""
    x = np.random.default_rng(0).integers(-9, 6, shape) / 4.0
    x[0, :3] -= 5.0
    x[1, 4, 4] = np.nan
    return sj.asarray(x, dtype=dtype)


def loss(pool: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A number, in which each pooled value weighs another one."""
    return lambda x: sj.sum(
        (y := pool(sj.relu(x))) * sj.reshape(sj.arange(float(y.size), dtype=y.dtype), y.shape)
    )


POOLS: dict[str, Callable[[Any], Any]] = {
    "apart": lambda x: sj.max_pool(x, 2),
    "overlapping": lambda x: sj.max_pool(x, 3, strides=1),
    "with gaps": lambda x: sj.max_pool(x, (1, 2), strides=(2, 3)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", POOLS)
def test_the_same_bits(name: str, dtype: str) -> None:
    x = images(getattr(sj, dtype))
    pool = POOLS[name]

    def function(x: Any) -> Any:
        return pool(sj.relu(x)), sj.grad(loss(pool))(x)

    with sj.without_passes("pooled"):
        right = sj.jit(function)(x)
    for got, expected in zip(sj.jit(function)(x), right, strict=True):
        assert got.shape == expected.shape
        assert got.numpy().tobytes() == expected.numpy().tobytes()


def test_relu_goes_through_the_maxima_alone() -> None:
    small, whole = (2, 3, 3, 3), (2, 6, 7, 3)
    assert order(lambda x: sj.max_pool(sj.relu(x), 2)) == [("max_pool_values", small), ("relu", small)]
    found = order(sj.grad(loss(POOLS["apart"])))
    assert [f for f in found if f[0] != "sum"] == [
        ("max_pool", small),
        ("relu", small),
        ("relu_gradient", small),
        ("max_pool_scatter", whole),
    ]


def test_a_bias_sums_what_was_scattered() -> None:
    def function(x: Any, bias: Any) -> Any:
        return sj.grad(lambda b: loss(POOLS["overlapping"])(x + b))(bias)

    found = order(function, X, sj.Spec((3,), sj.float32))
    assert "max_pool_scatter" not in [name for name, _ in found]
    x, bias = sj.where(sj.isnan(images()), sj.asarray(1.0), images()), sj.asarray([0.5, -0.25, 0.0])
    with sj.without_passes("pooled"):
        right = sj.jit(function)(x, bias).numpy()
    np.testing.assert_allclose(sj.jit(function)(x, bias).numpy(), right, rtol=1e-6)
    assert np.abs(right).min() > 1


def both(x: Any) -> Any:
    y = sj.relu(x)
    return sj.sum(sj.max_pool(y, 2)) + sj.sum(y)


LEFT: dict[str, Callable[..., Any]] = {
    "read again": both,
    "its gradient, too": sj.grad(both),
    "handed out": lambda x: ((y := sj.relu(x)), sj.max_pool(y, 2)),
    "by two poolings": lambda x: (sj.max_pool(y := sj.relu(x), 2), sj.max_pool(y, 3)),
    "places that leave a border": lambda x: sj.max_pool(sj.relu(x), 2, strides=2, padding="same"),
    "another function": lambda x: sj.max_pool(sj.tanh(x), 2),
}


@pytest.mark.parametrize("name", LEFT)
def test_left_alone(name: str) -> None:
    program = dead_code(sj.record(LEFT[name], X))
    assert [e.op.name for e in pooled(program).equations] == [e.op.name for e in program.equations]
