"""Arguments of a captured step: memory that stays where it is, filled anew before each replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Inputs:
    """Static copies of the arguments.

    Args:
        arrays: the arguments of one call.
        device: where the copies lie; numbers without axes may come from the host.

    Attributes:
        static: the copies, laid out in memory as the arguments were.
    """

    def __init__(self, arrays: Sequence[Any], device: Any) -> None:
        self.static = [x.to(device, copy=True) for x in arrays]

    def fits(self, arrays: Sequence[Any]) -> bool:
        """Whether these arguments lie in memory as the copies do; elsewhere other kernels might be chosen."""
        return all(map(_alike, arrays, self.static))

    def fill(self, arrays: Sequence[Any]) -> None:
        """Copies the arguments, after the replays launched before and without waiting for them."""
        for static, x in zip(self.static, arrays, strict=True):
            static.copy_(x, non_blocking=True)


def _alike(x: Any, static: Any) -> bool:
    if x.device != static.device and x.ndim:
        return False
    if x.is_conj() or x.is_neg():
        return False
    if x.stride() == static.stride():
        return True
    axes = zip(x.shape, x.stride(), static.stride(), strict=True)
    return all(a == b for size, a, b in axes if size > 1)


def placed(arrays: Sequence[Any], device: Any) -> bool:
    """Whether arguments can be copied to a device: they lie there, or are single numbers."""
    kind = device.type
    return all(x.device.type == kind or not x.ndim for x in arrays)


def uploaded(host: Any, device: Any, dtype: Any) -> Any:
    """A host tensor on a device, by way of pinned memory, so that the host need not wait for the copy.

    torch keeps the pinned block until the copy has been made.
    """
    return host.to(dtype).pin_memory().to(device, non_blocking=True)
