"""Data sets that are computed: the smallest problems that need more than one layer."""

from __future__ import annotations

import numpy as np

from ...core.keys import host_normal, key
from ...errors import ArgumentError, message
from .. import checks
from ..splits import split_indices
from .registry import DatasetInfo, Splits, register

_XOR = DatasetInfo(
    name="xor",
    title="Exclusive or",
    kind="classification",
    classes=("false", "true"),
    input_shape=(2,),
    source="computed",
    licence="none needed",
)

_SPIRALS = DatasetInfo(
    name="spirals",
    title="Points on spiral arms",
    kind="classification",
    classes=("arm 0", "arm 1", "arm 2"),
    input_shape=(2,),
    source="computed",
    licence="none needed",
)


@register(_XOR)
def xor() -> Splits:
    """The truth table of exclusive or: four points that no straight line separates.

        x0 x1 | y
         0  0 | 0
         0  1 | 1
         1  0 | 1
         1  1 | 0

    Returns:
        `(x, y), (x_test, y_test)`: inputs float32 (4, 2), labels int64 (4,). The test part is the same
        table, since there is no other point.

    Example:
        >>> import sujeong as sj
        >>> (x, y), _ = sj.datasets.xor()
        >>> x.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])

    Reference:
        M. Minsky, S. Papert (1969), Perceptrons.
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    y = np.array([0, 1, 1, 0], dtype=np.int64)
    return (x, y), (x.copy(), y.copy())


@register(_SPIRALS)
def spirals(
    n: int = 600, classes: int = 3, noise: float = 0.03, seed: int = 0, *, test_fraction: float = 0.2
) -> Splits:
    """Points on the arms of a spiral, one class an arm: curved borders that one layer cannot draw.

        radius r from 0.1 to 1 in equal steps, angle t = 2 pi (c / classes + 3/4 r) for class c
        x = r (cos t, sin t) + noise * N(0, 1)

    Args:
        n: number of points in all; the first arms have one more where it does not divide.
        classes: number of arms, from 2 on.
        noise: standard deviation of what is added to each coordinate.
        seed: noise and split are functions of it.
        test_fraction: share of the test part; each arm in proportion.

    Returns:
        `(x, y), (x_test, y_test)`: points float32 (m, 2), labels int64 (m,).

    Raises:
        ArgumentError: fewer than 2 arms, fewer than 2 points an arm, noise below 0 or not finite.

    Example:
        >>> import sujeong as sj
        >>> (x, y), (x_test, y_test) = sj.datasets.spirals(300, classes=3)
        >>> x.shape, sorted(set(y.tolist())), len(x_test)
        ((240, 2), [0, 1, 2], 60)
    """
    op = "datasets.spirals"
    classes = checks.whole_number(op, "classes", classes, least=2)
    n = checks.whole_number(op, "n", n, least=2 * classes)
    if not 0 <= noise < np.inf:
        raise ArgumentError(
            message(op, "noise is not allowed.", received=noise, expected="a number from 0 on")
        )
    y = np.arange(n) % classes
    step = np.arange(n) // classes
    radius = 0.1 + 0.9 * step / step.max()
    angle = 2 * np.pi * (y / classes + 0.75 * radius)
    points = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = (points + noise * host_normal(key(seed, "datasets/spirals/noise"), (n, 2))).astype(np.float32)
    kept, held_out = split_indices(n, test_fraction, seed=seed, labels=y, site="datasets/spirals")
    return (x[kept], y[kept]), (x[held_out], y[held_out])
