"""Bias inside the convolution: where it is put there, and that the numbers are those of both operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core.dispatch import apply
from sujeong.core.engine import load_engine
from sujeong.core.op import OPS
from sujeong.ops.conv_bias import CONVOLUTION_BIAS
from sujeong.program.passes.bias import bias
from sujeong.program.passes.dead_code import dead_code
from sujeong.program.passes.order import optimized


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


X, W, B = (sj.Spec(shape, sj.float32) for shape in ((2, 6, 5, 3), (3, 3, 3, 4), (4,)))


def names(program: Any) -> list[str]:
    return [e.op.name for e in program.equations]


def found(function: Callable[..., Any], *specs: Any) -> list[str]:
    """The operations after the pass."""
    return names(bias(dead_code(sj.record(function, *(specs or (X, W, B))))))


TAKEN: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "plain": (lambda x, w, b: sj.conv(x, w) + b, ["convolution_bias"]),
    "the other way round": (lambda x, w, b: b + sj.conv(x, w), ["convolution_bias"]),
    "relu after it": (lambda x, w, b: sj.relu(sj.conv(x, w) + b), ["convolution_bias", "relu"]),
    "reshaped": (lambda x, w, b: sj.conv(x, w) + sj.reshape(b, (1, 1, 1, 4)), ["convolution_bias"]),
    "stretched": (lambda x, w, b: sj.conv(x, w) + sj.broadcast_to(b, (2, 4, 3, 4)), ["convolution_bias"]),
    "computed": (
        lambda x, w, b: sj.conv(x, w) + sj.sum(w, axis=(0, 1, 2), keepdims=True),
        ["sum", "reshape", "convolution_bias"],
    ),
    "made later than the sums": (
        lambda x, w, b: sj.conv(x, w) + sj.exp(b),
        ["exp", "convolution_bias"],
    ),
    "channels in front": (
        lambda x, w, b: (
            sj.conv(sj.permute_dims(x, (0, 3, 1, 2)), w, data_format="channels_first")
            + sj.reshape(b, (4, 1, 1))
        ),
        ["permute_dims", "permute_dims", "convolution_bias", "permute_dims"],
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken_in(name: str, rng: Any) -> None:
    function, expected = TAKEN[name]
    assert found(function) == expected
    arrays = [sj.asarray(rng.standard_normal(s.shape), dtype=sj.float64) for s in (X, W, B)]
    np.testing.assert_allclose(
        sj.jit(function)(*arrays).numpy(), function(*arrays).numpy(), rtol=1e-12, atol=1e-13
    )


def channels_in_front(y: Any) -> Any:
    return sj.permute_dims(y, (0, 3, 1, 2))


LEFT: dict[str, Callable[..., Any]] = {
    "the sum is a result": lambda x, w, b: ((y := sj.conv(x, w)), y + b),
    "the sum is read again": lambda x, w, b: ((y := sj.conv(x, w)) + b) * y,
    "twice the sum": lambda x, w, b: (y := sj.conv(x, w)) + y,
    "a number": lambda x, w, b: sj.conv(x, w) + 1.0,
    "one for each place": lambda x, w, b: sj.conv(x, w) + sj.reshape(sj.sum(w, axis=(0, 2, 3)), (3, 1)),
    "one for each value": lambda x, w, b: sj.conv(x, w) + sj.exp(x)[:, :4, :3, :1] * b,
    "stretches the sum": lambda x, w, b: sj.conv(x, w) + sj.reshape(b, (1, 1, 1, 1, 4)),
    "subtracted": lambda x, w, b: sj.conv(x, w) - b,
    "turned, and read as it was": lambda x, w, b: (
        (y := sj.conv(x, w)),
        channels_in_front(y) + sj.reshape(b, (4, 1, 1)),
    ),
    "turned, and read turned": lambda x, w, b: (
        (y := channels_in_front(sj.conv(x, w))),
        y + sj.reshape(b, (4, 1, 1)),
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_left_alone(name: str) -> None:
    after = found(LEFT[name])
    assert "convolution" in after
    assert "convolution_bias" not in after


def test_an_engine_without_the_kernel_keeps_the_two() -> None:
    with sj.using(engine="numpy"):
        assert "convolution_bias" not in load_engine("numpy").kernels
        assert found(lambda x, w, b: sj.conv(x, w) + b) == ["convolution", "add"]


def test_switched_off_by_name() -> None:
    program = sj.record(lambda x, w, b: sj.relu(sj.conv(x, w) + b), X, W, B)
    assert "convolution_bias" in names(optimized(program))
    with sj.without_passes("bias"):
        assert "convolution_bias" not in names(optimized(program))


def test_one_axis_one_channel() -> None:
    specs = [sj.Spec(shape, sj.float32) for shape in ((2, 7, 1), (3, 1, 1), (1,))]
    assert found(lambda x, w, b: sj.conv(x, w) + b, *specs) == ["convolution_bias"]


def test_bodies_of_loops() -> None:
    def function(x: Any, w: Any, b: Any) -> Any:
        return sj.scan(lambda carry, row: (carry, sj.conv(row[None], w) + b), x[0], x)

    bodies = [p for e in optimized(sj.record(function, X, W, B)).equations for p in e.programs.values()]
    assert any("convolution_bias" in names(body) for body in bodies)


SHAPES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "one axis": ((3, 11, 4), (3, 4, 5), {"strides": (2,), "padding": ((1, 0),), "dilation": (2,)}),
    "images": ((2, 9, 7, 3), (3, 2, 3, 8), {}),
    "strides": ((2, 9, 8, 3), (3, 3, 3, 4), {"strides": (2, 3), "padding": ((1, 1), (1, 1))}),
    "padding on one side": ((2, 6, 6, 4), (2, 2, 4, 4), {"padding": ((0, 1), (1, 0))}),
    "groups": ((2, 6, 6, 4), (3, 3, 2, 6), {"groups": 2}),
    "by channel": ((2, 6, 6, 4), (3, 3, 1, 4), {"groups": 4, "padding": ((1, 1), (1, 1))}),
    "one channel": ((2, 8, 8, 1), (3, 3, 1, 32), {}),
    "one result": ((2, 8, 8, 3), (1, 1, 3, 1), {}),
    "volumes": ((2, 5, 4, 6, 3), (2, 3, 2, 3, 4), {"strides": (1, 1, 2)}),
    "many weights": ((2, 5, 5, 64), (3, 3, 64, 96), {"padding": ((1, 1), (1, 1))}),
    "one example": ((1, 16, 16, 8), (3, 3, 8, 8), {}),
    "no example": ((0, 6, 6, 4), (3, 3, 4, 4), {}),
}
LIMITS = {"float64": 1e-12, "float32": 2e-5, "bfloat16": 2e-2, "float16": 4e-3}


def settings_of(x: Any, given: dict[str, Any]) -> dict[str, Any]:
    n = len(x) - 2
    plain = {"strides": (1,) * n, "padding": ((0, 0),) * n, "dilation": (1,) * n, "groups": 1}
    return plain | given


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("name", SHAPES)
def test_the_numbers_are_those_of_the_two(name: str, dtype: str, rng: Any) -> None:
    """Sums of some hundred products: held to some units of the last place of their size."""
    x, w, given = SHAPES[name]
    kind, settings = getattr(sj, dtype), settings_of(x, given)
    arrays = [sj.asarray(rng.standard_normal(s), dtype=kind) for s in (x, w, w[-1:])]
    fused = apply(CONVOLUTION_BIAS, *arrays, **settings)
    plain = CONVOLUTION_BIAS.readable(*arrays, **settings)  # type: ignore[misc]
    assert fused.spec == plain.spec
    wide = [np.asarray(sj.astype(a, sj.float64)) for a in (fused, plain)]
    if wide[1].size:
        assert np.abs(wide[1]).max() > 0.1
        np.testing.assert_allclose(wide[0], wide[1], rtol=LIMITS[dtype], atol=LIMITS[dtype] * 20)
    for _ in range(5):
        again = apply(CONVOLUTION_BIAS, *arrays, **settings)
        np.testing.assert_array_equal(np.asarray(sj.astype(again, sj.float64)), wide[0])


def test_what_is_not_a_number_stays_so() -> None:
    x = np.ones((2, 8, 8, 16), np.float32)
    x[0, 3, 3, 0] = np.nan
    arrays = [sj.asarray(a) for a in (x, np.ones((3, 3, 16, 32), np.float32), np.ones(32, np.float32))]
    y = sj.jit(lambda x, w, b: sj.relu(sj.conv(x, w) + b))(*arrays).numpy()
    assert np.isnan(y[0]).sum() == 9 * 32
    assert not np.isnan(y[1]).any()


def test_gradients_are_those_of_the_readable_form(rng: Any) -> None:
    x, w, given = SHAPES["strides"]
    settings = settings_of(x, given)
    arrays = [sj.asarray(rng.standard_normal(s)) for s in (x, w, w[-1:])]
    sums = [
        sj.grad(lambda *a, f=f: sj.sum(f(*a) ** 2), argnums=(0, 1, 2))(*arrays)
        for f in (
            lambda *a: apply(CONVOLUTION_BIAS, *a, **settings),
            lambda *a: apply(OPS["convolution"], *a[:2], **settings) + a[2],
        )
    ]
    for a, b in zip(*sums, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-11, atol=1e-11)


def trained(precision: str) -> tuple[list[np.ndarray], Any]:
    sj.set_seed(1)
    numbers = np.random.default_rng(0)
    x, y = numbers.normal(size=(64, 8, 8, 2)).astype(np.float32), numbers.integers(0, 3, 64)
    model = nn.Sequential(
        [
            nn.Conv2D(8, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(8, 3, activation="tanh"),
            nn.Flatten(),
            nn.Dense(3),
        ]
    )
    model.compile(sj.optim.SGD(0.1), "softmax_cross_entropy", precision=precision)
    history = model.fit(x, y, epochs=3, batch_size=32, verbose=0)
    return [v.numpy() for v in model.trainable_variables], history


@pytest.mark.parametrize(("precision", "limit"), [("float32", 1e-5), ("mixed_bfloat16", 2e-2)])
def test_training_is_the_same_to_rounding(precision: str, limit: float) -> None:
    with sj.without_passes("bias"):
        plain, _ = trained(precision)
    fused, _ = trained(precision)
    for a, b in zip(fused, plain, strict=True):
        np.testing.assert_allclose(a, b, atol=limit)


def test_rule_refuses_what_does_not_fit() -> None:
    rule, settings = CONVOLUTION_BIAS.infer, settings_of((2, 6, 5, 3), {})
    with pytest.raises(sj.errors.ShapeError, match=r"\[convolution_bias\] the bias does not fit"):
        rule(X, W, sj.Spec((3,), sj.float32), **settings)  # type: ignore[misc]
    with pytest.raises(sj.errors.DTypeError, match="differ in element type"):
        rule(X, W, sj.Spec((4,), sj.float64), **settings)  # type: ignore[misc]
