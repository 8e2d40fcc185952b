"""GPT: a stack of blocks that see only what came before, trained to say the next word of a text.

    h = W[ids] + P[places]        h = block(h), `depth` times        logits = norm(h) U + c
    block: h + attention(norm(h)),  then  h + feed_forward(norm(h)) with GELU, four times as wide inside

With d features, v words and length t there are v d + t d + depth (12 d^2 + 13 d) + 2 d + d v + v parameters.

A. Radford et al.: Language Models are Unsupervised Multitask Learners. 2019.
"""

from __future__ import annotations

from typing import Any

from .. import nn
from ..core.engine import current, using
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ..nn.attention_masks import Cache
from ..ops.activations.gaussian import gelu
from .generation import ROOM, Writer

KEPT = 4
"""Sizes of texts for which a model remembers how to go on."""


@nn.register
def gelu_tanh(x: Any) -> Tensor:
    """GELU by the tanh formula, as GPT was trained with.

    Args:
        x: tensor.

    Returns:
        Tensor like x.
    """
    return gelu(x, approximate="tanh")


class GPT(nn.Model):
    """A language model: for each place of a text, scores of all words for the next one.

        ids (batch, T), whole numbers, T at most `length`    logits (batch, T, vocabulary)

    Args:
        vocabulary: number of words.
        length: how many places a text has at most.
        features: numbers that stand for a word on its way.
        heads: of each attention.
        depth: number of blocks.
        dropout: in training, the chance of being left out, in the blocks and behind the embedding.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        ShapeError: a text is too long, or the features cannot be shared among the heads.

    Example:
        >>> import sujeong as sj
        >>> model = sj.zoo.GPT(vocabulary=50, length=16, features=8, heads=2, depth=1)
        >>> model(sj.asarray([[1, 2, 3]])).shape
        (1, 3, 50)
        >>> model.generate(sj.asarray([[1, 2, 3]]), 5).shape
        (1, 8)

        The same as one program, in which a loop carries text, place and caches:

        >>> def write(text, n, caches):
        ...     def goes_on(carry):
        ...         return carry[1] < 8
        ...     def one(carry):
        ...         text, n, caches = carry
        ...         logits, caches = model(sj.dynamic_slice(text, (0, n), (1, 1)), cache=caches, position=n)
        ...         text = sj.slice_update(text, sj.argmax(logits[:, -1:], axis=-1), (0, n + 1))
        ...         return text, n + 1, caches
        ...     return sj.while_loop(goes_on, one, (text, n, caches))[0]
        >>> text = sj.jit(write)(sj.asarray([[1] + 8 * [0]]), sj.asarray(0), model.start_cache(1, 9))
        >>> bool(sj.all(text == model.generate(sj.asarray([[1]]), 8)))
        True
    """

    def __init__(
        self,
        vocabulary: int = 256,
        length: int = 128,
        features: int = 256,
        heads: int = 4,
        depth: int = 4,
        dropout: float = 0.0,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        first = nn.initializers.Normal(0.02)
        self.length = length
        self.tokens = nn.Embedding(vocabulary, features, first)
        self.places = nn.PositionEmbedding(length, first)
        self.dropout = nn.Dropout(dropout) if dropout else None
        self.blocks = [
            nn.TransformerDecoder(4 * features, heads, dropout, gelu_tanh, normalize_first=True)
            for _ in range(nn.dense.positive("GPT", "depth", depth))
        ]
        self.norm, self.scores = nn.LayerNorm(epsilon=1e-5), nn.Dense(vocabulary)
        self._writers: dict[Any, Writer] = {}

    def call(  # type: ignore[override]
        self, ids: Tensor, *, cache: list[Cache] | None = None, position: Any = 0
    ) -> Any:
        """The scores of the next word at each place.

        Args:
            ids: (batch, T) whole numbers.
            cache: of `start_cache`, with what the blocks remember of the places before.
            position: how many places came before; a whole number or a tensor.

        Returns:
            logits (batch, T, vocabulary); with a cache `(logits, cache)`.
        """
        h = self.places(self.tokens(ids), position=position)
        if self.dropout is not None:
            h = self.dropout(h)
        after = []
        for i, block in enumerate(self.blocks):
            if cache is None:
                h = block(h)
            else:
                h, own = block(h, cache=cache[i], position=position)
                after.append(own)
        logits = self.scores(self.norm(h))
        return logits if cache is None else (logits, after)

    def start_cache(self, batch: int, length: int) -> list[Cache]:
        """Empty caches of all blocks, for generation word by word.

        Args:
            batch: number of texts.
            length: how many words there will be at most.

        Returns:
            Keys and values for each block.

        Raises:
            StateError: the model has not been used yet.
        """
        self._need_sizes("name an input: model.build_for(sj.Spec((1, 1), sj.int64))")
        return [block.start_cache(batch, length) for block in self.blocks]

    def generate(self, ids: Any, count: int, *, temperature: float = 0.0, seed: int = 0) -> Tensor:
        """Goes on with texts, word by word; each is one recorded step that remembers the places before it.

        Args:
            ids: the beginnings (batch, T).
            count: how many words more.
            temperature: 0 takes the word with the greatest score; 1 draws by the probabilities, less than 1
                prefers likely words, more than 1 evens them out.
            seed: of the draws.

        Returns:
            The texts (batch, T + count).

        Raises:
            ArgumentError: that would be longer than `length`, or the temperature is negative.
        """
        ids = as_tensor(ids, "generate")
        total = ids.shape[1] + count
        if total > self.length or count < 0:
            received = f"{ids.shape[1]} and {count} more"
            raise ArgumentError(
                message("generate", "too many words.", received=received, expected=f"at most {self.length}")
            )
        if not temperature >= 0:
            raise ArgumentError(message("generate", "temperature cannot be negative.", received=temperature))
        if not self.built:
            self.build_for(ids)
        if not count:
            return ids
        with using(ids._engine.name, ids.device):
            writer = self._writer(ids.shape[0], min(-(-total // ROOM) * ROOM, self.length))
            return writer.write(ids, count, temperature, seed)

    def _writer(self, batch: int, places: int) -> Writer:
        """What remembers texts of that size where we are now; the last few are kept, with their steps."""
        kind = (batch, places, current())
        writer = self._writers.pop(kind, None) or Writer(self, batch, places)
        self._writers[kind] = writer
        for old in list(self._writers)[:-KEPT]:
            del self._writers[old]
        return writer
