"""Size and sign of numbers, element by element.

y = |x|                dx = g sign(x), which is 0 at 0: the middle of the slopes -1 and 1
y = sign x             -1, 0 or 1; x / |x| for complex numbers
y = sqrt(a^2 + b^2)    da = g a / y,  db = g b / y, which are 0 at the origin
y = |a| sign(b)        da = g sign(a) sign(b)
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ._build import (
    NUMERIC,
    REAL,
    binary_infer,
    cast,
    conjugate,
    floating_pair,
    need,
    numeric,
    unary_infer,
    unbroadcast,
)
from .arithmetic import divide, multiply, subtract
from .comparison import equal, where
from .complexes import part_infer, real


def _abs_infer(x: Spec) -> Spec:
    need("abs", x, NUMERIC)
    return part_infer(x) if x.dtype.kind == "complex" else x


ABS = Op("abs", _abs_infer)


def abs(x: Any, /) -> Tensor:
    """The absolute value: y = |x|; sqrt(a^2 + b^2) for complex a + ib.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The sizes, shape of `x`; real also for complex numbers. The gradient at 0 is 0.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.abs(sj.asarray([-1.5, 2.0])))
        [1.5 2. ]
        >>> print(sj.abs(sj.asarray(3 + 4j)))
        5.0
    """
    return apply(ABS, numeric("abs", x))


@ABS.gradient
def _abs_gradient(g: Tensor, y: Any, x: Tensor) -> tuple[Any, ...]:
    return (multiply(g, sign(x)),)


SIGN = Op("sign", unary_infer("sign", NUMERIC), keeps_output=True)


def sign(x: Any, /) -> Tensor:
    """The sign: -1, 0 or 1; for complex numbers x / |x|, and 0 at 0.

    Args:
        x: tensor, array or number of any shape.

    Returns:
        The signs, shape and element type of `x`; NaN for NaN. Signs of real numbers have no gradient.

    Raises:
        DTypeError: `x` is boolean.

    Example:
        >>> import sujeong as sj
        >>> print(sj.sign(sj.asarray([-1.5, 0.0, 2.0])))
        [-1.  0.  1.]
    """
    return apply(SIGN, numeric("sign", x))


@SIGN.gradient
def _sign_gradient(g: Tensor, y: Tensor, x: Tensor) -> tuple[Any, ...]:
    if x.dtype.kind != "complex":
        return (None,)
    # the part of g along y would change the size, which a sign does not have
    across = subtract(g, multiply(y, real(multiply(conjugate(y), g))))
    return (divide(across, _not_zero(abs(x))),)


SIGNBIT = Op("signbit", unary_infer("signbit", ("float",), dtypes.bool_))


def signbit(x: Any, /) -> Tensor:
    """Where the sign is negative; it tells -0.0 from 0.0.

    Args:
        x: tensor, array or number of any shape, real; integers become float32.

    Returns:
        Truth values, shape of `x`.

    Raises:
        DTypeError: `x` is boolean or complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.signbit(sj.asarray([-0.0, 0.0, -2.0])))
        [ True False  True]
    """
    x = as_tensor(x, "signbit")
    need("signbit", x, REAL)
    return apply(SIGNBIT, x if x.dtype.is_floating else cast(x, dtypes.float32))


COPYSIGN = Op("copysign", binary_infer("copysign", kinds=REAL))


def copysign(x1: Any, x2: Any, /) -> Tensor:
    """The size of one number with the sign of another: y = |x1| sign(x2); -0.0 counts as negative.

    Args:
        x1: tensor, array or number of any shape, real; integers become float32.
        x2: the same; shapes must broadcast.

    Returns:
        The values, of the broadcast shape.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.copysign(sj.asarray([1.0, -2.0]), -0.0))
        [-1. -2.]
    """
    return apply(COPYSIGN, *floating_pair("copysign", x1, x2))


@COPYSIGN.gradient
def _copysign_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return lambda: unbroadcast(multiply(multiply(g, sign(a)), copysign(1, b)), a), None


HYPOT = Op("hypot", binary_infer("hypot", kinds=REAL))


def hypot(x1: Any, x2: Any, /) -> Tensor:
    """The length of the hypotenuse: y = sqrt(x1^2 + x2^2), without overflow.

    Args:
        x1: tensor, array or number of any shape, real; integers become float32.
        x2: the same; shapes must broadcast.

    Returns:
        The lengths, of the broadcast shape. The gradient at the origin is 0.

    Raises:
        ShapeError: the shapes do not broadcast.
        DTypeError: a number is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.hypot(sj.asarray([3.0, 5.0]), sj.asarray([4.0, 12.0])))
        [ 5. 13.]
    """
    return apply(HYPOT, *floating_pair("hypot", x1, x2))


@HYPOT.gradient
def _hypot_gradient(g: Tensor, y: Any, a: Tensor, b: Tensor) -> tuple[Any, ...]:
    return (
        lambda: unbroadcast(multiply(g, direction(a, a, b)[0]), a),
        lambda: unbroadcast(multiply(g, direction(b, a, b)[0]), b),
    )


def direction(x: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The quotient x / sqrt(a^2 + b^2), and that length; 1 stands for a length of 0."""
    length = _not_zero(hypot(a, b))
    return divide(x, length), length


def _not_zero(x: Tensor) -> Tensor:
    """The same numbers, with 1 for 0: a divisor where the dividend is 0 as well."""
    return where(equal(x, 0), 1, x)
