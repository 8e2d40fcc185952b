"""Compiled max pooling against the library's kernels, to the bit, and where it is used."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.core.spec import Spec
from sujeong.engines.torch import compiled_pooling, pooling

from . import forms
from .test_winograd import numbers, threads

run = partial(forms.run, compiled_pooling.COMPILED)


def both(x: Any, window: Any, strides: Any) -> tuple[Any, Any, Any]:
    """Values, places and gradient, compiled; compared with the library's."""
    options = {"window": window, "strides": strides}
    y, places = run("max_pool", x, **options)
    right, there = pooling.KERNELS["max_pool"](x, **options)
    torch.testing.assert_close(y, right, rtol=0, atol=0, equal_nan=True)
    assert torch.equal(places, there)
    assert places.dtype is torch.int64
    if window != strides:
        return y, places, None
    g = numbers(*y.shape, like=x.dtype, seed=3)
    options["size"] = tuple(x.shape[1:3])
    dx = run("max_pool_scatter", g, places, **options)
    assert torch.equal(dx, pooling.KERNELS["max_pool_scatter"](g, there, **options))
    return y, places, dx


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [(1, 2, 2, 16), (3, 8, 6, 32), (2, 9, 11, 48), (5, 4, 7, 16)])
@pytest.mark.parametrize(
    ("window", "strides"),
    [
        ((2, 2), (2, 2)),
        ((1, 2), (1, 2)),
        ((2, 1), (2, 1)),
        ((2, 2), (1, 1)),
        ((1, 1), (2, 3)),
        ((2, 2), (3, 2)),
    ],
)
def test_values_places_and_gradients(window: Any, strides: Any, size: Any, dtype: Any) -> None:
    both(numbers(*size, like=dtype), window, strides)


def test_a_window_of_the_whole_image_and_windows_that_leave_rows_out() -> None:
    both(numbers(2, 7, 5, 16), (7, 5), (7, 5))
    _, _, dx = both(numbers(2, 8, 8, 16), (3, 3), (3, 3))
    assert (dx[:, 6:] == 0).all()
    assert (dx[:, :, 6:] == 0).all()


def test_the_first_of_equal_numbers_and_what_is_not_one() -> None:
    x = torch.zeros(1, 4, 4, 16)
    y, places, dx = both(x, (2, 2), (2, 2))
    assert places[0, :, :, 0].tolist() == [[0, 2], [8, 10]]
    x[0, 1, 1, 3] = float("nan")
    x[0, 0, 2:, 5] = -float("inf")
    x[0, 1, 2:, 5] = -float("inf")
    y, _, dx = both(x, (2, 2), (2, 2))
    assert y[0, 0, 0, 3].isnan()
    assert y[0, 0, 1, 5] == -float("inf")
    assert int((dx != 0).sum()) == 4 * 16


def test_images_in_another_order() -> None:
    x = numbers(2, 6, 4, 16)
    other = x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
    options = {"window": (2, 2), "strides": (2, 2)}
    for a, b in zip(run("max_pool", other, **options), run("max_pool", x, **options), strict=True):
        assert torch.equal(a, b)


def test_threads_change_no_bit() -> None:
    x = numbers(5, 12, 10, 32)
    found = []
    for count in (1, 2, 3):
        with threads(count):
            found.append(both(x, (2, 2), (2, 2)))
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))


def test_other_pooling_is_the_librarys() -> None:
    forward, back = (compiled_pooling.COMPILED[n].text for n in ("max_pool", "max_pool_scatter"))
    two = {"window": (2, 2), "strides": (2, 2)}
    f, places = sj.float32, Spec((1, 2, 2, 16), sj.int64)
    assert forward(two, Spec((1, 4, 4, 16), f)) is not None
    assert back({**two, "size": (4, 4)}, Spec((1, 2, 2, 16), f), places) is not None
    for shape in ((1, 4, 4, 8), (0, 4, 4, 16), (1, 4, 4, 4, 16), (1, 4, 16)):
        assert (
            forward({"window": (2,) * (len(shape) - 2), "strides": (2,) * (len(shape) - 2)}, Spec(shape, f))
            is None
        )
    assert forward(two, Spec((1, 4, 4, 16), sj.float64)) is None
    assert forward(two, Spec((1, 1 << 16, 1 << 15, 16), f)) is None, "places need more than 32 bits"
    overlapping = {"window": (3, 3), "strides": (2, 2), "size": (5, 5)}
    assert back(overlapping, Spec((1, 2, 2, 16), f), places) is None


def test_a_step_uses_it_once_it_is_built() -> None:
    x = sj.asarray(np.random.default_rng(0).normal(size=(2, 8, 8, 16)).astype(np.float32))
    source = forms.trained(lambda u: sj.max_pool(u, 2), x)
    assert source.count("= compiled_") == 2
    assert "max_pool" not in source
