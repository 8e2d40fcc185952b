"""Element types of elementwise functions: integers of every width, numbers beside tensors, exactness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj

SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
WHOLE = SIGNED + UNSIGNED
TWO = ["add", "subtract", "multiply", "maximum", "minimum", "equal", "not_equal", "greater", "greater_equal"]
TWO += ["less", "less_equal", "bitwise_and", "bitwise_or", "bitwise_xor"]
ONE = {"negative": "negative", "abs": "abs", "sign": "sign", "square": "square", "bitwise_invert": "invert"}


def corners(name: str) -> np.ndarray:
    """The numbers of a type where arithmetic is most likely to go wrong."""
    info = np.iinfo(name)
    half = info.max // 2
    few = [0, 1, 2, 3, 7, 10, half, half + 1, half + 2, info.max - 1, info.max, info.min, info.min + 1]
    return np.array([*few, *([-1, -2, -7] if info.min else [])], dtype=name)


def grid(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of corners."""
    a, b = np.meshgrid(corners(name), corners(name))
    return a.ravel(), b.ravel()


def exactly(found: Any, expected: np.ndarray) -> None:
    """Type and values equal."""
    assert found.dtype is sj.asarray(expected).dtype
    np.testing.assert_array_equal(np.asarray(found), expected)


# --- every integer type ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", WHOLE)
def test_integers_wrap_and_compare_as_in_numpy(name: str, engine: str) -> None:
    a, b = grid(name)
    with np.errstate(all="ignore"):
        for function in TWO:
            exactly(getattr(sj, function)(sj.asarray(a), sj.asarray(b)), getattr(np, function)(a, b))
        for function, theirs in ONE.items():
            exactly(getattr(sj, function)(sj.asarray(a)), getattr(np, theirs)(a))


