"""Random numbers from keys, as operations: the same bits on each engine and device, eager and recorded.

Each function takes the key first, then the shape. A key is used once; `fold_in` makes new ones.

Example:
    >>> import sujeong as sj
    >>> key = sj.random.key(0, "noise")
    >>> for step in range(2):
    ...     x = sj.random.normal(sj.random.fold_in(key, step), (2, 3))
    >>> x.shape
    (2, 3)
"""

from .continuous import normal, truncated_normal, uniform
from .discrete import bernoulli, categorical, dropout_mask, permutation, randint
from .keys import bits, fold_in, key

__all__ = [
    "bernoulli",
    "bits",
    "categorical",
    "dropout_mask",
    "fold_in",
    "key",
    "normal",
    "permutation",
    "randint",
    "truncated_normal",
    "uniform",
]
