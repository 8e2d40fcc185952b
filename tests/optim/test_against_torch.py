"""Every optimiser against PyTorch's, with equal settings, over 50 steps in float64.

The gradient is that of a quadratic bowl, so each step depends on all steps before it. The rate changes on
the way wherever both frameworks mean the same by that; where they do not, the difference is shown and ours
is held to the formula, written out in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import optim

STEPS = 50
STEADY = [0.05] * STEPS
CHANGING = [0.05 if i < 20 else 0.02 if i < 35 else 0.1 for i in range(STEPS)]
RNG = np.random.default_rng(7)
HALF = RNG.standard_normal((4, 4))
BOWL = HALF @ HALF.T / 4 + np.eye(4) * 0.1
START = RNG.standard_normal((4, 3))
AIM = RNG.standard_normal((4, 3))


def slope(w: np.ndarray) -> np.ndarray:
    """The gradient of the bowl."""
    return BOWL @ (w - AIM)


def ours(optimizer: optim.Optimizer, rates: list[float]) -> np.ndarray:
    """All weights along the way."""
    w, path = sj.Variable(START.copy(), name="w"), []
    for rate in rates:
        optimizer.learning_rate = rate
        optimizer.apply([sj.asarray(slope(w.numpy()))], [w])
        path.append(w.numpy().copy())
    return np.stack(path)


def theirs(make: Callable[..., Any], rates: list[float]) -> np.ndarray:
    """The same with an optimiser of PyTorch."""
    w, path = torch.tensor(START.copy(), requires_grad=True), []
    optimizer = make([w], lr=rates[0])
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        w.grad = torch.from_numpy(slope(w.detach().numpy()))
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.stack(path)


def torch_optimizer(kind: Any, **settings: Any) -> Callable[..., Any]:
    """A maker of PyTorch's plain form: neither its fused nor its grouped kernels."""
    return lambda weights, lr: kind(weights, lr=lr, foreach=False, **settings)


SAME_UNDER_ANY_RATE = {
    "sgd": (lambda: optim.SGD(0.05), torch_optimizer(torch.optim.SGD)),
    "adagrad": (lambda: optim.AdaGrad(0.05, epsilon=1e-7), torch_optimizer(torch.optim.Adagrad, eps=1e-7)),
    "adagrad from 0.1": (
        lambda: optim.AdaGrad(0.05, initial_accumulator_value=0.1, epsilon=1e-3),
        torch_optimizer(torch.optim.Adagrad, initial_accumulator_value=0.1, eps=1e-3),
    ),
    "rmsprop": (
        lambda: optim.RMSProp(0.05, rho=0.9, epsilon=1e-7),
        torch_optimizer(torch.optim.RMSprop, alpha=0.9, eps=1e-7),
    ),
    "rmsprop centered": (
        lambda: optim.RMSProp(0.05, rho=0.8, epsilon=1e-3, centered=True),
        torch_optimizer(torch.optim.RMSprop, alpha=0.8, eps=1e-3, centered=True),
    ),
    "adam": (
        lambda: optim.Adam(0.05, beta_1=0.8, beta_2=0.99, epsilon=1e-7),
        torch_optimizer(torch.optim.Adam, betas=(0.8, 0.99), eps=1e-7),
    ),
    "adam, large epsilon": (
        lambda: optim.Adam(0.05, epsilon=0.5),
        torch_optimizer(torch.optim.Adam, betas=(0.9, 0.999), eps=0.5),
    ),
    "amsgrad": (
        lambda: optim.Adam(0.05, beta_2=0.9, epsilon=1e-7, amsgrad=True),
        torch_optimizer(torch.optim.Adam, betas=(0.9, 0.9), eps=1e-7, amsgrad=True),
    ),
    "adamw": (
        lambda: optim.AdamW(0.05, weight_decay=0.3, epsilon=1e-7),
        torch_optimizer(torch.optim.AdamW, betas=(0.9, 0.999), weight_decay=0.3, eps=1e-7),
    ),
    "adamw with amsgrad": (
        lambda: optim.AdamW(0.05, weight_decay=0.3, beta_2=0.9, epsilon=1e-7, amsgrad=True),
        torch_optimizer(torch.optim.AdamW, betas=(0.9, 0.9), weight_decay=0.3, eps=1e-7, amsgrad=True),
    ),
}

SAME_WHILE_THE_RATE_STAYS = {
    "momentum": (lambda: optim.Momentum(0.05, 0.9), torch_optimizer(torch.optim.SGD, momentum=0.9)),
    "sgd with momentum": (lambda: optim.SGD(0.05, 0.5), torch_optimizer(torch.optim.SGD, momentum=0.5)),
    "nesterov": (
        lambda: optim.Nesterov(0.05, 0.9),
        torch_optimizer(torch.optim.SGD, momentum=0.9, nesterov=True),
    ),
    "rmsprop with momentum": (
        lambda: optim.RMSProp(0.05, rho=0.9, momentum=0.7, epsilon=1e-3),
        torch_optimizer(torch.optim.RMSprop, alpha=0.9, momentum=0.7, eps=1e-3),
    ),
    "rmsprop centered with momentum": (
        lambda: optim.RMSProp(0.05, rho=0.9, momentum=0.7, epsilon=1e-3, centered=True),
        torch_optimizer(torch.optim.RMSprop, alpha=0.9, momentum=0.7, eps=1e-3, centered=True),
    ),
}


