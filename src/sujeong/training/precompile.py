"""Compiled kernels for the steps of a model, built before training begins."""

from __future__ import annotations

from typing import Any

from ..nn.module import Module
from ..ops.casting import astype
from ..program.passes.fusion import building
from ..program.precompile import precompile as build
from . import recipe as recipes
from .narrowing import Rows, narrowed
from .outputs import finisher
from .precision import computing
from .preparing import as_tensor_of, prepare, settled
from .steps import predict_step, test_step, train_step


def precompile(model: Module, x: Any, y: Any, *, batch_size: int = 32, sample_weight: Any = None) -> int:
    """Builds the compiled kernels of `fit`, `evaluate` and `predict`, which later runs find ready.

    Nothing is trained. What has been recorded before is recorded anew at its next use.

    Args:
        model: the model (as a method: itself), compiled with an optimiser and a loss.
        x: inputs (samples, ...), as for `fit`; a few samples do.
        y: targets (samples, ...).
        batch_size: samples a step.
        sample_weight: a weight a sample, if `fit` will get weights.

    Returns:
        How many different kernels the steps use.

    Raises:
        StateError: the model is not compiled.
        EngineError: there is no C++ compiler, it failed, or others may write into the folder of kernels.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> with sj.using(engine="numpy"):                       # it computes without compiled kernels
        ...     model = nn.Sequential([nn.Dense(2)]).compile(loss="softmax_cross_entropy")
        ...     model.precompile(x, y)
        0
    """
    recipe = recipes.of(model)
    data = prepare(model, recipe, x, y, sample_weight, "precompile")
    recipe.optimizer.build(model.trainable_variables)
    precision, _ = settled(model, recipe, data, batch_size)
    batch = next(iter(data.batches(min(batch_size, len(data.x)), shuffle=False)))
    arrays = (as_tensor_of(batch.x), as_tensor_of(batch.y), as_tensor_of(batch.sample_weight))
    narrow = narrowed(model, recipe, data.x, precision)
    with computing(precision):
        if narrow is not None:
            with building():
                Rows(arrays[0], narrow).kernel(len(batch.x))
            build(train_step(model, recipe), astype(arrays[0], narrow), *arrays[1:])
        found = [
            build(train_step(model, recipe), *arrays),
            build(test_step(model, recipe), *arrays),
            build(predict_step(model, finisher(recipe, "auto")), arrays[0]),
        ]
    model._steps.clear()  # type: ignore[attr-defined]
    return max(found)
