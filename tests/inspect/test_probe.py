"""Linear probes against scikit-learn's logistic regression with the same penalty."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import sujeong as sj
from sujeong import nn
from sujeong.errors import ArgumentError, DataError, ShapeError


def oracle(x, y, penalty):
    """Ours is the mean over n samples with penalty/2 |W|^2; theirs the sum times C with 1/2 |W|^2."""
    mean, scale = x.mean(0), x.std(0)
    scale[scale == 0] = 1
    model = LogisticRegression(C=1 / (len(x) * penalty), tol=1e-9, max_iter=10_000)
    return model.fit((x - mean) / scale, y), mean, scale


def digits(n: int | None = None):
    (x, y), (x_test, y_test) = sj.datasets.digits()
    chosen = np.random.default_rng(0).permutation(len(x))[:n]
    flat = x.reshape(len(x), -1)[chosen].astype(float), y[chosen]
    return flat, (x_test.reshape(len(x_test), -1).astype(float), y_test)


@pytest.mark.parametrize("penalty, bound", [(0.1, 1e-4), (1e-3, 0.01)])
@pytest.mark.parametrize("n", [None, 50], ids=["many", "fewer than features"])
def test_weights_and_accuracies_are_scikit_learns(penalty, bound, n):
    (x, y), (x_test, y_test) = digits(n)
    probe = sj.inspect.linear_probe(x, y, x_test, y_test, penalty=penalty)
    theirs, mean, scale = oracle(x, y, penalty)
    ours = probe.weights * scale[:, np.newaxis]
    np.testing.assert_allclose(ours, theirs.coef_.T, atol=bound * np.abs(theirs.coef_).max())
    assert probe.accuracy == pytest.approx(theirs.score((x - mean) / scale, y), abs=2 / len(x))
    assert probe.test_accuracy == pytest.approx(theirs.score((x_test - mean) / scale, y_test), abs=0.006)


def test_predict_gives_the_accuracies():
    (x, y), (x_test, y_test) = digits(300)
    probe = sj.inspect.linear_probe(x.reshape(-1, 8, 8), y, x_test, y_test)
    assert (probe.predict(x) == y).mean() == probe.accuracy
    assert (probe.predict(x_test) == y_test).mean() == probe.test_accuracy
    assert probe.features == 64


def test_units_of_features_do_not_matter():
    (x, y), _ = digits(200)
    one = sj.inspect.linear_probe(x, y)
    factors = np.linspace(0.01, 100, 64)
    other = sj.inspect.linear_probe(x * factors + 5, y)
    np.testing.assert_allclose(other.weights * factors[:, np.newaxis], one.weights, atol=1e-4)


def test_two_classes_on_a_line_and_what_no_line_parts():
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    assert sj.inspect.linear_probe(x, np.array([0, 0, 1, 1])).accuracy == 1
    assert sj.inspect.linear_probe(x, np.array([0, 1, 1, 0])).accuracy <= 0.75
    assert sj.inspect.linear_probe(np.zeros((4, 2)), np.array([0, 0, 0, 1])).accuracy == 0.75


def test_layers_of_a_trained_network_part_the_spirals():
    (x, y), (x_test, y_test) = sj.datasets.spirals(300)
    model = nn.Sequential([nn.Dense(24, "tanh"), nn.Dense(24, "tanh"), nn.Dense(3)])
    model.compile(sj.optim.Adam(0.02), "softmax_cross_entropy")
    untrained = sj.inspect.probe_layers(model, x, y)
    model.fit(x, y, epochs=60, verbose=0)
    probes = sj.inspect.probe_layers(model, x, y, x_test, y_test)
    assert list(probes) == ["input", "dense", "dense_1", "dense_2"]
    assert probes["input"].features == 2
    assert probes["dense"].features == 24
    assert probes["input"].test_accuracy < 0.7 < 0.95 < probes["dense_1"].test_accuracy
    assert probes["dense_1"].accuracy > untrained["dense_1"].accuracy + 0.1
    assert untrained["dense"].test_accuracy is None


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        (
            {"penalty": 0.0},
            ArgumentError,
            "penalty is not allowed.\n  received: 0.0\n  expected: more than 0",
        ),
        ({"labels": [0.0, 1.0]}, ArgumentError, "labels must be class numbers from 0.\n  received: float64"),
        ({"labels": [-1, 1]}, ArgumentError, "labels must be class numbers from 0."),
        ({"labels": [0, 1, 1]}, DataError, "the arrays hold different numbers of examples."),
        ({"features": [[1.0], [np.inf]]}, DataError, "features holds a value that is not finite."),
        ({"test_features": [[1.0]]}, ArgumentError, "one half of the test data is missing."),
        (
            {"test_features": [[1.0, 2.0]], "test_labels": [0]},
            ShapeError,
            "test samples have another number of features.\n  received: 2\n  expected: 1",
        ),
    ],
)
def test_refusals(arguments, error, text):
    arguments = {"features": [[0.0], [1.0]], "labels": [0, 1]} | arguments
    with pytest.raises(error) as caught:
        sj.inspect.linear_probe(**arguments)
    assert text in str(caught.value)
