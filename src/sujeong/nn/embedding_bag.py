"""A table of vectors, one for each word, and one vector for a whole bag of them."""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, DTypeError, message
from ..ops.embedding_bag import COMBINERS, embedding_bag
from .arguments import checked_penalty
from .dense import positive
from .module import Module


class EmbeddingBag(Module):
    """Looks up the vectors of all words of a text and gives their sum, mean or greatest values.

        x (bags, length)                     a text a row, filled up with `padding_id`
        x (n,), offsets (bags,)              all texts one after the other, and where each begins
        W (input_dim, output_dim)            y (bags, output_dim)

    The same as Embedding and a reduction over the words, without making the vector of each word. A text
    without words gives zeros. Words have no order here: a first model of texts.

    Joulin et al., Bag of tricks for efficient text classification, 2017.

    Args:
        input_dim: how many words there are.
        output_dim: how many numbers stand for a word.
        combiner: `"sum"`, `"mean"` or `"max"`.
        padding_id: a number that stands for no word; default none does.
        embeddings_initializer: first value of W; default uniform within 0.05.
        embeddings_regularizer: a penalty on W added to the loss.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number, or there is no such combiner.
        IndexRangeError: a number is outside the table.
        ShapeError: a row without offsets, or offsets beside a table of texts.
        DTypeError: the input does not hold whole numbers.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.EmbeddingBag(1000, 16, padding_id=0)
        >>> layer(sj.asarray([[4, 20, 7], [5, 0, 0]])).shape
        (2, 16)
        >>> layer(sj.asarray([4, 20, 7, 5]), sj.asarray([0, 3])).shape
        (2, 16)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        combiner: str = "mean",
        padding_id: int | None = None,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.input_dim = positive("EmbeddingBag", "input_dim", input_dim)
        self.output_dim = positive("EmbeddingBag", "output_dim", output_dim)
        if combiner not in COMBINERS:
            expected = " or ".join(COMBINERS)
            text = message("EmbeddingBag", "no such combiner.", received=repr(combiner), expected=expected)
            raise ArgumentError(text)
        self.combiner, self.padding_id = combiner, padding_id
        self.embeddings_initializer = embeddings_initializer
        self.embeddings_regularizer = checked_penalty("EmbeddingBag", embeddings_regularizer)

    def build(self, x: Spec, offsets: Spec | None = None) -> None:
        """Makes W."""
        shape = (self.input_dim, self.output_dim)
        self.embeddings = self.add_variable("embeddings", shape, self.embeddings_initializer)

    def call(self, x: Tensor, offsets: Tensor | None = None) -> Tensor:
        """One vector for each text."""
        if not x.dtype.is_integer:
            fix = "cast the data: x.astype(sj.int64), or nn.Input(shape, dtype=sj.int64)."
            raise DTypeError(message("EmbeddingBag", "takes whole numbers.", received=x.spec, fix=fix))
        options: dict[str, Any] = {"combiner": self.combiner, "padding_id": self.padding_id}
        return embedding_bag(self.embeddings, x, offsets, **options)
