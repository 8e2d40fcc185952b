"""Layers against torch.nn with the same weights: values, gradients, moving statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import sujeong as sj
from sujeong import nn

Array = np.ndarray


def to_first(x: Array) -> torch.Tensor:
    """Channels-last data as torch has it."""
    return torch.tensor(np.moveaxis(x, -1, 1).copy()) if x.ndim > 2 else torch.tensor(x)


def to_last(x: torch.Tensor) -> Array:
    host = x.detach().numpy()
    return np.moveaxis(host, 1, -1) if host.ndim > 2 else host


def kernel_out(w: torch.Tensor) -> Array:
    """(O, C, k...) as (k..., C, O)."""
    host = w.detach().numpy()
    return np.moveaxis(np.moveaxis(host, 1, -1), 0, -1)


def close(a: Any, b: Any, tolerance: float = 2e-5) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


def ours(
    layer: nn.Module, x: Array, weights: dict[str, Array], c: Array | None, training: bool
) -> tuple[Any, ...]:
    """Output, gradient of the input, gradients of the weights, for the loss sum(c * y)."""
    data = sj.asarray(x, requires_grad=x.dtype.kind == "f")
    layer(data)
    for name, value in weights.items():
        layer.state()[name].assign(sj.asarray(value))
    y = layer(data, training=training)
    loss = (y * sj.asarray(c)).sum()
    loss.backward()
    gradients = {name: np.asarray(v.grad) for name, v in layer.state().items() if v.trainable}
    return np.asarray(y), None if data.grad is None else np.asarray(data.grad), gradients


def compare(layer: nn.Module, other: Any, x: Array, weights: dict[str, Array], back: dict[str, Any]) -> None:
    """Ours against theirs; `back` gives each gradient in our arrangement, after the backward pass."""
    given = to_first(x).requires_grad_()
    y = other(given)
    c = np.random.default_rng(9).normal(size=to_last(y).shape).astype("float32")
    (y * to_first(c)).sum().backward()
    out, g_x, gradients = ours(layer, x, weights, c, training=True)
    close(out, to_last(y))
    close(g_x, to_last(given.grad))
    assert set(gradients) == set(back)
    for name, make in back.items():
        close(gradients[name], make(), 5e-5)


CONVOLUTIONS: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
    (1, {}, {}),
    (1, {"strides": 2, "padding": 2, "dilation_rate": 2}, {"stride": 2, "padding": 2, "dilation": 2}),
    (2, {}, {}),
    (2, {"strides": (2, 1), "padding": ((1, 1), (2, 2))}, {"stride": (2, 1), "padding": (1, 2)}),
    (2, {"groups": 2, "dilation_rate": (1, 2)}, {"groups": 2, "dilation": (1, 2)}),
    (2, {"groups": 4, "padding": "same"}, {"groups": 4, "padding": "same"}),
    (3, {"padding": 1, "strides": 2}, {"padding": 1, "stride": 2}),
]
PLAIN = {1: torch.nn.Conv1d, 2: torch.nn.Conv2d, 3: torch.nn.Conv3d}
BACK = {1: torch.nn.ConvTranspose1d, 2: torch.nn.ConvTranspose2d, 3: torch.nn.ConvTranspose3d}


@pytest.mark.parametrize(("axes", "mine", "theirs"), CONVOLUTIONS)
def test_convolution(axes: int, mine: dict[str, Any], theirs: dict[str, Any], engine: str, rng: Any) -> None:
    x = rng.normal(size=(2, *(7, 6, 5)[:axes], 4)).astype("float32")
    other = PLAIN[axes](4, 8, 3, **theirs)
    layer = getattr(nn, f"Conv{axes}D")(8, 3, **mine)
    weights = {"kernel": kernel_out(other.weight), "bias": other.bias.detach().numpy()}
    back = {"kernel": lambda: kernel_out(other.weight.grad), "bias": lambda: other.bias.grad.numpy()}
    compare(layer, other, x, weights, back)


@pytest.mark.parametrize("value", [1.0, -2.5])
def test_padding_with_a_constant(value: float, engine: str, rng: Any) -> None:
    x = rng.normal(size=(2, 6, 5, 4)).astype("float32")
    inner = torch.nn.Conv2d(4, 3, 3)
    layer = nn.Conv2D(3, 3, padding=((1, 2), (0, 1)), padding_value=value)
    weights = {"kernel": kernel_out(inner.weight), "bias": inner.bias.detach().numpy()}
    back = {"kernel": lambda: kernel_out(inner.weight.grad), "bias": lambda: inner.bias.grad.numpy()}
    compare(layer, lambda t: inner(F.pad(t, (0, 1, 1, 2), value=value)), x, weights, back)


TRANSPOSED: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
    (1, {"strides": 2}, {"stride": 2}),
    (2, {"strides": (2, 3), "padding": 1}, {"stride": (2, 3), "padding": 1}),
    (2, {"strides": 2, "padding": 1, "output_padding": 1}, {"stride": 2, "padding": 1, "output_padding": 1}),
    (2, {"groups": 2, "dilation_rate": 2}, {"groups": 2, "dilation": 2}),
    (3, {}, {}),
]


@pytest.mark.parametrize(("axes", "mine", "theirs"), TRANSPOSED)
def test_transposed(axes: int, mine: dict[str, Any], theirs: dict[str, Any], engine: str, rng: Any) -> None:
    x = rng.normal(size=(2, *(4, 3, 3)[:axes], 4)).astype("float32")
    other = BACK[axes](4, 6, 3, **theirs)  # weight (in, out / groups, k...)
    layer = getattr(nn, f"Conv{axes}DTranspose")(6, 3, **mine)
    weights = {"kernel": kernel_out(other.weight), "bias": other.bias.detach().numpy()}
    back = {"kernel": lambda: kernel_out(other.weight.grad), "bias": lambda: other.bias.grad.numpy()}
    compare(layer, other, x, weights, back)


POOLS: list[tuple[str, int, dict[str, Any], Callable[..., Any]]] = [
    ("MaxPool1D", 1, {}, lambda t: F.max_pool1d(t, 2)),
    ("MaxPool2D", 2, {}, lambda t: F.max_pool2d(t, 2)),
    ("MaxPool2D", 2, {"pool_size": 3, "strides": 2, "padding": 1}, lambda t: F.max_pool2d(t, 3, 2, 1)),
    ("MaxPool2D", 2, {"pool_size": (3, 2)}, lambda t: F.max_pool2d(t, (3, 2))),
    ("MaxPool3D", 3, {}, lambda t: F.max_pool3d(t, 2)),
    ("AveragePool1D", 1, {}, lambda t: F.avg_pool1d(t, 2)),
    ("AveragePool2D", 2, {}, lambda t: F.avg_pool2d(t, 2)),
    (
        "AveragePool2D",
        2,
        {"pool_size": 3, "strides": 2, "padding": 1},
        lambda t: F.avg_pool2d(t, 3, 2, 1, count_include_pad=False),
    ),
    ("AveragePool3D", 3, {}, lambda t: F.avg_pool3d(t, 2)),
    ("GlobalAveragePool1D", 1, {}, lambda t: t.mean(2)),
    ("GlobalAveragePool2D", 2, {}, lambda t: t.mean((2, 3))),
    ("GlobalMaxPool2D", 2, {}, lambda t: t.amax((2, 3))),
    ("GlobalMaxPool3D", 3, {"keepdims": True}, lambda t: t.amax((2, 3, 4), keepdim=True)),
]


@pytest.mark.parametrize(("name", "axes", "options", "other"), POOLS)
def test_pooling(name: str, axes: int, options: dict[str, Any], other: Any, engine: str, rng: Any) -> None:
    x = rng.permutation(2 * 7 * 6 * 5 * 4).astype("float32").reshape(2, 7, 6, 5, 4) / 100
    x = x[(slice(None), *[slice(None)] * axes, *[0] * (3 - axes), slice(None))].copy()
    compare(getattr(nn, name)(**options), other, x, {}, {})


@pytest.mark.parametrize("shape", [(8, 5), (4, 3, 6, 5), (4, 7, 5)])
def test_batch_norm(shape: tuple[int, ...], engine: str, rng: Any) -> None:
    """Outputs and gradients alike; the moving variance has 1/m where torch has 1/(m - 1)."""
    kinds = {2: torch.nn.BatchNorm1d, 3: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d}
    other = kinds[len(shape)](shape[-1], eps=1e-3, momentum=0.1)
    with torch.no_grad():
        other.weight.copy_(torch.tensor(rng.normal(size=shape[-1])))
        other.bias.copy_(torch.tensor(rng.normal(size=shape[-1])))
    layer = nn.BatchNorm(momentum=0.9)
    weights = {"gamma": other.weight.detach().numpy(), "beta": other.bias.detach().numpy()}
    x = rng.normal(2.0, 3.0, size=shape).astype("float32")
    back = {"gamma": lambda: other.weight.grad.numpy(), "beta": lambda: other.bias.grad.numpy()}
    compare(layer, other, x, weights, back)
    m = x.size // shape[-1]
    expected = np.ones(shape[-1]) * 0.9 + 0.1 * x.reshape(-1, shape[-1]).var(0)
    close(layer.moving_variance, expected)
    close(layer.moving_mean, other.running_mean)
    unbiased = (np.asarray(layer.moving_variance) - 0.9) * m / (m - 1) + 0.9
    close(unbiased, other.running_var)
    for _ in range(3):
        x = rng.normal(1.0, 2.0, size=shape).astype("float32")
        layer(sj.asarray(x), training=True)
        other(to_first(x))
    close(layer.moving_mean, other.running_mean)
    other.running_var.copy_(torch.tensor(np.asarray(layer.moving_variance)))
    other.eval()
    close(layer(sj.asarray(x)), to_last(other(to_first(x))))


def test_layer_norm(engine: str, rng: Any) -> None:
    x = rng.normal(size=(4, 6)).astype("float32")
    other = torch.nn.LayerNorm(6, eps=1e-3)
    with torch.no_grad():
        other.weight.copy_(torch.tensor(rng.normal(size=6)))
    weights = {"gamma": other.weight.detach().numpy(), "beta": other.bias.detach().numpy()}
    back = {"gamma": lambda: other.weight.grad.numpy(), "beta": lambda: other.bias.grad.numpy()}
    compare(nn.LayerNorm(), other, x, weights, back)


def test_rms_norm(engine: str, rng: Any) -> None:
    x = rng.normal(size=(4, 6)).astype("float32")
    other = torch.nn.RMSNorm(6, eps=1e-6)
    compare(nn.RMSNorm(), other, x, {}, {"gamma": lambda: other.weight.grad.numpy()})


def test_prelu(engine: str, rng: Any) -> None:
    x = rng.normal(size=(4, 5, 6, 3)).astype("float32")
    other = torch.nn.PReLU(3)
    with torch.no_grad():
        other.weight.copy_(torch.tensor([0.1, 0.5, -0.3]))
    weights = {"alpha": other.weight.detach().numpy().reshape(1, 1, 3)}
    back = {"alpha": lambda: other.weight.grad.numpy().reshape(1, 1, 3)}
    compare(nn.PReLU(shared_axes=(1, 2)), other, x, weights, back)


def test_dense(engine: str, rng: Any) -> None:
    x = rng.normal(size=(4, 6)).astype("float32")
    other = torch.nn.Linear(6, 3)
    weights = {"kernel": other.weight.detach().numpy().T, "bias": other.bias.detach().numpy()}
    back = {"kernel": lambda: other.weight.grad.numpy().T, "bias": lambda: other.bias.grad.numpy()}
    compare(nn.Dense(3), other, x, weights, back)


def test_embedding(engine: str, rng: Any) -> None:
    ids = rng.integers(0, 5, size=(4, 3))
    other = torch.nn.Embedding(5, 2)
    y = other(torch.tensor(ids))
    c = rng.normal(size=(4, 3, 2)).astype("float32")
    (y * torch.tensor(c)).sum().backward()
    out, _, gradients = ours(nn.Embedding(5, 2), ids, {"embeddings": other.weight.detach().numpy()}, c, True)
    close(out, y.detach())
    close(gradients["embeddings"], other.weight.grad)


ACTIVATIONS: list[tuple[str, Callable[..., Any]]] = [
    ("relu", F.relu),
    ("leaky_relu", lambda t: F.leaky_relu(t, 0.01)),
    ("elu", F.elu),
    ("selu", F.selu),
    ("gelu", F.gelu),
    ("silu", F.silu),
    ("swish", F.silu),
    ("softplus", F.softplus),
    ("sigmoid", torch.sigmoid),
    ("log_sigmoid", F.logsigmoid),
    ("tanh", torch.tanh),
    ("softmax", lambda t: F.softmax(t, -1)),
    ("log_softmax", lambda t: F.log_softmax(t, -1)),
    ("sine", torch.sin),
    ("identity", lambda t: t),
    ("linear", lambda t: t),
    ("step", lambda t: (t > 0).float() + 0 * t),
]


def test_every_activation_is_compared() -> None:
    assert {name for name, _ in ACTIVATIONS} == set(nn.activations.ACTIVATIONS)


@pytest.mark.parametrize(("name", "other"), ACTIVATIONS, ids=[n for n, _ in ACTIVATIONS])
def test_activation(name: str, other: Any, engine: str, rng: Any) -> None:
    x = rng.normal(size=(4, 6)).astype("float32")
    if name == "step":
        close(nn.Activation(name)(sj.asarray(x)), other(torch.tensor(x)))
        return
    compare(nn.Activation(name), other, x, {}, {})
