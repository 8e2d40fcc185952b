"""BERT: a stack of blocks in which each word sees all words of its text, before and behind.

    h = norm(W[ids] + P[places] + S[segments])        h = block(h), `depth` times
    pooled = tanh(h[first word] A + a)                scores = pooled B + b

Texts of a batch are filled up to one length with `padding_id`, which nobody sees. The default sizes are
those of BERT-mini.

J. Devlin et al.: BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding. 2019.
I. Turc et al.: Well-Read Students Learn Better. 2019.
"""

from __future__ import annotations

from typing import Any

from .. import nn
from ..core.tensor import Tensor
from ..ops.comparison import not_equal


class BERT(nn.Model):
    """An encoder of texts: a vector for each word that knows the words around it, or scores of classes.

        ids (batch, T), whole numbers    hidden (batch, T, features), or scores (batch, classes)

    Args:
        vocabulary: number of words.
        length: how many places a text has at most.
        features: numbers that stand for a word.
        heads: of each attention.
        depth: number of blocks.
        classes: number of classes; default none, then the words' vectors come out.
        segments: kinds of parts that a text may have, such as question and answer.
        dropout: in training, the chance of being left out.
        padding_id: the number that stands for no word.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        ShapeError: a text is too long, or the features cannot be shared among the heads.

    Example:
        >>> import sujeong as sj
        >>> texts = sj.asarray([[7, 3, 9, 2], [5, 4, 0, 0]])
        >>> sj.zoo.BERT(vocabulary=10, length=8, features=8, heads=2, depth=1)(texts).shape
        (2, 4, 8)
        >>> sj.zoo.BERT(vocabulary=10, length=8, features=8, heads=2, depth=1, classes=3)(texts).shape
        (2, 3)
    """

    def __init__(
        self,
        vocabulary: int = 30522,
        length: int = 512,
        features: int = 256,
        heads: int = 4,
        depth: int = 4,
        classes: int | None = None,
        *,
        segments: int = 2,
        dropout: float = 0.1,
        padding_id: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        first = nn.initializers.TruncatedNormal(0.02)
        self.padding_id = padding_id
        self.tokens = nn.Embedding(vocabulary, features, first)
        self.places = nn.PositionEmbedding(length, first)
        self.segments = nn.Embedding(segments, features, first)
        self.norm = nn.LayerNorm(epsilon=1e-12)
        self.dropout = nn.Dropout(dropout) if dropout else None
        settings: dict[str, Any] = {"layer_norm_epsilon": 1e-12, "kernel_initializer": first}
        self.blocks = [
            nn.TransformerEncoder(4 * features, heads, dropout, "gelu", **settings)
            for _ in range(nn.dense.positive("BERT", "depth", depth))
        ]
        self.pooled = self.scores = None
        if classes is not None:
            self.pooled = nn.Dense(features, "tanh", kernel_initializer=first)
            self.scores = nn.Dense(classes, kernel_initializer=first)

    def call(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """The words' vectors, or the scores of classes.

        Args:
            ids: (batch, T) whole numbers.
            segments: (batch, T), to which part of its text each word belongs; default to the first.

        Returns:
            Tensor (batch, T, features) or (batch, classes).
        """
        seen = not_equal(ids, self.padding_id)
        part = self.segments(ids * 0 if segments is None else segments)
        h = self._dropped(self.norm(self.places(self.tokens(ids)) + part))
        for block in self.blocks:
            h = block(h, padding_mask=seen)
        if self.pooled is None or self.scores is None:
            return h
        return self.scores(self._dropped(self.pooled(h[:, 0])))  # type: ignore[no-any-return]

    def _dropped(self, h: Tensor) -> Tensor:
        return h if self.dropout is None else self.dropout(h)  # type: ignore[no-any-return]
