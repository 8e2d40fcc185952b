"""The notes' contract: the forms that the study notes print, held literally.

Each test writes the notes' formula down in NumPy, number by number, and holds the library to it. A form
that differs elsewhere (Keras, PyTorch) keeps its own name here.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn

KEY = (12345, 67890)
STEPS = 6


def gradients(n: int = STEPS) -> list[np.ndarray]:
    """Some gradients, one a step."""
    rng = np.random.default_rng(1)
    return [rng.standard_normal((3, 2)) for _ in range(n)]


def steps(optimizer: sj.optim.Optimizer, rates: list[float] | None = None) -> np.ndarray:
    """The weights after the steps, from W = 1."""
    w = sj.Variable(np.ones((3, 2)))
    for i, g in enumerate(gradients()):
        if rates:
            optimizer.learning_rate = rates[i]
        optimizer.apply([g], [w])
    return w.numpy()


# --- initial values ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "std"), [("xavier", 1 / sqrt(400)), ("he", sqrt(2 / 400))])
def test_initial_values_have_the_notes_spread(name: str, std: float) -> None:
    w = sj.initializers.get(name)((400, 300), KEY)
    assert w.std() == pytest.approx(std, rel=0.01)
    assert abs(w.mean()) < 0.01 * std * sqrt(400)
    kurtosis = float(((w - w.mean()) ** 4).mean() / w.var() ** 2)
    assert kurtosis == pytest.approx(3, abs=0.1)  # a normal law, not cut and not uniform


def test_glorot_is_another_law_than_xavier() -> None:
    w = sj.initializers.get("glorot_uniform")((400, 300), KEY)
    assert np.abs(w).max() <= sqrt(6 / 700)
    assert w.std() == pytest.approx(sqrt(2 / 700), rel=0.01)


def test_zero_weights_stay_equal(engine: str) -> None:
    x, y = np.random.default_rng(0).standard_normal((8, 4)).astype("f"), np.ones((8, 1), "f")
    hidden = nn.Dense(5, activation="sigmoid", kernel_initializer="zeros")
    model = nn.Sequential([hidden, nn.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mean_squared_error").fit(x, y, epochs=5, verbose=0)
    kernel = hidden.kernel.numpy()
    assert np.abs(kernel).min() > 0
    # equal but for the last bit: a matrix product may add up its first columns in another order than its last
    np.testing.assert_allclose(kernel, kernel[:, :1] * np.ones((1, 5), "f"), rtol=1e-6)


# --- optimisers -------------------------------------------------------------------------------------------
def test_sgd(engine: str) -> None:
    w = np.ones((3, 2))
    for g in gradients():
        w = w - 0.1 * g
    np.testing.assert_allclose(steps(sj.optim.SGD(0.1)), w, rtol=1e-12)


@pytest.mark.parametrize("rates", [[0.1] * STEPS, [0.1, 0.1, 0.05, 0.05, 0.01, 0.01]])
def test_momentum(engine: str, rates: list[float]) -> None:
    """v <- a v - eta dL/dW, W <- W + v, a = 0.9: the rate is inside the velocity, also when it changes."""
    w, v = np.ones((3, 2)), np.zeros((3, 2))
    for g, eta in zip(gradients(), rates, strict=True):
        v = 0.9 * v - eta * g
        w = w + v
    np.testing.assert_allclose(steps(sj.optim.Momentum(0.1), rates), w, rtol=1e-12)


def test_adagrad(engine: str) -> None:
    """h <- h + g * g from 0; W <- W - eta g / (sqrt(h) + tiny)."""
    w, h = np.ones((3, 2)), np.zeros((3, 2))
    for g in gradients():
        h = h + g * g
        w = w - 0.1 * g / (np.sqrt(h) + 1e-7)
    np.testing.assert_allclose(steps(sj.optim.AdaGrad(0.1, epsilon=1e-7)), w, rtol=1e-9)


def test_rmsprop(engine: str) -> None:
    """h <- rho h + (1 - rho) g * g: the past is forgotten, the rate does not die."""
    w, h = np.ones((3, 2)), np.zeros((3, 2))
    for g in gradients():
        h = 0.9 * h + 0.1 * g * g
        w = w - 0.01 * g / (np.sqrt(h) + 1e-7)
    np.testing.assert_allclose(steps(sj.optim.RMSProp(0.01, rho=0.9, epsilon=1e-7)), w, rtol=1e-9)


def test_adam_corrects_its_start(engine: str) -> None:
    w, m, v = np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    for t, g in enumerate(gradients(), 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(steps(sj.optim.Adam(0.01, epsilon=1e-8)), w, rtol=1e-6)


# --- losses -----------------------------------------------------------------------------------------------
Y = np.array([[0.1, 0.05, 0.6, 0.0 + 1e-3, 0.249], [0.2, 0.3, 0.1, 0.3, 0.1]])
T = np.array([[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]])


def test_half_squared_error(engine: str) -> None:
    """E = 1/2 sum (y - t)^2, a sum and not a mean."""
    found = float(sj.losses.half_squared_error(T[0], Y[0], reduction="sum"))
    assert found == pytest.approx(0.5 * float(((Y[0] - T[0]) ** 2).sum()), rel=1e-12)


def test_mean_squared_error_is_another_number(engine: str) -> None:
    found = float(sj.losses.mean_squared_error(T, Y))
    assert found == pytest.approx(float(((Y - T) ** 2).mean()), rel=1e-12)


def test_cross_entropy_and_its_mini_batch_mean(engine: str) -> None:
    """E = -sum t log y for one sample; 1/N of the sum over a mini-batch."""
    one = float(sj.losses.cross_entropy(T[:1], Y[:1], reduction="sum"))
    assert one == pytest.approx(-np.log(0.6), rel=1e-5)
    batch = float(sj.losses.cross_entropy(T, Y))
    assert batch == pytest.approx(-(np.log(0.6) + np.log(0.3)) / 2, rel=1e-5)


def test_softmax_with_loss_sends_back_y_minus_t(engine: str) -> None:
    logits = sj.asarray(np.log(Y), requires_grad=True)
    loss = sj.losses.softmax_cross_entropy(T, logits)
    loss.backward()
    y = Y / Y.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.asarray(logits.grad), (y - T) / 2, rtol=1e-9, atol=1e-12)


def test_penalties(engine: str) -> None:
    """L1 = lambda sum |W|; L2 = lambda sum W^2, whose gradient is 2 lambda W."""
    w = sj.asarray(np.array([[1.0, -2.0], [3.0, 0.5]]), requires_grad=True)
    assert float(sj.losses.l1(0.1)(w)) == pytest.approx(0.65)
    penalty = sj.losses.l2(0.1)(w)
    assert float(penalty) == pytest.approx(0.1 * 14.25)
    penalty.backward()
    np.testing.assert_allclose(np.asarray(w.grad), 0.2 * np.asarray(w), rtol=1e-12)


# --- layers -----------------------------------------------------------------------------------------------
def test_batch_norm_divides_by_m(engine: str) -> None:
    """mu = 1/m sum x, s^2 = 1/m sum (x - mu)^2, y = gamma (x - mu) / sqrt(s^2 + e) + beta."""
    x = np.random.default_rng(0).standard_normal((7, 3)).astype("f") * 3 + 1
    layer = nn.BatchNorm(epsilon=1e-5)
    layer(x)
    layer.gamma.assign(np.array([1.0, 2.0, 0.5], "f"))
    layer.beta.assign(np.array([0.0, 1.0, -1.0], "f"))
    mu, var = x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).sum(axis=0) / 7
    expected = np.array([1.0, 2.0, 0.5]) * (x - mu) / np.sqrt(var + 1e-5) + np.array([0.0, 1.0, -1.0])
    np.testing.assert_allclose(layer(x, training=True).numpy(), expected, rtol=1e-4, atol=1e-5)
    assert np.abs(layer(x, training=True).numpy()).max() > 1  # not a scaling to -1..1


def test_dropout_inverted_equals_scaling_at_test_time(engine: str) -> None:
    """Dividing by the kept share in training is multiplying by it at test time, seen from the next layer."""
    rate, x = 0.4, np.ones((1, 20000), "f")
    layer = nn.Dropout(rate)
    dropped = layer(x, training=True).numpy()
    kept = dropped != 0
    np.testing.assert_allclose(dropped[kept], 1 / (1 - rate), rtol=1e-6)
    np.testing.assert_array_equal(layer(x).numpy(), x)
    notes_training, notes_test = kept * x, (1 - rate) * x  # the notes: drop in training, scale at test
    np.testing.assert_allclose(dropped, notes_training / (1 - rate), rtol=1e-6)
    np.testing.assert_allclose(layer(x).numpy(), notes_test / (1 - rate), rtol=1e-6)
    assert kept.mean() == pytest.approx(1 - rate, abs=0.02)


def test_pooling_window_is_its_stride(engine: str) -> None:
    x = np.arange(36, dtype="f").reshape(1, 6, 6, 1)
    y = nn.MaxPool2D(3)(x)
    assert y.shape == (1, 2, 2, 1)
    np.testing.assert_array_equal(y.numpy().ravel(), [14, 17, 32, 35])
    assert nn.MaxPool2D(3).count_parameters((1, 6, 6, 1)) == 0


def test_convolution_keeps_the_shape_of_images(engine: str) -> None:
    """Output size (H + 2P - FH) / S + 1, with the notes' example 28 -> 26 for a 3 x 3 filter."""
    x = np.zeros((2, 28, 28, 1), "f")
    assert nn.Conv2D(8, 3)(x).shape == (2, 26, 26, 8)
    assert nn.Conv2D(8, 3, padding=1)(x).shape == (2, 28, 28, 8)
    assert nn.Conv2D(8, 3, padding=1, strides=2)(x).shape == (2, 14, 14, 8)


