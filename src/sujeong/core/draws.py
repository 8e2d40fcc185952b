"""Random bits on the host, in blocks that stay in the processor's cache.

    z = (i + 1) GOLDEN + k0                  i = 0, 1, 2 ... the counter, modulo 2^64
    z = (z xor z >> 30) FIRST xor k1
    z = (z xor z >> 27) SECOND
    word i = z xor z >> 31

One pass over the whole array for each of these twelve steps would wait for memory; a block of 32,768
words goes through all of them in the cache, four times as fast. Engines on the CPU draw from here too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: successive counters land far apart
FIRST = 0xBF58476D1CE4E5B9  # the two odd factors of the SplitMix finaliser
SECOND = 0x94D049BB133111EB
BLOCK = 1 << 15

_u64 = np.uint64
_STEPS = np.arange(1, BLOCK + 1, dtype=_u64) * _u64(GOLDEN)
_STEPS.flags.writeable = False


def fill(words: np.ndarray, key: tuple[int, int], start: int = 0) -> None:
    """Writes words `start`, `start + 1`, ... of a key's sequence.

    Args:
        words: uint64 vector, at most a block long, which is overwritten.
        key: two 64-bit words.
        start: number of the first word.
    """
    z, rest = words, np.empty_like(words)
    np.add(_STEPS[: z.size], _u64((key[0] + start * GOLDEN) & MASK), out=z)
    z ^= np.right_shift(z, _u64(30), out=rest)
    z *= _u64(FIRST)
    z ^= _u64(key[1])
    z ^= np.right_shift(z, _u64(27), out=rest)
    z *= _u64(SECOND)
    z ^= np.right_shift(z, _u64(31), out=rest)


def blocks(key: tuple[int, int], count: int) -> Iterator[tuple[int, np.ndarray]]:
    """The first `count` words in blocks: where each one starts, and its words, valid until the next one."""
    buffer = np.empty(min(count, BLOCK), _u64)
    for start in range(0, count, BLOCK):
        words = buffer[: count - start]
        fill(words, key, start)
        yield start, words


def bits(key: tuple[int, int], count: int, width: int = 64) -> np.ndarray:
    """Random whole numbers of 16, 32 or 64 bits: the words of a key, cut into lanes from the low end.

    Args:
        key: two 64-bit words.
        count: how many numbers.
        width: bits of each.

    Returns:
        A uint16, uint32 or uint64 vector.
    """
    lanes = 64 // width
    out = np.empty(-(-count // lanes), "<u8")
    for start in range(0, out.size, BLOCK):
        fill(out[start : start + BLOCK], key, start)
    return out.view(f"<u{width // 8}")[:count]


def uniform(key: tuple[int, int], count: int, width: int, digits: int, out: np.ndarray) -> np.ndarray:
    """Numbers in [0, 1): the `digits` highest bits of each lane, times 2^-digits; exact, so never 1.

    Args:
        key: two 64-bit words.
        count: how many numbers.
        width: bits of a lane.
        digits: binary digits of each number, at most those of its element type.
        out: floating vector of `count` numbers, which is overwritten.

    Returns:
        `out`.
    """
    lanes = 64 // width
    whole, shift = np.dtype(f"<u{width // 8}").type, width - digits
    factor = out.dtype.type(2.0**-digits)
    signed = np.dtype(f"<i{width // 8}")  # below 2^(width - 1), and faster to turn into floats
    for start, words in blocks(key, -(-count // lanes)):
        part = words.view(whole)[: count - start * lanes]
        part >>= whole(shift)
        np.multiply(part.view(signed), factor, out=out[start * lanes : start * lanes + part.size])
    return out
