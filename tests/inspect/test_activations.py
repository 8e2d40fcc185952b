"""The outputs of a model's layers: which, in what order, of which mode."""

from __future__ import annotations

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import DataError, NameUnknownError


def data(n: int = 7, features: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, features)).astype(np.float32)


def test_each_layer_of_a_sequence(engine):
    x = data()
    model = nn.Sequential([nn.Dense(3, "tanh"), nn.Dense(2)])
    seen = sj.inspect.activations(model, x)
    assert list(seen) == ["dense", "dense_1"]
    hidden = np.tanh(x @ model[0].kernel.numpy() + model[0].bias.numpy())
    np.testing.assert_allclose(seen["dense"], hidden, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        seen["dense_1"], hidden @ model[1].kernel.numpy() + model[1].bias.numpy(), rtol=1e-5, atol=1e-6
    )


def test_batches_do_not_show(engine):
    x = data(10)
    model = nn.Sequential([nn.Dense(3, "relu"), nn.BatchNorm(), nn.Dense(2)])
    whole = sj.inspect.activations(model, x)
    parts = sj.inspect.activations(model, x, batch_size=3)
    assert list(whole) == list(parts)
    for path, values in whole.items():
        np.testing.assert_allclose(parts[path], values, rtol=1e-6, atol=1e-6)


def test_dropout_is_off_and_nothing_changes():
    x = data()
    model = nn.Sequential([nn.Dropout(0.9), nn.BatchNorm(momentum=0.0)])
    model(sj.asarray(x))
    before = {path: v.numpy().copy() for path, v in model.state().items()}
    with sj.training_mode():
        np.testing.assert_array_equal(sj.inspect.activations(model, x)["dropout"], x)
    for path, v in model.state().items():
        np.testing.assert_array_equal(v.numpy(), before[path])


def test_a_drawn_graph_with_a_shared_layer():
    inputs = nn.Input((4,))
    shared = nn.Dense(4, "relu", name="shared")
    twice = shared(shared(inputs))
    model = nn.Model(inputs, nn.Concatenate()([twice, inputs]))
    x = data()
    seen = sj.inspect.activations(model, x)
    assert list(seen) == ["shared", "shared#2", "concatenate"]
    np.testing.assert_array_equal(seen["concatenate"], np.concatenate([seen["shared#2"], x], axis=1))


def test_layers_can_be_chosen_also_those_that_have_layers():
    model = nn.Sequential([nn.Sequential([nn.Dense(3), nn.ReLU()], name="block"), nn.Dense(2)])
    seen = sj.inspect.activations(model, data(), ["block", "dense"])
    assert list(seen) == ["block", "dense"]
    assert seen["block"].min() == 0


def test_a_layer_alone_and_whole_numbers():
    assert list(sj.inspect.activations(nn.Embedding(5, 3), [[1, 2], [3, 4]])) == ["embedding"]


def test_data_go_where_the_model_is():
    with sj.using(engine="numpy"):
        model = nn.Sequential([nn.Dense(2)])
        model(sj.asarray(data()))
    with sj.using(engine="torch"):
        assert sj.inspect.activations(model, data())["dense"].shape == (7, 2)


def test_refusals():
    model = nn.Sequential([nn.Dense(2)])
    model(sj.asarray(data()))
    with pytest.raises(NameUnknownError, match=r"no layer named 'dense1'(?s:.*)did you mean 'dense'\?"):
        sj.inspect.activations(model, data(), ["dense1"])
    with pytest.raises(DataError, match="x holds a value that is not finite"):
        sj.inspect.activations(model, [[1.0, float("nan"), 0.0, 0.0]])
