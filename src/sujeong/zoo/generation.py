"""Writing a text word by word: what is remembered stays where it is, and each word is one recorded step.

    begin   text[:T] = ids, read at once      word T = choice(scores of place T - 1)
    go on   read word n alone                 word n + 1 = choice(scores of place n)        n = T, T + 1, ...

Keys and values of the places read so far, the text and the place are variables: a step overwrites them, so
that it takes no arguments and copies no cache, and a new text is put where the last one was. Choice is the
greatest score, or a draw by the probabilities.
"""

from __future__ import annotations

import threading
from itertools import chain
from typing import Any

from ..core import dtypes
from ..core.modes import no_grad
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..ops.dynamic import dynamic_slice, slice_update
from ..ops.filling import zeros
from ..ops.random import categorical, key
from ..ops.searching import argmax
from ..program.jit import jit

ROOM = 16
"""Places are made in such numbers, so that texts of other lengths find their steps recorded."""


class Writer:
    """Goes on with so many texts of at most so many words; steps are recorded at first use.

    Args:
        model: `model(ids, cache=..., position=...)` gives scores and the cache, `start_cache` an empty one.
        batch: how many texts.
        places: how many words there is room for.

    Attributes:
        clear: the recorded step that takes away what an earlier text left.
        begin: the recorded reading of the beginnings, `(ids, *draw)`, and the first word after them.
        go_on: the recorded step for each further word, `(*draw)`.
    """

    def __init__(self, model: Any, batch: int, places: int) -> None:
        self._model, self._shape = model, (batch, places)
        self._lock = threading.Lock()
        self._text = Variable(zeros(self._shape, dtype=dtypes.int64), "generation/text", trainable=False)
        self._place = Variable(0, "generation/place", trainable=False)
        self._caches = [
            tuple(Variable(x, "generation/cache", trainable=False) for x in cache)
            for cache in model.start_cache(*self._shape)
        ]
        self.clear, self.begin, self.go_on = jit(self._clear), jit(self._begin), jit(self._go_on)

    def write(self, ids: Tensor, count: int, temperature: float, seed: int) -> Tensor:
        """Goes on with texts.

        Args:
            ids: the beginnings (batch, T), T at least 1.
            count: how many words more, at least 1.
            temperature: 0 takes the greatest score, else draws.
            seed: of the draws.

        Returns:
            The texts (batch, T + count).
        """
        start = ids.shape[1]
        with self._lock, no_grad():
            for place in range(start, start + count):
                draw = (key(seed, "generate", place), 1 / temperature) if temperature else ()
                if place == start:
                    self.clear()
                    self.begin(ids.astype(dtypes.int64), *draw)
                else:
                    self.go_on(*draw)
            return self._text.value[:, : start + count].astype(ids.dtype)

    def _clear(self) -> None:
        """Writes over what an earlier text left: unseen it weighs nothing, but 0 times NaN is NaN."""
        for variable in chain.from_iterable(self._caches):
            nothing = zeros(variable.shape, dtype=variable.dtype)
            variable.assign(slice_update(variable.value, nothing, (0,) * variable.ndim))

    @staticmethod
    def _put(variables: tuple[Variable, ...], tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Caches with what was read of the beginnings, where they are."""
        pairs = zip(variables, tensors, strict=True)
        return tuple([slice_update(v.value, x, (0,) * x.ndim) for v, x in pairs])

    def _begin(self, ids: Tensor, *draw: Any) -> None:
        text = slice_update(zeros(self._shape, dtype=dtypes.int64), ids, (0, 0))
        batch, start = ids.shape
        own = self._model.start_cache(batch, start)
        logits, caches = self._model(ids, cache=own, position=0, training=False)
        put = [self._put(*both) for both in zip(self._caches, caches, strict=True)]
        self._keep(text, logits, put, start, draw)

    def _go_on(self, *draw: Any) -> None:
        place = self._place.value
        word = dynamic_slice(self._text.value, (0, place), (self._shape[0], 1))
        caches = [(keys.value, values.value) for keys, values in self._caches]
        logits, caches = self._model(word, cache=caches, position=place, training=False)
        self._keep(self._text.value, logits, caches, place + 1, draw)

    def _keep(self, text: Tensor, logits: Tensor, caches: Any, place: Any, draw: tuple[Any, ...]) -> None:
        last = logits[:, -1]
        word = categorical(draw[0], last * draw[1]) if draw else argmax(last, axis=-1)
        self._text.assign(slice_update(text, word[:, None].astype(dtypes.int64), (0, place)))
        self._place.assign(place)
        for variables, tensors in zip(self._caches, caches, strict=True):
            for variable, tensor in zip(variables, tensors, strict=True):
                variable.assign(tensor)
