"""Convolutions that run as one product of matrices, against the same on the other engine in 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.core.op import OPS
from sujeong.engines.torch import convolution, convolution_products


def expected(name: str, *arrays: Any, **settings: Any) -> Any:
    """What the numpy engine finds in float64."""
    with sj.using(engine="numpy"):
        values = [sj.asarray(a, dtype=sj.float64) for a in arrays]
        return sj.core.dispatch.apply(OPS[name], *values, **settings).numpy()


def plain(axes: int) -> dict[str, Any]:
    return {"strides": (1,) * axes, "padding": ((0, 0),) * axes, "dilation": (1,) * axes, "groups": 1}


@pytest.mark.parametrize("outputs", [1, 5])
@pytest.mark.parametrize("size", [(4,), (4, 3), (2, 3, 4)])
@pytest.mark.parametrize("laid", ["as given", "outputs first"])
def test_one_place_is_a_product_in_every_direction(size: tuple[int, ...], outputs: int, laid: str) -> None:
    numbers = np.random.default_rng(0)
    x, w = numbers.normal(size=(6, *size, 7)), numbers.normal(size=(*size, 7, outputs))
    g, b = numbers.normal(size=(6, *(1,) * len(size), outputs)), numbers.normal(size=outputs)
    settings = plain(len(size))
    here = [torch.from_numpy(a.astype(np.float32)) for a in (x, w, g, b)]
    if laid == "outputs first":
        here[1] = here[1].movedim(-1, 0).contiguous().movedim(0, -1)
    tx, tw, tg, tb = here
    found = {
        "convolution": convolution._forward(tx, tw, **settings),
        "convolution_bias": convolution._forward(tx, tw, **settings, bias=tb),
        "convolution_input_gradient": convolution._input_gradient(tg, tw, size, **settings),
        "convolution_weight_gradient": convolution._weight_gradient(tx, tg, size, **settings),
    }
    asked: dict[str, tuple[Any, dict[str, Any]]] = {
        "convolution": ((x, w), {}),
        "convolution_bias": ((x, w, b), {}),
        "convolution_input_gradient": ((g, w), {"input_size": size}),
        "convolution_weight_gradient": ((x, g), {"kernel_size": size}),
    }
    for name, (arrays, extra) in asked.items():
        right = expected(name, *arrays, **settings, **extra)
        assert found[name].shape == right.shape, name
        np.testing.assert_allclose(found[name].numpy(), right, rtol=2e-5, atol=2e-5, err_msg=name)


def test_no_images_give_no_results_and_gradients_of_zero() -> None:
    settings, w = plain(2), torch.ones(4, 4, 3, 5)
    x, g = torch.ones(0, 4, 4, 3), torch.ones(0, 1, 1, 5)
    assert convolution._forward(x, w, **settings).shape == (0, 1, 1, 5)
    assert convolution._input_gradient(g, w, (4, 4), **settings).shape == (0, 4, 4, 3)
    assert torch.equal(convolution._weight_gradient(x, g, (4, 4), **settings), torch.zeros_like(w))
    x, g = torch.ones(0, 4, 4, 48).bfloat16(), torch.ones(0, 3, 3, 64).bfloat16()
    found = convolution._weight_gradient(x, g, (2, 2), **settings)
    assert torch.equal(found, torch.zeros(2, 2, 48, 64).bfloat16())


def test_what_looks_like_one_place_and_is_not() -> None:
    assert convolution_products.one_place((4, 4), (4, 4), ((0, 0), (0, 0)), (1, 1), 1)
    for size, kernel, padding, dilation, groups in (
        ((4, 5), (4, 4), ((0, 0), (0, 0)), (1, 1), 1),  # two places along the second axis
        ((4, 4), (4, 4), ((0, 1), (0, 0)), (1, 1), 1),  # padded
        ((4, 4), (4, 4), ((0, 0), (0, 0)), (1, 1), 2),  # groups
    ):
        assert not convolution_products.one_place(size, kernel, padding, dilation, groups)


@pytest.mark.parametrize(
    ("size", "kernel", "strides", "padding", "dilation"),
    [
        ((4, 4), (4, 4), (2, 2), ((1, 1), (1, 1)), (1, 1)),
        ((5, 6), (3, 2), (1, 3), ((0, 2), (1, 0)), (1, 2)),
        ((9,), (5,), (4,), ((2, 2),), (1,)),
        ((4, 4, 4), (2, 2, 2), (2, 2, 2), ((0, 0),) * 3, (1, 1, 1)),
    ],
)
def test_few_places_add_up_as_one_product(
    size: Any, kernel: Any, strides: Any, padding: Any, dilation: Any
) -> None:
    numbers = np.random.default_rng(1)
    settings = {"strides": strides, "padding": padding, "dilation": dilation, "groups": 1}
    x = torch.from_numpy(numbers.normal(size=(3, *size, 48)).astype(np.float32)).bfloat16()
    places = [
        (n + sum(p) - d * (k - 1) - 1) // s + 1
        for n, p, k, d, s in zip(size, padding, kernel, dilation, strides, strict=True)
    ]
    g = torch.from_numpy(numbers.normal(size=(3, *places, 64)).astype(np.float32)).bfloat16()
    assert convolution_products.few_places(x, g, kernel, 1)
    found = convolution._weight_gradient(x, g, kernel, **settings)
    arrays = [a.float().numpy() for a in (x, g)]
    right = expected("convolution_weight_gradient", *arrays, kernel_size=kernel, **settings)
    np.testing.assert_allclose(found.float().numpy(), right, rtol=1 / 128, atol=1e-2)
    assert found.movedim(-1, 0).is_contiguous(), "in the order of the weights"


def test_float32_many_places_and_few_results_stay_with_the_library() -> None:
    x, g = torch.zeros(2, 4, 4, 48), torch.zeros(2, 2, 2, 64)
    assert convolution_products.few_places(x.bfloat16(), g.bfloat16(), (4, 4), 1)
    assert not convolution_products.few_places(x, g, (4, 4), 1)
    assert not convolution_products.few_places(x.bfloat16(), g.bfloat16()[..., :32], (4, 4), 1)
    assert not convolution_products.few_places(x.bfloat16(), torch.zeros(200, 2, 2, 64).bfloat16(), (4, 4), 1)
    assert not convolution_products.few_places(x.bfloat16(), g.bfloat16(), (4, 4), 2)
