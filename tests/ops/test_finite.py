"""The question whether all numbers are finite: exact wherever they stand and whatever their sum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [sj.float32, sj.float64, sj.float16])
def test_one_bad_number_anywhere_is_found(
    engine: str, bad: float, dtype: Any, rng: np.random.Generator
) -> None:
    for place in (0, 1, 30, 31, 32, 97, 98):
        host = rng.normal(size=99)
        host[place] = bad
        x, good = sj.asarray(host, dtype=dtype), sj.asarray(rng.normal(size=(3, 4)), dtype=dtype)
        assert bool(sj.all_finite(good))
        assert not bool(sj.all_finite(good, x, good))
        assert not bool(sj.all_finite(sj.permute_dims(sj.reshape(x, (9, 11)), (1, 0))))


def test_bad_numbers_do_not_cancel(engine: str) -> None:
    assert not bool(sj.all_finite(sj.asarray([np.inf, -np.inf])))
    assert not bool(sj.all_finite(sj.asarray([np.inf]), sj.asarray([-np.inf])))


@pytest.mark.parametrize(
    ("dtype", "largest"), [(sj.float16, 65504.0), (sj.float32, 3.4e38), (sj.float64, 1.7e308)]
)
def test_large_numbers_are_finite_though_their_sum_is_not(engine: str, dtype: Any, largest: float) -> None:
    x = sj.full((1000,), largest, dtype=dtype)
    assert bool(sj.all_finite(x, x))
    assert not bool(sj.all_finite(x, sj.asarray([np.nan], dtype=dtype)))


def test_whole_numbers_and_nothing_are_finite(engine: str) -> None:
    assert bool(sj.all_finite(sj.asarray([1, 2])))
    assert bool(sj.all_finite(sj.zeros((0,))))
