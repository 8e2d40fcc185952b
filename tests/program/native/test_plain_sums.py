"""Compiled convolutions as plain sums, and gradients of those of pictures, against sums in 64 bits."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn
from sujeong.core.spec import Spec
from sujeong.engines.torch import direct, few_channels
from sujeong.program.passes.fusion import building

from . import forms
from .test_image_tiles import VALID, gradients, plain, settings
from .test_winograd import LAYOUTS, numbers, threads

run = partial(forms.run, few_channels.COMPILED | direct.COMPILED)
TYPES = [torch.float32, torch.bfloat16]


@pytest.fixture(autouse=True)
def _without_units(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (direct, few_channels):
        monkeypatch.setattr(room, "has_units_for_16_bits", lambda: False)


def near(found: Any, right: Any, sums: float = 2e-6) -> None:
    """Within the rounding of a result, and that of sums in 32 bits."""
    rounding = 2.0**-8 if found.dtype is torch.bfloat16 else 2.0**-23
    allowed = rounding * right.abs() + sums * right.pow(2).mean().sqrt()
    assert found.shape == right.shape
    assert ((found.double() - right).abs() <= allowed).all()


def all_four(x: Any, w: Any, b: Any, g: Any, kept: dict[str, Any]) -> list[Any]:
    return [
        run("convolution", x, w, **kept),
        run("convolution_bias", x, w, b, **kept),
        run("convolution_input_gradient", g, w, input_size=tuple(x.shape[1:3]), **kept),
        run("convolution_weight_gradient", x, g, kernel_size=tuple(w.shape[:2]), **kept),
    ]


def check(
    images: int,
    size: Any,
    channels: int,
    kernel: Any,
    filters: int,
    kept: dict[str, Any],
    like: Any = torch.float32,
) -> list[Any]:
    x, w = numbers(images, *size, channels, like=like), numbers(*kernel, channels, filters, like=like)
    right = plain(x.double(), w.double(), kept)
    b, g = numbers(filters, like=like), numbers(*right.shape, like=like)
    found = all_four(x, w, b, g, kept)
    for got, expected in zip(found, (right, right + b.double(), *gradients(x, w, g, kept)), strict=True):
        assert got.dtype is like
        near(got, expected)
    return found


@pytest.mark.parametrize("like", TYPES)
@pytest.mark.parametrize("filters", [16, 32, 48, 64])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("images", [1, 2, 19])
def test_images_channels_and_filters(images: int, channels: int, filters: int, like: Any) -> None:
    check(images, (9, 11), channels, (3, 3), filters, settings(), like)


@pytest.mark.parametrize(
    ("size", "kernel", "kept"),
    [
        ((8, 8), (3, 3), settings(VALID)),
        ((26, 17), (3, 3), settings(VALID)),
        ((7, 9), (3, 3), settings(((0, 1), (2, 1)))),
        ((8, 8), (3, 3), settings(steps=(2, 2))),
        ((9, 7), (3, 3), settings(((3, 0), (4, 5)), (2, 1))),
        ((32, 32), (4, 4), settings(steps=(2, 2))),
        ((6, 7), (4, 4), settings(((0, 2), (1, 0)), (2, 3))),
        ((11, 10), (5, 2), settings(((2, 2), (1, 0)), (3, 2))),
        ((12, 10), (8, 3), settings(((4, 4), (1, 1)))),
        ((5, 20), (2, 1), settings(VALID)),
        ((1, 1), (3, 3), settings()),
        ((2, 3), (3, 3), settings(((4, 4), (5, 0)))),  # windows that meet no image at all
        ((12, 10), (2, 3), settings(VALID, (5, 4))),  # rows and columns that no window meets
    ],
)
@pytest.mark.parametrize("like", TYPES)
def test_paddings_steps_and_kernels(size: Any, kernel: Any, kept: dict[str, Any], like: Any) -> None:
    check(3, size, 3, kernel, 32, kept, like)


def test_long_sums_are_added_up_in_parts() -> None:
    """What an image adds is added to what others did, not number by number."""
    x, g = torch.ones(64, 32, 32, 1), torch.full((64, 32, 32, 16), 1 + 2.0**-12)
    dw = run("convolution_weight_gradient", x, g, kernel_size=(3, 3), **settings())
    assert abs(float(dw[1, 1, 0, 0]) / (65536 * (1 + 2.0**-12)) - 1) < 1e-6


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_are_taken_as_they_lie(layout: str) -> None:
    x, w, g = numbers(2, 6, 9, 3), numbers(3, 3, 3, 32), numbers(2, 6, 9, 32)
    laid = LAYOUTS[layout](w)
    assert torch.equal(run("convolution", x, laid, **settings()), run("convolution", x, w, **settings()))
    inside = {"input_size": (6, 9), **settings()}
    there = run("convolution_input_gradient", g, laid, **inside)
    assert torch.equal(there, run("convolution_input_gradient", g, w, **inside))


def test_images_in_another_order_and_where_gradients_of_weights_lie() -> None:
    x, g = numbers(3, 6, 6, 3), numbers(3, 6, 6, 32)
    other = [a.transpose(1, 2).contiguous().transpose(1, 2) for a in (x, g)]
    kept = {"kernel_size": (3, 3), **settings()}
    found = run("convolution_weight_gradient", x, g, **kept)
    assert torch.equal(found, run("convolution_weight_gradient", *other, **kept))
    assert found.permute(3, 0, 1, 2).is_contiguous()


@pytest.mark.parametrize("images", [1, 5, 40])
def test_threads_and_images_beside_change_no_bit(images: int) -> None:
    found = []
    for count in (1, 2, 3):
        with threads(count):
            found.append(check(images, (10, 13), 3, (3, 3), 48, settings()))
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))
    x, w = numbers(images, 10, 13, 3), numbers(3, 3, 3, 48)
    alone = run("convolution", x[-1:], w, **settings())
    assert torch.equal(found[0][0][-1:], alone)


def test_what_is_not_finite_reaches_what_it_meets() -> None:
    x, w = torch.ones(2, 6, 9, 1), torch.ones(3, 3, 1, 16)
    x[1, 0, 0, 0] = float("nan")
    y = run("convolution", x, w, **settings())
    assert y[1, :2, :2].isnan().all()
    assert y.isnan().sum() == 4 * 16


@pytest.mark.parametrize("like", TYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("size", "channels", "filters", "kernel", "kept"),
    [
        ((8, 8), 64, 64, (3, 3), settings()),
        ((5, 6), 16, 80, (3, 3), settings()),  # filters in parts, the last one narrower
        ((9, 7), 24, 16, (3, 2), settings(((1, 0), (1, 1)), (2, 1))),
        ((16, 16), 16, 48, (1, 1), settings(VALID, (2, 2))),
        ((6, 6), 5, 32, (1, 5), settings(VALID)),
    ],
)
def test_single_images(
    size: Any, channels: int, filters: int, kernel: Any, kept: Any, layout: str, like: Any
) -> None:
    x, b = numbers(1, *size, channels, like=like), numbers(filters, like=like)
    w = LAYOUTS[layout](numbers(*kernel, channels, filters, like=like))
    right = plain(x.double(), w.double(), kept)
    near(run("convolution", x, w, **kept), right, 5e-6)  # of up to 576 numbers
    near(run("convolution_bias", x, w, b, **kept), right + b.double(), 5e-6)


@pytest.mark.parametrize("chained", [False, True])
def test_weights_of_single_images_lie_in_order_once(chained: bool) -> None:
    """In prediction they are only read: the variable takes the order of its axes, once."""
    first = nn.Conv2D(32, 3, use_bias=False)
    layer = nn.Sequential([first, nn.ReLU(), nn.Conv2D(16, 3)]) if chained else first
    x = sj.asarray(numbers(1, 8, 8, 16).numpy())
    with sj.using(engine="torch"):
        layer(x)
        kernel = first.kernel
        kernel._value._array = kernel._value._array.permute(3, 0, 1, 2).contiguous().permute(1, 2, 3, 0)
        right = layer(x).numpy()
        with building(), sj.no_grad():
            step = sj.jit(lambda x: layer(x))
            found = step(x).numpy()
            array = kernel._value._array
            step(x)
        assert array.is_contiguous()
        assert kernel._value._array is array
    (compiled,) = step._cache.values()
    lines = [line for line in compiled.runner.source.splitlines() if " = " in line]
    assert len(lines) == 1
    assert ("chain_" in lines[0]) is chained
    np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-4)


def test_other_convolutions_are_not_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def paying(
        x: Any = (64, 32, 32, 3),
        y: Any = (64, 32, 32, 16),
        kernel: Any = (3, 3),
        dtype: Any = None,
        **changed: Any,
    ) -> list[bool]:
        specs, kept = [Spec(shape, dtype or sj.float32) for shape in (x, y)], settings() | changed
        return [
            way.pays(n, *specs, kernel, kept) for n, way in enumerate((direct, few_channels, few_channels))
        ]

    low, one = {"dtype": sj.bfloat16}, {"x": (1, 32, 32, 16), "y": (1, 32, 32, 16)}
    assert paying() == paying(**low) == [True] * 3
    for other in (
        paying((64, 32, 32, 5)),
        paying(y=(64, 32, 32, 24)),
        paying(groups=3),
        paying(dilation=(1, 2)),
        paying((64, 32, 3), (64, 32, 16), (3,), strides=(1,), dilation=(1,)),
        paying((0, 32, 32, 3), (0, 32, 32, 16)),
        paying((2, 32, 32, 16), (2, 32, 32, 16)),
        paying((1, 8, 8, 512), (1, 8, 8, 512)),
    ):
        assert other == [False] * 3
    for forward_alone in (paying(kernel=(3, 5)), paying(kernel=(1, 3)), paying(kernel=(9, 3)), paying(**one)):
        assert forward_alone == [True, False, False]
    double = [Spec((4, 8, 8, 3), sj.float64), Spec((3, 3, 3, 16), sj.float64)]
    assert direct.COMPILED["convolution"].text(settings(), *double) is None
    for room in (direct, few_channels):
        monkeypatch.setattr(room, "has_units_for_16_bits", lambda: True)
    assert paying() == [True] * 3
    assert paying(**low) == [False, False, True]
    assert paying(y=(64, 16, 16, 16), strides=(2, 2), **low) == [False, True, True]
    assert paying((1, 32, 32, 3), (1, 32, 32, 16), **low) == [True] * 3
    assert paying(**one, **low) == [True, False, False]


def test_a_step_uses_them_once_they_are_built() -> None:
    layer = nn.Conv2D(16, 3, padding="same", name="first")
    x = sj.asarray(numbers(2, 8, 8, 3).numpy())
    layer(x)
    source = forms.trained(layer, x)
    assert source.count("= compiled_") == 1  # the gradient of x
    assert "chain_" in source  # forward
    assert "convolution" not in source
