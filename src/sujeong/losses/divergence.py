"""Kullback-Leibler divergence: how far the predicted distribution is from the right one.

    E = sum_k t_k ln(t_k / y_k)        0 only where y = t;  cross-entropy less the target's own entropy

Terms with t_k = 0 are 0. The gradient in y is that of the cross-entropy.
"""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..ops.reduction import sum as total
from ._shapes import matched
from ._weighing import reduced
from .cross_entropy import safe_log


def kl_divergence(
    target: Any, prediction: Any, *, reduction: str = "mean", sample_weight: Any = None, mask: Any = None
) -> Tensor:
    """The Kullback-Leibler divergence from prediction to target: E = sum_k t_k ln(t_k / y_k).

    Args:
        target: t (..., k), each row a distribution: not negative, sum 1.
        prediction: y of the same shape, probabilities such as a softmax gives.
        reduction: `"mean"` over the samples, `"sum"`, or `"none"` for one loss a sample.
        sample_weight: a weight a sample; the mean divides by their sum.
        mask: which samples count.

    Returns:
        One number, zero-dimensional; with `"none"` the shape without the last axis.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> import sujeong as sj
        >>> t, y = sj.asarray([[1.0, 0.0]]), sj.asarray([[0.5, 0.5]])
        >>> print(sj.losses.kl_divergence(t, y))
        0.6931472
    """
    t, y = matched("kl_divergence", target, prediction)
    losses = total(t * (safe_log(t) - safe_log(y)), axis=-1)
    return reduced("kl_divergence", losses, reduction, sample_weight, mask)
