"""Random bits on the host, in blocks that stay in the processor's cache.

    z = (i + 1) GOLDEN + k0                  i = 0, 1, 2 ... the counter, modulo 2^64
    z = (z xor z >> 30) FIRST xor k1
    z = (z xor z >> 27) SECOND
    word i = z xor z >> 31

One pass over the whole array for each of these twelve steps would wait for memory; a block of 32,768
words goes through all of them in the cache, four times as fast. Engines on the CPU draw from here too.
A word depends on its number alone, so the many normal numbers of large weights are drawn by all processors
at once: sines and cosines are what takes the time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: successive counters land far apart
FIRST = 0xBF58476D1CE4E5B9  # the two odd factors of the SplitMix finaliser
SECOND = 0x94D049BB133111EB
BLOCK = 1 << 15

LARGE = 1 << 19
"""Numbers from which threads pay."""

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


def wide_uniform(key: tuple[int, int], out: np.ndarray, start: int = 0) -> np.ndarray:
    """Uniform numbers in [0, 1) with 53 random bits, one a word.

    Args:
        key: two 64-bit words.
        out: float64 vector, which is overwritten.
        start: number of the first word.

    Returns:
        `out`.
    """
    buffer = np.empty(min(out.size, BLOCK), _u64)
    for at in range(0, out.size, BLOCK):
        words = buffer[: out.size - at]
        fill(words, key, start + at)
        words >>= _u64(11)
        np.multiply(words.view(np.int64), 2.0**-53, out=out[at : at + BLOCK])
    return out


def normal(key: tuple[int, int], count: int) -> np.ndarray:
    """Standard normal numbers by the Box-Muller transform, one a word.

    The first half of the words gives u, the second v: the first half of the numbers is
    sqrt(-2 ln(1 - u)) cos(2 pi v), the second half the same with sin.

    Args:
        key: two 64-bit words.
        count: how many.

    Returns:
        A float64 vector.
    """
    half = (count + 1) // 2
    out = np.empty(2 * half)

    def block(at: int, end: int) -> None:
        first, second = out[at:end], out[half + at : half + end]
        radius = wide_uniform(key, np.empty(end - at), at)
        np.log1p(np.negative(radius, out=radius), out=radius)
        radius *= -2.0
        np.sqrt(radius, out=radius)
        angle = wide_uniform(key, np.empty(end - at), half + at)
        angle *= 2.0 * np.pi
        np.multiply(radius, np.cos(angle, out=first), out=first)
        np.multiply(radius, np.sin(angle, out=second), out=second)

    _in_blocks(block, half)
    return out[:count]


def _in_blocks(work: Callable[[int, int], None], count: int) -> None:
    """Does work(start, end) for each block of so many numbers, in threads where they are many."""
    starts = range(0, count, BLOCK)

    def done(start: int) -> None:
        work(start, min(start + BLOCK, count))

    threads = _processors() if count >= LARGE else 1
    if threads == 1:
        for start in starts:
            done(start)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(done, starts))


def _processors() -> int:
    """How many processors this process may use; OMP_NUM_THREADS keeps it to fewer, as it does engines."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    named = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(own, int(named))) if named.isdigit() else own