# h - a^2 is the difference of two close numbers once gradients vary little: what the two sum up in another
# order differs there by far more than the last bit.
TOLERANCE = {"rmsprop centered": 1e-7}


@pytest.mark.parametrize("name", SAME_UNDER_ANY_RATE)
def test_same_path_while_the_rate_changes(engine: str, name: str) -> None:
    make, their_make = SAME_UNDER_ANY_RATE[name]
    rtol = TOLERANCE.get(name, 1e-11)
    np.testing.assert_allclose(ours(make(), CHANGING), theirs(their_make, CHANGING), rtol=rtol, atol=1e-12)


@pytest.mark.parametrize("name", SAME_WHILE_THE_RATE_STAYS)
def test_same_path_while_the_rate_stays(engine: str, name: str) -> None:
    make, their_make = SAME_WHILE_THE_RATE_STAYS[name]
    np.testing.assert_allclose(ours(make(), STEADY), theirs(their_make, STEADY), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", SAME_WHILE_THE_RATE_STAYS)
def test_another_path_once_the_rate_changes(engine: str, name: str) -> None:
    """Theirs keeps the rate out of the velocity, so a new rate scales old pushes anew."""
    make, their_make = SAME_WHILE_THE_RATE_STAYS[name]
    mine, other = ours(make(), CHANGING), theirs(their_make, CHANGING)
    np.testing.assert_allclose(mine[:20], other[:20], rtol=1e-11, atol=1e-12)
    assert np.abs(mine[20] - other[20]).max() > 1e-3


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("rates", [STEADY, CHANGING])
def test_momentum_is_the_formula(engine: str, rates: list[float], nesterov: bool) -> None:
    """v <- a v - eta g, W <- W + v; with Nesterov's look ahead W <- W + a v - eta g."""
    w, v, path = START.copy(), np.zeros_like(START), []
    for eta in rates:
        g = slope(w)
        v = 0.9 * v - eta * g
        w = w + 0.9 * v - eta * g if nesterov else w + v
        path.append(w)
    kind = optim.Nesterov if nesterov else optim.Momentum
    np.testing.assert_allclose(ours(kind(0.05, 0.9), rates), np.stack(path), rtol=1e-12)


def test_rmsprop_with_momentum_is_the_formula(engine: str) -> None:
    w, h, mean, v, path = START.copy(), 0.0, 0.0, 0.0, []
    for eta in CHANGING:
        g = slope(w)
        h, mean = 0.9 * h + 0.1 * g * g, 0.9 * mean + 0.1 * g
        v = 0.7 * v - eta * g / (np.sqrt(h - mean * mean) + 1e-3)
        w = w + v
        path.append(w)
    mine = ours(optim.RMSProp(0.05, 0.9, momentum=0.7, epsilon=1e-3, centered=True), CHANGING)
    np.testing.assert_allclose(mine, np.stack(path), rtol=1e-11)


def test_rprop(engine: str) -> None:
    make = torch_optimizer(torch.optim.Rprop, etas=(0.5, 1.2), step_sizes=(1e-6, 0.3))
    w, path = sj.Variable(START.copy()), []
    search = optim.Rprop(0.05, smallest_step=1e-6, largest_step=0.3)
    for _ in range(STEPS):
        search.apply([sj.asarray(slope(w.numpy()))], [w])
        path.append(w.numpy().copy())
    np.testing.assert_allclose(np.stack(path), theirs(make, STEADY), rtol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_sign_sgd_is_the_formula(engine: str, momentum: float) -> None:
    w, m, path = START.copy(), np.zeros_like(START), []
    for eta in CHANGING:
        m = momentum * m + (1 - momentum) * slope(w)
        w = w - eta * np.sign(m)
        path.append(w)
    np.testing.assert_allclose(ours(optim.SignSGD(0.05, momentum), CHANGING), np.stack(path), rtol=1e-12)


def test_the_first_steps_of_adam_have_the_length_of_the_rate(engine: str) -> None:
    """Without the correction the first step would be 0.1 / sqrt(0.001), about 3 times as long."""
    w = sj.Variable(np.array([1.0, 1.0, 1.0]))
    optim.Adam(0.01, epsilon=0.0).apply([sj.asarray(np.array([1e-9, -5.0, 1e6]))], [w])
    np.testing.assert_allclose(w.numpy(), [0.99, 1.01, 0.99], rtol=1e-12)


def test_adagrad_slows_down_and_rmsprop_does_not(engine: str) -> None:
    lengths = {}
    for optimizer in (optim.AdaGrad(0.1), optim.RMSProp(0.1)):
        w = sj.Variable(np.zeros(1))
        before = 0.0
        for _ in range(100):
            before = float(w.value[0])
            optimizer.apply([np.ones(1)], [w])
        lengths[type(optimizer).__name__] = before - float(w.value[0])
    assert lengths["AdaGrad"] == pytest.approx(0.1 / np.sqrt(100), rel=1e-6)
    assert lengths["RMSProp"] == pytest.approx(0.1, rel=1e-4)
