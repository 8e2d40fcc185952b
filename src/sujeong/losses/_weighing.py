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

from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message, unknown_name
from ..ops._build import cast
from ..ops.comparison import where
from ..ops.reduction import sum as total
from ..ops.statistics import mean
from ..ops.weights import as_mask, beside, over, spread

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

    Example:
        >>> import sujeong as sj
        >>> losses = sj.asarray([1.0, 5.0, 3.0])
        >>> print(sj.losses.reduced("mine", losses, "mean", mask=[True, False, True]))
        2.0
    """
    if reduction not in REDUCTIONS:
        raise unknown_name("reduction", reduction, REDUCTIONS)
    weights = [] if class_weights is None else [class_weights]
    if sample_weight is not None:
        weights.append(spread(name, "sample_weight", beside(losses, sample_weight, name), losses))
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
    return over(whole, total(weight))


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
    table = beside(like, class_weight, name)
    if table.shape != (classes,):
        raise ShapeError(
            message(name, "class_weight has the wrong length.", received=table.shape, expected=(classes,))
        )
    return cast(table, like.dtype)
