"""What is kept of variables that a program only reads, and that no change of them goes unseen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core import modes

LOW = "mixed_bfloat16"


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


def network() -> Any:
    model = nn.Sequential([nn.Dense(8, "relu"), nn.Dense(8, "relu"), nn.Dense(3)])
    model.build_for((4, 6))
    return model


def numbers(*shape: int) -> Any:
    return sj.asarray(np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32))


def answered(step: Any, *args: Any) -> Any:
    with modes._set(modes.precision, LOW):
        return step(*args).numpy()


def compiled(step: Any) -> Any:
    return next(iter(step._cache.values()))


def test_weights_in_16_bits_are_made_once_and_again_for_another_value() -> None:
    model, x = network(), numbers(4, 6)
    step = sj.jit(lambda x: model(x))
    first = answered(step, x)
    casts = compiled(step)._kept.derived
    shapes = [c.sources[0][0].shape for c in casts]
    assert shapes == [(6, 8), (8,), (8, 8), (8,)], "the last layer keeps 32 bits"
    arrays = [c.array for c in casts]
    np.testing.assert_array_equal(answered(step, x), first)
    assert all(a is c.array for a, c in zip(arrays, casts, strict=True))
    model.variables[0].assign(model.variables[0].numpy() * 2)
    changed = answered(step, x)
    assert casts[0].array is not arrays[0]
    assert casts[2].array is arrays[2]
    with sj.without_passes("kept"):
        np.testing.assert_array_equal(answered(sj.jit(lambda x: model(x)), x), changed)
    assert not np.allclose(changed, first)


def test_training_in_place_in_between_is_seen() -> None:
    """A recorded step overwrites the weights where they lie; what was kept of them is not used again."""
    model, x = network(), numbers(4, 6)
    optimizer = sj.optim.SGD(0.5)
    optimizer.build(model.trainable_variables)

    def train(x: Any) -> Any:
        value, gradients = sj.value_and_grad(
            lambda: sj.mean(sj.square(model(x))), variables=model.trainable_variables
        )()
        optimizer.apply(gradients, model.trainable_variables)
        return value

    learn, answer = sj.jit(train), sj.jit(lambda x: model(x))
    answered(learn, x)  # from here on in place
    for _ in range(3):
        found = answered(answer, x)
        fresh = answered(sj.jit(lambda x: model(x)), x)
        np.testing.assert_array_equal(found, fresh)
        answered(learn, x)
    weights = [d for d in compiled(learn)._kept.derived if d.sources[0][0].shape]
    assert not weights, "what a program changes is cast in each run"


def test_frozen_layers_are_kept_while_the_rest_learns() -> None:
    model, x = network(), numbers(4, 6)
    model.layers[0].freeze()
    variables = model.trainable_variables

    def train(x: Any) -> Any:
        value, gradients = sj.value_and_grad(lambda: sj.mean(sj.square(model(x))), variables=variables)()
        for v, g in zip(variables, gradients, strict=True):
            v.assign(v.value - 0.1 * g)
        return value

    learn = sj.jit(train)
    answered(learn, x)
    assert [c.sources[0][0].shape for c in compiled(learn)._kept.derived] == [(6, 8), (8,)]


def test_gradients_of_a_recorded_answer_flow_to_the_variables() -> None:
    model, x = network(), numbers(4, 6)
    step = sj.jit(lambda x: model(x))
    with modes._set(modes.precision, LOW):
        step(x)
        found = sj.gradients(sj.sum(step(x)), model.trainable_variables)
        plain = sj.gradients(sj.sum(model(x)), model.trainable_variables)
    for a, b in zip(found, plain, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=0.05)


def test_what_is_joined_and_turned_is_kept_and_what_is_handed_out_is_not() -> None:
    first, second = (sj.Variable(numbers(6, n)) for n in (2, 3))
    x = numbers(4, 6)

    def function(x: Any) -> Any:
        both = sj.concat([first.value, second.value], axis=1)
        return x @ both, both.T @ x.T, first.value.astype(sj.float64), sj.reshape(second.value, (3, 6)) @ x.T

    step = sj.jit(function)
    for _ in range(2):
        for found, right in zip(step(x), function(x), strict=True):
            np.testing.assert_array_equal(found.numpy(), right.numpy())
        first.assign(numbers(6, 2) * 3)
    kept = compiled(step)._kept.derived
    assert [len(d.sources) for d in kept] == [2, 2], "side by side, and turned; no view of a variable"
    names = [e.op.name for e in compiled(step).runner.program.equations]
    assert "astype" in names, "a result is made anew for whom it is handed to"
    assert names.count("concat") == 0
