"""From one loss a sample to one number.

    none    w l                       one value a sample
    sum     sum w l
    mean    sum w l / sum w           0 where nothing counts

w is the product of the sample's weight, its class's weight and its mask; 1 where none is given. So the
mean is over what counts: a masked sample changes nothing, and weights of 2 everywhere change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message, unknown_name
from ..ops._build import cast
from ..ops.comparison import equal, not_equal, where
from ..ops.reduction import sum as total
from ..ops.shaping import broadcast_to, reshape
from ..ops.statistics import mean

REDUCTIONS = ("mean", "sum", "none")


def reduced(
    name: str,
    losses: Tensor,
    reduction: str,
    sample_weight: Any = None,
    mask: Any = None,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Weighs the losses and reduces them.

    Args:
        name: of the loss, for errors.
        losses: one a sample, any shape.
        reduction: `"mean"`, `"sum"` or `"none"`.
        sample_weight: a weight a sample: the shape of the losses, or its first axes.
        mask: which samples count, likewise.
        class_weights: the weight of each sample's class, shape of the losses.

    Returns:
        One number, zero-dimensional; with `"none"` the shape of the losses.

    Raises:
        NameUnknownError: an unknown reduction.
        ShapeError: weights or mask do not belong to the samples.
    """
    if reduction not in REDUCTIONS:
        raise unknown_name("reduction", reduction, REDUCTIONS)
    weights = [] if class_weights is None else [class_weights]
    if sample_weight is not None:
        weights.append(spread(name, "sample_weight", _beside(losses, sample_weight, name), losses))
    if mask is not None:
        counts = spread(name, "mask", as_mask(losses, mask, name), losses)
        losses = where(counts, losses, 0)  # what is masked may be infinite or NaN
        weights.append(counts)
    if not weights:
        return {"mean": mean, "sum": total, "none": lambda x: x}[reduction](losses)
    weight = cast(weights[0], losses.dtype)
    for other in weights[1:]:
        weight = weight * cast(other, losses.dtype)
    if reduction == "none":
        return losses * weight
    whole = total(losses * weight)
    if reduction == "sum":
        return whole
    counted = total(weight)
    return whole / where(equal(counted, 0), 1, counted)


def as_mask(like: Tensor, mask: Any, name: str) -> Tensor:
    """A mask as truth values; numbers count where they are not 0."""
    m = _beside(like, mask, name)
    return m if m.dtype is dtypes.bool_ else not_equal(m, 0)


def _beside(like: Tensor, value: Any, name: str) -> Tensor:
    """A value as tensor; what comes from the host goes to the engine and device of another tensor."""
    if isinstance(value, Operand):
        return as_tensor(value, name)
    engine = like._engine
    host = np.asarray(value)
    dtype = dtypes.as_dtype(host.dtype)
    return Tensor(engine.from_host(host, dtype, like.device), engine)


def spread(name: str, what: str, weight: Tensor, losses: Tensor) -> Tensor:
    """A weight (n,) stretched over the further axes of the losses (n, ...)."""
    n = weight.ndim
    if weight.shape != losses.shape[:n]:
        text = message(
            name,
            f"{what} does not belong to the samples.",
            received=f"{what} {weight.shape}, losses of the samples {losses.shape}",
            expected=f"{losses.shape}, or its first axes",
        )
        raise ShapeError(text)
    if n == losses.ndim:
        return weight
    return broadcast_to(reshape(weight, (*weight.shape, *(1,) * (losses.ndim - n))), losses.shape)


def class_table(name: str, like: Tensor, class_weight: Any, classes: int) -> Tensor:
    """The weight of each class, as a vector.

    Args:
        name: of the loss, for errors.
        like: a tensor whose engine, device and element type it takes.
        class_weight: `{class: weight}` for every class, or a vector.
        classes: how many there are.

    Returns:
        A vector (classes,).

    Raises:
        ArgumentError: a class is missing or unknown.
        ShapeError: the vector has another length.
    """
    if isinstance(class_weight, Mapping):
        if set(class_weight) != set(range(classes)):
            expected = f"a weight for each class, 0 to {classes - 1}"
            text = message(
                name, "class_weight does not match the classes.", received=class_weight, expected=expected
            )
            raise ArgumentError(text)
        class_weight = [class_weight[i] for i in range(classes)]
    table = _beside(like, class_weight, name)
    if table.shape != (classes,):
        raise ShapeError(
            message(name, "class_weight has the wrong length.", received=table.shape, expected=(classes,))
        )
    return cast(table, like.dtype)
