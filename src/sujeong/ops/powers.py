"""Powers: y = a^b, element by element.

da = g b a^(b - 1)         also at a = 0: 0 for b = 0 and b > 1, g for b = 1, infinite for 0 < b < 1
db = g y ln a              0 at a = 0, where y stays 0 for every b > 0
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, message
from ._build import NUMERIC, binary_infer, conjugate, need, pair, unbroadcast
from .arithmetic import multiply, square, subtract
from .bitwise import bitwise_and
from .comparison import equal, where
from .exponential import log

POW = Op("pow", binary_infer("pow", kinds=NUMERIC), keeps_output=True)


def pow(x1: Any, x2: Any, /) -> Tensor:
    """Raises to a power, element by element: y = x1^x2.

    Args:
        x1: the base: tensor, array or number of any shape.
        x2: the exponent; shapes must broadcast. A fraction of a negative base gives NaN. Where integers
            are raised to negative integers, the fraction is dropped: 1 and -1 stay whole, all else gives 0.

    Returns:
        The powers, of the broadcast shape. Both operands have gradients.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: both are boolean.
        ArgumentError: an integer tensor to a negative Python number, which would drop every fraction.

    Example:
        >>> import sujeong as sj
        >>> print(sj.pow(sj.asarray([1.0, 2.0, 3.0]), 2))
        [1. 4. 9.]
    """
    if x2.__class__ is int:
        x1 = as_tensor(x1, "pow")
        if x2 == 2:
            return square(x1)  # several times faster
        if x2 < 0 and x1.dtype.is_integer:
            fix = "cast the base: sj.astype(x, sj.float32) ** exponent."
            what = "integers to a negative power are fractions."
            raise ArgumentError(message("pow", what, received=f"{x1.spec} ** {x2}", fix=fix))
    a, b = pair("pow", x1, x2)
    need("pow", a, NUMERIC)
    return apply(POW, a, b)


@POW.gradient
def _pow_gradient(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    def base() -> Tensor:
        # at a = b = 0 the factor b makes it 0 whatever the power is, but 0^-1 would be infinite
        origin = bitwise_and(equal(a, 0), equal(b, 0))
        slope = multiply(b, pow(a, where(origin, 0, subtract(b, 1))))
        return unbroadcast(multiply(g, conjugate(slope)), a)

    def exponent() -> Tensor:
        slope = multiply(y, log(where(equal(a, 0), 1, a)))
        return unbroadcast(multiply(g, conjugate(slope)), b)

    return base, exponent
