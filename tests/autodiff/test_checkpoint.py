"""checkpoint: same values and gradients, less kept, the same random numbers, visible in a program."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import sujeong as sj


def f64(values: Any) -> Any:
    return sj.asarray(np.asarray(values, np.float64))


def same(a: Any, b: Any) -> None:
    for x, y in zip(sj.tree.leaves(a), sj.tree.leaves(b), strict=True):
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))


def network(x: Any, w: Any) -> Any:
    for _ in range(3):
        x = sj.tanh(x @ w)
    return x


@pytest.mark.parametrize("recorded", [False, True])
def test_values_and_gradients_are_those_of_the_function(engine: str, rng: Any, recorded: bool) -> None:
    x, w = f64(rng.normal(size=(2, 3))), f64(rng.normal(size=(3, 3)))
    plain = sj.value_and_grad(lambda x, w: sj.sum(network(x, w) * x), argnums=(0, 1))
    saving = sj.value_and_grad(lambda x, w: sj.sum(sj.checkpoint(network)(x, w) * x), argnums=(0, 1))
    if recorded:
        saving = sj.jit(saving)
    same(plain(x, w), saving(x, w))


@pytest.mark.parametrize("recorded", [False, True])
def test_second_derivatives(engine: str, rng: Any, recorded: bool) -> None:
    x, w = f64(rng.normal(size=(2, 3))), f64(rng.normal(size=(3, 3)))

    def second(f: Any) -> Any:
        def slope(x: Any, w: Any) -> Any:
            g = sj.grad(lambda x, w: sj.sum(f(x, w)), argnums=(0, 1))(x, w)
            return sum(sj.sum(p * p) for p in g)

        return sj.grad(slope, argnums=(0, 1))

    saving = second(sj.checkpoint(network))
    for a, b in zip(second(network)(x, w), (sj.jit(saving) if recorded else saving)(x, w), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-12)


class Watched:
    """Counts how often the function runs, and watches a value from its middle."""

    def __init__(self) -> None:
        self.calls = 0
        self.middle: Any = None

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        y = sj.tanh(x)
        self.middle = weakref.ref(y._array)
        return y * y


def test_only_inputs_are_kept_and_the_rest_is_computed_again() -> None:
    with sj.using(engine="numpy"):
        x = sj.asarray(np.ones(4), requires_grad=True)
        f = Watched()
        y = sj.sum(f(x))
        assert f.middle() is not None, "without checkpoint the middle is kept"
        del y
        y = sj.sum(sj.checkpoint(f)(x))
        gc.collect()
        assert f.middle() is None, "with checkpoint it is not"
        assert f.calls == 2
        y.backward()
        assert f.calls == 3


def test_without_gradients_it_runs_once() -> None:
    f = Watched()
    with sj.no_grad():
        assert not sj.checkpoint(f)(sj.asarray(1.0, requires_grad=True)).requires_grad
    assert f.calls == 1


@pytest.mark.parametrize("recorded", [False, True])
def test_variables_and_tensors_from_around_are_differentiated(engine: str, recorded: bool) -> None:
    w = sj.Variable(np.array([1.0, 2.0]), name="w")

    def loss(x: Any) -> Any:
        middle = x * x
        return sj.sum(sj.checkpoint(lambda: w * middle)())

    f = sj.value_and_grad(loss, variables=[w])
    _, (g,) = (sj.jit(f) if recorded else f)(f64([3, 4]))
    np.testing.assert_array_equal(np.asarray(g), [9, 16])
    by_x = sj.grad(loss)
    np.testing.assert_array_equal(np.asarray((sj.jit(by_x) if recorded else by_x)(f64([3, 4]))), [6, 16])


@pytest.mark.parametrize("recorded", [False, True])
def test_counters_are_advanced_once_and_repeat(engine: str, recorded: bool) -> None:
    """A draw that reads and advances a counter gives the second computation the numbers of the first."""
    counter = sj.Variable(0, name="counter", trainable=False)

    def draw() -> Any:
        counter.assign(counter + 1)
        return sj.astype(counter.value, sj.float64)

    def f(x: Any) -> Any:
        return sj.sum(sj.checkpoint(lambda x: x * x * draw())(x))

    step = sj.value_and_grad(f)
    step = sj.jit(step) if recorded else step
    for n in (1, 2, 3):
        value, g = step(f64([2.0]))
        assert float(value) == 4.0 * n
        assert float(g[0]) == 4.0 * n
        assert int(counter) == n


def test_a_variable_changed_between_forward_and_backward_does_not_matter() -> None:
    w = sj.Variable(np.array([2.0]), name="w")
    x = sj.asarray(np.array([3.0]), requires_grad=True)
    y = sj.sum(sj.checkpoint(lambda x: x * x * w)(x))
    w.assign(w * 100)
    y.backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [12])


def test_modes_are_those_of_the_forward_pass() -> None:
    seen = []

    def f(x: Any) -> Any:
        seen.append(sj.is_training())
        return x * x

    x = sj.asarray(2.0, requires_grad=True)
    with sj.training_mode():
        y = sj.checkpoint(f)(x)
    y.backward()
    assert seen == [True, True]


def test_the_second_computation_stands_in_the_program() -> None:
    x = sj.asarray(2.0, dtype=sj.float64)
    plain = sj.record(sj.grad(lambda x: sj.tanh(sj.tanh(x)) * x), x)
    saving = sj.record(sj.grad(lambda x: sj.checkpoint(lambda x: sj.tanh(sj.tanh(x)))(x) * x), x)
    count = lambda p, name: sum(e.op.name == name for e in p.equations)  # noqa: E731
    assert (count(plain, "tanh"), count(plain, "recompute")) == (2, 0)
    assert (count(saving, "tanh"), count(saving, "recompute")) == (4, 1)
    marks = [e for e in saving.equations if e.op.name == "recompute"]
    after = saving.equations[saving.equations.index(marks[0]) :]
    again = [e for e in after if e.op.name == "tanh"]
    assert len(again) == 2
    assert again[0].inputs == marks[0].outputs, "the second computation starts behind the mark"
    assert "recompute" in str(saving)


def test_trees_static_arguments_and_results_without_gradients(engine: str) -> None:
    def f(p: Any, power: int, name: str = "a") -> Any:
        y = p["x"] * p["x"] if power == 2 else p["x"]
        return {"y": y, "index": sj.argmax(p["x"]), "name": name}

    def loss(x: Any) -> Any:
        out = sj.checkpoint(f)({"x": x, "k": 3}, 2, name="b")
        assert out["name"] == "b"
        assert not out["index"].requires_grad
        return sj.sum(out["y"])

    np.testing.assert_array_equal(np.asarray(sj.grad(loss)(f64([1, 3]))), [2, 6])


def test_nested(engine: str, rng: Any) -> None:
    x, w = f64(rng.normal(size=(2, 3))), f64(rng.normal(size=(3, 3)))
    inner = sj.checkpoint(network)
    outer = sj.checkpoint(lambda x, w: inner(inner(x, w), w))
    plain = lambda x, w: network(network(x, w), w)  # noqa: E731
    for a, b in zip(
        sj.grad(lambda x, w: sj.sum(plain(x, w)), argnums=(0, 1))(x, w),
        sj.grad(lambda x, w: sj.sum(outer(x, w)), argnums=(0, 1))(x, w),
        strict=True,
    ):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-13)
