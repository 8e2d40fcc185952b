"""Numbers from a range: uniform, normal, and normal without its far ends.

    uniform            u = whole number of d random bits / 2^d          exact: the same to the bit everywhere
    normal             sqrt(-2 ln(1 - u)) cos(2 pi v), and sin          Box and Muller
    truncated_normal   P^-1(P(low) + u (P(high) - P(low)))              P: chance of a normal number below x

Normal numbers go through ln, cos and sin, whose last digit differs from engine to engine.

G. E. P. Box, M. E. Muller: A Note on the Generation of Random Normal Deviates. 1958.
"""

from __future__ import annotations

from math import erf, pi, prod, sqrt
from typing import Any

from ...core import dtypes
from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, message
from .. import exponential
from .._build import REAL, Shape, cast, unary_infer
from ..arithmetic import multiply
from ..bitwise import bitwise_and, bitwise_right_shift
from ..exponential import exp, log1p
from ..extremes import clip
from ..joining import concat
from ..shaping import reshape
from ..trigonometry import cos, sin
from .keys import as_key, bits, check_key, sizes

# Bits of a lane, and binary digits of a number: as many as the element type holds exactly.
DIGITS = {
    dtypes.float64: (64, 53),
    dtypes.float32: (32, 24),
    dtypes.float16: (16, 11),
    dtypes.bfloat16: (16, 8),
}


def _uniform_infer(key: Spec, shape: Shape, dtype: dtypes.DType) -> Spec:
    check_key("uniform", key)
    return Spec(shape, dtype)


def _uniform_readable(key: Tensor, shape: Shape, dtype: dtypes.DType) -> Tensor:
    width, digits = DIGITS[dtype]
    lanes = bits(key, shape, width=width)
    whole = bitwise_and(bitwise_right_shift(lanes, width - digits), (1 << digits) - 1)
    return cast(whole, dtype) * 2.0**-digits


RANDOM_UNIFORM = Op("random_uniform", _uniform_infer, readable=_uniform_readable, keeps_inputs=False)


def floating_dtype(op: str, dtype: Any) -> dtypes.DType:
    """The element type of a draw: float32 unless told otherwise."""
    chosen = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    if chosen not in DIGITS:
        expected = ", ".join(map(str, DIGITS))
        raise DTypeError(message(op, "draws real numbers.", received=chosen, expected=expected))
    return chosen


def _unit(key: Tensor, shape: Shape, dtype: dtypes.DType) -> Tensor:
    return apply(RANDOM_UNIFORM, key, shape=shape, dtype=dtype)  # type: ignore[no-any-return]


def uniform(
    key: Any, shape: int | Shape = (), low: float = 0.0, high: float = 1.0, *, dtype: Any = None
) -> Tensor:
    """Numbers from a range, each part of it with equal chance.

    Args:
        key: int64 (2,).
        shape: sizes of the result.
        low: the least number.
        high: the end; not reached, except where low + (high - low) u rounds up to it.
        dtype: a real floating type; default float32.

    Returns:
        The numbers: 24 random binary digits each in float32, 53 in float64. The same to the bit on
        every engine.

    Raises:
        ArgumentError: no key, no shape, or `high` below `low`.
        DTypeError: no floating type.

    Example:
        >>> import sujeong as sj
        >>> x = sj.random.uniform(sj.random.key(0), (1000,), -1.0, 1.0)
        >>> bool(sj.min(x) >= -1), bool(sj.max(x) < 1), abs(float(sj.mean(x))) < 0.05
        (True, True, True)
    """
    key, dtype = as_key("uniform", key), floating_dtype("uniform", dtype)
    if not high >= low:
        raise ArgumentError(message("uniform", "the range is empty.", received=f"low={low}, high={high}"))
    u = _unit(key, sizes("uniform", shape), dtype)
    if high - low != 1:
        u = u * (high - low)
    return u if low == 0 else u + low


