"""Orders drawn on the host: each number once, the same whatever sorts them."""

from __future__ import annotations

import numpy as np
import pytest

from sujeong.core import draws, keys


@pytest.mark.parametrize("count", [0, 1, 2, 17, 1000, 60000])
def test_an_order_is_that_of_a_stable_sort(count: int) -> None:
    order = keys.host_permutation(5, "epoch 1", count)
    bits = keys.host_bits(keys.key(5, "epoch 1"), count)
    np.testing.assert_array_equal(order, np.argsort(bits, kind="stable"), strict=True)
    np.testing.assert_array_equal(np.sort(order), np.arange(count))


def test_equal_draws_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in some billions of epochs two draws are equal; then, too, all machines agree."""
    bits = np.array([7, 3] * 500 + [1], dtype=np.uint64)
    monkeypatch.setattr(keys, "host_bits", lambda key, count: bits)
    assert keys.host_permutation(0, "a", 1001).tolist() == [1000, *range(1, 1000, 2), *range(0, 1000, 2)]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "count", [0, 1, 2, 7, 1001, 2 * draws.BLOCK, 2 * draws.BLOCK + 1, 5 * draws.BLOCK + 3]
)
def test_draws_in_blocks_and_threads_are_those_of_the_formula(
    count: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bit: where a block begins, and who computes it, is not to be seen in the numbers."""
    monkeypatch.setattr(draws, "LARGE", 1)
    monkeypatch.setattr(draws, "_processors", lambda: threads)
    key, half = keys.key(3, "kernel"), (count + 1) // 2
    u = (keys.host_bits(key, 2 * half) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    assert keys.host_uniform(key, (2 * half,)).tobytes() == u.tobytes()
    radius, angle = np.sqrt(-2.0 * np.log1p(-u[:half])), 2.0 * np.pi * u[half:]
    both = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    assert keys.host_normal(key, (count,)).tobytes() == both[:count].tobytes()


def test_threads_of_a_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert draws._processors() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "none")
    assert draws._processors() >= 1
