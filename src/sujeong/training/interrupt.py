"""Ctrl-C during training: the step is finished, the state stays whole, and the run ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupt:
    """Whether Ctrl-C was pressed; a second time acts at once."""

    asked = False


@contextmanager
def deferred() -> Iterator[Interrupt]:
    """Inside this context Ctrl-C is noted; the second one interrupts as usual.

    Yields:
        The note.
    """
    note = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield note
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: Any) -> None:
        if note.asked:
            signal.signal(signal.SIGINT, before)
            raise KeyboardInterrupt
        note.asked = True

    signal.signal(signal.SIGINT, handle)
    try:
        yield note
    finally:
        signal.signal(signal.SIGINT, before)
