"""A text written by the language model, byte by byte, each the one with the greatest score.

Every side reads the beginning at once, keeps keys and values of the places read, and then reads one byte a
step. Ours is `generate` as a user calls it; PyTorch's and JAX's are written as good tutorials do it: memory
for all places made beforehand, fused attention, and in JAX one compiled loop.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Step, Weights
from .gpt import FEATURES, GPT, HEADS, LAYERS, LENGTH, VOCABULARY, joined
from .supervised import Inference

PROMPT, COUNT = 16, 64


class GPTGenerate(Inference):
    """The GPT of `gpt`, one text: 16 bytes are given, 64 are its own."""

    name = "gpt_generate"
    title = "64 bytes of text by the GPT, after 16, batch 1"
    base = GPT
    inputs = (1, PROMPT)
    flops_counted = False
    tolerance = 0.0  # the same bytes
    low = False

    def ours(self) -> list[Any]:
        import sujeong as sj

        return [sj.zoo.GPT(VOCABULARY, LENGTH, FEATURES, HEADS, LAYERS)]

    def our_run(self, models: list[Any]) -> Step:
        return lambda ids: models[0].generate(ids, COUNT)

    def our_programs(self, models: list[Any], *batch: Any) -> list[tuple[int, Any]]:
        import sujeong as sj

        (model,) = models

        def read(ids: Any) -> Any:
            cache = model.start_cache(1, PROMPT + COUNT)
            return model(ids, cache=cache, position=0, training=False)

        one = sj.Spec((1, 1), sj.int64)
        return [(1, sj.record(read, *batch)), (COUNT - 1, sj.record(read, one))]

    def torch(self) -> list[Any]:
        from torch.nn import functional as F

        class Writer(type(self.training.torch_model())):  # type: ignore[misc]
            def forward(self, x: Any, n: int, cache: Any) -> Any:
                b, t = x.shape
                h = self.tokens(x) + self.places.weight[n : n + t]
                for block, (keys, values) in zip(self.blocks, cache, strict=True):
                    parts = block.qkv(block.norm1(h)).chunk(3, -1)
                    q, k, v = (z.reshape(b, t, HEADS, -1).transpose(1, 2) for z in parts)
                    keys[:, :, n : n + t], values[:, :, n : n + t] = k, v
                    seen = keys[:, :, : n + t], values[:, :, : n + t]
                    a = F.scaled_dot_product_attention(q, *seen, is_causal=t > 1)
                    h = h + block.proj(a.transpose(1, 2).reshape(b, t, -1))
                    h = h + block.down(F.gelu(block.up(block.norm2(h)), approximate="tanh"))
                return self.out(self.norm(h[:, -1]))

            def start_cache(self, b: int, length: int) -> Any:
                like = self.out.weight
                shape = (b, HEADS, length, FEATURES // HEADS)
                return [(like.new_empty(shape), like.new_empty(shape)) for _ in self.blocks]

        return [Writer()]

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        import torch

        model = models[0].eval()

        @torch.inference_mode()
        def step(ids: Any) -> Any:
            text, x, n = [ids], ids, 0
            cache = model.start_cache(len(ids), ids.shape[1] + COUNT)
            for _ in range(COUNT):
                logits = model(x, n, cache)
                n, x = n + x.shape[1], logits.argmax(-1, keepdim=True)
                text.append(x)
            return torch.cat(text, 1)

        return step

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        import jax
        import jax.numpy as jnp
        from jax import lax
        from sides.jax_layers import layer_norm

        p = [jnp.asarray(a) for _, a in joined(peer.names[0], weights[0])]

        def read(p: Any, x: Any, n: Any, cache: Any) -> Any:
            rest, after, (b, t) = iter(p), [], x.shape
            x = next(rest)[x] + lax.dynamic_slice_in_dim(next(rest), n, t)
            seen = jnp.arange(PROMPT + COUNT)[None] <= n + jnp.arange(t)[:, None]
            for keys, values in cache:
                qkv, c, out, d, g1, b1, up, e, down, f, g2, b2 = (next(rest) for _ in range(12))
                parts = jnp.split(layer_norm(x, g1, b1) @ qkv + c, 3, -1)
                q, k, v = (z.reshape(b, t, HEADS, -1) for z in parts)
                keys = lax.dynamic_update_slice_in_dim(keys, k, n, 1)
                values = lax.dynamic_update_slice_in_dim(values, v, n, 1)
                after.append((keys, values))
                a = jax.nn.dot_product_attention(q, keys, values, mask=seen[None, None])
                x = x + a.reshape(b, t, -1) @ out + d
                x = x + jax.nn.gelu(layer_norm(x, g2, b2) @ up + e) @ down + f
            scores = layer_norm(x[:, -1:], next(rest), next(rest)) @ next(rest) + next(rest)
            return jnp.argmax(scores, -1), after

        @jax.jit
        def step(p: Any, ids: Any) -> Any:
            shape = len(ids), PROMPT + COUNT, HEADS, FEATURES // HEADS
            first, cache = read(p, ids, 0, [(jnp.zeros(shape), jnp.zeros(shape))] * LAYERS)

            def one(carry: Any, n: Any) -> Any:
                word, cache = carry
                return read(p, word, n, cache), word

            (last, _), words = lax.scan(one, (first, cache), PROMPT + jnp.arange(COUNT - 1))
            return jnp.concatenate([ids, words[..., 0].T, last], 1)

        return lambda ids: step(p, ids)

    def figures(self, values: list[np.ndarray]) -> list[float]:
        """All bytes of the text."""
        return [float(v) for v in values[0].ravel()]


WORKLOAD = GPTGenerate
