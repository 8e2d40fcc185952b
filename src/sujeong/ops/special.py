"""The error function, element by element.

erf x = 2 / sqrt(pi)  integral from 0 to x of e^(-t^2) dt          d erf / dx = 2 / sqrt(pi) e^(-x^2)
"""

from __future__ import annotations

from math import pi
from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor
from ._build import REAL, floating, need, unary_infer
from .arithmetic import multiply, negative
from .exponential import exp

ERF = Op("erf", unary_infer("erf", REAL))


def erf(x: Any, /) -> Tensor:
    """The error function: the chance that a normal error of deviation sqrt(1/2) lies between -x and x.

    Args:
        x: tensor, array or number of any shape, real; integers become float32.

    Returns:
        The values, between -1 and 1, shape of `x`.

    Raises:
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.erf(sj.asarray([0.0, 0.5])))
        [0.        0.5204...]
    """
    x = floating("erf", x)
    need("erf", x, REAL)
    return apply(ERF, x)


@ERF.gradient
def _erf_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, multiply(exp(negative(multiply(x, x))), 2 / pi**0.5)),)
