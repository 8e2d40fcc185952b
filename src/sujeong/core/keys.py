"""Random numbers from a counter: the same key gives the same bits on every engine and device.

    key  = mix(seed, step, site)              two 64-bit words
    bits[i] = finish((i + 1) * GOLDEN + k0, k1)

A site is a name (layer path and what is drawn), so that adding a layer changes no other layer's numbers.
This page is the host's own path, in NumPy: initial values, shuffles and augmentation use it on every
engine. `ops.random` has the same bits as an operation, for what is drawn inside a program.
"""

from __future__ import annotations

import hashlib
from math import prod

import numpy as np

from ..errors import ArgumentError, message
from . import draws
from .draws import FIRST, GOLDEN, MASK, SECOND

Key = tuple[int, int]


def finish(z: int, k: int) -> int:
    """Mixes one 64-bit word: every input bit reaches every output bit; `k` enters half-way.

    Args:
        z: the counter's word.
        k: the key's second word, so that two keys never give shifted copies of one sequence.

    Returns:
        The mixed word.
    """
    z &= MASK
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z ^= k
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def site_number(site: str) -> int:
    """The 64-bit number of a name, the same in every process."""
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:8], "little")


def derive(key: Key, word: int) -> Key:
    """A new key from a key and a word (a step, a site, a row)."""
    k0, k1 = key
    first = finish((word * GOLDEN + k0) & MASK, k1)
    return first, finish((first + GOLDEN) & MASK, k0 ^ (word & MASK))


def key(seed: int, *words: int | str) -> Key:
    """The key of a seed and further words; texts are sites.

    Args:
        seed: a whole number.
        *words: steps (numbers) and sites (texts).

    Returns:
        Two 64-bit words.

    Example:
        >>> key(0, "dense/kernel") == key(0, "dense/kernel"), key(0, "a") == key(0, "b")
        (True, False)
    """
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
        raise ArgumentError(message("seed", "a seed is a whole number.", received=repr(seed)))
    now = derive((0, 0), int(seed) & MASK)
    for word in words:
        now = derive(now, site_number(word) if isinstance(word, str) else int(word) & MASK)
    return now


def host_bits(key: Key, count: int) -> np.ndarray:
    """The first `count` words of a key's sequence, as uint64."""
    return draws.bits(key, count)


def host_uniform(key: Key, shape: tuple[int, ...]) -> np.ndarray:
    """Uniform numbers in [0, 1), float64 with 53 random bits."""
    return draws.wide_uniform(key, np.empty(prod(shape))).reshape(shape)


def host_normal(key: Key, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal numbers in float64, by the Box-Muller transform.

    Two uniform numbers u, v give sqrt(-2 ln(1 - u)) cos(2 pi v) and the same with sin.
    """
    return draws.normal(key, prod(shape)).reshape(shape)


def host_permutation(seed: int, site: str, count: int) -> np.ndarray:
    """An order of 0 .. count-1 that depends on seed and site only.

    Args:
        seed: a whole number.
        site: what is shuffled, such as `"fit/epoch 3"`.
        count: how many.

    Returns:
        An int64 array with each number once.

    Example:
        >>> host_permutation(0, "example", 5).tolist() == host_permutation(0, "example", 5).tolist()
        True
    """
    bits = host_bits(key(seed, site), count)
    order = np.argsort(bits)  # several times as fast as a stable sort, and the same unless two are equal
    ranked = bits[order]
    return np.argsort(bits, kind="stable") if (ranked[1:] == ranked[:-1]).any() else order
