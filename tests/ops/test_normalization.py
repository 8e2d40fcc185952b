"""Normalisation against PyTorch, in each layout of memory, and with 16-bit values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import sujeong as sj

SHAPE = (4, 5, 6, 3)  # batch, height, width, channels


def _stored(x: np.ndarray, order: tuple[int, ...], **options: Any) -> sj.Tensor:
    """The same values, stored with the axes in another order."""
    back = tuple(np.argsort(order).tolist())
    tensor = sj.permute_dims(sj.asarray(np.ascontiguousarray(x.transpose(order))), back)
    return sj.asarray(tensor, **options)


@pytest.mark.parametrize("g_order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 1, 0, 2)])
@pytest.mark.parametrize("x_order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 2, 1, 0)])
@pytest.mark.parametrize("channels", [3, 1])
def test_batch_norm_in_each_layout(
    channels: int,
    x_order: tuple[int, ...],
    g_order: tuple[int, ...],
    rng: np.random.Generator,
    engine: str,
) -> None:
    x, g = rng.normal(size=SHAPE), rng.normal(size=SHAPE)
    size = SHAPE[channels]
    scale, offset = rng.normal(size=size), rng.normal(size=size)
    axes = tuple(i for i in range(4) if i != channels)
    parts = [
        _stored(x, x_order, requires_grad=True),
        *[sj.asarray(p, requires_grad=True) for p in (scale, offset)],
    ]
    y, mean, variance = sj.batch_norm(*parts, axes=axes, epsilon=1e-5)
    found = sj.gradients(y, parts, [_stored(g, g_order)])

    xs = [torch.tensor(v, requires_grad=True) for v in (x, scale, offset)]
    v = F.batch_norm(xs[0].movedim(channels, 1), None, None, xs[1], xs[2], True, 0.0, 1e-5).movedim(
        1, channels
    )
    expected = torch.autograd.grad(v, xs, torch.tensor(g))
    np.testing.assert_allclose(np.asarray(y), v.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.asarray(mean), x.mean(axes), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(np.asarray(variance), x.var(axes), rtol=1e-12)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), b.numpy(), rtol=1e-11, atol=1e-12)
    fixed = sj.batch_norm_inference(parts[0], mean, variance, parts[1], parts[2], axes=axes, epsilon=1e-5)
    np.testing.assert_allclose(np.asarray(fixed), np.asarray(y), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("g_order", [(0, 1, 2), (2, 0, 1)])
@pytest.mark.parametrize("x_order", [(0, 1, 2), (2, 1, 0)])
def test_layer_norm_in_each_layout(
    x_order: tuple[int, ...], g_order: tuple[int, ...], rng: np.random.Generator, engine: str
) -> None:
    x, g = rng.normal(size=(4, 5, 6)), rng.normal(size=(4, 5, 6))
    scale, offset = rng.normal(size=6), rng.normal(size=6)
    parts = [
        _stored(x, x_order, requires_grad=True),
        *[sj.asarray(p, requires_grad=True) for p in (scale, offset)],
    ]
    xs = [torch.tensor(v, requires_grad=True) for v in (x, scale, offset)]
    for y, v, n in (
        (sj.layer_norm(*parts, epsilon=1e-5), F.layer_norm(xs[0], (6,), xs[1], xs[2], 1e-5), 3),
        (sj.rms_norm(*parts[:2], epsilon=1e-5), F.rms_norm(xs[0], (6,), xs[1], 1e-5), 2),
    ):
        found = sj.gradients(y, parts[:n], [_stored(g, g_order)])
        expected = torch.autograd.grad(v, xs[:n], torch.tensor(g))
        np.testing.assert_allclose(np.asarray(y), v.detach().numpy(), rtol=1e-12, atol=1e-12)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.asarray(a), b.numpy(), rtol=1e-11, atol=1e-12)


def test_divisor_of_the_variance_is_m(engine: str) -> None:
    _, mean, variance = sj.batch_norm(sj.asarray([[0.0], [2.0], [4.0]]))
    assert mean.tolist() == [2.0]
    assert variance.item() == pytest.approx(8 / 3)  # with m - 1 it would be 4


def test_a_constant_channel_gives_the_offset(engine: str) -> None:
    y, _, variance = sj.batch_norm(sj.full((5, 2), 1000.1), offset=sj.asarray([1.0, 2.0]))
    np.testing.assert_allclose(np.asarray(y), [[1.0, 2.0]] * 5, atol=1e-2)
    np.testing.assert_allclose(np.asarray(variance), [0.0, 0.0], atol=1e-7)
    one, _, spread = sj.batch_norm(sj.asarray([[3.0, -7.0]]))
    np.testing.assert_allclose(np.asarray(one), [[0.0, 0.0]], atol=1e-5)
    assert spread.tolist() == [0.0, 0.0]


def test_far_from_zero_the_variance_keeps_its_digits(engine: str) -> None:
    """Mean of squares less square of the mean would give nothing but rounding here."""
    x = np.array([[10_000.0], [10_001.0], [10_002.0]], "float32")
    _, _, variance = sj.batch_norm(sj.asarray(x))
    assert variance.item() == pytest.approx(2 / 3, rel=1e-3)


def test_running_statistics_cost_no_gradient(engine: str) -> None:
    """A step that only stores mean and variance computes nothing for their gradients."""
    x, scale, offset = sj.Spec((8, 3), sj.float32), sj.Spec((3,), sj.float32), sj.Spec((3,), sj.float32)

    def step(x: Any, scale: Any, offset: Any) -> Any:
        def loss(scale: Any, offset: Any) -> Any:
            y, mean, variance = sj.batch_norm(x, scale, offset)
            return sj.sum(y * y), (mean, variance)

        return sj.grad(loss, (0, 1), has_aux=True)(scale, offset)

    names = [e.op.name for e in sj.record(step, x, scale, offset).equations]
    assert names.count("batch_norm_gradient") == 1
    assert "full" not in names[1:-1] or names.count("full") == 1  # only the gradient of the loss itself


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_statistics_of_16_bits_are_float32(dtype: str) -> None:
    with sj.using(engine="torch"):
        x = sj.asarray(np.linspace(-300, 300, 24).reshape(8, 3), dtype=dtype, requires_grad=True)
        scale = sj.asarray([1.0, 2.0, 3.0], requires_grad=True)  # float32, as masters of mixed precision are
        y, mean, variance = sj.batch_norm(x, scale)
        assert y.dtype is x.dtype
        assert mean.dtype is variance.dtype is sj.float32
        exact = np.asarray(x).astype("f8")
        np.testing.assert_allclose(np.asarray(variance), exact.var(0), rtol=1e-3)  # float16 would overflow
        for out in (y, sj.layer_norm(x, scale), sj.rms_norm(x, scale)):
            g, h = sj.gradients(sj.sum(out * out), [x, scale])
            assert g is not None
            assert h is not None
            assert g.dtype is x.dtype
            assert h.dtype is sj.float32


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("axes", [(0, 1, 2), (0, 2, 3)])
def test_a_gpu_agrees(dtype: str, axes: tuple[int, ...], rng: np.random.Generator) -> None:
    host = rng.normal(size=(4, 6, 6, 6))
    results = []
    for device in ("cpu", "cuda"):
        with sj.using(engine="torch", device=device):
            x = sj.asarray(host, dtype=dtype, requires_grad=True)
            scale = sj.asarray(np.linspace(1, 2, 6), dtype="float32", requires_grad=True)
            parts = list(sj.batch_norm(x, scale, axes=axes))
            parts += [sj.layer_norm(x, scale), sj.rms_norm(x, scale)]
            total = sj.sum(sj.concat([sj.reshape(sj.astype(p * p, "float32"), (-1,)) for p in parts]))
            parts += [g for g in sj.gradients(total, [x, scale]) if g is not None]
            results.append([np.asarray(sj.astype(p, "float32")) for p in parts])
    loose = 1e-4 if dtype == "float32" else 3e-2
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=loose, atol=loose)
