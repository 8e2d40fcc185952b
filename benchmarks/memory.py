"""The peak memory of a step over the state before it.

On the CPU: freed memory is handed back to the system first, so that what is resident is what is alive; then
the high-water mark of the process is reset and read again after some steps. What libraries take outside of
any counter of theirs is in it. On a CUDA device: the allocator's own counter.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

STATUS, REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident(key: str = "VmRSS") -> int:
    """Bytes of this process: "VmRSS" now, "VmHWM" at most."""
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{STATUS} has no {key}")


def peak_of(step: Callable[[], object], device: str, steps: int = 3) -> int | None:
    """The peak of some steps over what was there before.

    Args:
        step: what to call; its state must exist already.
        device: "cpu" or "cuda".
        steps: how many calls.

    Returns:
        Bytes; `None` where the system cannot tell.
    """
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        for _ in range(steps):
            step()
        return int(torch.cuda.max_memory_allocated() - before)
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        REFERENCES.write_text("5")
        before = resident()
    except (OSError, AttributeError):
        return None
    for _ in range(steps):
        step()
    return resident("VmHWM") - before
