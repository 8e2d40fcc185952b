"""Pooling against PyTorch: values and gradients, in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import sujeong as sj
from sujeong.core.dispatch import apply
from sujeong.ops.pooling_primitives import AVERAGE_POOL, SPREAD

MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
POOLS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "line": ((2, 9, 3), (2,), {}),
    "line with overlap": ((2, 9, 3), (4,), {"strides": 2, "padding": 1}),
    "plane": ((2, 6, 8, 3), (2, 2), {}),
    "a rest is left over": ((2, 7, 9, 3), (2, 3), {}),
    "overlap": ((2, 7, 8, 5), (3, 3), {"strides": 2}),
    "padding": ((2, 7, 8, 5), (3, 2), {"strides": (2, 1), "padding": (1, 1)}),
    "gaps between windows": ((2, 9, 9, 2), (2, 2), {"strides": (4, 3)}),
    "one channel": ((3, 6, 6, 1), (2, 2), {}),
    "space": ((2, 4, 6, 5, 3), (2, 3, 2), {}),
    "space with overlap": ((2, 5, 6, 5, 3), (3, 2, 2), {"strides": (1, 2, 1), "padding": (1, 0, 1)}),
}
each_pool = pytest.mark.parametrize("case", POOLS.values(), ids=POOLS.keys())


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def _second(x: np.ndarray) -> torch.Tensor:
    """Channels second, as PyTorch has them."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1))).requires_grad_()


def _last(x: torch.Tensor | None) -> np.ndarray:
    assert x is not None
    return np.moveaxis(x.detach().numpy(), 1, -1)


