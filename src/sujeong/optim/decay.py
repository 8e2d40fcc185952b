"""Weight decay: each step pulls every weight a little towards zero.

    W <- W - eta lambda W - (the optimiser's own step)

It is decoupled: it does not go through momentum or through Adam's scaling, as the L2 penalty in the loss
would (`sj.losses.l2`, gradient 2 lambda W). For plain SGD the two agree if lambda here is twice the
penalty's. Biases and normalisation scales are often left out with `exclude`.

Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import ArgumentError, message

Exclude = str | Sequence[str] | Callable[[Variable], bool] | None


def decayed(p: Tensor, rate: Tensor, weight_decay: float) -> Tensor:
    """The weights after the pull: p - rate weight_decay p.

    Args:
        p: weights.
        rate: learning rate, zero-dimensional.
        weight_decay: lambda; 0 changes nothing.

    Returns:
        The weights, shape of `p`.
    """
    return p - p * (rate * weight_decay) if weight_decay else p


def is_excluded(variable: Variable, exclude: Exclude) -> bool:
    """Whether a variable is spared from decay.

    Args:
        variable: the variable.
        exclude: names, each a whole path or whole parts of one (`"bias"` meets `dense_1/bias`, and not
            `dense_1/unbiased`), or a function of the variable, or `None` for no exception.

    Returns:
        Whether it is spared.
    """
    if exclude is None:
        return False
    if callable(exclude):
        return bool(exclude(variable))
    names = [exclude] if isinstance(exclude, str) else exclude
    return any(f"/{name.strip('/')}/" in f"/{variable.name}/" for name in names)


def check_exclude(owner: str, exclude: Any) -> Exclude:
    """Refuses what is neither names nor a function."""
    texts = isinstance(exclude, (list, tuple)) and all(isinstance(name, str) for name in exclude)
    if exclude is None or isinstance(exclude, str) or callable(exclude) or texts:
        return list(exclude) if texts else exclude
    expected = "names of variables, or a function of a variable that says whether it is spared"
    raise ArgumentError(
        message(owner, "exclude is of the wrong kind.", received=repr(exclude), expected=expected)
    )
