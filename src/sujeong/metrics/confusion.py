"""The confusion matrix: which class is taken for which.

C[i, j] = how many samples of class i were called j           the diagonal is what is right
"""

from __future__ import annotations

from typing import Any

from ..core.configured import number
from ..core.tensor import Tensor
from ..ops.matmul import matmul
from ..ops.shaping import matrix_transpose, reshape
from ._classes import decided, rows
from .metric import Metric, Weights


class ConfusionMatrix(Metric):
    """Counts of samples by right class (rows) and predicted class (columns).

    Args:
        threshold: above it a single output means yes.
        name: what the figure is called.

    Example:
        >>> import sujeong as sj
        >>> metric = sj.metrics.ConfusionMatrix()
        >>> metric.update(sj.asarray([0, 1, 1]), sj.asarray([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]))
        >>> print(metric.result())
        [[1. 0.]
         [1. 1.]]
    """

    totals = ("counts",)

    def __init__(self, threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name)
        self.threshold = number(self, "threshold", threshold)

    def measure(self, target: Any, prediction: Any, weights: Weights) -> tuple[Tensor, ...]:
        """Weights by right and predicted class (classes, classes)."""
        t, y, k = decided(self.name, target, prediction, self.threshold, self.link, weights.mask is not None)
        w = reshape(weights.of(t), (t.size, 1))
        return (matmul(matrix_transpose(rows(t, k) * w), rows(y, k)),)

    def conclude(self, counts: Tensor) -> Tensor:  # type: ignore[override]
        """The matrix itself."""
        return counts


def confusion_matrix(target: Any, prediction: Any, *, sample_weight: Any = None, mask: Any = None) -> Tensor:
    """The confusion matrix of one batch; see `ConfusionMatrix`.

    Args:
        target: labels (...), one-hot rows (..., classes), or 0 and 1.
        prediction: (..., classes), or (n,) or (n, 1) for yes or no.
        sample_weight: a weight a sample.
        mask: which samples count.

    Returns:
        Counts (classes, classes), rows by right class, columns by predicted class.

    Raises:
        ShapeError: target and prediction do not fit.

    Example:
        >>> import sujeong as sj
        >>> print(sj.metrics.confusion_matrix(sj.asarray([1, 0]), sj.asarray([0.9, 0.6])))
        [[0. 1.]
         [0. 1.]]
    """
    return ConfusionMatrix().once(target, prediction, sample_weight, mask)
