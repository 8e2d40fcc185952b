"""An encoder of the Transformer over sentences of different lengths: padding is neither seen nor counted.

Devlin and others, BERT: pre-training of deep bidirectional transformers, 2019; its "mini" size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import Step, Weights
from .carry import to_torch
from .gpt import joined
from .supervised import Supervised

WORDS, FEATURES, HEADS, LAYERS, LENGTH, CLASSES = 8000, 256, 4, 4, 64, 4
"""Word 0 is padding."""


class BERT(Supervised):
    """Four blocks, four heads, 256 features, norms behind; the first place is classified."""

    name = "bert"
    title = "BERT-mini d256 h4 n4 T64 with padding, batch 32"
    inputs = (32, LENGTH)
    tokens = WORDS
    classes = CLASSES
    flops_counted = False  # attention is one call of PyTorch, which its counter may not know
    tolerance = 5e-3

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Sentences of 16 to 64 words, the rest of their places padding."""
        x = rng.integers(1, WORDS, self.inputs)
        lengths = rng.integers(16, LENGTH + 1, len(x))
        x[np.arange(LENGTH) >= lengths[:, None]] = 0
        return x, rng.integers(0, CLASSES, len(x))

    def model(self) -> Any:
        import functools

        import sujeong as sj
        from sujeong import nn

        gelu = functools.partial(sj.gelu, approximate="tanh")

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.words, self.places = nn.Embedding(WORDS, FEATURES), nn.PositionEmbedding(LENGTH)
                block = {"activation": gelu, "layer_norm_epsilon": 1e-5}
                self.blocks = [nn.TransformerEncoder(4 * FEATURES, HEADS, **block) for _ in range(LAYERS)]
                self.out = nn.Dense(CLASSES)

            def call(self, ids: Any) -> Any:
                x, mask = self.places(self.words(ids)), ids != 0
                for block in self.blocks:
                    x = block(x, padding_mask=mask)
                return self.out(x[:, 0])

        return Model()

    def torch_model(self) -> Any:
        from torch import nn
        from torch.nn import functional as F

        class Block(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.qkv, self.proj = nn.Linear(FEATURES, 3 * FEATURES), nn.Linear(FEATURES, FEATURES)
                self.norm1 = nn.LayerNorm(FEATURES)
                self.up, self.down = nn.Linear(FEATURES, 4 * FEATURES), nn.Linear(4 * FEATURES, FEATURES)
                self.norm2 = nn.LayerNorm(FEATURES)

            def forward(self, x: Any, mask: Any) -> Any:
                b, t, d = x.shape
                parts = self.qkv(x).chunk(3, -1)
                q, k, v = (z.reshape(b, t, HEADS, d // HEADS).transpose(1, 2) for z in parts)
                a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
                x = self.norm1(x + self.proj(a.transpose(1, 2).reshape(b, t, d)))
                return self.norm2(x + self.down(F.gelu(self.up(x), approximate="tanh")))

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.words, self.places = nn.Embedding(WORDS, FEATURES), nn.Embedding(LENGTH, FEATURES)
                self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
                self.out = nn.Linear(FEATURES, CLASSES)

            def forward(self, ids: Any) -> Any:
                x, mask = self.words(ids) + self.places.weight, (ids != 0)[:, None, None, :]
                for block in self.blocks:
                    x = block(x, mask)
                return self.out(x[:, 0])

        return Model()

    def torch_weights(self, names: Sequence[Sequence[str]], weights: Weights) -> Weights:
        plain = [joined(n, w) for n, w in zip(names, weights, strict=True)]
        return [to_torch([n for n, _ in pairs], [a for _, a in pairs]) for pairs in plain]

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        return super().jax_step([[a for _, a in joined(peer.names[0], weights[0])]], peer)

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        import jax
        import jax.numpy as jnp
        from sides.jax_layers import layer_norm

        rest, mask = iter(p), (x != 0)[:, None, None, :]
        b, t = x.shape
        x = next(rest)[x] + next(rest)
        for _ in range(LAYERS):
            qkv, c, out, d, g1, b1, up, e, down, f, g2, b2 = (next(rest) for _ in range(12))
            q, k, v = (z.reshape(b, t, HEADS, -1) for z in jnp.split(x @ qkv + c, 3, -1))
            a = jax.nn.dot_product_attention(q, k, v, mask=mask).reshape(b, t, -1)
            x = layer_norm(x + a @ out + d, g1, b1)
            x = layer_norm(x + jax.nn.gelu(x @ up + e) @ down + f, g2, b2)
        return x[:, 0] @ next(rest) + next(rest)


WORKLOAD = BERT
