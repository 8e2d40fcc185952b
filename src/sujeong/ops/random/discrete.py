"""Choices: yes or no, whole numbers, orders, classes. All but `categorical` are equal to the bit everywhere.

bernoulli      lane < p 2^32               a comparison of whole numbers
dropout_mask   lane >= rate 2^16           the same with four lanes a word, for masks as large as layers
randint        low + word mod (high - low)
permutation    the order that sorts random words
categorical    argmax_k (x_k + n_k),  n_k = -ln(-ln u_k)      Gumbel's trick: class k with softmax(x)_k
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.tensor import Operand, Tensor, as_tensor
from ...errors import ArgumentError, DTypeError, ShapeError, message
from .._build import Shape, broadcast_shapes, cast, filled_like, normalize_axis
from .._real import real_floating
from ..arithmetic import negative
from ..bitwise import bitwise_and, bitwise_right_shift, bitwise_xor
from ..comparison import greater_equal, less
from ..exponential import log, log1p
from ..extremes import maximum
from ..gathering import take
from ..rounding import remainder
from ..searching import argmax
from ..sorting import argsort
from .continuous import DIGITS, uniform
from .keys import as_key, bits, sizes


def _chance(op: str, name: str, value: float) -> float:
    if not 0 <= value <= 1:
        text = message(op, f"{name} is a chance.", received=f"{name}={value}", expected="0 to 1")
        raise ArgumentError(text)
    return float(value)


def bernoulli(key: Any, p: Any = 0.5, shape: int | Shape | None = None) -> Tensor:
    """Yes or no: true with chance p.

    Args:
        key: int64 (2,).
        p: the chance, from 0 to 1; a number, or a tensor with a chance for each element.
        shape: sizes of the result; default those of `p`, which must stretch to it.

    Returns:
        Truth values. The chance is exact to 2^-32.

    Raises:
        ArgumentError: no key, no shape, or a number outside 0 to 1.
        ShapeError: `p` does not stretch to the shape.

    Example:
        >>> import sujeong as sj
        >>> x = sj.random.bernoulli(sj.random.key(0), 0.25, (10000,))
        >>> abs(int(sj.count_nonzero(x)) - 2500) < 150
        True
    """
    op = "bernoulli"
    key = as_key(op, key)
    if isinstance(p, (Operand, np.ndarray)):
        chances = real_floating(op, p)
        size = chances.shape if shape is None else sizes(op, shape)
        if broadcast_shapes(op, chances.shape, size) != size:
            received = f"{chances.shape} to {size}"
            raise ShapeError(message(op, "the chances do not stretch to the shape.", received=received))
        below = cast(cast(chances, dtypes.float64) * 2.0**32, dtypes.int64) - (1 << 31)
        return less(cast(bits(key, size, width=32), dtypes.int64), below)
    size = () if shape is None else sizes(op, shape)
    below = int(_chance(op, "p", p) * 2**32) - (1 << 31)
    if below == 1 << 31:
        return filled_like(key, size, True, dtypes.bool_)
    return less(bits(key, size, width=32), below)


def dropout_mask(key: Any, shape: int | Shape, rate: float) -> Tensor:
    """Which elements stay: each is dropped with chance `rate`.

    Args:
        key: int64 (2,).
        shape: sizes of the mask.
        rate: the chance to be dropped, from 0 to 1; taken to the nearest 2^-16.

    Returns:
        Truth values: true where the element stays.

    Raises:
        ArgumentError: no key, no shape, or a rate outside 0 to 1.

    Example:
        >>> import sujeong as sj
        >>> mask = sj.random.dropout_mask(sj.random.key(0), (10000,), 0.25)
        >>> abs(int(sj.count_nonzero(mask)) - 7500) < 150
        True
    """
    op = "dropout_mask"
    key, size = as_key(op, key), sizes(op, shape)
    first = round(_chance(op, "rate", rate) * 2**16) - (1 << 15)
    if first == 1 << 15:
        return filled_like(key, size, False, dtypes.bool_)
    return greater_equal(bits(key, size, width=16), first)


def randint(key: Any, shape: int | Shape, low: int, high: int, *, dtype: Any = None) -> Tensor:
    """Whole numbers from a range, each with equal chance.

    Args:
        key: int64 (2,).
        shape: sizes of the result.
        low: the least number.
        high: the end, not included; at most 2^63 - 1 above `low`.
        dtype: an integer type; default int64.

    Returns:
        The numbers. Chances differ by less than (high - low) 2^-63 of each other.

    Raises:
        ArgumentError: no key, no shape, an empty range, or one that the type does not hold.
        DTypeError: no integer type.

    Example:
        >>> import sujeong as sj
        >>> x = sj.random.randint(sj.random.key(0), (1000,), 1, 7)
        >>> int(sj.min(x)), int(sj.max(x))
        (1, 6)
    """
    op = "randint"
    key = as_key(op, key)
    chosen = dtypes.int64 if dtype is None else dtypes.as_dtype(dtype)
    if not chosen.is_integer:
        raise DTypeError(message(op, "draws whole numbers.", received=chosen, expected="an integer type"))
    low, high = int(low), int(high)
    least = -(1 << (chosen.bits - 1)) if chosen.kind == "int" else 0
    last = least + (1 << chosen.bits)
    if not (least <= low < high <= last and high - low < 1 << 63 and low >= -(1 << 63) and high <= 1 << 63):
        text = message(
            op,
            "no such range.",
            received=f"{low} to {high} (not included)",
            expected=f"low < high, from {max(least, -(1 << 63))} to {min(last, 1 << 63)}",
        )
        raise ArgumentError(text)
    words = bits(key, sizes(op, shape), width=64)
    whole = bitwise_and(bitwise_right_shift(words, 1), (1 << 63) - 1)  # not negative
    return cast(remainder(whole, high - low) + low, chosen)


def permutation(key: Any, x: Any) -> Tensor:
    """A random order of 0 to n - 1, or the rows of a tensor in random order.

    Args:
        key: int64 (2,).
        x: how many numbers, or a tensor (n, ...).

    Returns:
        int64 (n,) with each number once; or the tensor with its rows in that order.

    Raises:
        ArgumentError: no key, a negative count, or a tensor without rows.

    Example:
        >>> import sujeong as sj
        >>> sorted(sj.random.permutation(sj.random.key(0), 5).tolist())
        [0, 1, 2, 3, 4]
    """
    op = "permutation"
    key = as_key(op, key)
    if isinstance(x, (int, np.integer)) and not isinstance(x, bool):
        return _order(key, sizes(op, int(x))[0])
    x = as_tensor(x, op)
    if x.ndim == 0:
        raise ArgumentError(message(op, "a single number has no rows.", received=x.spec))
    return take(x, _order(key, x.shape[0]), axis=0)


def _order(key: Tensor, count: int) -> Tensor:
    words = bitwise_xor(bits(key, (count,), width=64), -(1 << 63))  # signed order made that of unsigned words
    return argsort(words)


def categorical(key: Any, logits: Any, shape: int | Shape = (), *, axis: int = -1) -> Tensor:
    """Draws classes: class k with chance softmax(logits)_k.

    Args:
        key: int64 (2,).
        logits: scores (..., classes); logarithms of chances, up to a summand. Minus infinity: never.
        shape: how many draws for each row; these axes come first.
        axis: the axis of the classes.

    Returns:
        int64, shape (*shape, ...): the shape of the logits without the axis of the classes.

    Raises:
        ArgumentError: no key, no shape, no such axis, or no classes.
        DTypeError: the logits are complex.

    Example:
        >>> import sujeong as sj
        >>> logits = sj.log(sj.asarray([0.1, 0.2, 0.7]))
        >>> x = sj.random.categorical(sj.random.key(0), logits, (10000,))
        >>> [round(int(sj.count_nonzero(x == k)) / 10000, 1) for k in range(3)]
        [0.1, 0.2, 0.7]
    """
    op = "categorical"
    key, x = as_key(op, key), real_floating(op, logits)
    axis = normalize_axis(op, axis, x.ndim)
    if x.shape[axis] == 0:
        raise ArgumentError(message(op, "there are no classes.", received=x.spec))
    front = sizes(op, shape)
    working = cast(x, dtypes.float32) if x.dtype.bits == 16 else x
    noise = _gumbel(key, (*front, *x.shape), working.dtype)
    return argmax(working + noise, axis=axis + len(front))


def _gumbel(key: Tensor, shape: Shape, dtype: dtypes.DType) -> Tensor:
    """Gumbel's numbers: -ln(-ln(1 - u)). A u of 0 is raised by half a digit: it would give infinity."""
    u = maximum(uniform(key, shape, dtype=dtype), 0.5 * 2.0 ** -DIGITS[dtype][1])
    return negative(log(negative(log1p(negative(u)))))
