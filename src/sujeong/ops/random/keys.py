"""Keys and bits: the part that everything drawn at random is made of.

    key(seed, "dropout", step)     two 64-bit words, int64[2]
    bits(key, shape)               word i of the key's sequence: core/draws.py has the formula

Nothing is hidden: the same key gives the same numbers, today and tomorrow, on each engine and device,
eager and recorded, to the bit. So every draw needs a key of its own. A step's number goes in as a
tensor, and a recorded program then draws anew in each step.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...core import dtypes, keys
from ...core.create import from_host
from ...core.dispatch import apply
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Operand, Tensor, as_tensor
from ...errors import ArgumentError, DTypeError, ShapeError, message
from .._build import Shape, cast, filled_like

WIDTHS = {16: dtypes.int16, 32: dtypes.int32, 64: dtypes.int64}


def _fold_infer(key: Spec, word: Spec) -> Spec:
    check_key("fold_in", key)
    if word.shape != ():
        raise ShapeError(message("fold_in", "a word is one number.", received=word, expected="int64[]"))
    return key


FOLD_IN = Op("fold_in", _fold_infer, keeps_inputs=False)


def check_key(op: str, key: Spec) -> None:
    """Refuses what cannot be a key."""
    if key.shape != (2,) or key.dtype is not dtypes.int64:
        fix = "make one with sj.random.key(seed), and one for each draw with sj.random.fold_in(key, word)."
        raise ArgumentError(message(op, "this is no key.", received=key, expected="int64[2]", fix=fix))


def as_key(op: str, key: Any) -> Tensor:
    """A key as tensor, checked."""
    tensor = as_tensor(key, op)
    check_key(op, tensor.spec)
    return tensor


def sizes(op: str, shape: int | Shape) -> Shape:
    """A shape as tuple of whole numbers."""
    given = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if any(isinstance(s, bool) or not hasattr(s, "__index__") or int(s) < 0 for s in given):
        expected = "whole numbers, not negative"
        raise ArgumentError(message(op, "this is no shape.", received=shape, expected=expected))
    return tuple(int(s) for s in given)


def key(seed: Any, *words: Any) -> Tensor:
    """The key of a seed and further words.

    Args:
        seed: a whole number.
        *words: what tells this draw from others: names (texts), whole numbers, or whole numbers as
            zero-dimensional tensors, such as a step counter. Their order matters.

    Returns:
        The key, int64 (2,), the same as `core.keys.key` gives on the host.

    Raises:
        ArgumentError: the seed or a word is neither of these.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.random.key(0, "dropout", 1), sj.random.key(0, "dropout", 2)
        >>> sj.random.bits(a, 3).tolist() == sj.random.bits(b, 3).tolist()
        False
    """
    if isinstance(seed, Operand):
        start, rest = (0, 0), (seed, *words)
    else:
        fixed = next((i for i, w in enumerate(words) if isinstance(w, Operand)), len(words))
        start, rest = keys.key(seed, *[_plain(w) for w in words[:fixed]]), words[fixed:]
    out = from_host(np.array(start, np.uint64).view(np.int64), dtypes.int64)
    for word in rest:
        out = fold_in(out, word)
    return out


def _plain(word: Any) -> int | str:
    """A word that is known on the host."""
    if isinstance(word, str) or (isinstance(word, (int, np.integer)) and not isinstance(word, bool)):
        return word  # type: ignore[return-value]
    expected = "a text, a whole number, or one as zero-dimensional tensor"
    raise ArgumentError(
        message("random", "this is no word of a key.", received=repr(word), expected=expected)
    )


def fold_in(key: Any, word: Any) -> Tensor:
    """A new key from a key and a word; different words give keys that have nothing to do with each other.

    Args:
        key: int64 (2,).
        word: a text, a whole number, or a whole number as zero-dimensional tensor, such as a step counter,
            which is folded in on its own device.

    Returns:
        The new key, int64 (2,).

    Raises:
        ArgumentError: the key is no key, or the word no word.
        DTypeError: the tensor holds no whole number.
        ShapeError: the tensor holds several numbers.

    Example:
        >>> import sujeong as sj
        >>> key = sj.random.key(0)
        >>> step = sj.asarray(3)
        >>> sj.random.fold_in(key, step).tolist() == sj.random.fold_in(key, 3).tolist()
        True
    """
    key = as_key("fold_in", key)
    if isinstance(word, (Operand, np.ndarray)):
        number = as_tensor(word, "fold_in")
        if not number.dtype.is_integer:
            text = message("fold_in", "a word is a whole number.", received=number.spec, expected="int64[]")
            raise DTypeError(text)
        number = cast(number, dtypes.int64)
        _fold_infer(key.spec, number.spec)
    else:
        plain = _plain(word)
        value = (keys.site_number(plain) if isinstance(plain, str) else int(plain)) & keys.MASK
        number = filled_like(key, (), value - (1 << 64) if value >> 63 else value)
    return apply(FOLD_IN, key, number)  # type: ignore[no-any-return]


def _bits_infer(key: Spec, shape: Shape, width: int) -> Spec:
    check_key("bits", key)
    return Spec(shape, WIDTHS[width])


RANDOM_BITS = Op(
    "random_bits", _bits_infer, keeps_inputs=False, flops=lambda key, shape, width: prod(shape) * width // 4
)


def bits(key: Any, shape: int | Shape, *, width: int = 64) -> Tensor:
    """Random bits: each bit of each number is 0 or 1 with equal chance.

    Args:
        key: int64 (2,).
        shape: sizes of the result.
        width: bits of a number: 16, 32 or 64. Narrow numbers are the words of 64 bits cut into lanes
            from the low end, so they cost a quarter or half as much.

    Returns:
        int16, int32 or int64, signed: uniform from -2^(width-1) to 2^(width-1) - 1.

    Raises:
        ArgumentError: no such width, no key, or no shape.

    Example:
        >>> import sujeong as sj
        >>> print(sj.random.bits(sj.random.key(0), 3, width=16))
        [-27938 -25924 -30272]
    """
    key = as_key("bits", key)
    if width not in WIDTHS:
        raise ArgumentError(message("bits", "no such width.", received=width, expected="16, 32 or 64"))
    return apply(RANDOM_BITS, key, shape=sizes("bits", shape), width=width)  # type: ignore[no-any-return]
