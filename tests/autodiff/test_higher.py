"""jacobian, hessian, hvp: against central differences and against each other, over trees and argnums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors


def f64(values: Any) -> Any:
    return sj.asarray(np.asarray(values, np.float64))


def numerical_jacobian(f: Any, x: np.ndarray, h: float = 1e-6) -> np.ndarray:
    out = np.asarray(f(f64(x)))
    table = np.zeros(out.shape + x.shape)
    for i in np.ndindex(x.shape):
        d = np.zeros(x.shape)
        d[i] = h
        table[(..., *i)] = (np.asarray(f(f64(x + d))) - np.asarray(f(f64(x - d)))) / (2 * h)
    return table


def test_jacobian_of_a_matrix_function(engine: str, rng: np.random.Generator) -> None:
    w = f64(rng.normal(size=(3, 2)))
    f = lambda x: sj.tanh(x @ w)  # noqa: E731
    x = rng.normal(size=(4, 3))
    found = sj.jacobian(f)(f64(x))
    assert found.shape == (4, 2, 4, 3)
    np.testing.assert_allclose(np.asarray(found), numerical_jacobian(f, x), atol=1e-8)


def test_jacobian_of_trees_and_argnums(engine: str) -> None:
    def f(p: Any, y: Any) -> Any:
        return {"a": p["w"] * y, "b": sj.sum(p["w"])}

    p, y = {"w": f64([1, 2]), "n": 3}, f64([5, 7])
    found = sj.jacobian(f, argnums=(0, 1))(p, y)
    np.testing.assert_array_equal(np.asarray(found["a"][0]["w"]), np.diag([5, 7]))
    assert found["a"][0]["n"] is None
    np.testing.assert_array_equal(np.asarray(found["a"][1]), np.diag([1, 2]))
    np.testing.assert_array_equal(np.asarray(found["b"][0]["w"]), [1, 1])
    np.testing.assert_array_equal(np.asarray(found["b"][1]), [0, 0])
    single = sj.jacobian(f, argnums=-1)(p, y)
    np.testing.assert_array_equal(np.asarray(single["a"]), np.diag([1, 2]))


def test_jacobian_of_constants_and_of_nothing() -> None:
    found = sj.jacobian(lambda x: sj.ones((2,)))(f64([1, 2, 3]))
    assert found.shape == (2, 3)
    assert not np.asarray(found).any()
    empty = sj.jacobian(lambda x: x[:0] * 2)(f64([1, 2, 3]))
    assert empty.shape == (0, 3)


def test_jacobian_refuses_whole_numbers() -> None:
    with pytest.raises(errors.GradientError, match=r"only floating-point results[\s\S]*int64"):
        sj.jacobian(lambda x: sj.astype(x, sj.int64))(f64([1, 2]))


def test_hessian_is_the_jacobian_of_the_gradient(engine: str, rng: np.random.Generator) -> None:
    f = lambda x: sj.sum(sj.exp(x) * sj.flip(x))  # noqa: E731
    x = rng.normal(size=4)
    found = np.asarray(sj.hessian(f)(f64(x)))
    np.testing.assert_allclose(found, numerical_jacobian(sj.grad(f), x), atol=1e-8)
    np.testing.assert_allclose(found, found.T, atol=1e-14)


def test_hessian_of_trees(engine: str) -> None:
    f = lambda p: sj.sum(p["a"] * p["a"]) * p["b"]  # noqa: E731
    h = sj.hessian(f)({"a": f64([1, 2]), "b": f64(3)})
    np.testing.assert_array_equal(np.asarray(h["a"]["a"]), 6 * np.eye(2))
    np.testing.assert_array_equal(np.asarray(h["a"]["b"]), [2, 4])
    np.testing.assert_array_equal(np.asarray(h["b"]["a"]), [2, 4])
    assert float(h["b"]["b"]) == 0.0


def test_hvp_is_the_hessian_times_the_vector(engine: str, rng: np.random.Generator) -> None:
    f = lambda x: sj.sum(sj.tanh(x) * sj.flip(x) * x)  # noqa: E731
    x, v = rng.normal(size=5), rng.normal(size=5)
    expected = np.asarray(sj.hessian(f)(f64(x))) @ v
    np.testing.assert_allclose(np.asarray(sj.hvp(f, [f64(x)], [f64(v)])[0]), expected, atol=1e-12)
    np.testing.assert_allclose(np.asarray(sj.hvp(f, [f64(x)], f64(v), argnums=0)), expected, atol=1e-12)


def test_hvp_of_trees_and_argnums(engine: str) -> None:
    f = lambda p, y: sj.sum(p["w"] * p["w"] * y) + sj.sum(y)  # noqa: E731
    p, y = {"w": f64([1, 2]), "n": 1}, f64([3, 4])
    v = {"w": f64([1, 1]), "n": 1}
    only = sj.hvp(f, [p, y], v, argnums=0)
    np.testing.assert_array_equal(np.asarray(only["w"]), [6, 8])
    assert only["n"] is None
    both = sj.hvp(f, [p, y], [v, f64([0, 1])])
    np.testing.assert_array_equal(np.asarray(both[0]["w"]), [6, 12])
    np.testing.assert_array_equal(np.asarray(both[1]), [2, 4])


def test_hvp_refuses_vectors_that_do_not_fit() -> None:
    with pytest.raises(errors.GradientError, match=r"one tangent an argument[\s\S]*1 for 2"):
        sj.hvp(lambda x, y: x * y, [1.0, 2.0], [1.0])
    with pytest.raises(errors.GradientError, match=r"tangent of argument 0 has another shape"):
        sj.hvp(lambda x: sj.sum(x), [f64([1, 2])], [f64([1, 2, 3])])


def test_recorded_tables_equal_eager_ones(engine: str, rng: np.random.Generator) -> None:
    f = lambda x: sj.sum(sj.tanh(x) * sj.flip(x))  # noqa: E731
    x = f64(rng.normal(size=3))
    np.testing.assert_array_equal(np.asarray(sj.jit(sj.hessian(f))(x)), np.asarray(sj.hessian(f)(x)))
    j = sj.jacobian(lambda x: sj.tanh(x) * x)
    np.testing.assert_array_equal(np.asarray(sj.jit(j)(x)), np.asarray(j(x)))
