"""Two networks against each other, two optimisers in one recorded step.

The discriminator learns to tell images from the generator's, then the generator learns to deceive it:
D: minimise  bce(D(x), 1) + bce(D(G(z)), 0)        G: minimise  bce(D(G(z)), 1)

Tutorials for PyTorch let the second turn compute gradients of D's weights, too, which nobody uses; the tuned
sides do not.

Radford and others, Unsupervised representation learning with deep convolutional GANs, 2016.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .base import Step, Weights, Workload

SIZE, NOISE, RATE, BETA = 64, 100, 2e-4, 0.5
WIDTHS, SLOPE, EPSILON = (256, 128, 64), 0.2, 1e-5


class DCGAN(Workload):
    """Images of 32 x 32 x 3: three doublings by transposed convolution, three halvings by strides."""

    name = "dcgan"
    title = "DCGAN 32x32x3, both updates, batch 64"
    flops_counted = False  # see above
    tolerance = 2e-2  # ten steps of two networks, each of which follows the other's rounding

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        noise = rng.standard_normal((SIZE, 1, 1, NOISE), dtype=np.float32)
        return noise, np.tanh(rng.standard_normal((SIZE, 32, 32, 3), dtype=np.float32))

    def model_inputs(self, batch: tuple[np.ndarray, ...]) -> list[tuple[np.ndarray, ...]]:
        return [(batch[0],), (batch[1],)]

    def ours(self) -> list[Any]:
        from sujeong import nn

        def norm() -> Any:
            return nn.BatchNorm(momentum=0.9, epsilon=EPSILON)

        sides: dict[str, Any] = {"padding": ((1, 1), (1, 1)), "use_bias": False}
        up: list[Any] = [nn.Conv2DTranspose(WIDTHS[0], 4, use_bias=False), norm(), nn.ReLU()]
        for width in WIDTHS[1:]:
            up += [nn.Conv2DTranspose(width, 4, 2, **sides), norm(), nn.ReLU()]
        up += [nn.Conv2DTranspose(3, 4, 2, **sides), nn.Activation("tanh")]
        down: list[Any] = [nn.Conv2D(WIDTHS[2], 4, 2, **sides), nn.LeakyReLU(SLOPE)]
        for width in WIDTHS[1::-1]:
            down += [nn.Conv2D(width, 4, 2, **sides), norm(), nn.LeakyReLU(SLOPE)]
        down += [nn.Conv2D(1, 4, use_bias=False), nn.Flatten()]
        return [nn.Sequential(up), nn.Sequential(down)]

    def our_step(self, models: list[Any]) -> Step:
        import sujeong as sj

        generator, discriminator = models
        optimizers = []
        for model in models:
            optimizers.append(sj.optim.Adam(RATE, BETA, epsilon=1e-8))
            optimizers[-1].build(model.trainable_variables)

        def judged(images: Any, answer: float) -> Any:
            scores = discriminator(images, training=True)
            return sj.mean(sj.sigmoid_binary_cross_entropy(scores, sj.full_like(scores, answer)))

        def learned(loss: Any, which: int) -> None:
            variables = models[which].trainable_variables
            optimizers[which].apply(sj.gradients(loss, variables), variables)

        def step(noise: Any, images: Any) -> Any:
            drawn = generator(noise, training=True)
            telling = judged(images, 1.0) + judged(sj.stop_gradient(drawn), 0.0)
            learned(telling, 1)
            deceiving = judged(drawn, 1.0)
            learned(deceiving, 0)
            return sj.stop_gradient(telling + deceiving)  # else a graph and the old weights outlive the step

        return step

    def torch(self) -> list[Any]:
        from torch import nn

        up: list[Any] = [nn.ConvTranspose2d(NOISE, WIDTHS[0], 4, bias=False)]
        up += [nn.BatchNorm2d(WIDTHS[0]), nn.ReLU()]
        for before, width in itertools.pairwise(WIDTHS):
            up += [nn.ConvTranspose2d(before, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        up += [nn.ConvTranspose2d(WIDTHS[2], 3, 4, 2, 1, bias=False), nn.Tanh()]
        down: list[Any] = [nn.Conv2d(3, WIDTHS[2], 4, 2, 1, bias=False), nn.LeakyReLU(SLOPE)]
        for before, width in ((64, 128), (128, 256)):
            down += [
                nn.Conv2d(before, width, 4, 2, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.LeakyReLU(SLOPE),
            ]
        down += [nn.Conv2d(WIDTHS[0], 1, 4, bias=False), nn.Flatten()]
        return [nn.Sequential(*up), nn.Sequential(*down)]

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        import torch
        from torch.nn import functional as F

        generator, discriminator = models
        g_optimizer, d_optimizer = (peer.adam(m.parameters(), RATE, (BETA, 0.999)) for m in models)

        def judged(images: Any, answer: float) -> Any:
            with peer.autocast():
                scores = discriminator(images)
            scores = scores.float()
            return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, answer))

        def step(noise: Any, images: Any) -> Any:
            with peer.autocast():
                drawn = generator(noise)
            d_optimizer.zero_grad()
            telling = judged(images, 1.0) + judged(drawn.detach(), 0.0)
            telling.backward()
            d_optimizer.step()
            g_optimizer.zero_grad()
            discriminator.requires_grad_(not peer.tuned)
            deceiving = judged(drawn, 1.0)
            deceiving.backward()
            discriminator.requires_grad_(True)
            g_optimizer.step()
            return (telling + deceiving).detach()

        return step

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        import jax
        import jax.numpy as jnp
        import optax
        from jax.nn import leaky_relu, relu
        from sides.jax_layers import batch_norm, conv, conv_transpose

        optimizer = optax.adam(RATE, BETA)

        def normed(x: Any, rest: Any) -> Any:
            return batch_norm(x, next(rest), next(rest), EPSILON)

        def generated(p: Any, noise: Any) -> Any:
            rest = iter(peer.low(p))
            x = relu(normed(conv_transpose(peer.low(noise), next(rest)), rest))
            for _ in WIDTHS[1:]:
                x = relu(normed(conv_transpose(x, next(rest), 2, 1), rest))
            return jnp.tanh(conv_transpose(x, next(rest), 2, 1))

        def judged(p: Any, images: Any, answer: float) -> Any:
            rest = iter(peer.low(p))
            x = leaky_relu(conv(peer.low(images), next(rest), 2, 1), SLOPE)
            for _ in WIDTHS[1:]:
                x = leaky_relu(normed(conv(x, next(rest), 2, 1), rest), SLOPE)
            scores = conv(x, next(rest), 1, 0).astype(jnp.float32)
            return optax.sigmoid_binary_cross_entropy(scores, jnp.full_like(scores, answer)).mean()

        def told_apart(p: Any, images: Any, drawn: Any) -> Any:
            return judged(p, images, 1.0) + judged(p, drawn, 0.0)

        def learned(p: Any, s: Any, gradients: Any) -> Any:
            changes, s = optimizer.update(gradients, s)
            return optax.apply_updates(p, changes), s

        def update(g: Any, d: Any, noise: Any, images: Any) -> Any:
            drawn, back = jax.vjp(lambda p: generated(p, noise), g[0])
            telling, gradients = jax.value_and_grad(told_apart)(d[0], images, drawn)
            d = learned(*d, gradients)
            deceiving, slope = jax.value_and_grad(judged, argnums=1)(d[0], drawn, 1.0)
            return learned(*g, *back(slope)), d, telling + deceiving

        run = jax.jit(update, donate_argnums=(0, 1))
        parameters = [[jnp.array(w) for w in ws] for ws in weights]
        state = [(p, optimizer.init(p)) for p in parameters]

        def step(noise: Any, images: Any) -> Any:
            *state[:], value = run(*state, noise, images)
            return value

        return step


WORKLOAD = DCGAN
