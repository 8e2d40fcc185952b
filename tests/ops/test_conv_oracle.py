"""Convolution against PyTorch: values and gradients, in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import sujeong as sj
from sujeong.core.dispatch import apply
from sujeong.ops.conv_primitives import CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHT

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}

# shape of x, kernel, output channels, and what conv is told
CASES: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, dict[str, Any]]] = {
    "line": ((3, 11, 4), (3,), 6, {}),
    "line, all at once": (
        (2, 13, 4),
        (3,),
        6,
        {"strides": 2, "padding": ((2, 1),), "dilation": 2, "groups": 2},
    ),
    "plane": ((2, 7, 9, 3), (3, 2), 5, {}),
    "stride": ((2, 9, 8, 3), (3, 3), 4, {"strides": (2, 3)}),
    "even padding": ((2, 6, 7, 3), (3, 3), 4, {"padding": (1, 2)}),
    "uneven padding": ((2, 6, 7, 3), (3, 3), 4, {"padding": ((0, 2), (1, 0)), "strides": 2}),
    "dilation": ((2, 9, 9, 2), (3, 2), 4, {"dilation": (2, 3)}),
    "groups": ((2, 6, 6, 6), (3, 3), 4, {"groups": 2}),
    "each channel by itself": ((2, 7, 7, 5), (3, 3), 10, {"groups": 5, "padding": 1, "strides": 2}),
    "all at once": (
        (3, 12, 11, 6),
        (3, 2),
        9,
        {"strides": (2, 3), "padding": ((2, 1), (0, 3)), "dilation": (2, 2), "groups": 3},
    ),
    "one channel": ((17, 8, 8, 1), (3, 3), 8, {"padding": 1}),
    "one output": ((2, 8, 8, 3), (3, 3), 1, {}),
    "one by one": ((2, 5, 5, 3), (1, 1), 4, {}),
    "one by one with a stride": ((2, 5, 6, 3), (1, 1), 4, {"strides": 2}),
    "elements that no window reaches": ((1, 8, 10, 2), (3, 3), 3, {"strides": (4, 3)}),
    "window as large as the input": ((2, 4, 5, 3), (4, 5), 2, {}),
    "space": ((2, 5, 6, 7, 3), (2, 3, 2), 4, {}),
    "space, all at once": (
        (2, 7, 6, 8, 4),
        (2, 3, 2),
        6,
        {"strides": (2, 1, 2), "padding": ((1, 0), (0, 2), (1, 1)), "dilation": (1, 2, 1), "groups": 2},
    ),
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
BOUND = {"float64": 1e-12, "float32": 2e-5}


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def _second(x: np.ndarray) -> torch.Tensor:
    """Channels second, as PyTorch has them."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1))).requires_grad_()


def _last(x: torch.Tensor | None) -> np.ndarray:
    assert x is not None
    return np.moveaxis(x.detach().numpy(), 1, -1)


def _weights(w: np.ndarray) -> torch.Tensor:
    axes = w.ndim - 2
    return torch.from_numpy(np.ascontiguousarray(w.transpose(axes + 1, axes, *range(axes)))).requires_grad_()


def _pairs(settings: dict[str, Any], axes: int) -> list[tuple[int, int]]:
    padding = settings.get("padding", 0)
    items = [padding] * axes if isinstance(padding, int) else list(padding)
    return [(p, p) if isinstance(p, int) else p for p in items]


def _flat(pairs: Any) -> list[int]:
    """(low, high) pairs in the order of `F.pad`: the last axis first."""
    return [w for pair in reversed(pairs) for w in pair]


