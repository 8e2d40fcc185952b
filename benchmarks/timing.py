"""Timing two or more sides in turn, so that a noisy machine is unfair to all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def interleaved(sides: dict[str, Callable[[], object]], rounds: int, calls: int) -> dict[str, list[float]]:
    """Times each side in every round, in turn.

    Args:
        sides: name -> what to call.
        rounds: how often each side gets its turn.
        calls: calls in one turn.

    Returns:
        name -> seconds a call, one figure a round.
    """
    for side in sides.values():
        for _ in range(max(calls // 4, 3)):
            side()
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            for _ in range(calls):
                side()
            found[name].append((time.perf_counter() - start) / calls)
    return found


def medians(found: dict[str, list[float]]) -> dict[str, float]:
    """The median of each side."""
    return {name: statistics.median(values) for name, values in found.items()}