def test_two_small_filters_have_fewer_weights_than_a_large_one() -> None:
    one, two = nn.Conv2D(1, 5, use_bias=False), [nn.Conv2D(1, 3, use_bias=False) for _ in range(2)]
    assert one.count_parameters((1, 9, 9, 1)) == 25
    assert sum(c.count_parameters((1, 9, 9, 1)) for c in two) == 18


# --- activations ------------------------------------------------------------------------------------------
X = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
FORMS = {
    "step": (X > 0).astype(float),
    "sigmoid": 1 / (1 + np.exp(-X)),
    "tanh": np.tanh(X),
    "relu": np.maximum(X, 0),
    "leaky_relu": np.maximum(0.01 * X, X),
    "elu": np.where(X > 0, X, np.exp(X) - 1),
    "identity": X,
    "sine": np.sin(X),
    "softmax": np.exp(X) / np.exp(X).sum(),
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_activation(name: str, engine: str) -> None:
    found = nn.Activation(name)(X)
    np.testing.assert_allclose(found.numpy(), FORMS[name], rtol=1e-12, atol=1e-15)


def test_leaky_relu_layer_has_the_notes_slope(engine: str) -> None:
    np.testing.assert_allclose(nn.LeakyReLU()(np.array([-1.0])).numpy(), [-0.01], rtol=1e-12)


# --- gradients --------------------------------------------------------------------------------------------
def test_numerical_gradient_is_the_central_difference(engine: str) -> None:
    """(f(x + h) - f(x - h)) / 2h with h = 1e-4; for x0^2 + x1^2 at (3, 4) it is (6, 8)."""
    found = sj.numerical_gradient(lambda x: sj.sum(x * x), np.array([3.0, 4.0]))
    np.testing.assert_allclose(np.asarray(found), [6, 8], atol=1e-7)


def test_affine(engine: str) -> None:
    """Y = X W + B; dX = dY W^T, dW = X^T dY, dB = sum of dY over the batch."""
    rng = np.random.default_rng(0)
    x, w, b, dy = (rng.standard_normal(s) for s in ((4, 3), (3, 2), (2,), (4, 2)))
    leaves = [sj.asarray(v, requires_grad=True) for v in (x, w, b)]
    (leaves[0] @ leaves[1] + leaves[2]).backward(sj.asarray(dy))
    for leaf, expected in zip(leaves, (dy @ w.T, x.T @ dy, dy.sum(axis=0)), strict=True):
        np.testing.assert_allclose(np.asarray(leaf.grad), expected, rtol=1e-12)
