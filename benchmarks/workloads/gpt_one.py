"""The answer of the language model to one sequence."""

from __future__ import annotations

from typing import Any

from .base import Step, Weights
from .gpt import GPT, LENGTH, joined
from .supervised import Inference


class GPTOne(Inference):
    """GPT, one sequence of 128 bytes, logits at every place."""

    name = "gpt_one"
    title = "inference of the GPT, batch 1, 128 places"
    base = GPT
    inputs = (1, LENGTH)
    in_jax = True
    tolerance = 5e-3
    flops_counted = False  # as in `gpt`

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        return super().jax_step([[a for _, a in joined(peer.names[0], weights[0])]], peer)


WORKLOAD = GPTOne
