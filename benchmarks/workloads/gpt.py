"""A small language model: bytes in, the next byte out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import Step, Weights
from .carry import to_torch
from .supervised import Supervised

VOCABULARY, FEATURES, HEADS, LAYERS, LENGTH = 256, 256, 4, 4, 128


def joined(names: Sequence[str], arrays: Sequence[np.ndarray]) -> list[tuple[str, np.ndarray]]:
    """Our weights with query, key and value of each block as one dense layer (n, 3 n), output as (n, n)."""
    pairs, found, waiting = zip(names, arrays, strict=True), [], []
    for name, array in pairs:
        what = name.rpartition("/")[2]
        array = (
            array.reshape(FEATURES, -1) if what in ("query_kernel", "key_kernel", "value_kernel") else array
        )
        if what.startswith(("query", "key", "value")):
            waiting.append(array.reshape(-1) if what.endswith("bias") else array)
            if what == "value_bias":
                found.append(("kernel", np.concatenate(waiting[::2], axis=1)))
                found.append(("bias", np.concatenate(waiting[1::2])))
                waiting = []
        elif what == "output_kernel":
            found.append(("kernel", array.reshape(-1, FEATURES)))
        else:
            found.append((name, array))
    return found


class GPT(Supervised):
    """Four blocks of causal attention with norms in front; four heads, 256 features, 128 places."""

    name = "gpt"
    title = "GPT d256 h4 n4 T128, 256 tokens, batch 16"
    inputs = (16, LENGTH)
    tokens = VOCABULARY
    classes = VOCABULARY
    labels = (16, LENGTH)
    flops_counted = False  # attention of PyTorch is one call, whose masked half its counter counts in full
    tolerance = 5e-3

    def model(self) -> Any:
        import functools

        import sujeong as sj
        from sujeong import nn

        gelu = functools.partial(sj.gelu, approximate="tanh")
        block = {"activation": gelu, "normalize_first": True}
        blocks = [nn.TransformerDecoder(4 * FEATURES, HEADS, **block) for _ in range(LAYERS)]
        first = [nn.Embedding(VOCABULARY, FEATURES), nn.PositionEmbedding(LENGTH)]
        return nn.Sequential([*first, *blocks, nn.LayerNorm(epsilon=1e-5), nn.Dense(VOCABULARY)])

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

            def forward(self, x: Any) -> Any:
                b, t, d = x.shape
                parts = self.qkv(self.norm1(x)).chunk(3, -1)
                q, k, v = (z.reshape(b, t, HEADS, d // HEADS).transpose(1, 2) for z in parts)
                a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
                x = x + self.proj(a.transpose(1, 2).reshape(b, t, d))
                return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.tokens, self.places = nn.Embedding(VOCABULARY, FEATURES), nn.Embedding(LENGTH, FEATURES)
                self.blocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
                self.norm, self.out = nn.LayerNorm(FEATURES), nn.Linear(FEATURES, VOCABULARY)

            def forward(self, x: Any) -> Any:
                return self.out(self.norm(self.blocks(self.tokens(x) + self.places.weight[: x.shape[1]])))

        return Model()

    def torch_weights(self, names: Sequence[Sequence[str]], weights: Weights) -> Weights:
        plain = [joined(n, w) for n, w in zip(names, weights, strict=True)]
        return [to_torch([n for n, _ in pairs], [a for _, a in pairs]) for pairs in plain]

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        names = peer.names[0]
        return super().jax_step([[a for _, a in joined(names, weights[0])]], peer)

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        import jax
        import jax.numpy as jnp
        from sides.jax_layers import layer_norm

        rest = iter(p)
        b, t = x.shape
        x = next(rest)[x] + next(rest)[:t]
        for _ in range(LAYERS):
            qkv, c, out, d, g1, b1, up, e, down, f, g2, b2 = (next(rest) for _ in range(12))
            parts = jnp.split(layer_norm(x, g1, b1) @ qkv + c, 3, -1)
            q, k, v = (z.reshape(b, t, HEADS, -1) for z in parts)
            x = x + jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(b, t, -1) @ out + d
            x = x + jax.nn.gelu(layer_norm(x, g2, b2) @ up + e) @ down + f
        return layer_norm(x, next(rest), next(rest)) @ next(rest) + next(rest)


WORKLOAD = GPT
