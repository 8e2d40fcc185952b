"""Orders drawn on the host: each number once, the same whatever sorts them."""

from __future__ import annotations

import numpy as np
import pytest

from sujeong.core import keys


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
