"""Gradients by complex numbers: dL/dx + i dL/dy for a loss L of z = x + iy, against central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj

Z = np.array([0.7 - 0.4j, -0.3 + 1.2j, 1.6 + 0.5j])
W = np.array([0.9 + 0.8j, 1.1 - 0.6j, -0.5 - 1.3j])
R = np.array([1.3, 0.4, 2.2])
WEIGHTS = np.array([0.8 - 0.3j, 1.2 + 0.5j, -0.6 + 1.1j])

ONE: dict[str, Callable[..., Any]] = {
    name: getattr(sj, name)
    for name in [
        *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "square"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
        *("negative", "positive", "abs", "sign", "real", "imag", "conj"),
    ]
}
ONE |= {f"power {n}": (lambda z, n=n: z**n) for n in (2, 3, -1, 0.5, 1.5 - 0.5j)}
ONE |= {"exponent": lambda z: 2.0**z, "sum": lambda z: sj.sum(z * z), "to complex": lambda z: sj.real(z) * z}
TWO: dict[str, Callable[..., Any]] = {
    n: getattr(sj, n) for n in ("add", "subtract", "multiply", "divide", "pow")
}
TWO["where"] = lambda a, b: sj.where(sj.asarray([True, False, True]), a, b)


def loss(y: Any) -> Any:
    """One real number of a result: its weighted real part (and a square, so that it is not linear)."""
    weighted = sj.real(sj.sum(y * sj.asarray(WEIGHTS))) if y.shape else sj.real(y * (0.8 - 0.3j))
    return weighted + 0.1 * weighted * weighted


def numerical(function: Callable[[np.ndarray], float], z: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """dL/dx + i dL/dy, element by element."""
    gradient = np.zeros_like(z)
    for i in range(z.size):
        for unit in (1.0, 1.0j) if np.iscomplexobj(z) else (1.0,):
            step = np.zeros_like(z)
            step[i] = h * unit
            gradient[i] += unit * (function(z + step) - function(z - step)) / (2 * h)
    return gradient


def check(function: Callable[[Any], Any], z: np.ndarray) -> None:
    """The gradient, and the gradient of its own weighted sum."""

    def first(host: np.ndarray, graph: bool = True) -> Any:
        x = sj.asarray(host, requires_grad=True)
        (g,) = sj.gradients(loss(function(x)), [x], create_graph=graph)
        return x, g

    x, g = first(z)
    assert g.dtype is x.dtype
    value = numerical(lambda v: loss(function(sj.asarray(v))).item(), z)
    np.testing.assert_allclose(np.asarray(g), value, rtol=1e-7, atol=1e-8)

    def slope(host: np.ndarray) -> float:
        return float(loss(first(host)[1]).item())

    (second,) = sj.gradients(loss(g), [x]) if g.requires_grad else (None,)
    found = np.zeros_like(z) if second is None else np.asarray(second)
    np.testing.assert_allclose(found, numerical(slope, z), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ONE)
def test_one_operand(name: str, engine: str) -> None:
    check(ONE[name], Z)


@pytest.mark.parametrize("name", TWO)
def test_two_operands(name: str, engine: str) -> None:
    function = TWO[name]
    check(lambda a: function(a, sj.asarray(W)), Z)
    check(lambda b: function(sj.asarray(Z), b), W)


@pytest.mark.parametrize("name", TWO)
def test_a_real_operand_gets_a_real_gradient(name: str, engine: str) -> None:
    check(lambda a: TWO[name](a, sj.asarray(W)), R)
    check(lambda b: TWO[name](sj.asarray(Z), b), R)


def test_a_step_against_the_gradient_descends(engine: str) -> None:
    """What the convention is for."""
    z = sj.asarray(Z, requires_grad=True)
    target = sj.asarray(W)
    for _ in range(100):
        error = sj.sum(sj.square(sj.abs(z - target)))
        (g,) = sj.gradients(error, [z])
        z = sj.asarray(z.detach() - 0.1 * g, requires_grad=True)
    np.testing.assert_allclose(np.asarray(z), W, rtol=1e-8)
