"""The blocks of a Transformer: attention mixes places, two dense layers work on each; both add to what came.

    post-norm   h = norm(x + attention(x))       y = norm(h + feed_forward(h))         as in the paper
    pre-norm    h = x + attention(norm(x))       y = h + feed_forward(norm(h))         normalize_first=True
    feed_forward(h) = activation(h W1 + b1) W2 + b2,   (features) -> (intermediate_dim) -> (features)

With norms in front the way from end to start is a plain sum, so that deep stacks train without warm-up; such
a stack ends with a norm of its own. In training, dropout acts on what each part adds, and on the weights.

A. Vaswani et al.: Attention Is All You Need. NeurIPS 2017.
R. Xiong et al.: On Layer Normalization in the Transformer Architecture. ICML 2020.
"""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ShapeError, StateError, message
from ..ops.arithmetic import add
from . import activations
from .attention import MultiHeadAttention
from .attention_masks import Cache
from .dense import Dense, positive
from .documented import Documented
from .dropout import Dropout, checked_rate
from .layer_norm import LayerNorm
from .module import Module


class _Block(Documented, Module):
    """What both blocks share.

    Args:
        intermediate_dim: width of the feed-forward part.
        num_heads: number of heads, which divides the features.
        dropout: in training, the chance of being left out; of weights, and of what each part adds.
        activation: of the feed-forward part, a name or a function.
        layer_norm_epsilon: added to the variance in norms.
        kernel_initializer: first values of all kernels.
        bias_initializer: first values of all biases.
        normalize_first: whether norms stand in front (pre-norm) or behind (post-norm).
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        ShapeError: the features cannot be shared among the heads.
    """

    def __init__(
        self,
        intermediate_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        activation: Any = "relu",
        layer_norm_epsilon: float = 1e-5,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        normalize_first: bool = False,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        own = type(self).__name__
        self.intermediate_dim = positive(own, "intermediate_dim", intermediate_dim)
        self.num_heads = positive(own, "num_heads", num_heads)
        self.rate = checked_rate(own, dropout)
        self.activation = activations.get(activation)
        self.epsilon, self.normalize_first = layer_norm_epsilon, normalize_first
        self.first = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer}

    def build(self, x: Spec, *more: Any) -> None:
        """Makes the layers, whose sizes follow from the features."""
        own = type(self).__name__
        if x.ndim != 3:
            expected = "(batch, places, features)"
            raise ShapeError(message(own, "no sequences.", received=x, expected=expected))
        n = x.shape[-1]
        if n % self.num_heads:
            fix = "choose a number of heads that divides the number of features."
            what = f"{n} features cannot be shared among {self.num_heads} heads."
            raise ShapeError(message(own, what, received=x, fix=fix))
        self.attention, self.attention_norm = self._attention(n), LayerNorm(epsilon=self.epsilon)
        if more:
            self.cross_attention, self.cross_norm = self._attention(n), LayerNorm(epsilon=self.epsilon)
        self.widen = Dense(self.intermediate_dim, self.activation, **self.first)
        self.narrow = Dense(n, **self.first)
        self.feed_forward_norm = LayerNorm(epsilon=self.epsilon)
        self.dropout = Dropout(self.rate) if self.rate else None
        self.assign_paths(self.path or "")
        if self._hold:
            self.freeze()

    def _attention(self, features: int) -> MultiHeadAttention:
        return MultiHeadAttention(self.num_heads, features // self.num_heads, dropout=self.rate, **self.first)

    def _added(self, x: Tensor, norm: LayerNorm, part: Any) -> tuple[Tensor, list[Any]]:
        """A part with its norm and the sum around it; and what else the part gave."""
        out = part(norm(x) if self.normalize_first else x)
        y, *more = out if isinstance(out, tuple) else (out,)
        y = add(x, y if self.dropout is None else self.dropout(y))
        return (y if self.normalize_first else norm(y)), more

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self._added(x, self.feed_forward_norm, lambda h: self.narrow(self.widen(h)))[0]


class TransformerEncoder(_Block):
    """One block of an encoder: each place sees all places of its sequence, except padding.

        x (batch, T, features)    y like x

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> ids = sj.asarray([[5, 3, 8, 0, 0]])
        >>> x = nn.Embedding(10, 8)(ids)
        >>> nn.TransformerEncoder(intermediate_dim=16, num_heads=2)(x, padding_mask=ids != 0).shape
        (1, 5, 8)
    """

    def call(self, x: Tensor, *, padding_mask: Any = None, attention_mask: Any = None) -> Tensor:
        """Attention to all places, then the feed-forward part.

        Args:
            x: (batch, T, features).
            padding_mask: (batch, T), `False` at padding.
            attention_mask: (T, T) or (batch, T, T), which place may see which.

        Returns:
            Tensor like x.
        """
        masks = {"value_mask": padding_mask, "attention_mask": attention_mask}
        x, _ = self._added(x, self.attention_norm, lambda h: self.attention(h, **masks))
        return self._feed_forward(x)


class TransformerDecoder(_Block):
    """One block of a decoder: each place sees those before it, and then all places of an encoder's output.

        x (batch, T, features)    encoded (batch, S, features), or none: a block of a GPT    y like x

    Whether there is an encoder is settled at first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> block = nn.TransformerDecoder(intermediate_dim=16, num_heads=2, normalize_first=True)
        >>> block(sj.ones((1, 5, 8))).shape
        (1, 5, 8)
        >>> block = nn.TransformerDecoder(intermediate_dim=16, num_heads=2)
        >>> block(sj.ones((1, 5, 8)), sj.ones((1, 7, 8))).shape
        (1, 5, 8)
    """

    def call(
        self,
        x: Tensor,
        encoded: Tensor | None = None,
        *,
        padding_mask: Any = None,
        encoder_padding_mask: Any = None,
        attention_mask: Any = None,
        use_causal_mask: bool = True,
        cache: Cache | None = None,
        position: Any = None,
    ) -> Any:
        """Attention to places before, to the encoder's places, then the feed-forward part.

        Args:
            x: (batch, T, features).
            encoded: (batch, S, features), what the encoder gave.
            padding_mask: (batch, T), `False` at padding.
            encoder_padding_mask: (batch, S), `False` at padding.
            attention_mask: (T, T) or (batch, T, T), which place may see which.
            use_causal_mask: whether place i sees only places 0 to i.
            cache: of `start_cache`, for generation.
            position: whole number or tensor, the place of x's first one; with a cache.

        Returns:
            Tensor like x; with a cache `(y, cache)`.
        """
        crossed = hasattr(self, "cross_attention")
        if crossed is (encoded is None):
            what = "it was first used " + ("with an encoder's output." if crossed else "without an encoder.")
            raise StateError(message("TransformerDecoder", what, fix="use one block for one purpose."))
        masks: dict[str, Any] = {"value_mask": padding_mask, "attention_mask": attention_mask}
        if cache is None:
            masks["use_causal_mask"] = use_causal_mask
        else:
            masks |= {"cache": cache, "position": position}
        x, more = self._added(x, self.attention_norm, lambda h: self.attention(h, **masks))
        if encoded is not None:
            seen = {"value_mask": encoder_padding_mask}
            x, _ = self._added(x, self.cross_norm, lambda h: self.cross_attention(h, encoded, **seen))
        y = self._feed_forward(x)
        return (y, *more) if more else y

    def start_cache(self, batch: int, length: int, dtype: Any = None) -> Cache:
        """An empty cache for generation place by place; see `MultiHeadAttention.start_cache`.

        Args:
            batch: number of sequences.
            length: how many places there will be at most.
            dtype: element type; default float32.

        Returns:
            Keys and values.

        Raises:
            StateError: the block has not been used yet, so that its sizes are not known.
        """
        self._need_sizes("name an input: block.build_for((1, 1, features))")
        return self.attention.start_cache(batch, length, dtype)
