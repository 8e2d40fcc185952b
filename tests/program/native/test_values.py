"""What compiled kernels compute, held against the engine's own: values, special numbers, odd shapes.

Each test builds few kernels with many results, because a compiler takes most of a second for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.program.native.expressions import ELEMENTWISE
from sujeong.program.native.kernel import FUSED
from sujeong.program.passes.fusion import building
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    np.inf,
    -np.inf,
    np.nan,
    1e-40,
    -1e-40,
    3e38,
    -3e38,
    88.7,
    -87.4,
    -103.9,
    1e-8,
]

UNARY = [
    *("negative", "abs", "sign", "sqrt", "rsqrt", "relu", "exp", "log", "log1p", "expm1", "tanh", "erf"),
    *("isnan", "sigmoid", "gelu", "silu", "softplus", "elu", "leaky_relu"),
]
BINARY = [
    *("add", "subtract", "multiply", "divide", "maximum", "minimum", "equal", "not_equal", "greater"),
    *("greater_equal", "less", "less_equal"),
]


@pytest.fixture(autouse=True)
def _no_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group stands for itself; chains of them have tests of their own."""
    monkeypatch.setenv("SUJEONG_PASSES_OFF", "chains")


def built(function: Callable[..., Any], *arrays: Any) -> tuple[list[Any], Any]:
    """Results of the function with compiled kernels, and the program that ran."""
    program = sj.record(function, *arrays)
    with building():
        fast = optimized(program)
    out = Runner(fast).run(*[a._array for a in arrays])
    return [np.asarray(sj.asarray(x).numpy()) for x in out], fast


def plain(function: Callable[..., Any], *arrays: Any) -> list[Any]:
    """Results of the function as the engine computes it."""
    out = function(*arrays)
    return [x.numpy() for x in (out if isinstance(out, tuple) else (out,))]


def fused(program: Any) -> list[Any]:
    """The kernels of a program."""
    return [e.attributes["kernel"] for e in program.equations if e.op is FUSED]


def test_every_function_of_one_number() -> None:
    """Within 4 units in the last place of float64, and right for zeros, infinities, NaN, tiny numbers."""
    rng = np.random.default_rng(0)
    host = np.concatenate(
        [SPECIAL, rng.normal(size=4000) * 3, rng.uniform(-100, 100, 500), rng.normal(size=500) * 1e-3]
    )
    x = sj.asarray(host, dtype=sj.float32)
    functions = [getattr(sj, name) for name in UNARY]
    out, program = built(lambda x: tuple(f(x * 1.5) for f in functions), x)
    assert len(fused(program)) == 1
    with np.errstate(over="ignore"):
        arguments = x.numpy() * np.float32(1.5)
    wide = sj.asarray(arguments.astype(np.float64))
    for name, f, found in zip(UNARY, functions, out, strict=True):
        with np.errstate(all="ignore"):
            expected = f(wide).numpy()
        if found.dtype == bool:
            np.testing.assert_array_equal(found, expected, err_msg=name)
            continue
        with np.errstate(over="ignore"):
            expected32 = expected.astype(np.float32)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected32), err_msg=name)
        both = np.isfinite(expected32) & np.isfinite(found)
        rest = ~both & ~np.isnan(found)
        np.testing.assert_array_equal(found[rest], expected32[rest], err_msg=name)
        found, expected, at = found[both], expected[both], arguments[both].astype(np.float64)
        allowed = 4 * np.spacing(np.abs(expected).astype(np.float32)).astype(np.float64)
        if name in ("gelu", "silu"):  # nearly equal numbers are subtracted far on the left
            allowed += np.abs(at) * 1e-7
        wrong = np.abs(found - expected) > allowed
        assert not wrong.any(), (name, at[wrong][:5], found[wrong][:5], expected[wrong][:5])


