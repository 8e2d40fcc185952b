"""dL/dh of a model's layers: against differences, against what is known of each layer."""

from __future__ import annotations

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import NameUnknownError


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(6, 4)).astype(np.float32), random.integers(0, 3, 6)


def test_against_the_formula(engine):
    """Scores: (softmax - one hot) / N; hidden: that times W transposed."""
    x, y = data()
    model = nn.Sequential([nn.Dense(5, "tanh"), nn.Dense(3)])
    found = sj.inspect.layer_gradients(model, x, y, "softmax_cross_entropy")
    assert list(found) == ["dense", "dense_1"]
    scores = sj.inspect.activations(model, x)["dense_1"].astype(float)
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    expected = (p - np.eye(3)[y]) / len(y)
    np.testing.assert_allclose(found["dense_1"], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["dense"], expected @ model[1].kernel.numpy().T, rtol=1e-4, atol=1e-6)


def test_paths_that_part_and_meet():
    """At a sum the gradient goes on as it is; what went around is in the earlier layer's."""
    x, y = data()
    inputs = nn.Input((4,))
    first = nn.Dense(4, "tanh", name="first")(inputs)
    second = nn.Dense(4, "tanh", name="second")(first)
    model = nn.Model(inputs, nn.Dense(3)(nn.Add()([first, second])))
    found = sj.inspect.layer_gradients(model, x, y, "softmax_cross_entropy")
    np.testing.assert_array_equal(found["second"], found["add"])
    h = sj.inspect.activations(model, x)["second"]
    around = found["second"] + (found["second"] * (1 - h**2)) @ model.layers[1].kernel.numpy().T
    np.testing.assert_allclose(found["first"], around, rtol=1e-4, atol=1e-6)


def test_as_in_training_but_nothing_changes(engine):
    x, y = data()
    model = nn.Sequential([nn.Dense(4), nn.BatchNorm(), nn.Dropout(0.5), nn.Dense(3)])
    model(sj.asarray(x))
    before = {path: v.numpy().copy() for path, v in model.state().items()}
    found = sj.inspect.layer_gradients(model, x, y, "softmax_cross_entropy")
    for path, v in model.state().items():
        np.testing.assert_array_equal(v.numpy(), before[path], path)
    dropped = found["batch_norm"] == 0
    assert 0 < dropped.sum() < dropped.size, "dropout is on"
    np.testing.assert_allclose(found["dense"].sum(0), 0, atol=1e-6)  # the batch's mean is taken away


def test_layers_that_the_loss_does_not_need():
    x, y = data()

    class Side(nn.Model):
        def __init__(self):
            super().__init__()
            self.flat, self.used, self.spare = nn.Flatten(), nn.Dense(3), nn.Dense(2)

        def call(self, x):
            h = self.flat(x)
            self.spare(h)
            return self.used(h)

    found = sj.inspect.layer_gradients(Side(), x, y, "softmax_cross_entropy")
    assert found["flat"].shape == (6, 4)
    assert found["flat"].any()
    assert not found["spare"].any()
    assert found["used"].any()


def test_chosen_layers_a_function_as_loss_and_refusals():
    x, y = data()
    model = nn.Sequential([nn.Sequential([nn.Dense(3), nn.ReLU()], name="block"), nn.Dense(1)])
    found = sj.inspect.layer_gradients(model, x, np.ones((6, 1)), lambda t, p: sj.mean(p - t), ["block"])
    np.testing.assert_allclose(found["block"], np.tile(model[1].kernel.numpy().T / 6, (6, 1)), rtol=1e-5)
    with pytest.raises(NameUnknownError, match=r"did you mean 'block'\?"):
        sj.inspect.layer_gradients(model, x, y, "mse", ["blok"])
    with pytest.raises(NameUnknownError, match="no loss named 'mze'"):
        sj.inspect.layer_gradients(model, x, y, "mze")
