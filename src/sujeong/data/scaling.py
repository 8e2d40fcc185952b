"""Bringing features to one scale, with statistics of the training part only."""

from __future__ import annotations

import numpy as np


def standardize(train: np.ndarray, *others: np.ndarray) -> tuple[np.ndarray, ...]:
    """Gives each feature mean 0 and standard deviation 1, as measured on the training part.

        x' = (x - mean) / std        mean and std over the training examples (1/n), per feature

    Test data has to be scaled with the training part's figures: its own would let the model know something
    about the test set. A feature that is constant in training is only shifted.

    Args:
        train: training inputs, shape (n, ...).
        *others: further inputs, shapes (m, ...), scaled with the figures of `train`.

    Returns:
        The scaled arrays in the same order, float32.

    Example:
        >>> import numpy as np
        >>> from sujeong.data import standardize
        >>> train, test = standardize(np.array([[1.0], [3.0]]), np.array([[5.0]]))
        >>> train.ravel().tolist(), test.ravel().tolist()
        ([-1.0, 1.0], [3.0])
    """
    mean = train.mean(axis=0, dtype=np.float64)
    deviation = train.std(axis=0, dtype=np.float64)
    constant = deviation <= 1e-12 * np.abs(mean)  # not == 0: the mean of equal numbers is rounded
    deviation = np.where(constant, 1.0, deviation)
    return tuple(((part - mean) / deviation).astype(np.float32) for part in (train, *others))