def test_the_sign_of_zero_and_of_nothing() -> None:
    x = sj.asarray(np.array([0.0, -0.0], dtype=np.float32))
    names = ["tanh", "erf", "expm1", "log1p", "sqrt", "negative", "sign"]
    out, _ = built(lambda x: tuple(getattr(sj, n)(x * 1.5) for n in names), x)
    for name, found, expected in zip(
        names, out, plain(lambda x: tuple(getattr(sj, n)(x) for n in names), x), strict=True
    ):
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected), err_msg=name)


def test_every_function_of_two_numbers() -> None:
    a, b = (g.ravel().astype(np.float32) for g in np.meshgrid(SPECIAL, SPECIAL))
    x, y = sj.asarray(a), sj.asarray(b)

    def function(x: Any, y: Any) -> Any:
        return tuple(getattr(sj, name)(x, y) for name in BINARY) + (
            sj.where(sj.logical_or(x < y, sj.logical_not(sj.logical_and(x > 0, y > 0))), x, y),
        )

    out, program = built(function, x, y)
    assert sum(len(k.outputs) for k in fused(program)) + sum(
        e.op is not FUSED for e in program.equations
    ) >= len(out)
    for name, found, expected in zip([*BINARY, "where"], out, plain(function, x, y), strict=True):
        np.testing.assert_array_equal(found, expected, err_msg=name)


def test_every_expression_is_among_the_tests() -> None:
    """A new line of the table needs a test."""
    rest = {"where", "logical_and", "logical_or", "logical_not", "relu_gradient", "pow"}
    assert set(ELEMENTWISE) <= {*UNARY, *BINARY, *rest}


