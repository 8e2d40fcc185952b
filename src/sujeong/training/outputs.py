"""From a model's raw output to what is asked: probabilities or classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.tensor import Tensor
from ..ops._build import cast
from ..ops.activations.sigmoids import sigmoid
from ..ops.comparison import greater
from ..ops.searching import argmax
from ..ops.softmax import softmax


def link(recipe: Any) -> str | None:
    """How the loss reads the raw output: `"softmax"`, `"sigmoid"`, `"sign"`, or `None` for as it is."""
    return None if recipe is None else getattr(recipe.loss, "link", None)


def finisher(recipe: Any, output: str) -> Callable[[Tensor], Tensor]:
    """The function from a raw output to the answer.

    Args:
        recipe: of the model, or `None`.
        output: `"auto"`, `"raw"` or `"class"`.

    Returns:
        A function of one tensor.
    """
    kind = link(recipe)
    if output == "class":
        return lambda y: _classes(y, kind)
    if output == "auto" and kind == "softmax":
        return lambda y: softmax(y, axis=-1)
    if output == "auto" and kind == "sigmoid":
        return sigmoid
    return lambda y: y


def _classes(y: Tensor, kind: str | None) -> Tensor:
    """The number of the likeliest class; the order of the outputs is that of the probabilities."""
    if y.ndim > 1 and y.shape[-1] > 1:
        return argmax(y, axis=-1)
    chosen = cast(greater(y, 0.0 if kind in ("sigmoid", "sign") else 0.5), dtypes.int64)
    return chosen if chosen.ndim == 1 else chosen.reshape(*chosen.shape[:-1])
