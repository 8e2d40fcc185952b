"""Rows that are added a piece at a time: the same bits, without a copy of all rows."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from sujeong.engines.torch import pieces  # noqa: E402
from sujeong.engines.torch.gathering import KERNELS  # noqa: E402

SIZE, N, T, F = 40, 19, 8, 5


@pytest.fixture
def small(monkeypatch: Any) -> None:
    """Pieces of three places along the first axis, the last of one."""
    monkeypatch.setattr(pieces, "PIECE", 3 * T * F * 4)


def given(dtype: Any, low: int = 0) -> tuple[Any, Any]:
    """The gradient of a mean, one row for all words of a place, and the words."""
    torch.manual_seed(0)
    return torch.randn(N, 1, F).to(dtype).expand(N, T, F), torch.randint(low, SIZE, (N, T))


@pytest.mark.parametrize("low", [0, -SIZE])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_sums_are_those_of_one_call(dtype: Any, low: int, small: None) -> None:
    g, ids = given(dtype, low)
    expected = torch.zeros(SIZE, F, dtype=dtype)
    expected.index_add_(0, (ids % SIZE).reshape(-1), g.reshape(-1, F))
    assert torch.equal(KERNELS["index_add"](g, ids, axis=0, size=SIZE), expected)


def test_no_copy_of_all_rows(small: None, monkeypatch: Any) -> None:
    g, ids = given(torch.float32)
    added: list[int] = []
    plain = torch.Tensor.index_add_

    def noted(out: Any, axis: int, index: Any, rows: Any) -> Any:
        added.append(len(rows))
        return plain(out, axis, index, rows)

    monkeypatch.setattr(torch.Tensor, "index_add_", noted)
    KERNELS["index_add"](g, ids, axis=0, size=SIZE)
    assert added == [3 * T] * 6 + [T]


@pytest.mark.parametrize("shape", [(0, T), (N, 0)])
def test_means_of_nothing(shape: tuple[int, ...]) -> None:
    x, ids = torch.randn(SIZE, F), torch.zeros(shape, dtype=torch.int64)
    found = KERNELS["take_mean"](x, ids, over=(1,), keepdims=False, by="take", negative=True)
    assert torch.equal(found, x[ids].mean(1)) or (bool(found.isnan().all()) and found.shape == (N, F))
