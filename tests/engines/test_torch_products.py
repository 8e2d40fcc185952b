"""Large products that go through the library's convolutions: values, bits, and what does not go there."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from sujeong.engines.torch import products

LARGE = (2, 640, 160)  # 1280 rows


def numbers(*shape: int) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("shape", [LARGE, (1024, 160), (3, 2, 200, 160)])
def test_values_however_the_weights_lie(shape: Any, turned: bool) -> None:
    x, w = numbers(*shape), numbers(160, 112)
    laid = w.t().contiguous().t() if turned else w
    y = products.through_convolution(x, laid)
    right = x.double() @ w.double()
    assert y.shape == right.shape
    assert y.is_contiguous()
    assert (y - right).abs().max().item() <= 1e-6 * (x.double().abs() @ w.double().abs()).max().item()
    assert torch.equal(y, products.through_convolution(x, laid)), "repeats to the bit"


def test_not_a_number_and_infinity_stay_where_they_are() -> None:
    x, w = numbers(*LARGE), numbers(160, 112)
    x[1, 3, 5], x[0, 7, 2] = float("nan"), float("inf")
    for laid in (w, w.t().contiguous().t()):
        y = products.through_convolution(x, laid)
        assert y[1, 3].isnan().all()
        assert y[0, 7].isinf().all()
        assert y.isfinite().sum().item() == (2 * 640 - 2) * 112


def test_what_stays_with_the_librarys_products(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        raise AssertionError("a convolution")

    monkeypatch.setattr(torch, "convolution", refused)
    x, w = numbers(*LARGE), numbers(160, 112)
    with pytest.raises(AssertionError, match="a convolution"):
        products.through_convolution(x, w)
    for a, b in (
        (x[:, :100], w),  # few rows
        (x[..., :16], w[:16]),  # not in one piece
        (x.transpose(0, 1), w),
        (x.double(), w.double()),
        (x.bfloat16(), w.bfloat16()),
        (x, w[:, ::2]),
        (x, w[:, 0]),
        (x, torch.stack([w, w])),
        (x[:0], w),
    ):
        assert torch.equal(products.through_convolution(a, b), torch.matmul(a, b))
    with pytest.raises(RuntimeError):
        products.through_convolution(x, w[:100])
