"""numerical_gradient and check_grad: the definition, and that a wrong gradient is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors


def test_the_definition_to_the_bit(engine: str) -> None:
    """(f(x + h) - f(x - h)) / 2h, for f(x) = 0.01 x^2 + 0.1 x as in the books."""
    f = lambda x: 0.01 * x * x + 0.1 * x  # noqa: E731
    h, x = 1e-4, 5.0
    expected = (f(x + h) - f(x - h)) / (2 * h)
    assert float(sj.numerical_gradient(f, sj.asarray(x, dtype=sj.float64))) == expected
    assert abs(expected - 0.2) < 1e-9


def test_each_element_is_moved_alone(engine: str) -> None:
    seen = []

    def f(x: Any) -> Any:
        seen.append(np.asarray(x).copy())
        return sj.sum(x * x)

    x = np.array([[3.0, 4.0]])
    found = sj.numerical_gradient(f, x, h=0.5)
    np.testing.assert_allclose(np.asarray(found), [[6.0, 8.0]], rtol=1e-12)
    np.testing.assert_array_equal(np.concatenate(seen), [[3.5, 4], [2.5, 4], [3, 4.5], [3, 3.5]])
    np.testing.assert_array_equal(x, [[3.0, 4.0]])


def test_float32_is_taken_to_float64(engine: str) -> None:
    found = sj.numerical_gradient(lambda x: x[0] * x[0] + x[1] * x[1], sj.asarray([3.0, 4.0]))
    assert found.dtype is sj.float32
    np.testing.assert_allclose(np.asarray(found), [6, 8], rtol=1e-6)


def test_variables_are_moved_and_put_back(engine: str) -> None:
    w = sj.Variable(np.array([1.0, 2.0]), name="w")
    b = sj.Variable(np.array(3.0), name="b")
    gw, gb = sj.numerical_gradient(lambda: sj.sum(w * w) * b, [w, b])
    np.testing.assert_allclose(np.asarray(gw), [6, 12], rtol=1e-8)
    np.testing.assert_allclose(np.asarray(gb), 5, rtol=1e-8)
    np.testing.assert_array_equal(np.asarray(w), [1, 2])
    assert float(b) == 3.0

    def broken() -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sj.numerical_gradient(broken, [w])
    np.testing.assert_array_equal(np.asarray(w), [1, 2])


@pytest.mark.parametrize("give", [float, lambda y: y.numpy(), lambda y: y])
def test_f_may_give_a_number_an_array_or_a_tensor(give: Any) -> None:
    assert abs(float(sj.numerical_gradient(lambda x: give(x * x), 3.0)) - 6) < 1e-6


def test_what_it_refuses() -> None:
    with pytest.raises(errors.GradientError, match=r"f must give one number[\s\S]*\(2,\)"):
        sj.numerical_gradient(lambda x: x * x, np.ones(2))
    with pytest.raises(errors.ArgumentError, match=r"step must be positive[\s\S]*received: 0"):
        sj.numerical_gradient(lambda x: x, 1.0, h=0)
    with pytest.raises(errors.DTypeError, match=r"must be real"):
        sj.numerical_gradient(lambda x: x, np.ones(1, np.complex64))


def test_nothing_to_move() -> None:
    assert sj.numerical_gradient(lambda x: sj.sum(x), np.ones((0, 3))).shape == (0, 3)


def test_check_grad_accepts_right_gradients(engine: str, rng: Any) -> None:
    worst = sj.check_grad(
        lambda p, x: sj.tanh(x @ p["w"] + p["b"]),
        {"w": rng.normal(size=(3, 2)).astype(np.float32), "b": np.zeros(2), "n": 1},
        rng.normal(size=(4, 3)),
    )
    assert 0 < worst < 1e-8


@sj.custom_gradient
def wrong(x: Any) -> Any:
    """A gradient with one wrong element."""
    factor = sj.asarray(np.array([[1.0, 1.0, 1.0], [1.0, 1.5, 1.0]]))
    return x * 1.0, lambda g: g * factor


def test_check_grad_names_argument_place_and_both_values(engine: str) -> None:
    with pytest.raises(errors.GradientError) as caught:
        sj.check_grad(lambda y, x: sj.sum(wrong(x)) * y, 2.0, np.ones((2, 3)))
    text = str(caught.value)
    assert "the gradient of argument 1 at [1, 1] is wrong" in text
    assert "received: 3, numerically " in text
    assert abs(float(text.split("numerically ")[1].splitlines()[0]) - 2) < 1e-8
    assert "an error below 1e-06" in text


def test_check_grad_names_the_leaf_of_a_tree() -> None:
    with pytest.raises(errors.GradientError, match=r"argument 0, leaf 1 at \[1, 1\]"):
        sj.check_grad(lambda p: sj.sum(wrong(p["b"])) + p["a"], {"a": 1.0, "b": np.ones((2, 3))})


def test_check_grad_finds_nan_and_kinks() -> None:
    with pytest.raises(errors.GradientError, match=r"argument 0 at \[0\] is wrong[\s\S]*nan"):
        sj.check_grad(lambda x: sj.sum(sj.sqrt(x)) * 0 + sj.sum(x * float("nan")), np.zeros(1))
    with pytest.raises(errors.GradientError, match=r"is wrong"):
        sj.check_grad(lambda x: sj.sum(sj.where(x > 0, x, 0)), np.zeros(1))


def test_check_grad_refuses_what_it_cannot_check() -> None:
    with pytest.raises(errors.DTypeError, match=r"no argument holds a floating-point value"):
        sj.check_grad(lambda x: x, 3)
    with pytest.raises(errors.GradientError, match=r"gives no floating-point value"):
        sj.check_grad(lambda x: sj.argmax(x), np.ones(2))
