"""Graphs of 100,000 nodes: backward, and throwing them away, without recursion."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import numpy as np
import pytest

import sujeong as sj

N = 100_000


@pytest.fixture(autouse=True)
def _shallow() -> Any:
    """Little room on the stack, so that any recursion along the graph fails at once."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    yield
    sys.setrecursionlimit(before)


def chain(x: Any, n: int = N) -> Any:
    for _ in range(n):
        x = x + 1.0
    return x


def test_backward_through_a_chain() -> None:
    with sj.using(engine="numpy"):
        x = sj.asarray(2.0, requires_grad=True)
        y = chain(x * x)
        y.backward()
        assert float(x.grad) == 4.0


def test_a_chain_is_thrown_away() -> None:
    with sj.using(engine="numpy"):
        x = sj.asarray(2.0, requires_grad=True)
        first = x * 1.0
        gone = weakref.ref(first)
        y = chain(first)
        del first
        gc.collect()
        assert gone() is None  # the tensor goes, its node stays as long as the chain
        del y
        assert gc.collect() >= 0


def test_a_chain_is_freed_at_once_without_the_collector() -> None:
    """Nodes point backwards only, so counting references is enough."""
    with sj.using(engine="numpy"):
        x = sj.asarray(np.ones(3), requires_grad=True)
        middle = sj.tanh(x)
        kept = weakref.ref(middle._array)
        y = chain(middle * middle, 1000)
        del middle
        gc.disable()
        try:
            assert kept() is not None
            del y
            assert kept() is None
        finally:
            gc.enable()


def test_a_wide_graph() -> None:
    """One value read 100,000 times: its gradients are added up, not stacked up."""
    with sj.using(engine="numpy"):
        x = sj.asarray(2.0, dtype=sj.float64, requires_grad=True)
        total = sj.asarray(0.0, dtype=sj.float64)
        for _ in range(N // 10):
            total = total + x
        total.backward()
        assert float(x.grad) == N // 10


def test_second_gradient_of_a_long_chain() -> None:
    with sj.using(engine="numpy"):
        second = sj.grad(sj.grad(lambda x: chain(x * x * x, N // 10)))
        assert float(second(2.0)) == 12.0


def test_recording_and_replaying_a_long_program() -> None:
    with sj.using(engine="numpy"):
        f = sj.jit(sj.grad(lambda x: chain(x * x, N // 50)))
        assert float(f(3.0)) == 6.0


def test_a_loop_of_many_rows() -> None:
    with sj.using(engine="numpy"):
        f = sj.grad(lambda w, xs: sj.scan(lambda c, x: (c * w + x, None), 0.0, xs)[0])
        xs = sj.ones(N // 20)
        assert np.isfinite(float(f(0.5, xs)))
        np.testing.assert_allclose(float(sj.jit(f)(0.5, xs)), float(f(0.5, xs)), rtol=1e-5)
