"""Linear probes: how well one linear layer tells the classes apart from what a layer of a model gives.

    P = softmax(x W + b)        L = -1/n sum log P[label] + penalty/2 |W|^2        x standardised

L has one lowest point, so that the figure belongs to the features and not to the way of training. It is
found with steps that a fixed bound on the curvature makes safe (no learning rate, no choice of seed): the
matrix (1/2 x'x/n + penalty) is never less curved than L in any direction. Momentum speeds them up and
starts anew where L would rise.

Alain, Bengio, Understanding intermediate layers using linear classifier probes, 2016.
Boehning, Multinomial logistic regression algorithm, 1992.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data import checks
from ..errors import ArgumentError, ShapeError, message
from ..nn.module import Module
from .layer_outputs import activations

STEPS = 500
TOLERANCE = 1e-7  # of the gradient, for features of deviation 1


@dataclass(frozen=True)
class LinearProbe:
    """A linear classifier on features.

    Attributes:
        features: numbers a sample.
        accuracy: share of the samples it was fitted to that it tells.
        test_accuracy: share of the test samples; `None` without any.
        weights: (features, classes), for features as they came.
        bias: (classes,).
    """

    features: int
    accuracy: float
    test_accuracy: float | None
    weights: np.ndarray
    bias: np.ndarray

    def predict(self, features: Any) -> np.ndarray:
        """The class of each sample.

        Args:
            features: (n, ...); flattened.

        Returns:
            int64 (n,).
        """
        x = np.asarray(features, np.float64).reshape(len(features), -1)
        return np.argmax(x @ self.weights + self.bias, axis=1)


def linear_probe(
    features: Any, labels: Any, test_features: Any = None, test_labels: Any = None, *, penalty: float = 1e-3
) -> LinearProbe:
    """Softmax regression on given features: how far are the classes linearly separable?

    Args:
        features: (n, ...), numbers; each sample is flattened, each feature brought to mean 0 and deviation 1.
        labels: (n,), class numbers from 0.
        test_features: (m, ...), of which the accuracy is taken too.
        test_labels: (m,).
        penalty: on half the squared length of the standardised weights; more than 0.

    Returns:
        The probe, with its accuracies.

    Raises:
        ArgumentError: the penalty is not more than 0, labels are no class numbers, one half of the test data
            is missing.
        ShapeError: the test features differ in size.
        DataError: empty, of different lengths, NaN.

    Example:
        >>> import sujeong as sj
        >>> (x, y), _ = sj.datasets.xor()
        >>> sj.inspect.linear_probe(x, y).accuracy <= 0.75
        True
        >>> sj.inspect.linear_probe(x[:, :1] * x[:, 1:] * -2 + x.sum(1, keepdims=True), y).accuracy
        1.0
    """
    op = "linear_probe"
    if not penalty > 0:
        raise ArgumentError(message(op, "penalty is not allowed.", received=penalty, expected="more than 0"))
    if (test_features is None) != (test_labels is None):
        fix = "give test_features and test_labels, or neither."
        raise ArgumentError(message(op, "one half of the test data is missing.", fix=fix))
    x, t = _samples(op, "features", features, "labels", labels)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale == 0] = 1  # a feature that is always the same says nothing
    classes = max(int(t.max()) + 1, 2)
    directions, seen = _span((x - mean) / scale)
    inner, bias = _softmax_regression(seen, t, classes, penalty)
    weights = (inner if directions is None else directions @ inner) / scale[:, np.newaxis]
    bias = bias - mean @ weights
    test_accuracy = None
    if test_features is not None:
        other, true = _samples(op, "test_features", test_features, "test_labels", test_labels)
        if other.shape[1] != x.shape[1]:
            what = "test samples have another number of features."
            raise ShapeError(message(op, what, received=other.shape[1], expected=x.shape[1]))
        test_accuracy = _accuracy(other @ weights + bias, true)
    return LinearProbe(x.shape[1], _accuracy(x @ weights + bias, t), test_accuracy, weights, bias)


def probe_layers(
    model: Module, x: Any, y: Any, x_test: Any = None, y_test: Any = None, *, penalty: float = 1e-3
) -> dict[str, LinearProbe]:
    """A linear probe on the input and on the output of every layer: where do the classes come apart?

    Args:
        model: the model, trained or not.
        x: inputs (n, ...).
        y: class numbers (n,).
        x_test: inputs of which the accuracies are taken too.
        y_test: their class numbers.
        penalty: as for `linear_probe`.

    Returns:
        `"input"`, then the layers' paths in order of use -> the probe.

    Raises:
        ArgumentError, ShapeError, DataError: as `linear_probe`.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), (x_test, y_test) = sj.datasets.digits()
        >>> model = nn.Sequential([nn.Flatten(), nn.Dense(32, "relu"), nn.Dense(10)])
        >>> list(sj.inspect.probe_layers(model, x[:200], y[:200]))
        ['input', 'flatten', 'dense', 'dense_1']
    """
    seen = {"input": np.asarray(x)} | activations(model, x)
    tested = {} if x_test is None else {"input": np.asarray(x_test)} | activations(model, x_test)
    return {
        path: linear_probe(values, y, tested.get(path), y_test, penalty=penalty)
        for path, values in seen.items()
    }


def _samples(
    op: str, name: str, features: Any, label_name: str, labels: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Checked features (n, d) in float64, and labels (n,)."""
    x, t = checks.host_array(op, name, features), checks.host_array(op, label_name, labels)
    checks.require_same_length(op, **{name: x, label_name: t})
    checks.require_finite(op, name, x)
    if t.ndim != 1 or t.dtype.kind not in "iu" or t.min() < 0:
        what = f"{label_name} must be class numbers from 0."
        raise ArgumentError(message(op, what, received=f"{t.dtype} of shape {t.shape}", expected="(n,)"))
    return x.reshape(len(x), -1).astype(np.float64), t.astype(np.int64)


