"""Gradients where a function has a kink, a pole or a removable gap, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj

INF = float("inf")


def slopes(function: Callable[..., Any], *values: float, order: int = 1) -> list[float]:
    """The derivatives of a function of numbers by each argument; of higher order by the first one only."""
    xs = [sj.asarray(v, dtype="float64", requires_grad=True) for v in values]
    y = function(*xs)
    for _ in range(order - 1):
        (y,) = sj.gradients(y, xs[:1], create_graph=True)
        if y is None or not y.requires_grad:  # constant from here on
            return [0.0] * len(xs)
    found = sj.gradients(y, xs)
    return [0.0 if g is None else g.item() for g in found]


def test_abs_and_hypot_at_zero(engine: str) -> None:
    assert slopes(sj.abs, 0.0) == [0.0]
    assert slopes(sj.abs, -0.0) == [0.0]
    assert slopes(sj.hypot, 0.0, 0.0) == [0.0, 0.0]
    assert slopes(sj.hypot, 0.0, 2.0) == [0.0, 1.0]
    np.testing.assert_allclose(slopes(sj.hypot, 3e200, 4e200), [0.6, 0.8], rtol=1e-15)
    assert slopes(sj.atan2, 0.0, 0.0) == [0.0, 0.0]
    np.testing.assert_allclose(slopes(sj.atan2, 3e200, 4e200), [1.6e-201, -1.2e-201], rtol=1e-12)


@pytest.mark.parametrize("function", [sj.maximum, sj.minimum])
def test_ties_share_half_and_half(function: Callable[..., Any], engine: str) -> None:
    assert slopes(function, 2.0, 2.0) == [0.5, 0.5]
    assert slopes(function, 2.0, 1.0) == ([1.0, 0.0] if function is sj.maximum else [0.0, 1.0])
    assert slopes(function, 1.0, 2.0) == ([0.0, 1.0] if function is sj.maximum else [1.0, 0.0])


def test_clip_on_its_bounds(engine: str) -> None:
    assert [slopes(lambda x: sj.clip(x, -1, 1), v)[0] for v in (-2.0, -1.0, 0.0, 1.0, 2.0)] == [
        0,
        0.5,
        1,
        0.5,
        0,
    ]
    assert slopes(sj.clip, 0.0, 1.0, 2.0) == [0.0, 1.0, 0.0]
    assert slopes(sj.clip, 5.0, 1.0, 2.0) == [0.0, 0.0, 1.0]


def test_powers_of_zero(engine: str) -> None:
    """The derivatives of x^n at 0 for whole n, of any order, and for fractions."""
    for n, expected in {0: [0, 0, 0], 1: [1, 0, 0], 2: [0, 2, 0], 3: [0, 0, 6], 5: [0, 0, 0]}.items():
        for exponent in (n, float(n), sj.asarray(float(n), dtype="float64")):
            found = [slopes(lambda x, e=exponent: x**e, 0.0, order=k)[0] for k in (1, 2, 3)]
            assert found == expected, (n, exponent)
    assert slopes(lambda x: x**0.5, 0.0) == [INF]
    assert slopes(lambda x: x**1.5, 0.0) == [0.0]
    assert slopes(lambda x: x**-1, 0.0) == [-INF]


def test_powers_by_their_exponent(engine: str) -> None:
    assert slopes(sj.pow, 0.0, 2.0) == [0.0, 0.0]
    assert slopes(sj.pow, 0.0, 0.0) == [0.0, 0.0]
    assert slopes(sj.pow, 0.0, 1.0) == [1.0, 0.0]
    np.testing.assert_allclose(slopes(sj.pow, 3.0, 0.0), [0.0, np.log(3)])
    # d/da d/db a^b at b = 0 is 1/a, which a guard against 0^-1 must not cut off
    a = sj.asarray(4.0, dtype="float64", requires_grad=True)
    b = sj.asarray(0.0, dtype="float64", requires_grad=True)
    (by_a,) = sj.gradients(a**b, [a], create_graph=True)
    (mixed,) = sj.gradients(by_a, [b])
    np.testing.assert_allclose(mixed.item(), 0.25)


def test_negative_bases_with_whole_exponents(engine: str) -> None:
    assert slopes(lambda x: x**3, -2.0) == [12.0]
    assert slopes(lambda x: x**3.0, -2.0, order=2) == [-12.0]
    assert slopes(lambda x: x**-2, -2.0) == [0.25]
    assert slopes(lambda x: x**2, -3.0, order=2) == [2.0]


def test_infinite_summands_of_logaddexp(engine: str) -> None:
    assert slopes(sj.logaddexp, 1.0, -INF) == [1.0, 0.0]
    assert slopes(sj.logaddexp, -INF, 1.0) == [0.0, 1.0]
    assert all(np.isfinite(slopes(sj.logaddexp, -INF, -INF)))
    assert slopes(sj.logaddexp, 0.0, 0.0, order=2)[0] == 0.25


def test_constants_between_jumps_have_no_gradient(engine: str) -> None:
    for function in (sj.floor, sj.ceil, sj.trunc, sj.round, sj.sign):
        assert slopes(lambda x, f=function: f(x) + x, 1.7) == [1.0]
    assert slopes(lambda a, b: sj.floor_divide(a, b) + a, 7.5, 2.0) == [1.0, 0.0]
    assert slopes(sj.remainder, 7.5, 2.0) == [1.0, -3.0]
    assert slopes(sj.copysign, -3.0, 2.0) == [-1.0, 0.0]


def test_division_far_out(engine: str) -> None:
    """The square of the divisor would overflow."""
    assert slopes(sj.divide, 1e200, 1e200) == [1e-200, -1e-200]


@pytest.mark.parametrize(
    ("function", "at"), [(sj.asin, 1 - 1e-12), (sj.acos, 1 - 1e-12), (sj.atanh, 1 - 1e-12)]
)
def test_near_the_end_of_the_domain(function: Callable[..., Any], at: float, engine: str) -> None:
    """1 - x^2 would have lost half of its digits."""
    rest = (1 - at) * (1 + at)
    expected = {sj.asin: rest**-0.5, sj.acos: -(rest**-0.5), sj.atanh: 1 / rest}[function]
    np.testing.assert_allclose(slopes(function, at), [expected], rtol=1e-14)