def _tuple(value: Any, axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _both(op: Any, x: Any, **settings: Any) -> Any:
    """The kernel's result, after the readable form and the inference rule agreed."""
    found = apply(op, x, **settings)
    readable = op.readable(x, **settings)
    assert found.spec == readable.spec == op.infer(x.spec, **settings)
    np.testing.assert_allclose(np.asarray(found), np.asarray(readable), rtol=0, atol=1e-12)
    return found


@each_pool
@pytest.mark.parametrize("ties", [False, True])
def test_max_pool_and_its_gradient(case: Any, ties: bool, engine: str) -> None:
    shape, window, settings = case
    x = _random(*shape)
    if ties:
        x = np.round(x)  # PyTorch, too, gives the gradient to the first of equals
    a = _second(x)
    expected = MAX_POOL[len(window)](a, window, settings.get("strides"), settings.get("padding", 0))
    g = _random(*_last(expected).shape, seed=2)
    expected.backward(_second(g).detach())
    ours = sj.asarray(x, requires_grad=True)
    y = sj.max_pool(ours, window, **settings)
    (dx,) = sj.gradients(y, [ours], [sj.asarray(g)])
    np.testing.assert_array_equal(np.asarray(y), _last(expected))
    np.testing.assert_allclose(np.asarray(dx), _last(a.grad), rtol=0, atol=1e-14)


@each_pool
def test_average_pool_and_its_gradient(case: Any, engine: str) -> None:
    shape, window, settings = case
    x = _random(*shape)
    a = _second(x)
    expected = AVERAGE[len(window)](
        a, window, settings.get("strides"), settings.get("padding", 0), count_include_pad=False
    )
    g = _random(*_last(expected).shape, seed=2)
    expected.backward(_second(g).detach())
    ours = sj.asarray(x, requires_grad=True)
    y = sj.average_pool(ours, window, **settings)
    (dx,) = sj.gradients(y, [ours], [sj.asarray(g)])
    np.testing.assert_allclose(np.asarray(y), _last(expected), rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.asarray(dx), _last(a.grad), rtol=0, atol=1e-14)


@each_pool
def test_average_kernels_agree_with_their_readable_forms(case: Any, engine: str) -> None:
    shape, window, settings = case
    strides = _tuple(settings.get("strides", window), len(window))
    y = _both(AVERAGE_POOL, sj.asarray(_random(*shape)), window=window, strides=strides)
    g = sj.asarray(_random(*y.shape, seed=1))
    _both(SPREAD, g, size=shape[1:-1], window=window, strides=strides)


@each_pool
@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_third_derivatives_of_pooling(name: str, case: Any, engine: str) -> None:
    shape, window, settings = case
    x0, v0 = _random(*shape), _random(*shape, seed=1)

    def third(x: Any, v: Any, y: Any, gradients: Any) -> Any:
        """Of sum y^4, in the direction v: once with respect to x, twice more along v."""
        (g,) = gradients((y * y * y * y).sum(), x)
        (g,) = gradients((g * v).sum(), x)
        (g,) = gradients((g * v).sum(), x)
        return g

    a = _second(x0)
    table = MAX_POOL if name == "max_pool" else AVERAGE
    options = {} if name == "max_pool" else {"count_include_pad": False}
    b = table[len(window)](a, window, settings.get("strides"), settings.get("padding", 0), **options)
    expected = third(a, _second(v0).detach(), b, lambda y, x: torch.autograd.grad(y, [x], create_graph=True))
    x = sj.asarray(x0, requires_grad=True)
    y = getattr(sj, name)(x, window, **settings)
    found = third(x, sj.asarray(v0), y, lambda y, x: sj.gradients(y, [x], create_graph=True))
    assert np.abs(_last(expected)).max() > 1e-3
    np.testing.assert_allclose(np.asarray(found), _last(expected), rtol=0, atol=1e-11)


@pytest.mark.parametrize("window", [(2, 2), (3, 3)])
def test_engines_choose_the_same_of_equal_maxima(window: tuple[int, int]) -> None:
    x = np.random.default_rng(0).integers(0, 3, (4, 9, 9, 3)).astype("float32")
    found = []
    for name in ("numpy", "torch"):
        with sj.using(engine=name):
            leaf = sj.asarray(x, requires_grad=True)
            y = sj.max_pool(leaf, window, strides=2, padding="same")
            g = sj.reshape(sj.arange(y.size, dtype="float32"), y.shape)
            found.append(np.asarray(sj.gradients(y, [leaf], [g])[0]))
    np.testing.assert_array_equal(*found)


def test_gradient_at_a_tie_goes_to_the_first(engine: str) -> None:
    x = sj.asarray(np.ones((1, 2, 4, 1)), requires_grad=True)
    (dx,) = sj.gradients(sj.sum(sj.max_pool(x, 2)), [x])
    np.testing.assert_array_equal(np.asarray(dx)[0, :, :, 0], [[1, 0, 1, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("strides", [1, 2])
def test_max_pool_carries_nan_and_infinities(strides: int, engine: str) -> None:
    x = np.array([1.0, np.nan, -np.inf, -np.inf, -np.inf, np.inf]).reshape(1, 6, 1)
    y = np.asarray(sj.max_pool(sj.asarray(x), 2, strides=strides))[0, :, 0]
    expected = [
        max(a, b) if a == a and b == b else np.nan for a, b in zip(x[0, :-1, 0], x[0, 1:, 0], strict=True)
    ]
    np.testing.assert_array_equal(y, expected[::strides])


def test_no_gradient_leaks_from_an_infinite_one(engine: str) -> None:
    x = sj.asarray(np.arange(5.0).reshape(1, 5, 1), requires_grad=True)
    y = sj.max_pool(x, 3, strides=1)
    (dx,) = sj.gradients(y, [x], [sj.asarray(np.array([np.inf, 1.0, 2.0]).reshape(1, 3, 1))])
    np.testing.assert_array_equal(np.asarray(dx)[0, :, 0], [0, 0, np.inf, 1, 2])


@each_pool
def test_the_scatter_for_cuda_gives_the_same(case: Any) -> None:
    from sujeong.engines.torch.pooling import KERNELS, scatter_in_order

    shape, window, settings = case
    strides = _tuple(settings.get("strides", window), len(window))
    x = torch.from_numpy(_random(*shape))
    y, indices = KERNELS["max_pool"](x, window=window, strides=strides)
    g = torch.from_numpy(_random(*y.shape, seed=1))
    expected = KERNELS["max_pool_scatter"](g, indices, size=shape[1:-1], window=window, strides=strides)
    found = scatter_in_order(g, indices, shape[1:-1], window, strides)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-14)