def _span(x: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """Fewer coordinates where there are more features than samples: those of the samples' own span.

    The best weights lie in it, since the penalty asks for the shortest ones: nothing is lost.
    """
    if x.shape[1] <= len(x):
        return None, x
    u, s, v = np.linalg.svd(x, full_matrices=False)
    kept = s > s[0] * 1e-10
    return v[kept].T, u[:, kept] * s[kept]


def _softmax_regression(
    x: np.ndarray, t: np.ndarray, classes: int, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (d, classes) and bias (classes,) at the lowest point of L; x has mean 0."""
    n, d = x.shape
    X = np.concatenate([x, np.ones((n, 1))], axis=1)
    T = np.eye(classes)[t]
    shrink = np.full((d + 1, 1), penalty)
    shrink[d] = 1e-9  # the bias is free; all biases may move together, which changes nothing
    curvature = np.linalg.inv(0.5 / n * X.T @ X + np.diag(shrink[:, 0]))

    def loss_and_gradient(W: np.ndarray) -> tuple[float, np.ndarray]:
        scores = X @ W
        scores -= scores.max(axis=1, keepdims=True)
        logarithms = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -(T * logarithms).sum() / n + 0.5 * float((shrink * W**2).sum())
        return value, X.T @ (np.exp(logarithms) - T) / n + shrink * W

    W = before = np.zeros((d + 1, classes))
    lowest, age = np.inf, 0
    for _ in range(STEPS):
        ahead = W + age / (age + 3) * (W - before)
        value, gradient = loss_and_gradient(ahead)
        if value > lowest and age:  # momentum carried it too far: start anew from the last good point
            ahead, age = W, 0
            value, gradient = loss_and_gradient(ahead)
        before, W, lowest, age = W, ahead - curvature @ gradient, value, age + 1
        if np.abs(gradient).max() < TOLERANCE:
            break
    return W[:d], W[d]


def _accuracy(scores: np.ndarray, true: np.ndarray) -> float:
    return float((scores.argmax(axis=1) == true).mean())
