"""A table of vectors, one for each word."""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import DTypeError, message
from ..ops.gathering import embedding
from .arguments import checked_penalty
from .dense import positive
from .module import Module


class Embedding(Module):
    """Looks up a learned vector for each whole number: y = W[x].

        x (...), 0 to input_dim - 1    W (input_dim, output_dim)    y (..., output_dim)

    The same as Dense without bias on one-hot rows, without making the rows.

    Args:
        input_dim: how many words there are.
        output_dim: how many numbers stand for a word.
        embeddings_initializer: first value of W; default uniform within 0.05.
        embeddings_regularizer: a penalty on W added to the loss, such as `sj.losses.l2(1e-4)`.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        IndexRangeError: a number is outside the table.
        DTypeError: the input does not hold whole numbers.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Embedding(1000, 16)(sj.asarray([[4, 20, 7]])).shape
        (1, 3, 16)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.input_dim = positive("Embedding", "input_dim", input_dim)
        self.output_dim = positive("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = embeddings_initializer
        self.embeddings_regularizer = checked_penalty("Embedding", embeddings_regularizer)

    def build(self, x: Spec) -> None:
        """Makes W."""
        shape = (self.input_dim, self.output_dim)
        self.embeddings = self.add_variable("embeddings", shape, self.embeddings_initializer)

    def call(self, x: Tensor) -> Tensor:
        """One row for each number."""
        if not x.dtype.is_integer:
            fix = "cast the data: x.astype(sj.int64), or nn.Input(shape, dtype=sj.int64)."
            text = message("Embedding", "takes whole numbers.", received=x.spec, fix=fix)
            raise DTypeError(text)
        return embedding(self.embeddings, x)
