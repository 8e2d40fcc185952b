"""Signed zeros, infinities and NaN, as the array API standard lists them, on both engines."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import sujeong as sj

INF, NAN = float("inf"), float("nan")


def same(found: complex, expected: complex) -> bool:
    """Equal, with NaN equal to NaN and zeros of one sign."""
    if isinstance(expected, complex):
        found = complex(found)
        return same(found.real, expected.real) and same(found.imag, expected.imag)
    assert not isinstance(found, complex)
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=1e-6) and math.copysign(1, found) == math.copysign(
        1, expected
    )


ONE = [
    ("abs", [(-0.0, 0.0), (-INF, INF), (NAN, NAN)]),
    ("sign", [(-0.0, 0.0), (0.0, 0.0), (-INF, -1.0), (NAN, NAN)]),
    ("floor", [(-0.0, -0.0), (INF, INF), (NAN, NAN)]),
    ("ceil", [(-0.5, -0.0), (-0.0, -0.0), (-INF, -INF)]),
    ("trunc", [(-0.5, -0.0), (0.5, 0.0), (INF, INF)]),
    ("round", [(-0.5, -0.0), (0.5, 0.0), (1.5, 2.0), (2.5, 2.0), (INF, INF)]),
    ("sqrt", [(-0.0, -0.0), (INF, INF), (-1.0, NAN)]),
    ("exp", [(-0.0, 1.0), (INF, INF), (-INF, 0.0)]),
    ("expm1", [(-0.0, -0.0), (INF, INF), (-INF, -1.0)]),
    ("log", [(-0.0, -INF), (-1.0, NAN), (INF, INF)]),
    ("log1p", [(-0.0, -0.0), (-1.0, -INF), (-2.0, NAN), (INF, INF)]),
    ("sin", [(-0.0, -0.0), (INF, NAN)]),
    ("atan", [(-0.0, -0.0), (INF, math.pi / 2), (-INF, -math.pi / 2)]),
    (
        "tanh",
        [
            (-0.0, -0.0),
            (INF, 1.0),
            (-INF, -1.0),
            (complex(INF, 2), 1 + 0j),
            (complex(INF, -2), complex(1, -0.0)),
        ],
    ),
    ("erf", [(-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)]),
    ("asinh", [(-0.0, -0.0), (-INF, -INF)]),
    ("acosh", [(1.0, 0.0), (0.5, NAN), (INF, INF)]),
    ("atanh", [(-0.0, -0.0), (1.0, INF), (-1.0, -INF), (2.0, NAN)]),
    ("rsqrt", [(0.0, INF), (INF, 0.0), (-1.0, NAN)]),
    ("acos", [(complex(0, 0), complex(math.pi / 2, -0.0)), (complex(0, -0.0), complex(math.pi / 2, 0))]),
    ("expm1", [(complex(-INF, INF), -1 + 0j), (complex(INF, 0), complex(INF, 0)), (complex(-0.0, 0), 0j)]),
    ("expm1", [(complex(NAN, 0), complex(NAN, 0)), (complex(INF, NAN), complex(INF, NAN))]),
    ("log1p", [(complex(INF, NAN), complex(INF, NAN)), (complex(NAN, INF), complex(INF, NAN))]),
]
TWO = [
    (
        "floor_divide",
        [(INF, 2.0, INF), (-INF, 2.0, -INF), (INF, -2.0, -INF), (INF, INF, NAN), (0.0, 0.0, NAN)],
    ),
    (
        "floor_divide",
        [(1.0, INF, 0.0), (1.0, -INF, -0.0), (-1.0, INF, -0.0), (-7.0, 2.0, -4.0), (7.5, -2.0, -4.0)],
    ),
    ("floor_divide", [(1.0, 0.0, INF), (1.0, -0.0, -INF), (-0.0, 2.0, -0.0), (NAN, 1.0, NAN)]),
    ("remainder", [(INF, 2.0, NAN), (1.0, 0.0, NAN), (1.0, INF, 1.0), (1.0, -INF, -INF), (-1.0, INF, INF)]),
    (
        "remainder",
        [(-0.0, 2.0, 0.0), (0.0, -2.0, -0.0), (4.0, 2.0, 0.0), (4.0, -2.0, -0.0), (-4.0, 2.0, 0.0)],
    ),
    ("remainder", [(-7.5, 2.0, 0.5), (7.5, -2.0, -0.5)]),
    (
        "pow",
        [
            (0.0, 0.0, 1.0),
            (NAN, 0.0, 1.0),
            (1.0, NAN, 1.0),
            (-0.0, 3.0, -0.0),
            (-0.0, -3.0, -INF),
            (-8.0, 1 / 3, NAN),
        ],
    ),
    ("pow", [(0.5, INF, 0.0), (2.0, -INF, 0.0), (-1.0, INF, 1.0), (-INF, 3.0, -INF)]),
    ("maximum", [(NAN, 1.0, NAN), (1.0, NAN, NAN), (-INF, 1.0, 1.0)]),
    ("minimum", [(NAN, 1.0, NAN), (1.0, NAN, NAN), (INF, 1.0, 1.0)]),
    ("atan2", [(0.0, -0.0, math.pi), (-0.0, -1.0, -math.pi), (INF, INF, math.pi / 4), (-0.0, 1.0, -0.0)]),
    ("hypot", [(INF, NAN, INF), (NAN, -INF, INF), (NAN, 1.0, NAN), (-0.0, -0.0, 0.0)]),
    ("copysign", [(1.0, -0.0, -1.0), (-INF, 1.0, INF), (0.0, -1.0, -0.0)]),
    ("logaddexp", [(INF, 1.0, INF), (-INF, -INF, -INF), (NAN, INF, NAN), (1.0, -INF, 1.0)]),
    ("divide", [(1.0, -0.0, -INF), (0.0, 0.0, NAN), (-1.0, INF, -0.0)]),
]


@pytest.mark.parametrize(("name", "cases"), ONE, ids=[f"{n}-{i}" for i, (n, _) in enumerate(ONE)])
def test_one_operand(name: str, cases: list[tuple[complex, complex]], engine: str) -> None:
    for x, expected in cases:
        kinds = ("complex64", "complex128") if isinstance(x, complex) else ("float32", "float64")
        for dtype in kinds:
            found = getattr(sj, name)(sj.asarray(np.asarray(x), dtype=dtype)).item()
            assert same(found, expected), (dtype, x, found)


@pytest.mark.parametrize(("name", "cases"), TWO, ids=[f"{n}-{i}" for i, (n, _) in enumerate(TWO)])
def test_two_operands(name: str, cases: list[tuple[float, float, float]], engine: str) -> None:
    for a, b, expected in cases:
        for dtype in ("float32", "float64"):
            found = getattr(sj, name)(sj.asarray(a, dtype=dtype), sj.asarray(b, dtype=dtype)).item()
            assert same(found, expected), (dtype, a, b, found)


def test_long_rows_take_the_same_way_as_single_numbers(engine: str) -> None:
    """Vector instructions work on several elements at a time; special values among them must not differ."""
    for name, cases in ONE:
        numbers = [(x, y) for x, y in cases if not isinstance(x, complex)]
        if not numbers:
            continue
        xs = np.array([x for x, _ in numbers] * 40)[:67]
        found = np.asarray(getattr(sj, name)(sj.asarray(xs)))
        for x, y in zip(xs, found, strict=True):
            expected = next(e for v, e in numbers if same(float(v), float(x)))
            assert same(float(y), expected), (name, x, y)


def test_complex_values_agree_with_numpy(engine: str) -> None:
    parts = [-3.0, -1.0, -0.2, 0.0, 0.3, 1.0, 2.5]
    z = np.array([complex(a, b) for a in parts for b in parts if a and b])
    names = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
    names |= {"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}
    plain = ["exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "abs", "sign"]
    for name in [*plain, "sin", "cos", "tan", "sinh", "cosh", "tanh", *names]:
        expected = getattr(np, names.get(name, name))(z)
        for dtype, tolerance in (("complex64", 2e-6), ("complex128", 1e-14)):
            found = np.asarray(getattr(sj, name)(sj.asarray(z, dtype=dtype)))
            np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=name)


def test_numpy_keeps_its_own_settings() -> None:
    """Our arithmetic never warns, on any thread, whatever NumPy was told; and NumPy stays as it was told."""

    def invalid() -> list[float]:
        with np.errstate(all="raise"), sj.using(engine="numpy"):
            before = np.geterr()
            x = sj.asarray([0.0, -1.0])
            found = [*sj.log(x).tolist(), *(1 / x).tolist(), *sj.exp(x + 1e9).tolist()]
            assert np.geterr() == before
        return found

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(invalid) for _ in range(20)]
        for found in [invalid(), *(run.result() for run in runs)]:
            assert str(found) == str([-INF, NAN, INF, -1.0, INF, INF])