@each_case
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_convolution_and_both_gradients(case: Any, dtype: str, engine: str) -> None:
    shape, kernel, outputs, settings = case
    axes = len(kernel)
    groups = settings.get("groups", 1)
    x = _random(*shape).astype(dtype)
    w = _random(*kernel, shape[-1] // groups, outputs, seed=1).astype(dtype)
    a, b = _second(x), _weights(w)
    padded = F.pad(a, _flat(_pairs(settings, axes)))
    expected = CONV[axes](
        padded, b, stride=settings.get("strides", 1), dilation=settings.get("dilation", 1), groups=groups
    )
    g = _random(*_last(expected).shape, seed=2).astype(dtype)
    expected.backward(_second(g).detach())

    ours_x, ours_w = sj.asarray(x, requires_grad=True), sj.asarray(w, requires_grad=True)
    y = sj.conv(ours_x, ours_w, **settings)
    dx, dw = sj.gradients(y, [ours_x, ours_w], [sj.asarray(g)])
    assert dx is not None
    assert dw is not None
    bound = BOUND[dtype] * np.sqrt(np.prod(kernel) * shape[-1])
    np.testing.assert_allclose(np.asarray(y), _last(expected), rtol=0, atol=bound)
    np.testing.assert_allclose(np.asarray(dx), _last(a.grad), rtol=0, atol=2 * bound)
    back = (*range(2, axes + 2), 1, 0)
    np.testing.assert_allclose(np.asarray(dw), b.grad.numpy().transpose(back), rtol=0, atol=5 * bound)


@each_case
def test_kernels_agree_with_their_readable_forms(case: Any, engine: str) -> None:
    shape, kernel, outputs, settings = case
    axes, groups = len(kernel), settings.get("groups", 1)
    x = sj.asarray(_random(*shape))
    w = sj.asarray(_random(*kernel, shape[-1] // groups, outputs, seed=1))
    plain = {
        "strides": _tuple(settings.get("strides", 1), axes),
        "padding": tuple(_pairs(settings, axes)),
        "dilation": _tuple(settings.get("dilation", 1), axes),
        "groups": groups,
    }
    y = _both(CONVOLUTION, x, w, **plain)
    g = sj.asarray(_random(*y.shape, seed=2))
    _both(CONVOLUTION_INPUT, g, w, input_size=shape[1:-1], **plain)
    _both(CONVOLUTION_WEIGHT, x, g, kernel_size=kernel, **plain)


def _tuple(value: Any, axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _both(op: Any, *inputs: Any, **settings: Any) -> Any:
    """The kernel's result, after the readable form and the inference rule agreed."""
    found = apply(op, *inputs, **settings)
    readable = op.readable(*inputs, **settings)
    assert found.spec == readable.spec == op.infer(*[x.spec for x in inputs], **settings)
    np.testing.assert_allclose(np.asarray(found), np.asarray(readable), rtol=0, atol=1e-11)
    return found


TRANSPOSED: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, dict[str, Any]]] = {
    "line": ((2, 5, 4), (3,), 6, {"strides": 2, "output_padding": 1}),
    "plane": ((2, 4, 5, 3), (3, 2), 4, {}),
    "stride and output padding": (
        (2, 4, 5, 3),
        (3, 3),
        4,
        {"strides": (2, 3), "padding": 1, "output_padding": (1, 2)},
    ),
    "groups and dilation": (
        (2, 4, 5, 6),
        (3, 2),
        4,
        {"strides": 2, "padding": 1, "dilation": 2, "groups": 2},
    ),
    "space": ((2, 3, 4, 2, 4), (2, 3, 2), 3, {"strides": (1, 2, 2), "padding": (0, 1, 0)}),
}


@pytest.mark.parametrize("case", TRANSPOSED.values(), ids=TRANSPOSED.keys())
def test_transposed_convolution_and_both_gradients(case: Any, engine: str) -> None:
    shape, kernel, outputs, settings = case
    axes, groups = len(kernel), settings.get("groups", 1)
    x = _random(*shape)
    w = _random(*kernel, outputs // groups, shape[-1], seed=1)
    a, b = _second(x), _weights(w)
    names = {"strides": "stride"}
    expected = CONV_TRANSPOSE[axes](a, b, **{names.get(k, k): v for k, v in settings.items()})
    g = _random(*_last(expected).shape, seed=2)
    expected.backward(_second(g).detach())
    ours_x, ours_w = sj.asarray(x, requires_grad=True), sj.asarray(w, requires_grad=True)
    y = sj.conv_transpose(ours_x, ours_w, **settings)
    dx, dw = sj.gradients(y, [ours_x, ours_w], [sj.asarray(g)])
    np.testing.assert_allclose(np.asarray(y), _last(expected), rtol=0, atol=1e-11)
    np.testing.assert_allclose(np.asarray(dx), _last(a.grad), rtol=0, atol=1e-11)
    back = (*range(2, axes + 2), 1, 0)
    np.testing.assert_allclose(np.asarray(dw), b.grad.numpy().transpose(back), rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("size", "kernel", "stride"), [(7, 3, 2), (8, 3, 2), (9, 4, 3), (5, 2, 3), (6, 1, 2)]
)
def test_same_padding_and_its_transpose(size: int, kernel: int, stride: int, engine: str) -> None:
    x, w = sj.asarray(_random(2, size, 3)), sj.asarray(_random(kernel, 3, 4, seed=1))
    y = sj.conv(x, w, strides=stride, padding="same")
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    padded = F.pad(_second(np.asarray(x)), (total // 2, total - total // 2))
    expected = _last(F.conv1d(padded, _weights(np.asarray(w)), stride=stride))
    assert y.shape == (2, -(-size // stride), 4)
    np.testing.assert_allclose(np.asarray(y), expected, rtol=0, atol=1e-12)
    larger = sj.conv_transpose(y, w, strides=stride, padding="same")
    assert larger.shape == (2, y.shape[1] * stride, 3)
    # <conv(z), y> = <z, conv_transpose(y)> for any z of that size
    z = sj.asarray(_random(*larger.shape, seed=5))
    there = float(sj.sum(sj.conv(z, w, strides=stride, padding="same") * y))
    assert there == pytest.approx(float(sj.sum(z * larger)), rel=1e-12)


@pytest.mark.parametrize("name", ["max_pool", "average_pool", "conv", "conv_transpose"])
def test_channels_first_is_the_same_with_the_axes_moved(name: str, engine: str) -> None:
    x = _random(2, 6, 8, 4)
    given: Any = (2,) if "pool" in name else (sj.asarray(_random(3, 3, 4, 4, seed=1)),)
    function = getattr(sj, name)
    last = function(sj.asarray(x), *given)
    first = function(sj.asarray(np.moveaxis(x, -1, 1).copy()), *given, data_format="channels_first")
    np.testing.assert_allclose(np.moveaxis(np.asarray(first), 1, -1), np.asarray(last), rtol=0, atol=1e-12)


def test_any_constant_in_the_padding(engine: str) -> None:
    x, w = _random(2, 5, 6, 3), _random(3, 3, 3, 4, seed=1)
    found = sj.conv(sj.asarray(x), sj.asarray(w), padding=((1, 2), (0, 1)), padding_value=-7.5)
    padded = np.pad(x, ((0, 0), (1, 2), (0, 1), (0, 0)), constant_values=-7.5)
    expected = _last(F.conv2d(_second(padded), _weights(w)))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-11)


def test_third_derivatives_exist_and_agree_with_the_readable_form(engine: str) -> None:
    x0, w0 = _random(1, 5, 5, 2) / 2, _random(2, 2, 2, 2, seed=1) / 2
    settings: dict[str, Any] = {
        "strides": (2, 1),
        "padding": ((1, 0), (0, 1)),
        "dilation": (1, 2),
        "groups": 1,
    }

    def third(forward: Any) -> list[np.ndarray]:
        x, w = sj.asarray(x0, requires_grad=True), sj.asarray(w0, requires_grad=True)
        y = forward(x, w, **settings)
        found = sj.gradients(sj.sum(y * y * y), [x, w], create_graph=True)
        for _ in range(2):
            total = sum((sj.sum(f * f) for f in found if f is not None), sj.asarray(0.0, dtype="float64"))
            found = sj.gradients(total, [x, w], create_graph=True)
        return [np.asarray(f) for f in found]

    fused = third(lambda *a, **k: apply(CONVOLUTION, *a, **k))
    readable = third(CONVOLUTION.readable)
    for a, b in zip(fused, readable, strict=True):
        assert np.abs(a).max() > 1e-3
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(b).max())