@pytest.mark.parametrize("name", WHOLE)
def test_integers_divide_without_stopping_the_process(name: str, engine: str) -> None:
    a, b = grid(name)
    with np.errstate(all="ignore"):
        quotient, rest = np.floor_divide(a, b), np.remainder(a, b)
    assert not quotient[b == 0].any()
    exactly(sj.asarray(a) // sj.asarray(b), quotient)
    exactly(sj.asarray(a) % sj.asarray(b), rest)
    recorded = sj.jit(lambda x, y: (x // y, x % y, x + y, x > y, -x))(sj.asarray(a), sj.asarray(b))
    exactly(recorded[0], quotient)
    exactly(recorded[1], rest)
    with np.errstate(all="ignore"):
        exactly(recorded[2], a + b)
        exactly(recorded[3], a > b)
        exactly(recorded[4], -a)


@pytest.mark.parametrize("name", WHOLE)
def test_shifts(name: str, engine: str) -> None:
    a = corners(name)
    for by in (0, 1, np.iinfo(name).bits - 1, np.iinfo(name).bits, 100):
        exactly(sj.asarray(a) << by, a << np.array(by, name))
        exactly(sj.asarray(a) >> by, a >> np.array(by, name))


@pytest.mark.parametrize("name", WHOLE)
def test_powers_of_integers(name: str, engine: str) -> None:
    a, b = grid(name)
    with np.errstate(all="ignore"):
        expected = np.array([_power(int(x), int(y), name) for x, y in zip(a, b, strict=True)], dtype=name)
    exactly(sj.asarray(a) ** sj.asarray(b), expected)


def _power(base: int, exponent: int, name: str) -> int:
    """Python's own whole numbers, wrapped to the width."""
    bits = np.iinfo(name).bits
    if exponent < 0:
        value = (1 if exponent % 2 == 0 else base) if base in (1, -1) else 0
    else:
        value = pow(base, exponent, 1 << bits)
    value %= 1 << bits
    return value - (1 << bits) if np.iinfo(name).min and value >> (bits - 1) else value


def test_whole_numbers_are_already_rounded(engine: str) -> None:
    x = sj.asarray([1, -2])
    for function in (sj.floor, sj.ceil, sj.trunc, sj.round):
        assert function(x) is x


# --- numbers beside tensors ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tensor", "number", "result"),
    [
        ("float32", 2, "float32"),
        ("float32", 2.5, "float32"),
        ("float64", 2.5, "float64"),
        ("float16", 2.5, "float16"),
        ("float32", 1j, "complex64"),
        ("float64", 1j, "complex128"),
        ("int8", 2, "int8"),
        ("uint16", 2, "uint16"),
        ("int64", 2.5, "float32"),
        ("int8", 2.5, "float32"),
        ("int32", 1j, "complex64"),
        ("bool", True, "bool"),
        ("bool", 2, "int64"),
        ("bool", 2.5, "float32"),
        ("complex64", 2.5, "complex64"),
    ],
)
def test_python_numbers_are_weak(tensor: str, number: Any, result: str, engine: str) -> None:
    x = sj.ones(2, dtype=tensor)
    for found in (sj.maximum(x, number) if result[:1] != "c" else x * number, x * number, number * x):
        assert found.dtype is getattr(sj, result)
        expected = {"bool": bool, "complex": complex}.get(found.dtype.kind, float)(number)
        assert np.asarray(found)[0] == expected
    assert sj.result_type(x, number) is getattr(sj, result)


def test_two_numbers(engine: str) -> None:
    assert sj.add(2, 3).dtype is sj.int64
    assert sj.add(2, 3.5).item() == 5.5
    assert sj.add(2, 3.5).dtype is sj.float32


def test_numbers_that_do_not_fit(engine: str) -> None:
    with pytest.raises(
        sj.errors.DTypeError, match=r"\[uint8\] the number does not fit[\s\S]*-1[\s\S]*0 to 255"
    ):
        sj.ones(2, dtype="uint8") + -1
    assert (sj.ones(2) * 1e300).tolist() == [float("inf")] * 2


def test_zeros_of_both_signs_are_told_apart(engine: str) -> None:
    x = sj.asarray([1.0])
    for zero in (0.0, -0.0, 0.0, -0.0):
        assert sj.signbit(x * zero).item() is (str(zero) == "-0.0")
        assert sj.signbit(sj.real(x * complex(zero, 0))).item() is (str(zero) == "-0.0")


def test_numbers_beside_tensors_do_not_pile_up(engine: str) -> None:
    x = sj.asarray([1.0])
    for i in range(10_000):
        x * (i + 0.5)
    assert len(x._engine._scalars) <= 4200


@pytest.mark.parametrize("function", [sj.exp, sj.sqrt, sj.sin, sj.erf, sj.log1p, sj.reciprocal, sj.tanh])
def test_whole_numbers_become_float32(function: Callable[..., Any], engine: str) -> None:
    for name in (*WHOLE, "bool"):
        found = function(sj.ones(2, dtype=name))
        assert found.dtype is sj.float32
        assert np.asarray(found)[0] == np.asarray(function(sj.ones(2)))[0]


def test_half_precision(engine: str) -> None:
    x = np.array([0.5, 1.5, 2.0])
    names = ["float16"] + (["bfloat16"] if engine == "torch" else [])
    for name in names:
        t = sj.asarray(x, dtype=name)
        for function in (sj.exp, sj.log, sj.sqrt, sj.sin, sj.erf, sj.floor, sj.abs, sj.sign, sj.rsqrt):
            found = function(t)
            assert found.dtype is getattr(sj, name)
            np.testing.assert_allclose(np.asarray(found), np.asarray(function(sj.asarray(x))), rtol=2e-2)
        for two in (sj.add, sj.pow, sj.remainder, sj.floor_divide, sj.maximum, sj.atan2, sj.hypot):
            found = two(t, t)
            assert found.dtype is getattr(sj, name)
            np.testing.assert_allclose(
                np.asarray(found), np.asarray(two(sj.asarray(x), sj.asarray(x))), rtol=2e-2
            )


# --- exactness -------------------------------------------------------------------------------------
def test_neighbours(engine: str) -> None:
    for name in ("float32", "float64"):
        a = np.array([1.0, 1.0, 0.0, -0.0, 2.5, np.inf], dtype=name)
        b = np.array([2.0, 0.0, -1.0, 0.0, 2.5, 0.0], dtype=name)
        found, expected = np.asarray(sj.nextafter(sj.asarray(a), sj.asarray(b))), np.nextafter(a, b)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_powers_of_two_have_exact_logarithms(engine: str) -> None:
    exponents = np.arange(-100, 100)
    assert sj.log2(sj.asarray(2.0**exponents)).tolist() == exponents.tolist()


def test_the_error_function_is_exact_to_the_last_places(engine: str) -> None:
    import math

    x = np.concatenate([np.linspace(-7, 7, 2001), [1e-300, 5e-324, 0.0, 27.0]])
    expected = np.array([math.erf(v) for v in x])
    np.testing.assert_allclose(np.asarray(sj.erf(sj.asarray(x))), expected, rtol=4e-16, atol=0)
