"""Attention as a layer: several heads, each with projections of its own.

    Q_h = query Wq_h + bq_h     K_h = key Wk_h + bk_h     V_h = value Wv_h + bv_h          h = 1 .. heads
    A_h = softmax(Q_h K_h^T / sqrt(key_dim)) V_h            y = sum over h of A_h Wo_h + bo

    query (batch, T, n)    key, value (batch, S, n)    Wq, Wk (n, heads, key_dim)    Wv (n, heads, value_dim)
    Wo (heads, value_dim, outputs)                     y (batch, T, outputs)

Weights have the shapes that they have in Keras. Where one tensor is query, key and value at once, the three
projections are one product with the three kernels side by side.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core import modes
from ..core.settings import get_seed
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops.arithmetic import add
from ..ops.attention import attended
from ..ops.filling import zeros
from ..ops.joining import concat
from ..ops.logic import logical_and
from ..ops.matmul import matmul
from ..ops.shaping import permute_dims, reshape
from ..ops.slicing import split
from . import initializers
from .arguments import checked_penalty
from .attention_masks import Cache, joined, remembered
from .dense import positive
from .dropout import checked_rate, next_mask
from .initializers import Zeros
from .module import Module


class _Flat:
    """An initialiser that sees a kernel of several axes as the matrix that it stands for."""

    def __init__(self, initializer: Any, inputs: int) -> None:
        self.make, self.inputs = initializers.get(initializer), inputs

    def __call__(self, shape: tuple[int, ...], key: tuple[int, int]) -> np.ndarray:
        matrix = self.make((self.inputs, prod(shape) // max(self.inputs, 1)), key)
        return np.asarray(matrix).reshape(shape)


class MultiHeadAttention(Module):
    """Each place of `query` looks at all places of `value`, in several ways at once (heads).

        query (batch, T, n)    value, key (batch, S, n)    y (batch, T, outputs)

    Self-attention: `layer(x)`. Attention to another sequence: `layer(x, memory)`. Masks hold `True` where
    something may be seen; a place that may see nothing gets only the last bias. For generation see
    `start_cache`.

    Vaswani et al., Attention is all you need, 2017.

    Args:
        num_heads: number of heads.
        key_dim: features of a head's queries and keys.
        value_dim: features of a head's values; default `key_dim`.
        dropout: in training, the chance that a weight is left out.
        use_bias: whether the four projections add a bias.
        output_shape: number of outputs; default as many as `query` has features.
        kernel_initializer: first values of the kernels, each seen as the matrix that it stands for.
        bias_initializer: first values of the biases.
        kernel_regularizer: a penalty on the kernels added to the loss.
        seed: of the dropout masks; default `sj.get_seed()` at first use.
        name: its name.

    Raises:
        ArgumentError: a size is not a positive whole number.
        ShapeError: inputs are not (batch, places, features), or change their features after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.MultiHeadAttention(num_heads=2, key_dim=4)
        >>> x = sj.ones((3, 5, 8))
        >>> layer(x, use_causal_mask=True).shape
        (3, 5, 8)
        >>> y, weights = layer(x, sj.ones((3, 7, 8)), return_attention_scores=True)
        >>> weights.shape
        (3, 2, 5, 7)
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | None = None,
        *,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        own = "MultiHeadAttention"
        self.num_heads = positive(own, "num_heads", num_heads)
        self.key_dim = positive(own, "key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else positive(own, "value_dim", value_dim)
        self.dropout, self.use_bias = checked_rate(own, dropout), use_bias
        if self.dropout == 1:
            raise ArgumentError(message(own, "dropout of 1 leaves nothing to look at.", received=dropout))
        self.output_shape = None if output_shape is None else positive(own, "output_shape", output_shape)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer = checked_penalty(own, kernel_regularizer)
        self.seed = seed

    def build(self, query: Spec, value: Spec | None = None, key: Spec | None = None) -> None:
        """Makes the kernels and biases of queries, keys, values and outputs."""
        value = query if value is None else value
        key = value if key is None else key
        for x in (query, value, key):
            if not isinstance(x, Spec) or x.ndim != 3:
                fix = "add an axis: x[None] is a batch of one sequence."
                expected = "(batch, places, features)"
                raise ShapeError(
                    message("MultiHeadAttention", "no sequences.", received=x, expected=expected, fix=fix)
                )
        self.features = query.shape[-1], key.shape[-1], value.shape[-1]
        heads = self.num_heads
        sizes = self.key_dim, self.key_dim, self.value_dim
        for part, n, size in zip(("query", "key", "value"), self.features, sizes, strict=True):
            self._projection(part, (n, heads, size), n, (heads, size))
        outputs = self.output_shape or query.shape[-1]
        self._projection("output", (heads, self.value_dim, outputs), heads * self.value_dim, (outputs,))
        if self.dropout:
            self.seed = get_seed() if self.seed is None else self.seed
            self.draws = self.add_variable("draws", (), Zeros(), dtype="int64", trainable=False)

    def _projection(self, part: str, kernel: tuple[int, ...], inputs: int, bias: tuple[int, ...]) -> None:
        first = _Flat(self.kernel_initializer, inputs)
        setattr(self, f"{part}_kernel", self.add_variable(f"{part}_kernel", kernel, first))
        made = self.add_variable(f"{part}_bias", bias, self.bias_initializer) if self.use_bias else None
        setattr(self, f"{part}_bias", made)

    def call(
        self,
        query: Tensor,
        value: Tensor | None = None,
        key: Tensor | None = None,
        *,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
        cache: Cache | None = None,
        position: Any = None,
    ) -> Any:
        """Looks, from each place of `query`, at the places of `value`.

        Args:
            query: (batch, T, features).
            value: (batch, S, features); default `query`.
            key: (batch, S, features); default `value`.
            query_mask: (batch, T), `False` at places of `query` that are padding.
            value_mask: (batch, S), `False` at places of `value` that are padding.
            key_mask: (batch, S), the same for `key`.
            attention_mask: (T, S), (batch, T, S) or (batch, heads, T, S), which place may see which.
            return_attention_scores: whether to give the weights too.
            use_causal_mask: whether place i sees only places 0 to i.
            cache: keys and values of the places before; `position` says how many.
            position: whole number or tensor, the place of the first one of `query`.

        Returns:
            y (batch, T, outputs); with the weights (batch, heads, T, S) and the new cache, if there are any.
        """
        same = (value is None or value is query) and (key is None or key is query)
        value = query if value is None else value
        key = value if key is None else key
        self._check(query, key, value)
        q, k, v = self._projected(query, key, value, same)
        mask = joined(query_mask, value_mask, key_mask, attention_mask)
        if cache is not None:
            if use_causal_mask or not same:
                what = "a cache is for the places of one sequence, which see those before them anyway."
                raise ArgumentError(message("MultiHeadAttention", what, fix="give x, cache and position."))
            k, v, seen = remembered(cache, k, v, position)
            cache = k, v
            mask = seen if mask is None else logical_and(mask, seen)
        rate = self.dropout if modes.training.get() else 0.0
        weights = (*q.shape[:-1], k.shape[-2])
        y, scores = attended(
            q,
            k,
            v,
            mask=mask,
            causal=use_causal_mask,
            kept=next_mask(self, weights, rate) if rate else None,
            rate=rate,
            weights=return_attention_scores,
            keep=cache is None,  # with a cache something is generated, and no gradient will ask for them
        )
        b, _, t, _ = y.shape
        y = reshape(_swapped(y), (b, t, self.num_heads * self.value_dim))
        y = _affine(y, _matrix(self.output_kernel, -1), self.output_bias)
        more = ((scores,) if return_attention_scores else ()) + (() if cache is None else (cache,))
        return (y, *more) if more else y

    def _check(self, *inputs: Tensor) -> None:
        for name, x, n in zip(("query", "key", "value"), inputs, self.features, strict=True):
            if x.ndim != 3 or x.shape[-1] != n:
                what = f"{name} has another shape than at the first use."
                expected = f"(batch, places, {n})"
                raise ShapeError(message("MultiHeadAttention", what, received=x.shape, expected=expected))

    def _projected(self, query: Tensor, key: Tensor, value: Tensor, same: bool) -> list[Tensor]:
        """Queries, keys and values of all heads, (batch, heads, places, features of a head)."""
        parts = ("query", "key", "value")
        kernels = [_matrix(getattr(self, f"{part}_kernel"), 1) for part in parts]
        biases = [getattr(self, f"{part}_bias") for part in parts]
        flat = [None if b is None else reshape(b.value, (b.size,)) for b in biases]
        # Side by side the kernels are copied, which pays only if there are more rows than the kernels have.
        heads, size = self.num_heads, self.key_dim
        if same and size == self.value_dim and prod(query.shape[:-1]) >= query.shape[-1]:
            bias = concat(flat) if self.use_bias else None
            whole = _affine(query, concat(kernels, axis=1), bias)
            found = split(reshape(whole, (*whole.shape[:2], 3 * heads, size)), 3, axis=2)
        else:
            inputs = zip((query, key, value), kernels, flat, strict=True)
            found = tuple(
                reshape(y, (*y.shape[:2], heads, y.shape[2] // heads))
                for y in (_affine(x, w, b) for x, w, b in inputs)
            )
        return [_swapped(x) for x in found]

    def start_cache(self, batch: int, length: int, dtype: Any = None) -> Cache:
        """An empty cache of keys and values, for generation place by place.

        Args:
            batch: number of sequences.
            length: how many places there will be at most.
            dtype: element type; default float32.

        Returns:
            `(keys, values)`; the call `layer(x, cache=cache, position=n)` gives `(y, cache)` with x's own
            keys and values put in from place n on, and each place of x seeing those up to itself.

        Example:
            >>> import sujeong as sj
            >>> from sujeong import nn
            >>> layer = nn.MultiHeadAttention(num_heads=2, key_dim=4)
            >>> x = sj.random.normal(sj.random.key(1), (1, 3, 8))
            >>> whole = layer(x, use_causal_mask=True)
            >>> step = sj.jit(lambda x, cache, n: layer(x, cache=cache, position=n))
            >>> cache = layer.start_cache(1, 3)
            >>> with sj.no_grad():
            ...     for n in range(3):
            ...         y, cache = step(x[:, n : n + 1], cache, sj.asarray(n))
            >>> bool(sj.max(abs(y - whole[:, 2:])) < 1e-6)
            True
        """
        sizes = self.key_dim, self.value_dim
        keys, values = (zeros((batch, self.num_heads, length, n), dtype=dtype) for n in sizes)
        return keys, values

    def config(self) -> dict[str, Any]:
        """The arguments, with the seed that is used."""
        return super().config() | ({} if self.seed is None else {"seed": self.seed})


def _swapped(x: Tensor) -> Tensor:
    """(batch, places, heads, size) as (batch, heads, places, size), and back; one place need not move."""
    a, b, c, d = x.shape
    return reshape(x, (a, c, b, d)) if b == 1 or c == 1 else permute_dims(x, (0, 2, 1, 3))


def _matrix(kernel: Any, axis: int) -> Tensor:
    """A kernel as a matrix; `axis` parts inputs from outputs."""
    shape = kernel.shape
    return reshape(kernel.value, (prod(shape[:axis]), prod(shape[axis:])))


def _affine(x: Tensor, kernel: Tensor, bias: Any) -> Tensor:
    y = matmul(x, kernel)
    return y if bias is None else add(y, bias)
