"""Looking at the targets once, before training: do they suit the loss and the model's outputs?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.spec import Spec
from ..data.arrays import ArrayData
from ..errors import add_context
from ..losses import check_labels
from ..nn.module import Module
from ..program.jit import record
from .recipe import Recipe


def prepared(model: Module, recipe: Recipe, data: ArrayData, y: np.ndarray, where: str) -> None:
    """Checks shapes by recording model and loss on two samples, and labels on the host.

    Args:
        model: built.
        recipe: its loss.
        data: the inputs.
        y: the targets.
        where: who asks, for errors.

    Raises:
        ShapeError: the targets' shape does not suit the outputs.
        IndexRangeError: a label names no class.
    """

    def answer(x: Any) -> Any:
        return model(x, training=False)

    def loss(x: Any, y: Any) -> Any:
        return recipe.loss(y, answer(x))

    def spec(host: Any) -> Spec:
        return Spec((2, *host.shape[1:]), dtypes.as_dtype(host.dtype))

    try:
        outputs = record(answer, spec(data.x)).outputs
        record(loss, spec(data.x), spec(y))
    except Exception as error:
        add_context(error, f"while {where} looked at inputs {data.x.shape} and targets {y.shape}")
        raise
    if recipe.loss.takes_labels and y.dtype.kind in "iu" and len(outputs) == 1:
        check_labels(y, outputs[0].shape[-1])
