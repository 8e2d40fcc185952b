"""Splitting examples in two: at random, or with every class in proportion.

The order comes from (seed, site) alone, so that the same call gives the same split on every machine,
with every engine, whatever was drawn before.
"""

from __future__ import annotations

import numpy as np

from ..core.keys import host_permutation
from ..errors import ArgumentError, DataError, message
from . import checks

Pair = tuple[np.ndarray, np.ndarray]


def split_indices(
    count: int, fraction: float, *, seed: int = 0, labels: np.ndarray | None = None, site: str = "data/split"
) -> Pair:
    """Which examples are kept and which are held out.

    Without labels, the first round(fraction * count) examples of a shuffled order are held out. With
    labels (stratified), class c gives fraction * n_c of its n_c examples, rounded down or up so that the
    total stays the same; who is rounded up: the largest remainder first.

    Args:
        count: number of examples.
        fraction: share to hold out, between 0 and 1.
        seed: the split is a function of it.
        labels: one class label an example, shape (count,), integer or boolean; None: not stratified.
        site: name of the place that draws; two places with one seed draw independently.

    Returns:
        (kept, held_out): two int64 arrays, each shuffled, which together hold 0 to count - 1 once.

    Raises:
        ArgumentError: a fraction that is not between 0 and 1, a seed that is no whole number from 0 on.
        DataError: a side would be empty, or labels that are no classes.

    Example:
        >>> import numpy as np
        >>> from sujeong.data import split_indices
        >>> labels = np.array([0] * 8 + [1] * 4)
        >>> kept, held_out = split_indices(12, 0.25, seed=0, labels=labels)
        >>> np.bincount(labels[kept]).tolist(), np.bincount(labels[held_out]).tolist()
        ([6, 3], [2, 1])
    """
    if isinstance(fraction, bool) or not 0 < fraction < 1:
        raise ArgumentError(
            message("split", "the fraction is not allowed.", received=fraction, expected="0 < fraction < 1")
        )
    count = checks.whole_number("split", "count", count, least=0)
    seed = checks.whole_number("split", "seed", seed, least=0)
    held_out = int(count * fraction + 0.5)
    if not 0 < held_out < count:
        raise DataError(
            message(
                "split",
                "one side of the split would be empty.",
                received=f"{count} examples, fraction {fraction}: {held_out} held out",
                expected="at least one example on each side",
                fix="give more examples or another fraction.",
            )
        )
    order = host_permutation(seed, site, count)
    if labels is None:
        return order[held_out:], order[:held_out]
    classes, members = _classes(labels, count)
    quota = _quotas(
        np.bincount(members), fraction, held_out, host_permutation(seed, site + "/ties", len(classes))
    )
    grouped = order[np.argsort(members[order], kind="stable")]  # by class, shuffled inside each class
    rank = np.empty(count, dtype=np.int64)  # how many of the same class come before, in the shuffled order
    rank[grouped] = np.arange(count) - np.searchsorted(members[grouped], members[grouped])
    chosen = (rank < quota[members])[order]
    return order[~chosen], order[chosen]


def train_validation_split(
    x: object,
    y: object = None,
    fraction: float = 0.2,
    *,
    seed: int = 0,
    stratify: bool = False,
) -> tuple[Pair, Pair] | Pair:
    """Splits data into a part to train on and a part to validate on, at random.

    Args:
        x: the inputs, shape (n, ...).
        y: the targets, shape (n, ...); None when there are none.
        fraction: share of the examples that go to validation.
        seed: the split is a function of it.
        stratify: keep the classes' proportions; y then holds one integer label an example, shape (n,).

    Returns:
        `(x_train, y_train), (x_validation, y_validation)`, or `x_train, x_validation` without y. Both
        sides are copies in a shuffled order.

    Raises:
        DataError: lengths differ, a side would be empty, or labels that are no classes.
        ArgumentError: a fraction that is not between 0 and 1.

    Example:
        >>> import sujeong as sj
        >>> from sujeong.data import train_validation_split
        >>> (x, y), _ = sj.datasets.digits()
        >>> (x_train, y_train), (x_valid, y_valid) = train_validation_split(x, y, 0.1, stratify=True)
        >>> x_train.shape, x_valid.shape
        ((1294, 8, 8, 1), (144, 8, 8, 1))
    """
    op = "train_validation_split"
    inputs = checks.host_array(op, "x", x)
    targets = None if y is None else checks.host_array(op, "y", y)
    checks.require_same_length(op, x=inputs, y=targets)
    if stratify and targets is None:
        raise DataError(message(op, "stratify=True without y.", expected="one class label an example"))
    kept, held_out = split_indices(len(inputs), fraction, seed=seed, labels=targets if stratify else None)
    if targets is None:
        return inputs[kept], inputs[held_out]
    return (inputs[kept], targets[kept]), (inputs[held_out], targets[held_out])


def _classes(labels: np.ndarray, count: int) -> Pair:
    labels = np.asarray(labels)
    if labels.shape != (count,) or labels.dtype.kind not in "biu":
        raise DataError(
            message(
                "split",
                "these labels cannot be stratified.",
                received=f"{labels.dtype} of shape {labels.shape}",
                expected=f"integers of shape ({count},), one class an example",
                fix="for one-hot rows take labels.argmax(axis=1); for a regression do not stratify.",
            )
        )
    return np.unique(labels, return_inverse=True)


def _quotas(sizes: np.ndarray, fraction: float, total: int, tie_order: np.ndarray) -> np.ndarray:
    """How many of each class are held out: its share rounded down, and one more by largest remainder."""
    shares = sizes * fraction
    quota = np.floor(shares).astype(np.int64)
    more = np.lexsort((tie_order, quota - shares))[: total - quota.sum()]
    quota[more] += 1
    return quota
