"""custom_gradient: eager, nested, recorded, in the body of a loop, in a gradient of a recorded function."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors


@sj.custom_gradient
def rounded(x: Any) -> Any:
    """Rounding whose gradient pretends that it was the identity."""
    return sj.round(x), lambda g: g


@sj.custom_gradient
def scaled(x: Any, y: Any) -> Any:
    """x * y with a gradient that is not the true one, so that nobody confuses them."""
    z = x * y
    return z, lambda g: (g * y * 10, g * z)


def f64(*values: float) -> Any:
    return sj.asarray(np.array(values, np.float64))


def test_the_given_gradient_is_used(engine: str) -> None:
    x = f64(1.2, 2.7)
    np.testing.assert_array_equal(np.asarray(rounded(x)), [1, 3])
    np.testing.assert_array_equal(np.asarray(sj.grad(lambda x: sj.sum(rounded(x) * x))(x)), [2.2, 5.7])


def test_its_own_gradient_is_that_of_the_operations_it_is_made_of(engine: str) -> None:
    """dx = 10 g y; d(dx)/dy = 10 g.  dy = g z; d(dy)/dx = g y, since z is an ordinary product here."""
    x, y = f64(3.0), f64(5.0)
    dx, dy = sj.grad(lambda x, y: sj.sum(scaled(x, y)), argnums=(0, 1))(x, y)
    assert float(dx[0]) == 50.0
    assert float(dy[0]) == 15.0
    by_y = sj.grad(lambda y: sj.sum(sj.grad(lambda x: sj.sum(scaled(x, y)))(x)))(y)
    assert float(by_y[0]) == 10.0
    by_x = sj.grad(lambda x: sj.sum(sj.grad(lambda y: sj.sum(scaled(x, y)))(y)))(x)
    assert float(by_x[0]) == 5.0


def slopes(f: Any) -> Any:
    """The sum of all first derivatives."""
    return lambda x, y: sum(map(sj.sum, sj.grad(f, argnums=(0, 1))(x, y)))


@pytest.mark.parametrize("order", [1, 2])
def test_recorded_equals_eager(engine: str, order: int) -> None:
    f = lambda x, y: sj.sum(scaled(x, y) * x)  # noqa: E731
    for _ in range(order):
        f = slopes(f)
    x, y = f64(3.0, 1.5), f64(5.0, -2.0)
    assert float(sj.jit(f)(x, y)) == float(f(x, y))


def test_gradient_of_a_recorded_function_keeps_it(engine: str) -> None:
    x, y = f64(3.0), f64(5.0)
    f = lambda x, y: sj.sum(scaled(x, y) * x)  # noqa: E731
    for found, expected in zip(
        sj.grad(sj.jit(f), argnums=(0, 1))(x, y), sj.grad(f, argnums=(0, 1))(x, y), strict=True
    ):
        np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def test_inside_the_body_of_a_loop(engine: str) -> None:
    def loop(x: Any, w: Any) -> Any:
        c, ys = sj.scan(lambda c, row: (scaled(c, w), rounded(c * row)), x, f64(0.4, 1.3, 2.2))
        return c * c + sj.sum(ys * ys)

    x, w = sj.asarray(1.1, dtype=sj.float64), sj.asarray(0.7, dtype=sj.float64)
    eager = sj.grad(loop, argnums=(0, 1))
    for found, expected in zip(sj.jit(eager)(x, w), eager(x, w), strict=True):
        np.testing.assert_allclose(float(found), float(expected), rtol=1e-14)
    second = sj.grad(lambda x, w: sum(eager(x, w)), argnums=(0, 1))
    for found, expected in zip(sj.jit(second)(x, w), second(x, w), strict=True):
        np.testing.assert_allclose(float(found), float(expected), rtol=1e-13)


def test_trees_and_arguments_without_a_gradient() -> None:
    @sj.custom_gradient
    def pick(p: Any, index: Any) -> Any:
        def backward(g: Any) -> Any:
            return {"a": g["s"] * 2, "b": g["s"] * 3}, None

        return {"s": p["a"] + p["b"]}, backward

    g = sj.grad(lambda p: pick(p, sj.arange(2))["s"])({"a": 1.0, "b": 2.0})
    assert float(g["a"]) == 2.0
    assert float(g["b"]) == 3.0


def test_without_gradients_it_is_the_plain_function() -> None:
    with sj.no_grad():
        assert float(rounded(sj.asarray(1.6, requires_grad=True))) == 2.0
    assert not rounded(sj.asarray(1.6)).requires_grad


def test_a_variable_from_around_is_refused_by_name(engine: str) -> None:
    w = sj.Variable(2.0, name="dense/kernel")

    @sj.custom_gradient
    def f(x: Any) -> Any:
        return x * w, lambda g: g

    text = r"variable 'dense/kernel' that is not among its arguments[\s\S]*pass it as an argument"
    with pytest.raises(errors.GradientError, match=text):
        sj.grad(f)(1.0)
    with pytest.raises(errors.GradientError, match=r"that is not among its arguments"):
        sj.jit(sj.grad(f))(1.0)
    t = sj.asarray(2.0, requires_grad=True)
    g = sj.custom_gradient(lambda x: (x * t, lambda u: u))
    with pytest.raises(errors.GradientError, match=r"a tensor that requires a gradient that is not among"):
        sj.grad(g)(1.0)


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x: x, r"must return its value and a function[\s\S]*return y, backward"),
        (lambda x: (x, x), r"must return its value and a function"),
        (
            lambda x: (x, lambda g: (g, g)),
            r"gradient of argument 0 of <lambda> must look like it[\s\S]*tuple",
        ),
        (lambda x: (x, lambda g: [g]), r"gradient of argument 0 of <lambda> must look like it"),
        (lambda x: (x, lambda g: sj.ones(3)), r"another shape[\s\S]*\(3,\)[\s\S]*\(2,\)"),
    ],
)
def test_what_it_refuses(function: Any, text: str) -> None:
    f = sj.custom_gradient(function)
    with pytest.raises(errors.GradientError, match=text):
        sj.grad(lambda x: sj.sum(f(x)))(f64(1, 2))


def test_one_entry_an_argument() -> None:
    f = sj.custom_gradient(lambda x, y: (x * y, lambda g: g))
    with pytest.raises(errors.GradientError, match=r"one entry an argument[\s\S]*Tensor[\s\S]*expected: 2"):
        sj.grad(f)(1.0, 2.0)


def test_ten_lines_are_enough() -> None:
    """Gradient clipping as an operation of one's own."""

    @sj.custom_gradient
    def clipped(x: Any, limit: float = 1.0) -> Any:
        def backward(g: Any) -> Any:
            return sj.clip(g, -limit, limit)

        return x, backward

    g = sj.grad(lambda x: sj.sum(clipped(x) * f64(5, 0.5)))(f64(1, 1))
    np.testing.assert_array_equal(np.asarray(g), [1, 0.5])
