"""Looking at the targets once, before training: do they suit the loss and the model's outputs?

Model and loss are recorded on two samples, once for each kind of data; what the recording says of the forward
pass is kept, since the choice of precision asks for its cost.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.engine import current
from ..core.spec import Spec
from ..data.arrays import ArrayData
from ..errors import add_context
from ..losses import check_labels
from ..nn.module import Module
from ..program.ir import Program
from ..program.jit import record
from ..program.passes.dead_code import dead_code
from .recipe import Recipe

SAMPLES = 2
"""How many samples the forward pass is recorded with."""


def prepared(model: Module, recipe: Recipe, data: ArrayData, y: np.ndarray, where: str) -> None:
    """Checks shapes by recording model and loss, and labels on the host.

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
    try:
        outputs = forward(model, recipe, data.x, y).outputs
    except Exception as error:
        add_context(error, f"while {where} looked at inputs {data.x.shape} and targets {y.shape}")
        raise
    if recipe.loss.takes_labels and y.dtype.kind in "iu" and len(outputs) == 1:
        check_labels(y, outputs[0].shape[-1])


def forward(model: Module, recipe: Recipe, x: np.ndarray, y: np.ndarray) -> Program:
    """The forward pass of a model on data like these, recorded together with the loss unless it was before.

    Args:
        model: built.
        recipe: its loss.
        x: the inputs.
        y: the targets.

    Returns:
        The program of the model alone, on `SAMPLES` samples.

    Raises:
        ShapeError: the targets' shape does not suit the outputs.
    """
    specs = [Spec((SAMPLES, *a.shape[1:]), dtypes.as_dtype(a.dtype)) for a in (x, y)]
    kind = (*specs, current(), tuple(id(v) for v in model.variables))
    if kind not in recipe.seen:

        def both(x: Any, y: Any) -> Any:
            answer = model(x, training=False)
            return answer, recipe.loss(y, answer)

        whole = copy.copy(record(both, *specs))
        whole.outputs = whole.outputs[:-1]
        recipe.seen[kind] = dead_code(whole)
    return recipe.seen[kind]