def normal(
    key: Any, shape: int | Shape = (), mean: float = 0.0, stddev: float = 1.0, *, dtype: Any = None
) -> Tensor:
    """Normal (Gaussian) numbers.

    Args:
        key: int64 (2,).
        shape: sizes of the result.
        mean: their mean.
        stddev: their standard deviation, not negative.
        dtype: a real floating type; default float32.

    Returns:
        The numbers. In float32 none is farther than 5.77 deviations from the mean.

    Raises:
        ArgumentError: no key, no shape, or a negative deviation.
        DTypeError: no floating type.

    Example:
        >>> import sujeong as sj
        >>> x = sj.random.normal(sj.random.key(0), (10000,), stddev=2.0)
        >>> abs(float(sj.std(x)) - 2.0) < 0.05
        True
    """
    key, dtype = as_key("normal", key), floating_dtype("normal", dtype)
    if not stddev >= 0:
        raise ArgumentError(message("normal", "a deviation is not negative.", received=f"stddev={stddev}"))
    shape = sizes("normal", shape)
    working = dtypes.float32 if dtype.bits == 16 else dtype
    count = prod(shape)
    u = _unit(key, (2, (count + 1) // 2), working)
    radius = exponential.sqrt(log1p(-u[0]) * -2)
    angle = u[1] * (2 * pi)
    both = concat([radius * cos(angle), radius * sin(angle)])
    x = reshape(both[:count], shape)
    return cast(_placed(x, mean, stddev), dtype)


def _placed(x: Tensor, mean: float, stddev: float) -> Tensor:
    if stddev != 1:
        x = x * stddev
    return x if mean == 0 else x + mean


ERFINV = Op("erfinv", unary_infer("erfinv", REAL), keeps_inputs=False, keeps_output=True)


@ERFINV.gradient
def _erfinv_gradient(g: Tensor, y: Tensor, x: Any) -> tuple[Any, ...]:
    return (multiply(g, exp(y * y) * (sqrt(pi) / 2)),)


def truncated_normal(
    key: Any,
    shape: int | Shape = (),
    mean: float = 0.0,
    stddev: float = 1.0,
    low: float = -2.0,
    high: float = 2.0,
    *,
    dtype: Any = None,
) -> Tensor:
    """Normal numbers with the ends cut off, so that none is far from the mean.

    Args:
        key: int64 (2,).
        shape: sizes of the result.
        mean: mean of the normal numbers before the cut.
        stddev: their standard deviation before the cut; after it, 0.88 of that for the default cut.
        low: the lower cut, in deviations from the mean; not beyond -8.
        high: the upper cut, in deviations from the mean; not beyond 8.
        dtype: a real floating type; default float32.

    Returns:
        The numbers, from mean + low * stddev to mean + high * stddev.

    Raises:
        ArgumentError: no key, no shape, a negative deviation, or cuts out of order or too far out.
        DTypeError: no floating type.

    Example:
        >>> import sujeong as sj
        >>> x = sj.random.truncated_normal(sj.random.key(0), (10000,))
        >>> bool(sj.max(sj.abs(x)) <= 2), abs(float(sj.std(x)) - 0.88) < 0.01
        (True, True)
    """
    op = "truncated_normal"
    key, dtype = as_key(op, key), floating_dtype(op, dtype)
    if not stddev >= 0:
        raise ArgumentError(message(op, "a deviation is not negative.", received=f"stddev={stddev}"))
    if not -8 <= low < high <= 8:
        expected = "-8 <= low < high <= 8, in deviations"
        text = message(op, "no such cuts.", received=f"low={low}, high={high}", expected=expected)
        raise ArgumentError(text)
    first, last = erf(low / sqrt(2)), erf(high / sqrt(2))  # 2 P(low) - 1 and 2 P(high) - 1
    u = _unit(key, sizes(op, shape), dtypes.float64)
    x = apply(ERFINV, u * (last - first) + first) * sqrt(2)
    return cast(_placed(clip(x, low, high), mean, stddev), dtype)
