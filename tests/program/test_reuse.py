"""Results written over values that nobody reads again: when, and never otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner

N = 2048
X = sj.Spec((N,), sj.float32)


@pytest.fixture(autouse=True, params=["numpy", "torch"])
def _engine(request: pytest.FixtureRequest) -> Any:
    with sj.using(engine=request.param):
        yield


def source(function: Callable[..., Any], *specs: Any) -> str:
    return Runner(optimized(sj.record(function, *(specs or (X,))))).source


def over(text: str) -> list[str]:
    """The calls that overwrite, as `add_over_0`."""
    return [word.split("(")[0] for line in text.splitlines() for word in line.split() if "_over_" in word]


def test_a_chain_uses_one_buffer() -> None:
    assert over(source(lambda x: sj.relu(sj.exp(sj.sin(x)) + 1))) == [
        "exp_over_0",
        "add_over_0",
        "relu_over_0",
    ]


def test_second_operand_where_the_first_is_needed() -> None:
    assert over(source(lambda x: x + sj.sin(x))) == ["add_over_1"]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + 1,  # an argument
        lambda x: (y := sj.sin(x), y + 1),  # handed out
        lambda x: (y := sj.sin(x), sj.exp(y) * y)[1],  # read again: by the product that follows
        lambda x: sj.sin(x) + sj.sin(x),  # twice in one operation
        lambda x: sj.sin(x)[: N // 2] + 1,
        lambda x: sj.sum(sj.sin(x), keepdims=True) + x,  # another shape
        lambda x: sj.reshape(sj.sin(x), (2, N // 2)) + 1,  # a view
        lambda x: sj.cos(x),  # no such kernel
    ],
    ids=["argument", "result", "read again", "twice", "part", "shape", "view", "kernel"],
)
def test_never_what_somebody_reads(function: Callable[..., Any]) -> None:
    names = [name for name in over(source(function)) if name != "multiply_over_0"]
    assert not names
    x = np.linspace(-1, 1, N, dtype=np.float32)
    found, eager = sj.jit(function)(sj.asarray(x)), function(sj.asarray(x))
    for a, b in zip(sj.tree.flatten(found)[0], sj.tree.flatten(eager)[0], strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_views_are_read_before_their_memory_is_written() -> None:
    def function(x: Any) -> Any:
        y = sj.sin(x)
        turned = sj.flip(sj.reshape(y, (2, N // 2)), axis=0)
        z = y + 1  # the view is read afterwards
        return z, turned * 2

    x = sj.asarray(np.linspace(0, 1, N, dtype=np.float32))
    for a, b in zip(sj.jit(function)(x), function(x), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_variables_and_constants_stay() -> None:
    held = sj.Variable(np.ones(N, np.float32), name="held")
    constant = sj.asarray(np.full(N, 2.0, np.float32))

    @sj.jit
    def function(x: Any) -> Any:
        held.assign(held.value * 1.5)
        return sj.exp(held.value) + constant, held.value + x

    for _ in range(3):
        function(sj.ones((N,)))
    np.testing.assert_array_equal(held.numpy(), np.full(N, 1.5**3, np.float32))
    np.testing.assert_array_equal(constant.numpy(), np.full(N, 2.0, np.float32))


def test_small_values_are_not_worth_it() -> None:
    assert not over(source(lambda x: sj.exp(sj.sin(x)), sj.Spec((8,), sj.float32)))


def trained() -> list[bytes]:
    sj.set_seed(0)
    numbers = np.random.default_rng(0)
    x, y = numbers.normal(size=(64, 8, 8, 2)).astype(np.float32), numbers.integers(0, 3, 64)
    model = nn.Sequential(
        [
            nn.Conv2D(8, 3, padding="same", activation="relu"),
            nn.BatchNorm(),
            nn.Activation("sigmoid"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(64, "gelu"),
            nn.Dropout(0.5),
            nn.Dense(64, "silu"),
            nn.LayerNorm(),
            nn.Dense(3),
        ]
    )
    model.compile("adam", "softmax_cross_entropy", precision="float32")
    model.fit(x, y, epochs=2, batch_size=32, verbose=0)
    return [v.numpy().tobytes() for v in model.variables]


def test_training_keeps_every_bit() -> None:
    with sj.without_passes("reuse"):
        plain = trained()
    assert trained() == plain


def test_gradients_are_written_over_gradients() -> None:
    text = source(lambda x: sj.grad(lambda v: sj.sum(sj.relu(v @ v) * 2))(x), sj.Spec((64, 64), sj.float32))
    assert "relu_gradient_over_0" in over(text) or "relu_over_0" in over(text)


def test_gradients_of_a_program_keep_its_weights() -> None:
    """A step between a recorded function and its `backward` leaves alone what the gradient is made of."""
    w, optimizer = sj.Variable(sj.asarray([1.0, 2.0, 3.0])), sj.optim.SGD(1.0)
    optimizer.build([w])

    @sj.jit
    def step(x: Any) -> Any:
        value, gradients = sj.value_and_grad(lambda: sj.sum(w * x), variables=[w])()
        optimizer.apply(gradients, [w])
        return value

    weighed = sj.jit(lambda x: sj.sum(w * w * x))
    step(sj.ones((3,)))  # w is 0, 1, 2 now, and nobody else's
    x = sj.asarray([1.0, 1.0, 1.0], requires_grad=True)
    y = weighed(x)
    step(sj.ones((3,)))
    y.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0.0, 1.0, 4.0]
