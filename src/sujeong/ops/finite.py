"""One question about many tensors: are all their numbers finite?

    y = and over all x, and over all elements of x, of  (x_i - x_i = 0)

inf - inf and NaN - NaN are NaN, and NaN equals nothing.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from .arithmetic import add, subtract
from .comparison import equal
from .reduction import sum


def _readable(*xs: Tensor) -> Tensor:
    total: Any = 0
    for x in xs:
        total = add(total, sum(subtract(x, x)))
    return equal(total, 0)


ALL_FINITE = Op("all_finite", lambda *xs: Spec((), dtypes.bool_), readable=_readable, keeps_inputs=False)


@ALL_FINITE.gradient
def _gradient(g: Tensor, y: Any, *xs: Any) -> tuple[Any, ...]:
    return (None,) * len(xs)


def all_finite(*xs: Any) -> Tensor:
    """Whether no element of any tensor is infinite or NaN.

    Args:
        *xs: floating-point tensors of any shapes, at least one.

    Returns:
        One truth value.

    Raises:
        ArgumentError: no tensor was given.

    Example:
        >>> import sujeong as sj
        >>> print(sj.all_finite(sj.asarray([1.0, 2.0]), sj.log(sj.asarray(0.0))))
        False
    """
    if not xs:
        raise ArgumentError(message("all_finite", "needs at least one tensor."))
    return apply(ALL_FINITE, *[as_tensor(x, "all_finite") for x in xs])
