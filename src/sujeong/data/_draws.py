"""Draws on the host for orders, splits and synthetic data: functions of (seed, site) and nothing else."""

from __future__ import annotations

import hashlib

import numpy as np


def permutation(seed: int, site: str, count: int) -> np.ndarray:
    """The numbers 0 to count - 1 in an order that depends on (seed, site) alone; int64."""
    return np.argsort(_bits(seed, site, count), kind="stable")


def normal(seed: int, site: str, count: int) -> np.ndarray:
    """`count` standard normal draws (Box and Muller 1958); float64."""
    uniform = ((_bits(seed, site, 2 * count) >> np.uint64(11)) + 0.5) / 2.0**53
    radius, angle = np.sqrt(-2 * np.log(uniform[:count])), 2 * np.pi * uniform[count:]
    return radius * np.cos(angle)


def _bits(seed: int, site: str, count: int) -> np.ndarray:
    digest = hashlib.blake2b(f"{seed}/{site}".encode(), digest_size=8).digest()
    bits = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits += np.frombuffer(digest, dtype="<u8")[0]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))
