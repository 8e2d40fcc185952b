"""State of captured steps: where variables lie, and what the host does not know yet.

A graph reads and writes fixed addresses, so while graphs use a variable its value lies in a `Store`; the
variable's own array is made when somebody asks for it, as a copy. Nobody but graphs ever sees the memory.

A `Ledger` counts steps on the device. cells = (steps since the host looked, number of the first bad one):

    good  = no bad step so far and all flags hold        s = where(good, new, s)   for each variable
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import torch


class Ledger:
    """The steps of one program whose guards the host has not read.

    Args:
        device: where it counts.
        every: after how many steps the host reads.
        tripped: number of the step, how many ran after it, its arguments -> the exception to raise.

    Attributes:
        cells: the two numbers on the device.
        runs: steps that ran, read or not.
    """

    def __init__(self, device: Any, every: int, tripped: Callable[..., Exception]) -> None:
        self.cells = torch.zeros(2, dtype=torch.int64, device=device)
        self.every, self.tripped = every, tripped
        self.runs = 0
        self._unread: deque[list[Any]] = deque()

    def note(self, arrays: list[Any]) -> None:
        """A step has been launched. Its arguments are kept until the host knows that it was good."""
        self.runs += 1
        self._unread.append(arrays)

    @property
    def due(self) -> bool:
        """Whether it is time to read."""
        return len(self._unread) >= self.every

    def settle(self) -> None:
        """Waits for the device, and raises if a step since the last reading was bad."""
        if not self._unread:
            return
        unread = list(self._unread)
        self._unread.clear()
        first = int(self.cells[1].item())
        self.cells.zero_()
        if first:
            n = len(unread)
            raise self.tripped(self.runs - n + first, n - first, unread[first - 1])


def judged(cells: Any, flags: Sequence[Any]) -> Any:
    """Counts a step on the device and says whether it may change anything."""
    steps, bad = cells[0], cells[1]
    steps.add_(1)
    clean = bad == 0
    good = clean
    for flag in flags:
        good = torch.logical_and(good, flag)
    bad.copy_(torch.where(torch.logical_and(clean, torch.logical_not(good)), steps, bad))
    return good


class Store:
    """The fixed place of a variable's value.

    Args:
        array: the first value; it is copied.
        family: of the graphs that use it.

    Attributes:
        buffer: the memory that graphs read and write.
        ledger: of the program that wrote last, if the host has yet to read its guards.
        lent: the tensor that the variable made of the last copy.
    """

    __slots__ = ("buffer", "family", "ledger", "lent")

    def __init__(self, array: Any, family: Any) -> None:
        self.buffer = array.clone()
        self.family = family
        self.ledger: Ledger | None = None
        self.lent: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Store:
        self.settle()
        return Store(self.buffer, None)

    def fetch(self) -> Any:
        """A copy of the value, for whoever asks; first the guards of the steps that made it are read."""
        self.settle()
        return self.buffer.clone()

    def settle(self) -> None:
        """Reads the guards of the program that wrote last."""
        ledger, self.ledger = self.ledger, None
        if ledger is not None:
            ledger.settle()

    def enter(self, variable: Any) -> None:
        """Makes the buffer hold the variable's value, and the variable look for it here."""
        tensor = variable._tensor
        if variable._store is not self:  # it was moved away and back, and may lie in another store
            tensor = variable._value
            variable._store = self
        if tensor is not None:
            if tensor is not self.lent:  # assigned, loaded, or changed by a program that ran call by call
                self.buffer.copy_(tensor._array, non_blocking=True)
            variable._tensor, variable._shared = None, False
            self.lent = None
