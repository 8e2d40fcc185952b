"""The data set that comes with the package: handwritten digits, 8 by 8."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from ..idx import read_idx
from ..splits import split_indices
from .registry import DatasetInfo, Splits, register

_DIGITS = DatasetInfo(
    name="digits",
    title="Handwritten digits, 8 by 8",
    kind="classification",
    classes=tuple("0123456789"),
    input_shape=(8, 8, 1),
    source="E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning "
    "Repository, doi:10.24432/C50P49 (its test part, as in scikit-learn)",
    licence="CC BY 4.0",
)


@register(_DIGITS)
def digits(*, seed: int = 0, test_fraction: float = 0.2) -> Splits:
    """1797 handwritten digits of 13 people, 8 by 8 pixels; comes with the package, needs no network.

    Each pixel counts the set points in a block of 4 by 4 of the scanned bitmap, 0 to 16, and is scaled to
    0..1. The split is drawn from the seed, each digit in proportion.

    Args:
        seed: the split is a function of it.
        test_fraction: share of the test part.

    Returns:
        `(x, y), (x_test, y_test)`: images float32 (n, 8, 8, 1), labels int64 (n,).

    Raises:
        ArgumentError: a fraction that is not between 0 and 1.

    Example:
        >>> import sujeong as sj
        >>> (x, y), (x_test, y_test) = sj.datasets.digits()
        >>> x.shape, x.dtype, y.shape, x_test.shape
        ((1438, 8, 8, 1), dtype('float32'), (1438,), (359, 8, 8, 1))
        >>> float(x.min()), float(x.max())
        (0.0, 1.0)

    Reference:
        E. Alpaydin, C. Kaynak (1998), Cascading Classifiers, Kybernetika 34(4).
    """
    images, labels = _read_digits()
    x = (images[..., np.newaxis] / np.float32(16)).astype(np.float32)
    y = labels.astype(np.int64)
    kept, held_out = split_indices(len(x), test_fraction, seed=seed, labels=y, site="datasets/digits")
    return (x[kept], y[kept]), (x[held_out], y[held_out])


@cache
def _read_digits() -> tuple[np.ndarray, np.ndarray]:
    folder = Path(__file__).parent / "files"
    return read_idx(folder / "digits-images-idx3-ubyte.gz"), read_idx(folder / "digits-labels-idx1-ubyte.gz")
