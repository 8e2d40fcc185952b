"""grad, value_and_grad, vjp, jvp, stop_gradient: values, trees, nesting, and what they refuse."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors


def f64(*values: float) -> Any:
    return sj.asarray(np.array(values, np.float64))


def test_third_derivative_of_a_power(engine: str) -> None:
    d3 = sj.grad(sj.grad(sj.grad(lambda x: x * x * x * x)))
    assert float(d3(sj.asarray(2.0, dtype=sj.float64))) == 48.0


def test_value_and_gradient_together(engine: str) -> None:
    value, g = sj.value_and_grad(lambda x, y: sj.sum(x * x * y))(f64(1, 2), f64(3, 4))
    assert float(value) == 19.0
    np.testing.assert_array_equal(np.asarray(g), [6, 16])
    assert not value.requires_grad
    assert not g.requires_grad


@pytest.mark.parametrize("argnums", [1, -1, (1,), (0, 1), (1, 0), (-1, 1), (0, 0)])
def test_argnums_negative_several_repeated(argnums: Any) -> None:
    expected = {0: 5.0, 1: 2.0, -1: 2.0}
    found = sj.grad(lambda x, y: x * y, argnums=argnums)(2.0, 5.0)
    if isinstance(argnums, int):
        assert float(found) == expected[argnums]
    else:
        assert isinstance(found, tuple)
        assert [float(g) for g in found] == [expected[i] for i in argnums]


@pytest.mark.parametrize("argnums", [2, -3, (0, 2), "0", (0.0,), True])
def test_argnums_that_do_not_exist(argnums: Any) -> None:
    with pytest.raises(errors.ArgumentError, match=r"no such argument[\s\S]*2 positional arguments"):
        sj.grad(lambda x, y: x * y, argnums=argnums)(2.0, 5.0)


def test_no_arguments_at_all() -> None:
    with pytest.raises(errors.ArgumentError, match=r"0 positional arguments[\s\S]*at least one"):
        sj.grad(lambda: sj.asarray(1.0))()


def test_an_unused_argument_has_a_gradient_of_zeros(engine: str) -> None:
    a, b = sj.grad(lambda x, y: sj.sum(x), argnums=(0, 1))(f64(1, 2), sj.ones((2, 3)))
    np.testing.assert_array_equal(np.asarray(a), [1, 1])
    assert b.shape == (2, 3)
    assert b.dtype is sj.float32
    assert not np.asarray(b).any()
    nothing = sj.grad(lambda x: sj.asarray(3.0))(f64(1, 2))
    np.testing.assert_array_equal(np.asarray(nothing), [0, 0])


@dataclass
class Layer:
    weight: Any
    units: int
    activation: str = "relu"


def test_trees_of_dicts_lists_and_dataclasses_with_other_leaves() -> None:
    parameters = {"a": [f64(1, 2), Layer(f64(3, 4), 2)], "step": 7, "b": (2.0, np.array([1.0, 1.0]))}

    def loss(p: Any) -> Any:
        assert p["step"] == 7
        assert p["a"][1].activation == "relu"
        return sj.sum(p["a"][0] * p["a"][1].weight) * p["b"][0] + sj.sum(p["b"][1])

    g = sj.grad(loss)(parameters)
    np.testing.assert_array_equal(np.asarray(g["a"][0]), [6, 8])
    assert isinstance(g["a"][1], Layer)
    np.testing.assert_array_equal(np.asarray(g["a"][1].weight), [2, 4])
    assert g["a"][1].units is None
    assert g["a"][1].activation is None
    assert g["step"] is None
    assert float(g["b"][0]) == 11.0
    np.testing.assert_array_equal(np.asarray(g["b"][1]), [1, 1])


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3, "int: 3"), ([1, 2], "int: 1"), (True, "bool"), ("text", "str"), (np.array([1, 2]), "ndarray")],
)
def test_arguments_without_floating_values_are_refused(value: Any, shown: str) -> None:
    text = rf"argument 1 holds no floating-point value[\s\S]*{shown}[\s\S]*3\.0 instead of 3"
    with pytest.raises(errors.DTypeError, match=text):
        sj.grad(lambda x, y: sj.sum(x), argnums=1)(1.0, value)


def test_a_tensor_of_whole_numbers_is_refused_with_its_spec() -> None:
    with pytest.raises(errors.DTypeError, match=r"\[grad\] argument 0 holds[\s\S]*received: int64\[3\]"):
        sj.grad(lambda x: sj.sum(x))(sj.arange(3))


def test_an_empty_tree_has_an_empty_gradient() -> None:
    assert sj.grad(lambda p, x: x * x)({}, sj.asarray(2.0)) == {}


def test_auxiliary_results_carry_no_graph() -> None:
    def f(x: Any) -> Any:
        return sj.sum(x * x), {"double": x * 2, "name": "n"}

    (value, aux), g = sj.value_and_grad(f, has_aux=True)(f64(1, 2))
    assert not aux["double"].requires_grad
    assert aux["name"] == "n"
    assert float(value) == 5.0
    g, aux = sj.grad(f, has_aux=True)(f64(1, 2))
    np.testing.assert_array_equal(np.asarray(g), [2, 4])


def test_state_carried_through_aux_does_not_keep_old_steps_alive() -> None:
    state = f64(1.0)
    first = None
    for _ in range(3):

        def f(w: Any, state: Any = state) -> Any:
            new = state * w
            return sj.sum(new), new

        _, state = sj.grad(f, has_aux=True)(f64(0.5))
        if first is None:
            first = weakref.ref(state)
    gc.collect()
    assert first is not None
    assert first() is None


@pytest.mark.parametrize("out", [(1,), [1, 2], 3.0])
def test_has_aux_needs_a_pair(out: Any) -> None:
    with pytest.raises(errors.GradientError, match=r"returns \(value, aux\)"):
        sj.grad(lambda x: out, has_aux=True)(1.0)


@pytest.mark.parametrize("read", [float, lambda x: x.item(), lambda x: x.numpy() * 2])
def test_a_value_that_left_the_tensors_is_refused(read: Any) -> None:
    with pytest.raises(
        errors.GradientError, match=r"must return one number, as a tensor[\s\S]*without float"
    ):
        sj.grad(lambda x: read(x * x))(2.0)


def test_several_numbers_are_refused() -> None:
    with pytest.raises(errors.GradientError, match=r"one number[\s\S]*float64\[2\][\s\S]*sj\.jacobian"):
        sj.grad(lambda x: x * x)(f64(1, 2))


def test_a_whole_number_has_no_gradient() -> None:
    with pytest.raises(errors.GradientError, match=r"a floating-point number[\s\S]*int64"):
        sj.grad(lambda x: sj.sum(sj.astype(x, sj.int64)))(f64(1, 2))


def test_inner_and_outer_gradients_do_not_mix(engine: str) -> None:
    """d/dx [x * d/dy (x + y)] is 1, not 2: the inner gradient is by y only."""
    outer = sj.grad(lambda x: x * sj.grad(lambda y: x + y)(1.0))
    assert float(outer(5.0)) == 1.0
    product = sj.grad(lambda x: x * sj.grad(lambda y: x * y * y)(x))
    assert float(product(3.0)) == 6.0 * 9.0  # x * 2 x y at y = x: 2 x^3


def test_inner_gradient_by_the_same_argument() -> None:
    second = sj.grad(lambda x: sj.grad(lambda y: y * y * y)(x) * x)
    assert float(second(2.0)) == 9.0 * 4.0  # d/dx 3 x^3


def test_gradients_by_variables(engine: str) -> None:
    w = sj.Variable(np.array([1.0, 2.0]), name="w")
    b = sj.Variable(np.array(3.0), name="b")
    value, (gw, gb) = sj.value_and_grad(lambda x: sj.sum(w * x), variables=[w, b])(f64(5, 6))
    assert float(value) == 17.0
    assert not value.requires_grad
    np.testing.assert_array_equal(np.asarray(gw), [5, 6])
    assert float(gb) == 0.0


def test_gradients_by_variables_nested(engine: str) -> None:
    w = sj.Variable(np.array([1.0, 2.0]), name="w")

    def penalty() -> Any:
        (g,) = sj.grad(lambda: sj.sum(w * w * w), variables=[w])()
        return sj.sum(g * g)

    (found,) = sj.grad(penalty, variables=[w])()
    np.testing.assert_array_equal(np.asarray(found), [36.0, 288.0])  # d/dw 9 w^4


def test_gradient_by_an_argument_of_a_gradient_by_variables(engine: str) -> None:
    w = sj.Variable(np.array(2.0), name="w")

    def slope(x: Any) -> Any:
        (g,) = sj.grad(lambda: w * w * x * x, variables=[w])()
        return g

    assert float(sj.grad(slope)(sj.asarray(3.0, dtype=sj.float64))) == 24.0  # d/dx 2 w x^2


def test_a_frozen_variable_is_refused_by_name() -> None:
    w = sj.Variable(1.0, name="dense/kernel", trainable=False)
    u = sj.Variable(1.0, name="u")
    with pytest.raises(errors.GradientError, match=r"variable 'dense/kernel' requires no gradient"):
        sj.grad(lambda: w * u, variables=[w])()


def test_stop_gradient_in_trees() -> None:
    out = sj.stop_gradient({"x": f64(1), "n": 3, "name": "a"})
    assert out["n"] == 3
    assert out["name"] == "a"
    g = sj.grad(lambda x: sj.sum(x * sj.stop_gradient(x)))(f64(3))
    np.testing.assert_array_equal(np.asarray(g), [3])


def test_vjp_of_trees(engine: str) -> None:
    value, pull = sj.vjp(lambda p, n: {"y": p["w"] * p["x"], "n": n}, {"w": f64(2), "x": f64(5), "k": 1}, 3)
    assert value["n"] == 3
    first, second = pull({"y": f64(1), "n": 0})
    assert float(first["w"][0]) == 5.0
    assert float(first["x"][0]) == 2.0
    assert first["k"] is None
    assert second is None
    again = pull({"y": f64(10), "n": 0})[0]
    assert float(again["w"][0]) == 50.0


def test_vjp_refuses_another_shape_or_structure() -> None:
    _, pull = sj.vjp(lambda x: x * x, f64(1, 2))
    with pytest.raises(errors.ShapeError, match=r"must look like the output[\s\S]*\(3,\)[\s\S]*\(2,\)"):
        pull(f64(1, 2, 3))
    with pytest.raises(errors.GradientError, match=r"must look like the output"):
        pull([f64(1, 2)])
    with pytest.raises(errors.DTypeError, match=r"no argument holds a floating-point value"):
        sj.vjp(lambda x: x, 3)


def test_jvp_agrees_with_vjp(engine: str, rng: np.random.Generator) -> None:
    a, b = sj.asarray(rng.normal(size=(3, 4))), sj.asarray(rng.normal(size=(4,)))
    va, vb = rng.normal(size=(3, 4)), rng.normal(size=(4,))
    u = rng.normal(size=(3,))

    def f(a: Any, b: Any) -> Any:
        return sj.tanh(a @ b)

    _, slope = sj.jvp(f, [a, b], [va, vb])
    _, pull = sj.vjp(f, a, b)
    ga, gb = pull(u)
    left = float(np.sum(u * np.asarray(slope)))
    right = float(np.sum(np.asarray(ga) * va) + np.sum(np.asarray(gb) * vb))
    assert abs(left - right) < 1e-12


def test_jvp_of_what_does_not_depend_on_the_input_is_zero() -> None:
    value, slope = sj.jvp(lambda x: {"a": f64(1, 2), "b": x * 2}, [f64(3)], [f64(1)])
    np.testing.assert_array_equal(np.asarray(slope["a"]), [0, 0])
    np.testing.assert_array_equal(np.asarray(slope["b"]), [2])
    assert not value["b"].requires_grad


def test_jvp_refuses_tangents_that_do_not_fit() -> None:
    with pytest.raises(errors.GradientError, match=r"one tangent an argument[\s\S]*2 for 1"):
        sj.jvp(lambda x: x, [f64(1)], [f64(1), f64(2)])
    with pytest.raises(errors.GradientError, match=r"tangent of argument 0 has another shape[\s\S]*\(2,\)"):
        sj.jvp(lambda x: x, [f64(1)], [f64(1, 2)])


def test_gradient_of_a_jvp_and_jvp_of_a_gradient(engine: str) -> None:
    cube = lambda x: x * x * x  # noqa: E731
    one = sj.asarray(1.0, dtype=sj.float64)
    two = sj.asarray(2.0, dtype=sj.float64)
    assert float(sj.grad(lambda x: sj.jvp(cube, [x], [one])[1])(two)) == 12.0
    assert float(sj.jvp(sj.grad(cube), [two], [one])[1]) == 12.0


def test_gradients_with_a_direction_that_requires_a_gradient() -> None:
    """The direction is part of the graph: d/du <x^2, pulled back by u> = 2 x."""
    x = sj.asarray(np.array([3.0]), requires_grad=True)
    u = sj.asarray(np.array([1.0]), requires_grad=True)
    (g,) = sj.gradients(x * x, [x], [u])
    (du,) = sj.gradients(sj.sum(g), [u])
    np.testing.assert_array_equal(np.asarray(du), [6])


def test_a_direction_takes_the_type_of_the_result() -> None:
    x = sj.asarray([1.0, 2.0], requires_grad=True)
    (x * x).backward(np.ones(2))
    assert x.grad is not None
    assert x.grad.dtype is sj.float32


def test_backward_adds_up_and_nothing_is_noted_without_gradients() -> None:
    x = sj.asarray([1.0], requires_grad=True)
    sj.sum(x * 2).backward()
    sj.sum(x * 3).backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [5])
    with sj.no_grad():
        y = x * 2
    with pytest.raises(errors.GradientError, match=r"depends on nothing that requires a gradient"):
        y.backward()
