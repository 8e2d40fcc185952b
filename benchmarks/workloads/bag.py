"""A text classifier that averages the vectors of its words: almost all memory, hardly any arithmetic.

Joulin and others, Bag of tricks for efficient text classification, 2017.
"""

from __future__ import annotations

from typing import Any

from .supervised import Supervised

WORDS, FEATURES, CLASSES = 20000, 64, 4


class Bag(Supervised):
    """Vectors of 64 numbers for 20,000 words, the mean over 64 words, one dense layer."""

    name = "bag"
    title = "embedding bag 20000x64, 64 words, 4 classes, batch 256"
    inputs = (256, 64)
    tokens = WORDS
    classes = CLASSES

    def model(self) -> Any:
        from sujeong import nn

        return nn.Sequential([nn.Embedding(WORDS, FEATURES), nn.GlobalAveragePool1D(), nn.Dense(CLASSES)])

    def torch_model(self) -> Any:
        from torch import nn

        return nn.Sequential(nn.EmbeddingBag(WORDS, FEATURES, mode="mean"), nn.Linear(FEATURES, CLASSES))

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        return p[0][x].mean(1) @ p[1] + p[2]


WORKLOAD = Bag
