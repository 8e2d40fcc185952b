"""Images with channels last go through the torch engine without being copied into another layout."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

import sujeong as sj

COPIES = {"aten::copy_", "aten::clone", "aten::contiguous"}


def _copied(run: Callable[[], Any]) -> int:
    """Elements of the largest array that was copied while running."""
    run()
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True, acc_events=True) as seen:
        run()
    events = [e for e in seen.events() if e.name in COPIES and e.input_shapes and e.input_shapes[0]]
    return max((prod(e.input_shapes[0]) for e in events), default=0)


def _leaf(*shape: int) -> Any:
    x = np.random.default_rng(0).standard_normal(shape).astype("float32")
    return sj.asarray(x, requires_grad=True)


def _there_and_back(function: Callable[..., Any], *inputs: Any) -> Callable[[], Any]:
    def run() -> Any:
        y = function(*inputs)
        g = sj.asarray(np.ones(y.shape, "float32"))
        return [y, *sj.gradients(y, inputs, [g])]

    return run


def test_the_measure_sees_a_copy() -> None:
    x = torch.zeros(16, 8, 8, 32)
    assert _copied(lambda: x.permute(0, 3, 1, 2).contiguous()) == x.numel()


@pytest.mark.parametrize(
    ("shape", "kernel", "settings"),
    [
        ((16, 12, 12, 32), (3, 3, 32, 16), {"padding": "same"}),
        ((16, 12, 12, 32), (3, 3, 32, 16), {"strides": 2, "padding": 1}),
        ((16, 28, 28, 1), (3, 3, 1, 8), {}),
        ((16, 12, 12, 32), (3, 3, 1, 32), {"groups": 32}),
        ((16, 64, 32), (3, 32, 16), {}),
        ((4, 8, 8, 8, 16), (3, 3, 3, 16, 8), {}),
    ],
)
def test_convolution_copies_weights_only(shape: Any, kernel: Any, settings: Any) -> None:
    with sj.using(engine="torch"):
        x, w = _leaf(*shape), _leaf(*kernel)
        run = _there_and_back(lambda a, b: sj.conv(a, b, **settings), x, w)
        assert _copied(run) <= prod(kernel)
        y, dx, dw = [result._array for result in run()]
        assert y.is_contiguous()
        assert dx.is_contiguous()
        assert dw.is_contiguous() or dw.movedim(-1, 0).is_contiguous()  # as the library wants weights to lie


@pytest.mark.parametrize("shape", [(16, 12, 12, 32), (16, 28, 28, 1), (16, 64, 32), (4, 8, 8, 8, 16)])
@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_pooling_copies_nothing(name: str, shape: Any) -> None:
    with sj.using(engine="torch"):
        x = _leaf(*shape)
        run = _there_and_back(lambda a: getattr(sj, name)(a, 3, strides=2), x)
        assert _copied(run) == 0
        for result in run():
            assert result._array.is_contiguous()