@pytest.mark.parametrize("shape", [(7, 5), (1, 40), (300, 16), (64, 64), (3, 5, 7), (2, 3, 4, 17), (5, 5000)])
def test_norms_softmax_and_sums_in_odd_shapes(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    x = sj.asarray(rng.normal(2, 3, shape), dtype=sj.float32)
    b = sj.asarray(rng.normal(size=shape[-1]), dtype=sj.float32)
    lead = tuple(range(len(shape) - 1))

    def function(x: Any, b: Any) -> Any:
        y = sj.relu(x + b)
        mean, spread = sj.mean(y, axis=lead), sj.var(y, axis=lead)
        rows = sj.softmax(y) * sj.max(y, axis=-1, keepdims=True) - sj.min(y, axis=-1, keepdims=True)
        return y, sj.layer_norm(y, b), rows, mean, spread, sj.sum(y), sj.max(y, axis=lead), sj.log_softmax(y)

    out, program = built(function, x, b)
    assert fused(program)
    wide = plain(function, *[sj.asarray(a.numpy().astype(np.float64)) for a in (x, b)])
    for n, (found, expected) in enumerate(zip(out, wide, strict=True)):
        assert found.shape == expected.shape
        np.testing.assert_allclose(
            found, expected, rtol=2e-5, atol=2e-5 * max(1, np.abs(expected).max()), err_msg=str(n)
        )


def test_batch_norm_and_its_gradient_are_nearer_to_the_truth_than_the_engine() -> None:
    rng = np.random.default_rng(2)
    host = [
        rng.normal(1, 2, (16, 9, 9, 24)),
        rng.uniform(0.5, 2, 24),
        rng.normal(size=24),
        rng.normal(size=(16, 9, 9, 24)),
    ]
    arrays = [sj.asarray(a, dtype=sj.float32) for a in host]

    def function(x: Any, s: Any, o: Any, g: Any) -> Any:
        def loss(x: Any, s: Any, o: Any) -> Any:
            return sj.sum(sj.relu(sj.batch_norm(x, s, o)[0]) * g)

        return sj.grad(loss, argnums=(0, 1, 2))(x, s, o)

    out, program = built(function, *arrays)
    assert {k for e in program.equations if e.op is not FUSED for k in [e.op.name]} <= {
        "reshape",
        "broadcast_to",
        "full",
    }
    wide = plain(function, *[sj.asarray(a.numpy().astype(np.float64)) for a in arrays])
    engine = plain(function, *arrays)
    for found, own, expected in zip(out, engine, wide, strict=True):
        size = np.abs(expected).max()
        assert np.abs(found - expected).max() <= max(np.abs(own - expected).max(), 1e-6 * size)


def test_nan_and_infinity_go_through_maxima_and_sums() -> None:
    host = np.random.default_rng(3).normal(size=(6, 33)).astype(np.float32)
    host[1, 4], host[2, 7], host[3, 9] = np.nan, np.inf, -np.inf
    x = sj.asarray(host)

    def function(x: Any) -> Any:
        y = x * 2.0
        return (
            sj.max(y, axis=1),
            sj.min(y, axis=1),
            sj.sum(y, axis=1),
            sj.max(y, axis=0),
            sj.sum(y),
            sj.max(y),
        )

    out, _ = built(function, x)
    for found, expected in zip(out, plain(function, x), strict=True):
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_bfloat16_is_computed_in_32_bits_and_rounded_at_the_end() -> None:
    rng = np.random.default_rng(4)
    x = sj.astype(sj.asarray(rng.normal(size=(50, 20)), dtype=sj.float32), sj.bfloat16)
    b = sj.astype(sj.asarray(rng.normal(size=20), dtype=sj.float32), sj.bfloat16)

    def function(x: Any, b: Any) -> Any:
        y = sj.gelu(x + b)
        return (
            y,
            sj.sum(sj.astype(y, sj.float32), axis=0),
            sj.astype(sj.astype(x, sj.float32) * 1.001, sj.bfloat16),
        )

    program = sj.record(function, x, b)
    with building():
        fast = optimized(program)
    assert fused(fast)
    out = [sj.Tensor(a, x._engine).numpy().astype(float) for a in Runner(fast).run(x._array, b._array)]
    for found, expected in zip(out, function(x, b), strict=True):
        np.testing.assert_allclose(found, expected.numpy(), rtol=2e-2, atol=2e-2)
    np.testing.assert_array_equal(out[2], function(x, b)[2].numpy())


def test_whole_numbers_and_labels() -> None:
    x = sj.asarray(np.random.default_rng(5).normal(size=(9, 6)), dtype=sj.float32)
    labels = sj.asarray(np.arange(9) % 6)

    def function(x: Any, labels: Any) -> Any:
        chosen = labels[:, None] == sj.arange(6)
        return sj.where(chosen, sj.log_softmax(x), 0.0), sj.astype(labels * 2 + 1, sj.float32)

    out, program = built(function, x, labels)
    assert fused(program)
    for found, expected in zip(out, plain(function, x, labels), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_long_sums_lose_no_digits() -> None:
    """A million times 0.1: added one by one in float32 it would be off by one in a hundred."""
    x = sj.asarray(np.full((1 << 20, 2), 0.1), dtype=sj.float32)
    out, program = built(
        lambda x: (sj.sum(x * 1.0 + x, axis=0), sj.sum(sj.abs(x) * 2.0), sj.mean(x + x, axis=0)), x
    )
    assert fused(program)
    exact = 2 * float(np.float32(0.1)) * (1 << 20)
    np.testing.assert_allclose(out[0], exact, rtol=5e-6)
    np.testing.assert_allclose(out[1], 2 * exact, rtol=5e-6)
    np.testing.assert_allclose(out[2], exact / (1 << 20), rtol=5e-6)


def test_a_form_that_refuses_empty_arrays_leaves_the_operation_whole() -> None:
    """Attention to no places is zero; its formula asks for the largest of no scores."""
    q, k = sj.ones((2, 4)), sj.ones((0, 4))
    with building():
        found = sj.jit(lambda q, k: sj.tanh(sj.attention(q, k, k)) + 1)(q, k)
    np.testing.assert_array_equal(found.numpy(), np.ones((2, 4), np.float32))
