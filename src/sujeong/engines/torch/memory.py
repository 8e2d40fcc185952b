"""How the process keeps its memory between steps.

A training step frees and takes the same large blocks again and again. By default glibc hands such blocks
back to the system and takes fresh pages, each of which costs a fault when it is first written. Told to keep
what it has, it does not. This is one setting for the whole process: memory that was used once stays with
the process. `SUJEONG_MALLOC=system` leaves everything as it was.
"""

from __future__ import annotations

import ctypes
import os
import sys

# The parameters of `mallopt(3)` by their numbers in <malloc.h>, and their values.
TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
SETTINGS = ((MMAP_MAX, 0), (TRIM_THRESHOLD, 2**31 - 1), (TOP_PAD, 64 << 20))


def keep_memory() -> bool:
    """Tells the C library to keep freed memory for the next step.

    Returns:
        Whether it does; not on other systems, other C libraries, or where the user said no.
    """
    if os.environ.get("SUJEONG_MALLOC", "keep") == "system" or not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has no mallopt
        return False
    answers = [mallopt(parameter, value) for parameter, value in SETTINGS]  # each is to be set
    return answers == [1] * len(SETTINGS)
