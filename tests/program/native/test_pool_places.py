"""Places of maxima as bytes: the readable form, the compiled one to the bit, and where it is used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn
from sujeong.core.dispatch import apply
from sujeong.engines.torch import compiled_pooling
from sujeong.ops.pooling_primitives import MAX_POOL, SCATTER
from sujeong.ops.pooling_steps import MAX_POOL_STEPS, STEPS_SCATTER
from sujeong.program.passes.fusion import building
from sujeong.program.passes.order import optimized

from . import forms
from .test_winograd import numbers, threads

run = partial(forms.run, compiled_pooling.COMPILED)
SIZES = [
    ((7,), (2,), (2,)),
    ((6, 7), (2, 3), (1, 2)),
    ((5, 6, 4), (2, 3, 1), (3, 2, 2)),
    ((6, 6), (6, 5), (1, 1)),
]


@pytest.mark.parametrize(("size", "window", "strides"), SIZES)
def test_the_readable_form_counts_elements_of_the_window(
    size: Any, window: Any, strides: Any, engine: str
) -> None:
    x = sj.asarray(np.random.default_rng(0).normal(size=(2, *size, 3)).astype("f"))
    options = {"window": window, "strides": strides}
    y, steps = MAX_POOL_STEPS.readable(x, **options)
    assert steps.dtype is sj.uint8
    host, found = x.numpy(), steps.numpy()
    assert found.max() < np.prod(window)
    for at in np.ndindex(*y.shape):
        n, *o, c = at
        inside = np.unravel_index(found[at], window)
        element = [a * s + j for a, s, j in zip(o, strides, inside, strict=True)]
        assert host[(n, *element, c)] == y.numpy()[at]
    g = y * 2
    _, places = apply(MAX_POOL, x, **options)
    right = apply(SCATTER, g, places, size=size, **options)
    given = STEPS_SCATTER.readable(g, steps, size=size, **options)
    np.testing.assert_array_equal(given.numpy(), right.numpy())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [(1, 2, 2, 16), (3, 8, 6, 32), (2, 9, 11, 48), (1, 32, 33, 16)])
@pytest.mark.parametrize("window", [(2, 2), (1, 2), (2, 1), (16, 16), (3, 2)])
def test_compiled_to_the_bit(window: Any, size: Any, dtype: Any) -> None:
    if any(k > n for k, n in zip(window, size[1:3], strict=True)):
        window = size[1:3]
    x, options = numbers(*size, like=dtype), {"window": window, "strides": window}
    x[0, :2, :1, :2] = float("nan")
    y, steps = run("max_pool_steps", x, **options)
    right, places = run("max_pool", x, **options)
    assert torch.equal(y.nan_to_num(9.0), right.nan_to_num(9.0))
    _, readable = MAX_POOL_STEPS.readable(sj.asarray(x, dtype=getattr(sj, str(dtype)[6:])), **options)
    assert steps.dtype is torch.uint8
    assert np.array_equal(steps.numpy(), readable.numpy())
    options["size"] = size[1:3]
    g = numbers(*y.shape, like=dtype, seed=3)
    for count in (1, 3):
        with threads(count):
            dx = run("max_pool_steps_scatter", g, steps, **options)
            assert torch.equal(dx, run("max_pool_scatter", g, places, **options))


def names(function: Callable[..., Any], *specs: Any) -> list[str]:
    """The operations after all passes."""
    with building():
        return [e.op.name for e in optimized(sj.record(function, *specs)).equations if "pool" in e.op.name]


X = sj.Spec((2, 8, 8, 16), sj.float32)
BYTES = ["max_pool_steps", "max_pool_steps_scatter"]


def gradient(pool: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return sj.grad(lambda x: sj.sum(pool(x) ** 2))


def test_where_it_is_used() -> None:
    assert names(gradient(lambda x: sj.max_pool(x, 2)), X) == BYTES
    assert names(gradient(lambda x: sj.max_pool(x, 3, strides=2)), X) == ["max_pool", "max_pool_scatter"], (
        "overlap"
    )
    assert names(lambda x: sj.max_pool(x, 2), X) == ["max_pool_values"], "no places"
    wide = sj.Spec((1, 34, 34, 16), sj.float32)
    assert "max_pool" in names(gradient(lambda x: sj.max_pool(x, 17)), wide), "289 elements"
    double = sj.Spec(X.shape, sj.float64)
    assert "max_pool" in names(gradient(lambda x: sj.max_pool(x, 2)), double), "not compiled"
    with sj.without_passes("pool_places"):
        assert names(gradient(lambda x: sj.max_pool(x, 2)), X) == ["max_pool", "max_pool_scatter"]


def test_places_that_are_results_stay() -> None:
    def function(x: Any) -> Any:
        return sj.grad(lambda u: sj.sum(apply(MAX_POOL, u, window=(2, 2), strides=(2, 2))[0]))(x), apply(
            MAX_POOL, x, window=(2, 2), strides=(2, 2)
        )[1]

    assert "max_pool" in names(function, X)


def test_training_is_the_same_to_the_bit() -> None:
    """A small network with and without the pass, once its kernels are built."""
    x = sj.asarray(np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("f"))
    layers = [nn.Conv2D(16, 3, activation="relu", padding="same"), nn.MaxPool2D(2), nn.Flatten(), nn.Dense(2)]
    model = nn.Sequential(layers)
    model(x)

    def step(x: Any) -> Any:
        loss = sj.mean(model(x) ** 2)
        for variable in model.trainable_variables:
            variable.grad = None
        loss.backward()
        return loss, [v.grad for v in model.trainable_variables]

    found = []
    for off in ((), ("pool_places",)):
        with building(), sj.without_passes("graphs", *off):
            jitted = sj.jit(step)
            loss, gradients = jitted(x)
        (compiled,) = jitted._cache.values()
        assert ("max_pool_steps" in [e.op.name for e in compiled.runner.program.equations]) is not bool(off)
        found.append([a.numpy().tobytes() for a in (loss, *gradients)])
    assert found[0] == found[1]
