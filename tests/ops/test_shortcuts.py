"""Ways that kernels take where it is quicker: for few numbers, without NaN, without gradients. All agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj

INF, NAN = float("inf"), float("nan")
WHOLE = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def same_bits(found: Any, expected: Any) -> None:
    """Type, shape and every bit equal."""
    a, b = np.asarray(found), np.asarray(expected)
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    assert a.tobytes() == b.tobytes()


# --- values alone, or together with their places -------------------------------------------------------
@pytest.mark.parametrize("descending", [False, True])
def test_sorted_values_are_those_that_a_gradient_flows_through(descending: bool, engine: str) -> None:
    x = np.array([[3.0, NAN, -0.0, 0.0, -INF], [1.0, 0.0, -0.0, INF, 1.0]])
    alone = sj.sort(sj.asarray(x), axis=1, descending=descending)
    same_bits(alone, sj.sort(sj.asarray(x, requires_grad=True), axis=1, descending=descending))
    places = np.asarray(sj.argsort(sj.asarray(x), axis=1, descending=descending))
    same_bits(alone, np.take_along_axis(x, places, 1))


@pytest.mark.parametrize("shape", [(1, 4, 4, 2), (9, 12, 12, 3), (2, 5, 3), (40, 20, 3), (1, 4, 4, 4, 2)])
@pytest.mark.parametrize("strides", [1, 2])
def test_greatest_values_of_windows(shape: tuple[int, ...], strides: int, engine: str) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    x.flat[5] = NAN
    alone = sj.max_pool(sj.asarray(x), 2, strides=strides)
    same_bits(alone, sj.max_pool(sj.asarray(x, requires_grad=True), 2, strides=strides))
    assert np.isnan(np.asarray(alone)).any()


# --- few numbers, or many ---------------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("axes", [1, 2])
def test_windows_of_one_example_as_in_a_batch(dtype: str, axes: int, engine: str) -> None:
    x = np.random.default_rng(1).normal(size=(80, *(6,) * axes, 3)).astype(dtype)
    for pool in (sj.max_pool, sj.average_pool):
        for settings in ({}, {"strides": 1}, {"strides": 1, "padding": "same"}):
            whole = np.asarray(pool(sj.asarray(x), 2, **settings))
            for i in (0, 79):
                same_bits(pool(sj.asarray(x[i : i + 1]), 2, **settings), whole[i : i + 1])


@pytest.mark.parametrize("outputs", [1, 3, 200])
def test_convolution_of_few_and_of_many_weights(outputs: int, engine: str) -> None:
    random = np.random.default_rng(2)
    x = random.integers(-3, 4, (2, 5, 5, 3)).astype(np.float32)
    w = random.integers(-3, 4, (3, 3, 3, outputs)).astype(np.float32)
    found = np.asarray(sj.conv(sj.asarray(x), sj.asarray(w)))
    expected = np.zeros((2, 3, 3, outputs), np.float32)
    for i in range(3):
        for j in range(3):
            expected += x[:, i : i + 3, j : j + 3] @ w[i, j]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [1, 5, 63, 64, 65, 300])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint16", "uint64"])
def test_the_greatest_values_of_short_and_long_rows(size: int, dtype: str, engine: str) -> None:
    x = np.random.default_rng(size).integers(0, 9, (3, size)).astype(dtype)  # many are equal
    if dtype == "float32":
        x[1, size // 2] = NAN
    order = size - 1 - np.argsort(x[:, ::-1], axis=1, kind="stable")[:, ::-1]
    for k in {0, 1, min(3, size), size}:
        values, places = sj.top_k(sj.asarray(x), k)
        same_bits(places, order[:, :k])
        same_bits(values, np.take_along_axis(x, order[:, :k], 1))


@pytest.mark.parametrize("classes", [1, 3, 64, 65, 1000])
@pytest.mark.parametrize("dtype", ["float32", "bool", "int8", "uint16", "uint64", "complex64"])
def test_one_hot_rows_of_few_and_of_many_classes(classes: int, dtype: str, engine: str) -> None:
    ids = np.array([[0, classes - 1], [classes // 2, 0]])
    same_bits(sj.one_hot(sj.asarray(ids), classes, dtype=dtype), np.eye(classes)[ids].astype(dtype))
    for wrong in (classes, -1):
        with pytest.raises(sj.errors.IndexRangeError, match=rf"\[one_hot\] index {wrong} is out of range"):
            sj.one_hot(sj.asarray([0, wrong]), classes)


def test_one_hot_rows_belong_to_whoever_asked(engine: str) -> None:
    rows = sj.one_hot(sj.asarray([1, 0]), 2)
    assert rows._array is not sj.one_hot(sj.asarray([1, 0]), 2)._array
    assert sj.one_hot(sj.asarray([0, 1]), 2).tolist() == [[1.0, 0.0], [0.0, 1.0]]


# --- special values among others ----------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_one_special_value_leaves_the_others_alone(dtype: str, engine: str) -> None:
    a = np.array([7.5, -7.5, 1.0, -1.0, 0.0, 3.0], dtype)
    b = np.array([2.0, 2.0, 0.1, 4.0, -2.0, -2.0], dtype)
    plain = np.asarray(sj.asarray(a) // sj.asarray(b))
    same_bits(plain, np.floor_divide(a, b))
    signs = np.asarray(sj.sign(sj.asarray(a)))
    for place in range(6):
        for special in (INF, -INF, NAN):
            c, d = a.copy(), b.copy()
            c[place] = special
            others = np.arange(6) != place
            same_bits(np.asarray(sj.asarray(c) // sj.asarray(b))[others], plain[others])
            same_bits(np.asarray(sj.sign(sj.asarray(c)))[others], signs[others])
            d[place] = special
            found = np.asarray(sj.asarray(a) // sj.asarray(d))
            same_bits(found[others], plain[others])
            with np.errstate(all="ignore"):
                np.testing.assert_array_equal(found[place], a[place] / d[place])


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_between_bounds(name: str, engine: str) -> None:
    info = np.iinfo(name)
    x = np.array([info.min, info.min + 1, 0, 1, 5, info.max // 2, info.max - 1, info.max], name)
    numbers = [int(v) for v in x]
    for low, high in [
        (1, 5),
        (None, 4),
        (2, None),
        (info.max - 1, None),
        (None, info.max),
        (-(2**70), 2**70),
    ]:
        least = -(2**80) if low is None else low
        most = 2**80 if high is None else high
        same_bits(
            sj.clip(sj.asarray(x), low, high), np.array([min(max(v, least), most) for v in numbers], name)
        )


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_bounds_are_read_as_the_element_type_reads_them(dtype: str, engine: str) -> None:
    x = np.array([-INF, -1e300 if dtype == "float64" else -6e4, -0.3, 0.7, 2.0, INF, NAN], dtype)
    with np.errstate(all="ignore"):
        for low, high in [(0.1, 0.7), (-INF, INF), (1e300, None), (None, -1e300), (2**60 + 1, None), (1, -1)]:
            least = np.array(-INF if low is None else low).astype(dtype)
            most = np.array(INF if high is None else high).astype(dtype)
            same_bits(sj.clip(sj.asarray(x), low, high), np.minimum(np.maximum(x, least), most))
    assert np.isnan(np.asarray(sj.clip(sj.asarray(x), NAN, 1.0))).all()


# --- element types that an engine holds but does not move ---------------------------------------------------
@pytest.mark.parametrize("name", [*WHOLE, "bool", "complex64"])
def test_every_type_is_moved(name: str, engine: str) -> None:
    x = np.array([[0, 1, 2], [3, 4, 5]]).astype(name)
    t = sj.asarray(x)
    same_bits(sj.tril(t), np.tril(x))
    same_bits(sj.triu(t, k=1), np.triu(x, 1))
    same_bits(sj.roll(t, 4, axis=1), np.roll(x, 4, axis=1))
    same_bits(sj.pad(t, ((1, 0), (0, 2)), 1), np.pad(x, ((1, 0), (0, 2)), constant_values=1))
    if name in WHOLE:
        most = np.iinfo(name).max
        same_bits(sj.pad(t, 1, int(most)), np.pad(x, 1, constant_values=most))


def test_length_of_a_vector_in_each_type(engine: str) -> None:
    assert sj.linalg.vector_norm(sj.asarray([300.0, 400.0], dtype="float16")).item() == 500.0
    assert sj.linalg.vector_norm(sj.asarray([3, 4])).dtype is sj.float32
    z = sj.linalg.vector_norm(sj.asarray([3j, 4]))
    assert (z.dtype, z.item()) == (sj.float32, 5.0)
    x = sj.zeros((2,), dtype="float64")
    assert sj.grad(lambda v: sj.linalg.vector_norm(v))(x).tolist() == [0.0, 0.0]
