"""Two common kinds: a classifier's training step, and its answer to a single sample."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .base import Step, Weights, Workload


class Supervised(Workload):
    """Forward, softmax cross-entropy, backward, Adam (rate 1e-3, epsilon 1e-8).

    Attributes:
        inputs: shape of the inputs, the batch first.
        tokens: for whole numbers as inputs, how many there are.
        classes: number of classes.
        labels: shape of the targets; by default one for each sample.
    """

    inputs: ClassVar[tuple[int, ...]]
    tokens: ClassVar[int | None] = None
    classes: ClassVar[int] = 10
    labels: ClassVar[tuple[int, ...] | None] = None

    def model(self) -> Any:
        """Our model."""
        raise NotImplementedError

    def torch_model(self) -> Any:
        """PyTorch's model."""
        raise NotImplementedError

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        """JAX's model: parameters in our order, inputs, a random key (none to predict) -> logits."""
        raise NotImplementedError

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Inputs from the normal distribution (or whole numbers), targets at random."""
        if self.tokens is None:
            x: np.ndarray = rng.standard_normal(self.inputs, dtype=np.float32)
        else:
            x = rng.integers(0, self.tokens, self.inputs)
        return x, rng.integers(0, self.classes, self.labels or self.inputs[:1])

    def ours(self) -> list[Any]:
        return [self.model()]

    def our_step(self, models: list[Any]) -> Step:
        import sujeong as sj

        (model,) = models
        variables = model.trainable_variables
        optimizer = sj.optim.Adam(1e-3, epsilon=1e-8)
        optimizer.build(variables)

        def step(x: Any, y: Any) -> Any:
            def loss() -> Any:
                return sj.mean(sj.softmax_cross_entropy(model(x, training=True), y))

            value, gradients = sj.value_and_grad(loss, variables=variables)()
            optimizer.apply(gradients, variables)
            return value

        return step

    def torch(self) -> list[Any]:
        return [self.torch_model()]

    def torch_loss(self, logits: Any, y: Any) -> Any:
        """PyTorch's loss."""
        from torch.nn import functional as F

        return F.cross_entropy(logits.float().reshape(-1, self.classes), y.reshape(-1))

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        (model,) = models
        optimizer = peer.adam(model.parameters(), 1e-3)

        def step(x: Any, y: Any) -> Any:
            optimizer.zero_grad()
            with peer.autocast():
                logits = model(x)
            loss = self.torch_loss(logits, y)
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        if type(self).jax_model is Supervised.jax_model:
            return None
        import optax

        def loss(p: Any, key: Any, x: Any, y: Any) -> Any:
            logits = self.jax_model(p, x, key)
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

        step: Step = peer.trained(loss, weights[0], optax.adam(1e-3))
        return step


class Inference(Workload):
    """The answer of a trained classifier to one batch, mostly of one sample.

    Attributes:
        base: the class of the training workload whose models it uses.
        inputs: shape of the inputs, the batch first.
        in_jax: whether JAX's model predicts, too.
    """

    kind = "inference"
    base: ClassVar[type[Supervised]]
    inputs: ClassVar[tuple[int, ...]]
    in_jax: ClassVar[bool] = False

    def __init__(self, checked: bool = False) -> None:
        super().__init__(checked)
        self.training = self.base(checked)

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        if self.training.tokens is None:
            return (rng.standard_normal(self.inputs, dtype=np.float32),)
        return (rng.integers(0, self.training.tokens, self.inputs),)

    def ours(self) -> list[Any]:
        return self.training.ours()

    def our_step(self, models: list[Any]) -> Step:
        import sujeong as sj

        (model,) = models

        def step(x: Any) -> Any:
            with sj.no_grad():
                return model(x, training=False)

        return step

    def torch(self) -> list[Any]:
        return self.training.torch()

    def torch_weights(self, names: Any, weights: Weights) -> Weights:
        return self.training.torch_weights(names, weights)

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        import torch

        model = models[0].eval()

        def step(x: Any) -> Any:
            with torch.inference_mode(), peer.autocast():
                return model(x)

        return step

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        if not self.in_jax:
            return None
        import jax
        import jax.numpy as jnp

        p = peer.low([jnp.asarray(w) for w in weights[0]])
        run = jax.jit(lambda p, x: self.training.jax_model(p, peer.low(x), None).astype(jnp.float32))
        return lambda x: run(p, x)

    def figures(self, values: list[np.ndarray]) -> list[float]:
        """The first ten numbers of the answer."""
        return [float(v) for v in values[0].ravel()[:10]]
