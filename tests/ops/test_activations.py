"""Activations: their kinks, far values, and PyTorch's own value and gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import special

import sujeong as sj

ACTIVATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "relu": (sj.relu, F.relu),
    "leaky_relu": (sj.leaky_relu, F.leaky_relu),
    "leaky_relu of 0.3": (lambda x: sj.leaky_relu(x, 0.3), lambda x: F.leaky_relu(x, 0.3)),
    "elu": (sj.elu, F.elu),
    "elu of 0.5": (lambda x: sj.elu(x, 0.5), lambda x: F.elu(x, 0.5)),
    "selu": (sj.selu, F.selu),
    "sigmoid": (sj.sigmoid, torch.sigmoid),
    "log_sigmoid": (sj.log_sigmoid, F.logsigmoid),
    "softplus": (sj.softplus, lambda x: F.softplus(x, 1, 50)),
    "silu": (sj.silu, F.silu),
    "gelu": (sj.gelu, F.gelu),
    "gelu with tanh": (
        lambda x: sj.gelu(x, approximate="tanh"),
        lambda x: F.gelu(x, approximate="tanh"),
    ),
    "sine": (sj.sine, torch.sin),
    "identity": (sj.identity, lambda x: x),
}
POINTS = np.array([-30.0, -3.0, -1.0, -1e-3, -0.0, 0.0, 1e-3, 1.0, 3.0, 30.0])


def _gradients(function: Callable[..., Any], x: np.ndarray, order: int) -> list[np.ndarray]:
    """Value, and the gradients of its sum, one element by itself."""
    point = sj.asarray(x, requires_grad=True)
    y: Any = function(point)
    found = [np.asarray(y)]
    for _ in range(order):
        if y is not None and y.requires_grad:
            (y,) = sj.gradients(sj.sum(y), [point], create_graph=True)
        else:
            y = None
        found.append(np.zeros(x.shape) if y is None else np.asarray(y))
    return found


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_gradient_are_pytorchs_also_at_the_kink(name: str, engine: str) -> None:
    ours, theirs = ACTIVATIONS[name]
    x = torch.tensor(POINTS, requires_grad=True)
    y = theirs(x)
    (g,) = torch.autograd.grad(y.sum(), x)
    value, gradient = _gradients(ours, POINTS, 1)
    np.testing.assert_allclose(value, y.detach().numpy(), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(gradient, g.numpy(), rtol=1e-13, atol=1e-15)


AT_ZERO = {
    "relu": (sj.relu, 0.0),
    "leaky_relu": (sj.leaky_relu, 0.01),
    "prelu": (lambda x: sj.prelu(x, sj.asarray(0.25, dtype="float64")), 0.25),
    "elu": (lambda x: sj.elu(x, 0.5), 0.5),
    "selu": (sj.selu, 1.0507009873554805 * 1.6732632423543772),
}


@pytest.mark.parametrize("name", AT_ZERO)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_gradient_at_the_kink_is_that_of_the_left_piece(name: str, zero: float, engine: str) -> None:
    function, slope = AT_ZERO[name]
    assert _gradients(function, np.array([zero]), 1)[1][0] == pytest.approx(slope, rel=1e-15)


def test_why_relu_is_not_a_maximum(engine: str) -> None:
    zero = np.array([0.0])
    assert _gradients(sj.relu, zero, 1)[1][0] == 0.0
    assert _gradients(lambda x: sj.maximum(x, 0), zero, 1)[1][0] == 0.5


def test_slope_of_prelu_learns_from_below_only(engine: str) -> None:
    x = sj.asarray([[-2.0, -3.0], [4.0, 0.0]])
    slope = sj.asarray([0.5, 0.1], requires_grad=True)
    (g,) = sj.gradients(sj.sum(sj.prelu(x, slope)), [slope])
    assert g is not None
    assert g.tolist() == [-2.0, -3.0]


def test_nothing_flows_through_a_step(engine: str) -> None:
    x = sj.asarray([-1.0, 0.0, 2.0], requires_grad=True)
    y = sj.step(x)
    assert y.tolist() == [0.0, 0.0, 1.0]
    assert not y.requires_grad
    (g,) = sj.gradients(sj.sum(y * x), [x])
    assert g is not None
    assert g.tolist() == [0.0, 0.0, 1.0]  # of the factor x alone


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_values_stay_finite(name: str, dtype: str, engine: str) -> None:
    """e^1000 overflows; no value and no derivative may show it. Only the powers of x in gelu may, far out."""
    end = 1e5 if name == "gelu with tanh" else 1e18
    far = np.array([-end, -1000.0, -100.0, 100.0, 1000.0, end], dtype)
    for found in _gradients(ACTIVATIONS[name][0], far, 3):
        assert np.isfinite(found).all()


def test_sigmoid_keeps_its_digits_below(engine: str) -> None:
    """The naive form through tanh would give 0 from -20 on in float32."""
    x = np.array([-10.0, -30.0, -60.0, -80.0], "float32")
    np.testing.assert_allclose(
        np.asarray(sj.sigmoid(sj.asarray(x))), special.expit(x.astype("f8")), rtol=1e-5
    )
    np.testing.assert_allclose(
        np.asarray(sj.softplus(sj.asarray(x))), np.log1p(np.exp(x.astype("f8"))), rtol=1e-5
    )


def test_sigmoid_is_smooth_where_its_pieces_join(engine: str) -> None:
    value, *slopes = _gradients(sj.sigmoid, np.array([0.0]), 4)
    assert value[0] == 0.5
    np.testing.assert_allclose([s[0] for s in slopes], [1 / 4, 0, -1 / 8, 0], atol=1e-15)
    value, *slopes = _gradients(sj.softplus, np.array([0.0]), 3)
    np.testing.assert_allclose([s[0] for s in slopes], [1 / 2, 1 / 4, 0], atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_is_not_hidden(name: str, engine: str) -> None:
    y = ACTIVATIONS[name][0](sj.asarray([math.nan, 1.0]))
    assert np.isnan(np.asarray(y)).tolist() == [True, False]


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "identity"])
def test_whole_numbers_become_float32(name: str, engine: str) -> None:
    y = ACTIVATIONS[name][0](sj.asarray([1, 2]))
    assert y.dtype is sj.float32


def test_error_function_and_its_inverse(engine: str) -> None:
    from sujeong.core.dispatch import apply
    from sujeong.ops.random.continuous import ERFINV

    x = np.concatenate([np.linspace(-7, 7, 5001), np.logspace(-300, 0, 200)])
    np.testing.assert_allclose(np.asarray(sj.erf(sj.asarray(x))), special.erf(x), rtol=1e-15, atol=0)
    y = np.concatenate([np.linspace(-0.9999, 0.9999, 5001), np.logspace(-300, -1, 100)])
    found = apply(ERFINV, sj.asarray(y))
    np.testing.assert_allclose(np.asarray(found), special.erfinv(y), rtol=1e-12, atol=0)
    ends = apply(ERFINV, sj.asarray([-1.0, 1.0, 0.0, 2.0]))
    np.testing.assert_array_equal(np.asarray(ends), [-np.inf, np.inf, 0.0, np.nan])
    (g,) = sj.gradients(
        sj.sum(apply(ERFINV, v := sj.asarray([0.3], requires_grad=True, dtype="float64"))), [v]
    )
    assert g is not None
    assert g.item() == pytest.approx(math.sqrt(math.pi) / 2 * math.exp(special.erfinv(0.3) ** 2), rel=1e-12)
