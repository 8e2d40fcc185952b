"""A recorded training step equals the eager one to the bit, on both engines, over ten steps.

The network is written in plain operations first: two layers, batch norm, dropout, Adam. Then with the
package's own layers and optimisers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn

STEPS = 10


def batches(rng: np.random.Generator, n: int = 8) -> Any:
    for _ in range(STEPS):
        yield sj.asarray(rng.normal(size=(n, 5)).astype(np.float32)), sj.asarray(rng.integers(0, 3, n))


class Network:
    """A two-layer network with batch norm and dropout, its Adam, and all its state, in plain operations."""

    def __init__(self, dtype: str = "float32") -> None:
        rng = np.random.default_rng(7)
        make = lambda name, value: sj.Variable(np.asarray(value, dtype), name=name)  # noqa: E731
        still = lambda name, value: sj.Variable(value, name=name, trainable=False)  # noqa: E731
        self.weights = [
            make("w1", rng.normal(size=(5, 16)) * 0.3),
            make("b1", np.zeros(16)),
            make("gamma", np.ones(16)),
            make("beta", np.zeros(16)),
            make("w2", rng.normal(size=(16, 3)) * 0.3),
            make("b2", np.zeros(3)),
        ]
        self.mean, self.variance = still("mean", np.zeros(16, dtype)), still("variance", np.ones(16, dtype))
        self.first = [still(f"{v.name}/m", np.zeros(v.shape, dtype)) for v in self.weights]
        self.second = [still(f"{v.name}/v", np.zeros(v.shape, dtype)) for v in self.weights]
        self.count = still("count", 0)

    @property
    def state(self) -> list[Any]:
        return [*self.weights, self.mean, self.variance, *self.first, *self.second, self.count]

    def forward(self, x: Any) -> Any:
        w1, b1, gamma, beta, w2, b2 = self.weights
        h = x @ w1 + b1
        mean, variance = sj.mean(h, axis=0), sj.mean((h - sj.mean(h, axis=0)) ** 2, axis=0)
        self.mean.assign(self.mean * 0.9 + sj.stop_gradient(mean) * 0.1)
        self.variance.assign(self.variance * 0.9 + sj.stop_gradient(variance) * 0.1)
        h = sj.maximum((h - mean) / sj.sqrt(variance + 1e-5) * gamma + beta, 0.0)
        key = sj.random.fold_in(sj.random.key(3, "dropout"), self.count.value)
        kept = sj.random.bernoulli(key, 0.5, h.shape)
        return sj.where(kept, h / 0.5, 0.0) @ w2 + b2

    def loss(self, x: Any, labels: Any) -> Any:
        logits = self.forward(x)
        shifted = logits - sj.max(logits, axis=1, keepdims=True)
        log_p = shifted - sj.log(sj.sum(sj.exp(shifted), axis=1, keepdims=True))
        chosen = sj.expand_dims(labels, axis=1) == sj.arange(3)
        return -sj.mean(sj.sum(sj.where(chosen, log_p, 0.0), axis=1))

    def adam(self, gradients: list[Any], rate: Any) -> None:
        t = sj.astype(self.count + 1, sj.float32)
        for w, m, v, g in zip(self.weights, self.first, self.second, gradients, strict=True):
            m.assign(0.9 * m + 0.1 * g)
            v.assign(0.999 * v + 0.001 * g * g)
            step = (m / (1 - 0.9**t)) / (sj.sqrt(v / (1 - 0.999**t)) + 1e-8)
            w.assign(w - rate * step)
        self.count.assign(self.count + 1)

    def step(self, x: Any, labels: Any, rate: float) -> Any:
        value, gradients = sj.value_and_grad(self.loss, variables=self.weights)(x, labels)
        self.adam(gradients, rate)
        return value


def same_bits(a: Any, b: Any) -> bool:
    return np.asarray(a).tobytes() == np.asarray(b).tobytes()


def compare(eager: Any, recorded: Any, step: Any, again: Any, data: list[Any]) -> list[float]:
    """Runs both; after each step all values and all state are equal to the bit. Gives the losses."""
    losses = []
    for i, (x, y) in enumerate(data):
        a, b = step(x, y, 0.01 * (i + 1)), again(x, y, 0.01 * (i + 1))
        assert same_bits(a, b), f"loss of step {i}: {float(a)!r} and {float(b)!r}"
        for u, v in zip(eager, recorded, strict=True):
            assert same_bits(u, v), f"{u.name} after step {i}"
        losses.append(float(a))
    return losses


def test_a_step_in_plain_operations(engine: str, rng: np.random.Generator) -> None:
    eager, recorded = Network(), Network()
    again = sj.jit(recorded.step)
    data = list(batches(rng))
    losses = compare(eager.state, recorded.state, eager.step, again, data)
    assert len(again.programs) == 1, "one program for ten steps"
    assert len(set(losses)) == STEPS
    assert int(recorded.count) == STEPS


def test_it_learns(engine: str, rng: np.random.Generator) -> None:
    """The same batch again and again: the loss falls, so the equality above compares something that works."""
    network = Network()
    step = sj.jit(network.step)
    x, y = next(batches(rng))
    losses = [float(step(x, y, 0.02)) for _ in range(40)]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_masks_change_from_step_to_step(engine: str) -> None:
    """With the same data and no learning, losses differ by their dropout masks alone."""
    network = Network()
    step = sj.jit(network.step)
    x, y = sj.ones((8, 5)) * sj.expand_dims(sj.arange(8), axis=1), sj.asarray([0, 1, 2, 0, 1, 2, 0, 1])
    losses = [float(step(x, y, 0.0)) for _ in range(5)]
    assert len(set(losses)) == 5


def test_in_float64(engine: str, rng: np.random.Generator) -> None:
    eager, recorded = Network("float64"), Network("float64")
    data = [(sj.astype(x, sj.float64), y) for x, y in batches(rng)]
    compare(eager.state, recorded.state, eager.step, sj.jit(recorded.step), data)


@pytest.mark.parametrize("recorded", [False, True])
def test_gradients_are_those_of_central_differences(
    engine: str, rng: np.random.Generator, recorded: bool
) -> None:
    """In float64, with the mask and the batch fixed."""
    network = Network("float64")
    x, y = next(batches(rng))
    x = sj.astype(x, sj.float64)
    loss = sj.jit(network.loss) if recorded else network.loss
    found = sj.grad(loss, variables=network.weights)(x, y)
    numerical = sj.numerical_gradient(lambda: loss(x, y), network.weights[1:4], h=1e-6)
    for a, b in zip(found[1:4], numerical, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-8)


def layers() -> Any:
    return nn.Sequential(
        [nn.Dense(16), nn.BatchNorm(), nn.Activation("relu"), nn.Dropout(0.5), nn.Dense(3)], name="network"
    )


@pytest.mark.parametrize("name", ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW"])
def test_a_step_of_layers_and_optimisers(engine: str, rng: np.random.Generator, name: str) -> None:
    """The package's own: eager and recorded start from the same seed and stay equal to the bit."""
    states, steps = [], []
    data = list(batches(rng))
    for recorded in (False, True):
        sj.set_seed(11)
        model, optimizer = layers(), getattr(sj.optim, name)()
        with sj.no_grad():
            model(data[0][0])
        optimizer.build(model.trainable_variables)

        def step(x: Any, y: Any, rate: float, model: Any = model, optimizer: Any = optimizer) -> Any:
            loss = lambda: sj.mean(sj.softmax_cross_entropy(model(x, training=True), y))  # noqa: E731
            value, gradients = sj.value_and_grad(loss, variables=model.trainable_variables)()
            optimizer.apply(gradients, model.trainable_variables)
            return value

        states.append([*model.variables, *optimizer.variables])
        steps.append(sj.jit(step) if recorded else step)
    losses = compare(*states, *steps, data)
    assert len(steps[1].programs) == 1
    assert len(set(losses)) == STEPS


def test_none_among_tensors_is_part_of_what_is_recorded(engine: str) -> None:
    """Each place of `None` is another recording; none is mixed up with one that has been called before."""
    with sj.using(engine=engine):
        named = sj.jit(
            lambda x, y, w: [n for n, a in (("x", x), ("y", y), ("w", w)) if a is None] or x + y + w
        )
        x, y = sj.asarray([1.0]), sj.asarray([2.0])
        for _ in range(3):
            assert named(x, y, None) == ["w"]
            assert named(None, x, y) == ["x"]
            assert named(x, None, y) == ["y"]
            assert named(None, None, x) == ["x", "y"]
            assert named(x, y, x).tolist() == [4.0]
        summed = sj.jit(lambda x, y: x - 1 if y is None else y * 2 if x is None else x * 10 + y)
        for _ in range(3):
            assert (summed(x, y).item(), summed(x, None).item(), summed(None, y).item()) == (12.0, 0.0, 4.0)
