"""Operators and methods of tensors, on both engines."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj

FLOATS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "ne", "lt", "le", "gt", "ge"]
INTEGERS = [*FLOATS, "and_", "or_", "xor", "lshift", "rshift"]
A, B = np.array([[1.5, 2.5], [3.0, 4.0]]), np.array([2.0, 0.5])
I, J = np.array([[7, 2], [5, 12]]), np.array([3, 2])


def same(found: Any, expected: Any) -> None:
    """Values equal, to the rounding of float32."""
    assert isinstance(found, sj.Tensor)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-6)


@pytest.mark.parametrize("name", FLOATS)
def test_floating(name: str, engine: str) -> None:
    function: Callable[..., Any] = getattr(operator, name)
    same(function(sj.asarray(A), sj.asarray(B)), function(A, B))
    same(function(sj.asarray(A), 2.0), function(A, 2.0))
    same(function(2.0, sj.asarray(A)), function(2.0, A))
    same(function(2, sj.asarray(A)), function(2, A))


@pytest.mark.parametrize("name", INTEGERS)
def test_whole(name: str, engine: str) -> None:
    function: Callable[..., Any] = getattr(operator, name)
    same(function(sj.asarray(I), sj.asarray(J)), function(I, J))
    same(function(sj.asarray(I), 2), function(I, 2))
    same(function(3, sj.asarray(J)), function(3, J))


@pytest.mark.parametrize("name", FLOATS)
def test_numpy_arrays_on_either_side(name: str, engine: str) -> None:
    function: Callable[..., Any] = getattr(operator, name)
    same(function(A, sj.asarray(B)), function(A, B))
    same(function(sj.asarray(A), B), function(A, B))
    same(function(np.float32(2.0), sj.asarray(B)), function(2.0, B))


def test_one_operand(engine: str) -> None:
    x = sj.asarray([-1.5, 2.0])
    assert (-x).tolist() == [1.5, -2.0]
    assert (+x).tolist() == [-1.5, 2.0]
    assert abs(x).tolist() == [1.5, 2.0]
    assert (~sj.asarray([1, -1])).tolist() == [-2, 0]
    assert (~(x > 0)).tolist() == [True, False]


@pytest.mark.parametrize("name", ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow"])
def test_in_place_forms_rebind(name: str, engine: str) -> None:
    x = before = sj.asarray([2.0, 3.0])
    x = getattr(operator, name)(x, 2.0)
    assert x is not before
    assert before.tolist() == [2.0, 3.0]
    same(x, getattr(operator, name)(np.array([2.0, 3.0]), 2.0))


def test_matrix_product_with_an_array_on_the_left(engine: str) -> None:
    same(A @ sj.asarray(A), A @ A)


def test_other_things_are_handed_back_to_python(engine: str) -> None:
    x = sj.asarray([1.0, 2.0])
    for function in (operator.add, operator.truediv, operator.pow, operator.lt, operator.and_):
        with pytest.raises(TypeError, match="Tensor"):
            function(x, "text")
    with pytest.raises(TypeError, match="Tensor"):
        [1.0, 2.0] - x  # a list is no tensor: [1, 2] * 2 and the like would mean something else
    assert (x == None) is False  # noqa: E711 - the operator is what is tested
    assert (x != "text") is True


def test_operators_refuse_in_our_words(engine: str) -> None:
    x = sj.asarray([1.0, 2.0])
    with pytest.raises(sj.errors.ShapeError, match=r"\[add\] shapes do not broadcast"):
        operator.add(x, sj.asarray([1.0, 2.0, 3.0]))
    with pytest.raises(sj.errors.DTypeError, match=r"\[bitwise_and\] takes whole numbers or truth values"):
        operator.and_(x, 1)
    with pytest.raises(sj.errors.DTypeError, match=r"\[less\] takes real numbers or truth values"):
        operator.lt(x * 1j, 2)
    with pytest.raises(sj.errors.DTypeError, match=r"\[negative\] takes numbers"):
        -(x > 0)


def test_variables_have_the_operators(engine: str) -> None:
    v = sj.Variable(sj.asarray([2.0, 3.0]))
    assert (1 - v).tolist() == [-1.0, -2.0]
    assert (v**2).tolist() == [4.0, 9.0]
    assert (v % 2).tolist() == [0.0, 1.0]
    assert v.sum().item() == 5.0
    assert abs(-v).tolist() == [2.0, 3.0]


def test_methods(engine: str) -> None:
    x = sj.asarray(A)
    for name in ("sum", "prod", "max", "min", "mean", "std", "var"):
        same(getattr(x, name)(), getattr(A, name)())
        same(getattr(x, name)(0), getattr(A, name)(0))
        same(getattr(x, name)(axis=-1, keepdims=True), getattr(A, name)(axis=-1, keepdims=True))
    assert x.argmax(1).tolist() == [1, 1]
    assert x.argmin(0).tolist() == [0, 0]
    assert (x > 2).any(1).tolist() == [True, True]
    assert (x > 2).all(1).tolist() == [False, True]
    assert x.reshape(4).shape == x.reshape((4,)).shape == x.reshape(-1).shape == x.flatten().shape == (4,)
    assert sj.zeros((0, 3)).flatten().shape == (0,)
    assert x.astype(sj.int32).tolist() == x.astype("int32").tolist() == [[1, 2], [3, 4]]
    assert x.clip(2, 3).tolist() == [[2.0, 2.5], [3.0, 3.0]]
    same(x.exp(), np.exp(A))
    same(x.log(), np.log(A))
    same(x.sqrt(), np.sqrt(A))
    same(x.square(), A**2)
    assert x.round().tolist() == [[2.0, 2.0], [3.0, 4.0]]
    assert x.to_device("cpu") is x


def test_transposes(engine: str) -> None:
    x = sj.reshape(sj.arange(6), (2, 3))
    assert x.T.tolist() == x.mT.tolist() == [[0, 3], [1, 4], [2, 5]]
    with pytest.raises(sj.errors.ShapeError, match=r"\[T\] needs exactly two axes[\s\S]*int64\[2\][\s\S]*mT"):
        _ = sj.arange(2).T
